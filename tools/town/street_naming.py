"""Names of the smaller streets, as Iranian towns give them: by number, martyr or flower."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product

import shapely
from numpy.random import Generator

from tools.town.layout.geometry import Point, smooth
from tools.town.layout.main_streets import ARTERIES, QUARTERS, Name
from tools.town.layout.planar_graph import Plan, Street
from tools.town.name_words import FLOWERS, FORENAMES, STREETS, SURNAMES, VIRTUES

NAMELESS = 0.06
"""Share of alleys that nobody has put a name on in the map."""

ENGLISH = 0.6
"""Share of alleys that have an English name."""

ARABIC = 0.1
"""Share of alleys that somebody with an Arabic keyboard has typed once more."""

COLLECTORS = ("tertiary", "unclassified")
"""Classes of small streets that have names of their own, not numbers."""

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ARABIC_KEYBOARD = str.maketrans({"ی": "ي", "ک": "ك", "ٔ": None})
_KINDS = ("خیابان ", "بلوار ", "جادهٔ ", "کوچهٔ ")


@dataclass(frozen=True, slots=True)
class _Branch:
    """Where a street leaves a larger one: so far along it, to its left or right."""

    street: Street
    parent: Street
    offset_m: float
    left: bool


def persian(number: int) -> str:
    """Return a number in Persian digits."""
    return str(number).translate(_PERSIAN_DIGITS)


def name_streets(plan: Plan, chance: Generator) -> None:
    """Name the streets from the largest to the smallest, since alleys are named after streets."""
    namers = _Namers(chance)
    naming = {quarter.name.fa: quarter.naming for quarter in QUARTERS}
    holders = _holders(plan)
    branches = [_branch(street, holders) for street in plan.streets if street.depth]
    numbers = _numbers(branches)
    for branch in sorted(branches, key=lambda each: each.street.depth):
        street = branch.street
        if street.road in COLLECTORS:
            _put(street, namers.collector(), chance)
        elif chance.random() >= NAMELESS:
            number = numbers.get(id(street), 1)
            _put(street, namers.alley(naming[street.quarter], branch, number), chance)


def _put(street: Street, name: Name, chance: Generator) -> None:
    street.tags["name"] = name.fa
    if street.depth <= 2 or chance.random() < ENGLISH:
        street.tags["name:en"] = name.en
    spelled = name.fa.translate(_ARABIC_KEYBOARD)
    if "alt_name" not in street.tags and spelled != name.fa and chance.random() < ARABIC:
        street.tags["alt_name"] = spelled


def _numbers(branches: Iterable[_Branch]) -> Mapping[int, int]:
    """Return the numbers of alleys along their streets: odd on the left side, even on the right."""
    sides: dict[tuple[object, bool], list[_Branch]] = {}
    for branch in branches:
        if branch.street.road not in COLLECTORS and "noexit" not in branch.street.tags:
            parent = branch.parent
            whole = id(parent) if parent.depth else parent.tags.get("name")
            sides.setdefault((whole, branch.left), []).append(branch)
    return {
        id(branch.street): 2 * nth + (1 if left else 2)
        for (_, left), several in sides.items()
        for nth, branch in enumerate(sorted(several, key=lambda each: each.offset_m))
    }


def _holders(plan: Plan) -> Mapping[Point, list[Street]]:
    found: dict[Point, list[Street]] = {}
    for street in plan.streets:
        for corner in street.points:
            found.setdefault(corner, []).append(street)
    return found


def _branch(street: Street, holders: Mapping[Point, list[Street]]) -> _Branch:
    """Return the larger street at one of the ends, and where it is left for this one."""
    ends = ((street.points[0], street.points[1]), (street.points[-1], street.points[-2]))
    found = [
        (each.depth, nth, each)
        for nth, (end, _) in enumerate(ends)
        for each in holders[end]
        if each is not street and not each.closed
    ]
    _, nth, parent = min(found, key=lambda each: each[:2])
    return _Branch(street, parent, *_where(parent, *ends[nth]))


def _where(parent: Street, start: Point, ahead: Point) -> tuple[float, bool]:
    artery = next((a for a in ARTERIES if a.name.fa == parent.tags.get("name")), None)
    line = shapely.LineString(smooth(artery.corners) if artery else parent.points)
    offset_m = float(line.project(shapely.Point(start)))
    a, b = (line.interpolate(max(offset_m + step_m, 0)) for step_m in (-1, 1))
    left = (b.x - a.x) * (ahead[1] - a.y) - (b.y - a.y) * (ahead[0] - a.x) > 0
    return offset_m, left


def stem(street: Street) -> Name | None:
    """Return what alleys off a street are called before their number, if anything."""
    fa, en = street.tags.get("name", ""), street.tags.get("name:en", "")
    kind = next((kind for kind in _KINDS if fa.startswith(kind)), None)
    if kind is None or not en or any(letter.isdigit() for letter in fa):
        return None
    return Name(fa.removeprefix(kind), en.rpartition(" ")[0])


class _Namers:
    """Names not given yet."""

    def __init__(self, chance: Generator) -> None:
        self._chance = chance
        self._streets = self._shuffled(STREETS)
        self._flowers = self._shuffled(FLOWERS)
        self._virtues = self._shuffled([*VIRTUES, *FLOWERS])
        self._martyrs = cycle([*SURNAMES, *islice(self._shuffled(_whole_names()), 400)])
        self._kuy: dict[str, int] = {}

    def _shuffled(self, names: Sequence[Name]) -> Iterator[Name]:
        order = self._chance.permutation(len(names)).tolist()
        return cycle([names[index] for index in order])

    def collector(self) -> Name:
        """Return a name for a street that gathers alleys."""
        name = next(self._streets)
        return Name(f"خیابان {name.fa}", f"{name.en} Street")

    def alley(self, naming: str, branch: _Branch, number: int) -> Name:
        """Return a name for an alley."""
        if "noexit" in branch.street.tags:
            return self._dead_end()
        if naming == "martyrs":
            name = next(self._martyrs)
            return Name(f"کوچهٔ شهید {name.fa}", f"Shahid {name.en} Alley")
        if naming == "kuy":
            quarter = branch.street.quarter
            self._kuy[quarter] = self._kuy.get(quarter, 0) + 1
            return Name(f"کوی {persian(self._kuy[quarter])}", f"Kuy {self._kuy[quarter]}")
        base = stem(branch.parent)
        if naming == "flowers" or base is None:
            name = next(self._flowers)
            return Name(f"کوچهٔ {name.fa}", f"{name.en} Alley")
        after = Name(f"{base.fa} {persian(number)}", f"{base.en} {number}")
        if naming == "alleys":
            branch.street.tags["alt_name"] = after.fa
            return Name(f"کوچهٔ {persian(number)}", f"Alley {number}")
        return after

    def _dead_end(self) -> Name:
        if self._chance.random() < 0.3:
            name = next(self._martyrs)
            return Name(f"بن‌بست شهید {name.fa}", f"Shahid {name.en} Dead End")
        name = next(self._virtues)
        return Name(f"بن‌بست {name.fa}", f"{name.en} Dead End")


def _whole_names() -> list[Name]:
    return [
        Name(f"{fore.fa} {sur.fa}", f"{fore.en} {sur.en}")
        for fore, sur in product(FORENAMES, SURNAMES)
    ]
