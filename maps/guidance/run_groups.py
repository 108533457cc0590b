"""Runs as a driver thinks of them: a street, or the many short pieces of a quarter.

A plan for small streets goes to and fro: hundreds of runs of a hundred metres. What follows in one
quarter is one group with one name, which the phone unfolds; it leads through each run as before.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from math import hypot
from typing import Self

from data.model import ByLanguage, LegKind, LonLat, RoadClass
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from maps.guidance.driver_runs import DriverRun
from maps.guidance.instructions import gear_sentence, joined
from maps.guidance.junctions import Junctions
from maps.pages.i18n import Translator
from maps.routes.run_words import said_length
from maps.streets.street import called, street_name

WIDTHS_M = (900.0, 1050.0, 1200.0, 1350.0, 1500.0)
"""From corner to corner a quarter is at most so wide: its driver sees one picture of it.

The first with which a route has at most `MOST_GROUPS` groups, else the last.
"""

MOST_GROUPS = 80
"""More are no route that anybody can look through: a long shift has larger quarters."""

LONGEST = timedelta(minutes=15)
"""So long the work of a group takes at most: after it a driver wants to see that he is further."""

MOST_RUNS = 30
"""More runs are no group that anybody can look through."""

FEWEST_RUNS = 4
"""Fewer runs each keep their name: it says more than one for all of them."""

COMPACT = 0.5
"""What the widest group costs beside one group more: the quarters of a tie are the compact ones."""

MAIN_SHARE = 0.5
"""A street with so much of a group's length gives it its name."""

OPPOSITE_COS = -0.5
"""Streets in directions more than 120 degrees apart are on two sides of what lies between them."""

_RANK = {road: place for place, road in enumerate(RoadClass)}


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Consecutive runs as one: the legs `first` to `last` of a route, in `runs` runs of work.

    `title` names its streets, "" where there is but one run; `sentence` says all of it.
    """

    first: int
    last: int
    runs: int
    title: str
    sentence: str
    length_m: float


@dataclass(frozen=True, slots=True)
class _Part:
    """A run with the drives to it: what no group takes apart."""

    runs: Sequence[DriverRun]

    @property
    def main(self) -> DriverRun:
        """The work, the stop, or the last drive."""
        return self.runs[-1]

    def joins(self, other: Self) -> bool:
        """Whether it may be of one group with another: work with the same blade and spreader."""
        one, two = self.main, other.main
        gears = (one.kind, one.blade, one.spreader), (two.kind, two.blade, two.spreader)
        return one.kind == LegKind.WORK and gears[0] == gears[1]

    @property
    def lasts(self) -> timedelta:
        """How long its main run takes."""
        return self.main.ends_at - self.main.starts_at

    @property
    def corners(self) -> tuple[LonLat, LonLat]:
        """South-west and north-east corner of where it works."""
        line = self.main.line[self.main.work_from :] or ((0.0, 0.0),)
        lons, lats = zip(*line, strict=True)
        return LonLat(min(lons), min(lats)), LonLat(max(lons), max(lats))


@dataclass(slots=True)
class _Near:
    """A street beside or in a group: the class of its largest part, and where it meets the group.

    `length_m` is how much of it is worked there.
    """

    name: ByLanguage
    rank: int
    places: set[LonLat] = field(default_factory=set)
    length_m: float = 0.0


def run_groups(
    runs: Sequence[DriverRun], network: StreetNetwork, t: Translator
) -> tuple[RunGroup, ...]:
    """Return the groups of a route's runs in order, all runs in one of them."""
    junctions = Junctions(network)
    return tuple(_group(parts, junctions, t) for parts in _quarters(list(_parts(runs))))


def _parts(runs: Iterable[DriverRun]) -> Iterator[_Part]:
    waiting: list[DriverRun] = []
    for run in runs:
        waiting.append(run)
        if run.kind != LegKind.DRIVE:
            yield _Part(tuple(waiting))
            waiting = []
    if waiting:
        yield _Part(tuple(waiting))


def _quarters(parts: Sequence[_Part]) -> list[Sequence[_Part]]:
    """Return parts cut into groups that are as small as is possible with few enough of them."""
    for widest_m in WIDTHS_M[:-1]:
        found = _cut(parts, widest_m)
        if len(found) <= MOST_GROUPS:
            return found
    return _cut(parts, WIDTHS_M[-1])


def _cut(parts: Sequence[_Part], widest_m: float) -> list[Sequence[_Part]]:
    """Return parts cut into the fewest groups, of those the compact ones.

    Shortest path over the places between the parts, an edge for each group that is allowed.
    """
    costs, begins = [0.0] + [float("inf")] * len(parts), [0] * (len(parts) + 1)
    for first in range(len(parts)):
        for last, wide_m in _ends(parts, first, widest_m):
            cost = costs[first] + 1 + COMPACT * (wide_m / widest_m) ** 2
            if cost < costs[last]:
                costs[last], begins[last] = cost, first
    found: list[Sequence[_Part]] = []
    end = len(parts)
    while end:
        found.append(parts[begins[end] : end])
        end = begins[end]
    return found[::-1]


