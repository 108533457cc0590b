"""Callers of an Iranian town: spoken Persian, letters of any keyboard, Finglish."""

from collections.abc import Mapping, Sequence

import shapely

from tests.benchmarks.queries import persian
from tests.benchmarks.queries.callers import Callers, Maker
from tests.benchmarks.queries.facts import Facts, Street
from tests.benchmarks.queries.spelling import finglish, other_letters, plain, sounds_like

ALLEY_M = 100.0
"""An alley named with a street begins this near to it."""

BRANCH_M = 5.0
"""Lanes of one name this near to each other are one lane."""

BLIND = "Finglish, no Latin on the map"
"""The class that is asked of a city whose map has Persian names only."""


class PersianCallers(Callers):
    """Callers who speak Persian, whatever the map calls its streets."""

    def __init__(self, facts: Facts, seed: int, *, held_out: bool) -> None:
        super().__init__(facts, persian, seed, held_out=held_out)

    def makers(self) -> Mapping[str, Maker]:
        return {
            **super().makers(),
            "prefixed, abbreviated": self.prefixed,
            "letter variants": self.lettered,
            "alleys": self.alley,
            "places": self.place,
            "Finglish": self.latin,
            BLIND: self.latin,
        }

    def say(self, street: Street) -> str:
        if self.chance.random() < 0.3:
            return street.name
        return self.kinded(street, street.base)

    def kinded(self, street: Street, base: str) -> str:
        spoken = persian.SPOKEN.get(street.kind)
        if spoken is None and street.kind:
            return f"{street.kind} {base}"
        kind = self.chance.choice(spoken or persian.ADDED)
        if street.kind and kind.endswith(".") and self.chance.random() < 0.5:
            return f"{kind}{base}"
        return f"{kind} {base}"

    def prefixed(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.street()
        base = self._untitled(street.base)
        digits = plain(base).isdigit()
        text = base if self.chance.random() < 0.35 and not digits else self.kinded(street, base)
        if text == street.name:
            return None
        return text, self.meant(street.name, text)

    def _untitled(self, base: str) -> str:
        title = next((t for t in persian.TITLES if base.startswith(t)), "")
        rest = base.removeprefix(title)
        return rest if title and len(rest) > 3 and self.chance.random() < 0.5 else base

    def lettered(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.street()
        text = self.say(street)
        last = street.base.rpartition(" ")[2]
        if last in persian.ORDINALS and text.endswith(last) and self.chance.random() < 0.5:
            text = text.removesuffix(last) + persian.ORDINALS[last]
        changed = other_letters(self.chance, text)
        return None if changed == street.name else (changed, self.meant(street.name, text))

    def alley(self) -> tuple[str, shapely.Geometry | None] | None:
        one, other, _ = self.chance.choice(self.facts.crossings)
        alleys = [each for each in (one, other) if _is_alley(each)]
        if len(alleys) != 1:
            return None
        alley = alleys[0]
        parent = other if alley is one else one
        form = self.pick(persian.ALLEYS)
        text = form.format(a=self.say(parent), b=self._said_alley(alley))
        return text, self._off(alley, parent)

    def _said_alley(self, alley: Street) -> str:
        last = alley.base.rpartition(" ")[2]
        said = self.say(alley)
        if last in persian.ORDINALS and said.endswith(last) and self.chance.random() < 0.25:
            return said.removesuffix(last) + persian.ORDINALS[last]
        return said

    def _off(self, alley: Street, parent: Street) -> shapely.Geometry:
        lines, near = self.facts.bearing(alley.name), self.facts.bearing(parent.name)
        parts = shapely.get_parts(shapely.buffer(lines, BRANCH_M))  # with all their branches
        beside = shapely.union_all(parts[shapely.distance(parts, near) < ALLEY_M])
        return shapely.intersection(lines, beside)

    def place(self) -> tuple[str, shapely.Geometry | None] | None:
        if not self.facts.spots:
            return None
        place, street, points = self.chance.choice(self.facts.spots)
        name = self.chance.choice(place.names[""])
        form = self.pick((*persian.BESIDE_PLACE, "{p}"))
        same = [
            spot for other, _, spot in self.facts.spots if name in other.names[""]
        ]  # two parks of one name are both right
        truth = points if "{a}" in form else shapely.union_all(same)
        return form.format(a=self.say(street), p=name), truth

    def latin(self) -> tuple[str, shapely.Geometry | None] | None:
        street = self.street()
        text = finglish(self.chance, street.latin)
        if len(plain(text)) < 4 or not sounds_like(street.base, text):
            return None  # what the map has in Latin letters is a translation
        kind = self.chance.choice(("", "", "khiaban ", "kh ", "khiyaban ", "kuche ", "kooche "))
        fits = kind.startswith("ku") or kind.startswith("koo")
        if kind and fits != street.kind.startswith("کوچه"):
            kind = ""
        return f"{kind}{text}", self.meant(street.name, street.latin)

    def told(self) -> Sequence[Maker]:
        return (*super().told(), self.alley, self.alley, self.place)


def _is_alley(street: Street) -> bool:
    return street.kind in ("کوچه", "کوچهٔ", "بن‌بست", "کوی") or street.base[-1].isdigit()
