"""Callers: what they say of a city's streets, class by class, and what they mean."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Protocol

import shapely

from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.facts import Facts, Street
from tests.benchmarks.queries.query import Query, several
from tests.benchmarks.queries.spelling import near_any, plain, typo

FAR_APART_M = 700.0
"""Streets this far apart have no crossing, whatever a caller says."""


class Words(Protocol):
    """Phrases of a language."""

    CROSSINGS: Sequence[str]
    BESIDE_STREET: Sequence[str]
    BETWEEN: Sequence[str]
    HOUSES: Sequence[str]
    OPENINGS: Sequence[str]
    ENDINGS: Sequence[str]
    SMALL_TALK: Sequence[str]
    INVENTED: Sequence[str]
    NEGATIVES: Sequence[str]
    NEGATIVE_KINDS: Sequence[str]


type Maker = Callable[[], tuple[str, shapely.Geometry | None] | None]


class Callers(ABC):
    """Seeded callers of a city; `held_out` ones use phrases that no others use, too."""

    def __init__(self, facts: Facts, words: Words, seed: int, *, held_out: bool) -> None:
        self.facts = facts
        self.words = words
        self.chance = Chance(seed)
        self.held_out = held_out

    def makers(self) -> Mapping[str, Maker]:
        """Return what makes one query of each class."""
        return {
            "exact": self.exact,
            "typos": self.mistyped,
            "houses": self.house,
            "intersections": self.crossing,
            "relations": self.relation,
            "sentences": self.sentence,
            "negatives": self.negative,
        }

    def queries(self, each: int, kinds: Collection[str] = ()) -> Iterator[Query]:
        """Yield so many queries of every class, or of some, that the city has streets for."""
        for kind, maker in self.makers().items():
            if kinds and kind not in kinds:
                continue
            yield from several(kind, maker, each)

    def pick(self, pool: Sequence[str]) -> str:
        """Return a phrase; every third of a pool is for the final table only."""
        known = [each for i, each in enumerate(pool) if self.held_out or i % 3 != 2]
        return self.chance.choice(known)

    def street(self) -> Street:
        return self.chance.choice(self.facts.streets)

    @abstractmethod
    def say(self, street: Street) -> str:
        """Return how a caller calls a street."""

    def meant(self, *names: str) -> shapely.Geometry | None:
        """Return the streets that bear any of these names."""
        shape = shapely.union_all([self.facts.bearing(name) for name in names])
        return None if shape.is_empty else shape

    def exact(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.street()
        name = self.chance.choice(street.variants)
        return name, self.meant(name)

    def mistyped(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.street()
        slipped = typo(self.chance, street.base)
        others = self.facts.bases - {plain(street.base)}
        if slipped == street.base or near_any(plain(slipped), others, 2):
            return None  # it names another street as well as this one
        text = slipped if self.chance.random() < 0.4 else self.kinded(street, slipped)
        return text, self.meant(street.name)

    @abstractmethod
    def kinded(self, street: Street, base: str) -> str:
        """Return a name with the word for "street" of a street."""

    def house(self) -> tuple[str, shapely.Geometry | None] | None:
        if self.facts.mapped_houses:
            found = self.chance.choice(self.facts.mapped_houses)
        else:
            ranged = self.facts.ranged_house(self.chance, self.street())
            if ranged is None:
                return None
            found = ranged
        form = self.pick(self.words.HOUSES)
        return form.format(a=found.street.name, n=found.number), found.truth

    def crossing(self) -> tuple[str, shapely.Geometry | None] | None:
        one, other, points = self.chance.choice(self.facts.crossings)
        return self.paired(self.pick(self.words.CROSSINGS), one, other), points

    def paired(self, form: str, one: Street, other: Street) -> str:
        a, b = self.chance.sample([one, other], 2)
        return form.format(a=self.say(a), b=self.say(b))

    def relation(self) -> tuple[str, shapely.Geometry | None] | None:
        if self.chance.random() < 0.25:
            return self.between()
        one, other, points = self.chance.choice(self.facts.crossings)
        return self.paired(self.pick(self.words.BESIDE_STREET), one, other), points

    def between(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.chance.choice(self.facts.crossings)[self.chance.randrange(0, 2)]
        pairs = self.facts.between(street)
        if not pairs:
            return None
        one, other, stretch = self.chance.choice(pairs)
        form = self.pick(self.words.BETWEEN)
        text = form.format(a=self.say(street), b=self.say(one), c=self.say(other))
        return text, stretch

    def sentence(self) -> tuple[str, shapely.Geometry | None] | None:
        made = self.chance.choice(self.told())()
        if made is None:
            return None
        text = f"{self.pick(self.words.OPENINGS)}{made[0]}{self.pick(self.words.ENDINGS)}"
        return text, made[1]

    def told(self) -> Sequence[Maker]:
        """Return what people tell in whole sentences."""
        return (self.spoken, self.spoken, self.house, self.crossing, self.relation)

    def spoken(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.street()
        said = self.say(street)
        return said, self.meant(street.name, said)

    def negative(self) -> tuple[str, None] | None:
        what = self.chance.random()
        if what < 0.2:
            return self.pick(self.words.SMALL_TALK), None
        if what < 0.35:
            return self.no_crossing()
        name, other = (self.invented(), self.invented())
        if name is None or other is None:
            return None
        kind = self.pick(self.words.NEGATIVE_KINDS)
        text = self.pick(self.words.NEGATIVES).format(k=kind, n=name, n2=other)
        if self.chance.random() < 0.3:
            text = f"{self.pick(self.words.OPENINGS)}{text}{self.pick(self.words.ENDINGS)}"
        return text, None

    def no_crossing(self) -> tuple[str, None] | None:
        one, other = self.street(), self.street()
        shapes = [self.facts.bearing(each.name) for each in (one, other)]
        if plain(one.base) == plain(other.base) or shapely.distance(*shapes) < FAR_APART_M:
            return None
        return self.words.CROSSINGS[0].format(a=one.name, b=other.name), None

    def invented(self) -> str | None:
        """Return a name that no street of the city has, nor one like it."""
        name = self.pick(self.words.INVENTED)
        if self.chance.random() < 0.4:
            first, last = self.street().base, self.street().base
            name = first[: (len(first) + 1) // 2] + last[len(last) // 2 :]
        if any(plain(word) in self.facts.bases for word in name.split()) or not _worded(name):
            return None  # a part of it is a street of its own
        most = 3 if len(plain(name)) > 5 else 2
        if len(plain(name)) < 4 or near_any(plain(name), self.facts.bases, most):
            return None
        return name


def _worded(name: str) -> bool:
    """Whether a name has letters and spaces only."""
    return all(each.isalpha() or each in " \u200c-" for each in name)