def _ends(parts: Sequence[_Part], first: int, widest_m: float) -> Iterator[tuple[int, float]]:
    """Yield where a group that begins with a part may end, and how wide it is then."""
    yield first + 1, 0.0
    (west, south), (east, north) = parts[first].corners
    lasts = parts[first].lasts
    for number in range(first + 1, min(first + MOST_RUNS, len(parts))):
        part = parts[number]
        low, high = part.corners
        west, south = min(west, low.lon), min(south, low.lat)
        east, north = max(east, high.lon), max(north, high.lat)
        wide_m = distance_m(LonLat(west, south), LonLat(east, north))
        lasts += part.lasts
        if not part.joins(parts[first]) or wide_m > widest_m or lasts > LONGEST:
            return
        if number - first + 1 >= FEWEST_RUNS:
            yield number + 1, wide_m


def _group(parts: Sequence[_Part], junctions: Junctions, t: Translator) -> RunGroup:
    works = [part.main for part in parts]
    length_m = sum(run.length_m for run in works)
    title, sentence = "", works[-1].sentence
    if len(works) > 1:
        title = _title(works, junctions, t)
        gear = gear_sentence(works[0].blade, works[0].spreader, t)
        pieces = t.plural("run:pieces", len(works))
        sentence = joined([title, pieces, said_length(length_m, t), *gear], t)
    return RunGroup(
        first=parts[0].runs[0].first,
        last=works[-1].last,
        runs=len(works),
        title=title,
        sentence=sentence,
        length_m=length_m,
    )


def _title(works: Sequence[DriverRun], junctions: Junctions, t: Translator) -> str:
    """Return what a group's streets are called: by the street that most of it is, or by two near.

    It is "between" two streets only where they lie on its two sides.
    """
    near = _streets_near(works, junctions)
    if not near:
        return t("run:without_names")
    main = max(near, key=lambda one: one.length_m)
    mostly = main.length_m >= MAIN_SHARE * sum(run.length_m for run in works)
    if mostly and _meets_all(main, works, junctions):
        return t("run:and_sides", street=called(main.name, t))
    first, *others = sorted(near, key=lambda one: (one.rank, -len(one.places)))
    if not others:
        return t("run:around", street=called(first.name, t))
    middle = _middle(chain.from_iterable(run.line[run.work_from :] for run in works))
    second = next((one for one in others[:2] if _between(first, one, middle)), None)
    kind = "around_two" if second is None else "between"
    return t(f"run:{kind}", a=called(first.name, t), b=called((second or others[0]).name, t))


def _meets_all(main: _Near, works: Iterable[DriverRun], junctions: Junctions) -> bool:
    """Whether all that is worked lies at a street, and none of it only behind another one."""
    segments = (junctions.network.segment(number) for run in works for number in run.worked)
    return all(
        any(place in main.places for place, _ in junctions.meetings(one)) for one in segments
    )


def _streets_near(works: Sequence[DriverRun], junctions: Junctions) -> list[_Near]:
    """Return the streets with a name that are worked, or meet those that are."""
    found: dict[frozenset[tuple[str, str]], _Near] = {}
    for run in works:
        for number in run.worked:
            worked = junctions.network.segment(number)
            for place, streets in junctions.meetings(worked):
                for street in streets:
                    name = street_name(street)
                    rank = _RANK[street.road_class]
                    if name:
                        one = found.setdefault(frozenset(name.items()), _Near(name, rank))
                        one.rank = min(one.rank, rank)
                        one.places.add(place)
            key = frozenset(street_name(worked).items())
            if key in found:
                found[key].length_m += worked.length_m * _times(run)
    return list(found.values())


def _times(run: DriverRun) -> int:
    return 2 if run.both_ways else 1


def _middle(places: Iterable[tuple[float, float]]) -> LonLat:
    lons, lats = zip(*places, strict=True)
    return LonLat(sum(lons) / len(lons), sum(lats) / len(lats))


def _between(one: _Near, other: _Near, middle: LonLat) -> bool:
    """Whether a place lies between two streets, as seen from where they meet its group."""
    (ax, ay), (bx, by) = (_middle(each.places) for each in (one, other))
    x, y = middle
    along = (ax - x) * (bx - x) + (ay - y) * (by - y)
    return along < OPPOSITE_COS * hypot(ax - x, ay - y) * hypot(bx - x, by - y)
