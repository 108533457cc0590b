"""Callers whose sentences and slips the geocoder's grammar was not made for."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import shapely

from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.facts import Street
from tests.benchmarks.queries.latin import SHORT, TYPES
from tests.benchmarks.queries.persian import TITLES
from tests.benchmarks.queries.query import Made, Query, several
from tests.benchmarks.queries.spelling import (
    edits,
    finglish,
    near_any,
    plain,
    sounds_like,
    without_kinds,
)
from tests.benchmarks.queries.unseen import slips
from tests.benchmarks.queries.unseen.cities import GappedCity
from tests.benchmarks.queries.unseen.parts import Author

LONGEST_SHORT = 3
"""Letters of abbreviations of "street", which nobody writes in one with a name."""

MOST_MEANT = 3
"""Streets that what is left of a name may mean; of more, a caller would have been asked."""

STRANGERS = 120
"""Streets of the other cities of a part that are asked for."""

SAME_KIND = {"Av": "Ave", "کوچهٔ": "کوچه", "جادهٔ": "جاده", "بن بست": "بن‌بست"}
"""Words for "street" that a map spells in two ways."""

FULL_TYPES = frozenset(form for several in TYPES.values() for form in several)
"""Words for "street" as callers write them behind a name."""

NEAR, SHARING, UNLIKE = "not mapped, near a name", "not mapped, shares words", "not mapped, unlike"
ELSEWHERE, TALK = "street of another city", "no address"
NEGATIVES = (NEAR, SHARING, UNLIKE, ELSEWHERE, TALK)


FINGLISH_KIND = re.compile(
    r"^(kh|(kh|x)[aeiy]+b(a|aa|u|oo)n(eh?)?|b[ou]lvaa?re?|blvr|me[iy]d(a|u|oo)ne?"
    r"|k(o|u|ou|oo)che(ye)?|bonbaste?|gozare?) "
)
"""Words for "street" before a name in Finglish."""


class Wordings(NamedTuple):
    """The sentences of an author: around a street in its own letters, in Finglish, at crossings.

    `places` are those with a place beside the street; `heard` makes of a name what is heard,
    `spelled` of a Latin one how its writer spells Finglish, `typed` of that what half of them type.
    `kinds` are the ways to say a word for "street" around a name in Finglish.
    """

    spoken: Sequence[str]
    finglish: Sequence[str]
    crossings: Sequence[str]
    places: Sequence[str]
    heard: slips.Slip
    spelled: Callable[[Chance, str], str]
    typed: slips.Slip
    kinds: Mapping[str, Sequence[str]]


class UnseenCallers:
    """Seeded callers of a city by one author."""

    def __init__(self, city: GappedCity, author: Author, seed: int) -> None:
        self.city, self.author = city, author
        self.facts = city.mapped.facts
        self.chance = Chance(seed)
        self.drawn = city.mapped.callers(seed, held_out=author.judging)
        frames = author.frames
        language = "fa" if city.whole.persian else "en"
        self.frames = Wordings(
            frames[language],
            frames["finglish"],
            frames[f"{language}_crossings"],
            frames[f"{language}_places"],
            slips.rewritten(frames["heard"]),
            slips.by_habit(habits) if (habits := frames["finglish_habits"]) else finglish,
            slips.rewritten(frames["heard_finglish"]),
            {kind: ways.split("|") for kind, ways in _pairs(frames["finglish_kinds"])},
        )
        self.slips = author.slips

    def queries(self, each: int) -> Iterator[Query]:
        """Yield so many queries of every class that has a truth, then all that have none."""
        for kind, maker in self._makers().items():
            yield from several(kind, maker, each)
        for kind, names in self._unmapped().items():
            yield from (Query(kind, self._framed(*name), None) for name in names)
        yield from (Query(TALK, text, None) for text in self.author.talk())

    def _makers(self) -> dict[str, Callable[[], Made]]:
        made = {
            "in a sentence": self._told,
            "heard wrong": lambda: self._slipped(self.frames.heard),
            "words left out": self._left_out,
            "other order": lambda: self._slipped(self.slips.reordered),
            "glued": self._glued,
            "split": lambda: self._slipped(self.slips.split),
            "other kind": self._other_kind,
            "at a crossing": self._crossing,
            "near a place": self._near_place,
            "kind at the other end": self._backwards,
        }
        if self.city.whole.persian:
            made["Finglish"] = self._finglish
        return made

    def _street(self) -> Street:
        return self.chance.choice([s for s in self.facts.streets if plain(s.base)])

    def _framed(self, said: str, frames: Sequence[str]) -> str:
        return self.chance.choice(frames).format(n=said)

    def _told(self) -> Made:
        street = self._street()
        return (
            self._framed(self.drawn.say(street), self.frames.spoken),
            self._truth(street),
            self._own(street),
        )

    def _slipped(self, slip: slips.Slip) -> Made:
        street = self._street()
        base = slip(self.chance, street.base)
        others = self.facts.bases - {plain(street.base)}
        if base is None or base == street.base or near_any(plain(base), others, 2):
            return None  # it names another street as well
        said = base if self.chance.random() < 0.3 else self.drawn.kinded(street, base)
        return self._framed(said, self.frames.spoken), self._truth(street), self._own(street)

    def _left_out(self) -> Made:
        street = self._street()
        base = self.slips.left_out(self.chance, street.base)
        if base is None or near_any(plain(base), self.facts.bases, 2):
            return None
        left = set(base.split())
        meant = [s for s in self.facts.streets if left <= set(s.base.split())]
        if len({plain(s.base) for s in meant}) > MOST_MEANT:
            return None
        shape = shapely.union_all([self._truth(s) for s in meant])
        said = self.drawn.kinded(street, base)
        return self._framed(said, self.frames.spoken), shape, self._own(street)

    def _glued(self) -> Made:
        """Say a street with its word for "street" and its name in one, or the words of its name."""
        street = self._street()
        said = self.drawn.kinded(street, street.base)
        kind, _, after = said.partition(street.base)
        joint = self.chance.choice(self.slips.joints)
        if " " in street.base and self.chance.random() < 0.4:
            glued = f"{kind}{street.base.replace(' ', joint)}{after}"
        elif len((kind + after).strip()) > LONGEST_SHORT:
            glued = said.replace(f" {street.base}", joint + street.base)
            glued = glued.replace(f"{street.base} ", street.base + joint)
        else:
            return None
        return self._framed(glued, self.frames.spoken), self._truth(street), self._own(street)

    def _other_kind(self) -> Made:
        """Say another word for "street" than the map, where no other street has the name."""
        street = self._street()
        persian = self.city.whole.persian
        kinds = {
            each: SHORT.get(each, each)
            for each in self.author.frames["other_kinds"]
            if each.isascii() != persian
        }
        same = [s for s in self.facts.streets if plain(s.base) == plain(street.base)]
        if street.kind not in (*kinds.values(), "") or len(same) > 1:
            return None
        kind = self.chance.choice([each for each, short in kinds.items() if short != street.kind])
        text = f"{kind} {street.base}" if persian else f"{street.base} {kind}"
        return self._framed(text, self.frames.spoken), self._truth(street)

    def _backwards(self) -> Made:
        """Say the word for "street" at the end of a Persian name, or before an English one."""
        street = self._street()
        before, base, after = self.drawn.kinded(street, street.base).partition(street.base)
        said = f"{after} {base} {before}".strip()
        if len((before + after).strip()) <= LONGEST_SHORT or plain(said) in self.facts.bases:
            return None
        said = " ".join(said.split())
        return self._framed(said, self.frames.spoken), self._truth(street), self._own(street)

    def _near_place(self) -> Made:
        if not self.facts.spots:
            return None
        place, street, _ = self.chance.choice(self.facts.spots)
        name = self.chance.choice(place.names[""])
        beside = [
            points
            for other, at, points in self.facts.spots
            if at is street and name in other.names[""]
        ]
        form = self.chance.choice(self.frames.places)
        return form.format(a=self.drawn.say(street), p=name), shapely.union_all(beside)

    def _crossing(self) -> Made:
        one, other, points = self.chance.choice(self.facts.crossings)
        a, b = self.chance.sample([one, other], 2)
        form = self.chance.choice(self.frames.crossings)
        return form.format(a=self.drawn.say(a), b=self.drawn.say(b)), points

    def _finglish(self) -> Made:
        street = self._street()
        said = self._typed(street)
        if len(plain(said)) < 4 or not sounds_like(street.base, said):
            return None
        truth = self.facts.bearing(street.latin).union(self._truth(street))
        said = self.kinded_finglish(street, said)
        return self._framed(said, self.frames.finglish), truth, self._own(street)

    def _typed(self, street: Street) -> str:
        said = self.frames.spelled(self.chance, without_kinds(street.latin))
        if self.chance.random() < 0.5:
            return said
        return self.frames.typed(self.chance, said) or said

    def kinded_finglish(self, street: Street, said: str) -> str:
        """Return a name with a word for "street", as half the writers of an author who has such."""
        ways = self.frames.kinds.get(street.kind)
        if not ways or self.chance.random() < 0.5:
            return said
        return self.chance.choice(ways).format(n=said)

    def _truth(self, street: Street) -> shapely.Geometry:
        return self.facts.bearing(street.name)

    def _own(self, street: Street) -> shapely.Geometry:
        """Return the lines of a street, also where the map spells it otherwise: "Taft Av(e)"."""
        kind = SAME_KIND.get(street.kind, street.kind)
        indexes = [
            index
            for other in self._namesakes[plain(street.base)]
            if SAME_KIND.get(other.kind, other.kind) == kind
            for index in other.indexes
        ]
        return shapely.union_all(self.facts.network.lines[indexes])

    @cached_property
    def _namesakes(self) -> Mapping[str, Sequence[Street]]:
        found: dict[str, list[Street]] = defaultdict(list)
        for street in self.facts.streets:
            found[plain(street.base)].append(street)
        return found

    def _unmapped(self) -> dict[str, list[tuple[str, Sequence[str]]]]:
        """Return names that the map lacks, each with its sentences, by what resembles them."""
        found: dict[str, list[tuple[str, Sequence[str]]]] = {
            kind: [] for kind in (NEAR, SHARING, UNLIKE, ELSEWHERE)
        }
        words = {word for street in self.facts.streets for word in street.base.split()}
        for street in self.city.gone:
            kind = self._likeness(street.base, words)
            if kind is None:
                continue
            found[kind].append((self.drawn.say(street), self.frames.spoken))
            said = self._typed(street)
            if self.city.whole.persian and len(plain(said)) > 3 and not self._sounds(said):
                said = self.kinded_finglish(street, said)
                found[kind].append((said, self.frames.finglish))
        for street in self.chance.sample(self.city.strangers, STRANGERS):
            if self._likeness(street.base, words) is not None:
                found[ELSEWHERE].append((self.drawn.say(street), self.frames.spoken))
        elsewhere = self.author.elsewhere
        for language, frames in (
            ("fa" if self.city.whole.persian else "en", self.frames.spoken),
            *([("finglish", self.frames.finglish)] if self.city.whole.persian else ()),
        ):
            found[ELSEWHERE] += [
                (name, frames)
                for name in elsewhere[language]
                if self._likeness(self._base(name), words) is not None and not self._sounds(name)
            ]
        return found

    def _base(self, name: str) -> str:
        """Return a name without its word for "street", which may be written out."""
        first, _, last = name.rpartition(" ")
        return first if first and last in FULL_TYPES else self.facts.split(name).base

    def _sounds(self, name: str) -> bool:
        """Whether a Latin name may be how a street of this Persian city sounds."""
        words = FINGLISH_KIND.sub("", name)
        return name[0].isascii() and any(
            sounds_like(street.base, words) for street in self.facts.streets
        )

    @cached_property
    def _untitled(self) -> frozenset[str]:
        return frozenset(plain(untitled(street.base)) for street in self.facts.streets)

    def _likeness(self, base: str, words: set[str]) -> str | None:
        """Return which class of the names that are not mapped; `None` where the map has it."""
        name = plain(base)
        if name in self.facts.bases or len(name) < 3 or plain(untitled(base)) in self._untitled:
            return None
        if any(edits(name, other, 3) < (3 if len(name) > 5 else 2) for other in self.facts.bases):
            return NEAR
        return SHARING if set(base.split()) & words else UNLIKE


def _pairs(rules: Sequence[str]) -> Iterator[tuple[str, str]]:
    for rule in rules:
        found, _, becomes = rule.partition(">")
        yield found, becomes


def untitled(base: str) -> str:
    """Return a Persian name without the title before it, which callers leave out or add."""
    title = next((each for each in TITLES if base.startswith(each)), "")
    return base.removeprefix(title)
