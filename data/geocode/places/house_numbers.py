"""House numbers of a city: points on the map, and positions interpolated between them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple

import shapely

from data.geocode.places.name_variants import joined
from data.geocode.places.street_shapes import NamedStreet, NamedStreets
from data.geocode.text.normalization import folded
from data.geocode.text.tokens import name_parts, name_tokens
from data.model import LonLat, NumberRange, Place, Segment, Side, Snap
from data.osm.tags import INTERPOLATED
from data.streets.projection import distance_m

FARTHEST_APART, FARTHEST_APART_M = 60, 300.0
"""Two known house numbers between which others are interpolated differ by no more than this, or
are no farther from each other."""

BEYOND, BEYOND_M = 20, 5.0
"""A number at most this far beyond the known ones (beyond a range: `FARTHEST_APART`) is placed at
the last of them, with so many metres of uncertainty for each number between."""

LONGEST_SPAN = 1000
"""Difference of the first and the last number of a span like "400-499", at most; from
`FARTHEST_APART` on it is a span, else one building."""

LEAST_SPAN_M, SPAN_KNOWN = 50.0, 0.25
"""Least uncertainty of a span, of which the map may know one house only; and the least share of its
numbers from which its length is taken to be known."""

SNAP_M = 150.0
"""A house farther than this from its street is not on it."""

_NUMBER = re.compile(r"\d+")


class House(NamedTuple):
    """Position of a house; `estimated` where the map lacks it and it was interpolated.

    `uncertain_m` is how far along the street it may be from there at most.
    """

    number: str
    point: LonLat
    snap: Snap
    estimated: bool
    uncertain_m: float


class _Known(NamedTuple):
    number: str
    value: int | None
    location: LonLat
    uncertain_m: float


class _Spot(NamedTuple):
    point: LonLat
    uncertain_m: float


class HouseNumbers:
    """House numbers of a city: points by street name, and ranges along segments."""

    def __init__(self, streets: NamedStreets, places: Iterable[Place]) -> None:
        self._streets = streets
        self._known: dict[str, list[_Known]] = defaultdict(list)
        for place in places:
            if place.street and place.number:
                number = "".join(folded(place.number).split())
                uncertain_m = place.reach_m if place.kind == INTERPOLATED else 0.0
                self._known[_key(place.street)] += [
                    _Known(number, value, place.location, uncertain_m)
                    for value in _ends(number) or (None,)
                ]

    def find(self, stretch: NamedStreet, number: str) -> list[House]:
        """Return the positions of a number or span of a street; else interpolated, if possible."""
        known = [each for key in self._keys(stretch) for each in self._known.get(key, ())]
        block, tail = _block(known, number)
        span = _span(number) if block is known else None
        one, in_block = (_middle(span),) * 2 if span else (_value(number), _value(tail))
        return (
            self._mapped(stretch, known, number)
            or (self._of_span(stretch, known, number, *span) if span else [])
            or self._in_ranges(stretch, number, one)
            or self._snapped(stretch, number, _between(block, in_block), estimated=True)
        )

    def _mapped(self, stretch: NamedStreet, known: Sequence[_Known], number: str) -> list[House]:
        """Return the houses that the map has under a number, by a point or a way between two."""
        plain = number.replace("-", "")  # 31-05 is 3105 in some mouths
        own = [each for each in known if each.number.replace("-", "") == plain]
        exact = dict.fromkeys(_Spot(e.location, 0.0) for e in own if not e.uncertain_m)
        if houses := self._snapped(stretch, number, list(exact), estimated=False):
            return houses
        between = [_Spot(e.location, e.uncertain_m) for e in own if e.uncertain_m]
        return self._snapped(stretch, number, between, estimated=True)

    def numbered(self, stretch: NamedStreet) -> bool:
        """Whether the map has any house number of a street."""
        segments = self._streets.network.segments
        return any(self._known.get(key) for key in self._keys(stretch)) or any(
            segments[index].houses for index in stretch.indexes
        )

    def nearest(self, stretch: NamedStreet, number: str) -> tuple[str, ...]:
        """Return the nearest numbers of a street below and above one that it lacks."""
        wanted = _value(number)
        if wanted is None:
            return ()
        ends = {e for _, each in self._ranges(stretch) for e in (each.first, each.last)}
        numbers: list[tuple[int, LonLat | None]] = [(each, None) for each in sorted(ends)]
        numbers += [
            (each.value, each.location)
            for key in self._keys(stretch)
            for each in self._known.get(key, ())
            if each.value is not None
        ]
        found: list[str] = []
        for sign in (-1, 1):
            beyond = [each for each in numbers if sign * (each[0] - wanted) > 0]
            beyond.sort(key=lambda each: abs(each[0] - wanted))
            near = (
                str(value)
                for value, at in beyond
                if at is None or self._streets.snap(stretch, at, SNAP_M)
            )
            found += islice(near, 1)
        return tuple(found)

    def _keys(self, stretch: NamedStreet) -> set[str]:
        segment = self._streets.network.segments[stretch.indexes[0]]
        return {_key(each) for several in segment.names.values() for each in several}

    def _snapped(
        self, stretch: NamedStreet, number: str, spots: Sequence[_Spot], *, estimated: bool
    ) -> list[House]:
        found = [(spot, self._streets.snap(stretch, spot.point, SNAP_M)) for spot in spots]
        return [
            House(number, spot.point, snap, estimated, spot.uncertain_m)
            for spot, snap in found
            if snap is not None
        ]

    def _in_ranges(self, stretch: NamedStreet, number: str, wanted: int | None) -> list[House]:
        """Return the position of a number interpolated in the ranges of a street's segments."""
        if wanted is None:
            return []
        ranges = list(self._ranges(stretch))
        nearest = min(ranges, key=lambda each: _beyond(each[1], wanted), default=None)
        if nearest is None or _beyond(nearest[1], wanted) > FARTHEST_APART:
            return []
        segment, houses = nearest
        offset_m = _share(houses, wanted) * segment.length_m
        snap = Snap(segment.id, houses.side, offset_m, 0.0)
        point = self._streets.network.point_at(segment.id, offset_m)
        beyond = _beyond(houses, wanted)
        inside = beyond <= 1
        uncertain_m = max(offset_m, segment.length_m - offset_m) if inside else beyond * BEYOND_M
        return [House(number, point, snap, beyond > 0, uncertain_m)]

    def _ranges(self, stretch: NamedStreet) -> Iterator[tuple[Segment, NumberRange]]:
        for index in stretch.indexes:
            segment = self._streets.network.segments[index]
            yield from ((segment, houses) for houses in segment.houses)

    def _of_span(
        self, stretch: NamedStreet, known: Sequence[_Known], number: str, first: int, last: int
    ) -> list[House]:
        """Return the middle of the part of a street that has the numbers from first to last."""
        found = [
            (each.value, each.location)
            for each in known
            if each.value is not None
            and first <= each.value <= last
            and self._streets.snap(stretch, each.location, SNAP_M)
        ]
        for segment, houses in self._ranges(stretch):
            low, high = sorted((houses.first, houses.last))
            part = (max(low, first), min(high, last)) if low <= last and high >= first else ()
            offsets_m = [_share(houses, each) * segment.length_m for each in part]
            places = [self._streets.network.point_at(segment.id, each) for each in offsets_m]
            found += zip(part, places, strict=True)
        if not found:
            return []
        numbers = [number for number, _ in found]
        share = max((max(numbers) - min(numbers)) / (last - first), SPAN_KNOWN)
        shape = shapely.multipoints([self._streets.plane(point) for _, point in found])
        spot = self._streets.at(stretch, shapely.box(*shape.bounds).centroid)
        foot = self._streets.plane(spot.point)
        reach_m = float(shapely.hausdorff_distance(shape, foot)) / share
        uncertain_m = max(reach_m, LEAST_SPAN_M)
        snap = Snap(spot.segment.id, Side.RIGHT, spot.offset_m, 0.0)
        return [House(number, spot.point, snap, estimated=False, uncertain_m=uncertain_m)]


def _share(houses: NumberRange, number: int) -> float:
    """Return where a number is between the start (0) and the end (1) of its range."""
    width = houses.last - houses.first
    return min(max((number - houses.first) / width, 0.0), 1.0) if width else 0.5


def _beyond(houses: NumberRange, wanted: int) -> int:
    """Return how far a number is outside a range, plus 1 where it is of the street's other side."""
    low, high = sorted((houses.first, houses.last))
    other_side = houses.step == 2 and wanted % 2 != low % 2
    return max(low - wanted, wanted - high, 0) + other_side


def _between(known: Sequence[_Known], wanted: int | None) -> list[_Spot]:
    """Return the interpolated place of a number between its neighbors on its side."""
    if wanted is None:
        return []
    side = [
        (each.value, each)
        for each in known
        if each.value is not None and not (each.value - wanted) % 2
    ]
    at = [each for value, each in side if value == wanted]
    if at:
        return [_Spot(at[0].location, at[0].uncertain_m)]
    below = max((pair for pair in side if pair[0] < wanted), default=None)
    above = min((pair for pair in side if pair[0] > wanted), default=None)
    if below is None or above is None:
        end = below or above
        beyond = abs(end[0] - wanted) if end else BEYOND + 1
        return [_Spot(end[1].location, beyond * BEYOND_M)] if end and beyond <= BEYOND else []
    apart_m = distance_m(below[1].location, above[1].location)
    if above[0] - below[0] > FARTHEST_APART and apart_m > FARTHEST_APART_M:
        return []
    share = (wanted - below[0]) / (above[0] - below[0])
    (lon, lat), (far_lon, far_lat) = below[1].location, above[1].location
    point = LonLat(lon + share * (far_lon - lon), lat + share * (far_lat - lat))
    return [_Spot(point, max(share, 1.0 - share) * apart_m)]


def _span(number: str) -> tuple[int, int] | None:
    """Return the ends of a span of numbers, "400-499"; `None` for one house or building."""
    ends = [int(each) for each in _NUMBER.findall(number)]
    wide = len(ends) == 2 and FARTHEST_APART < ends[1] - ends[0] <= LONGEST_SPAN
    return (ends[0], ends[1]) if wide and "-" in number else None


def _middle(span: tuple[int, int]) -> int:
    return sum(span) // 2


def _ends(number: str) -> tuple[int, ...]:
    """Return the numbers of a building: one, or the first and the last of "120-124"."""
    numbers = [int(each) for each in _NUMBER.findall(number)[:2]]
    if "-" in number and len(numbers) == 2 and 0 < numbers[1] - numbers[0] <= FARTHEST_APART:
        return tuple(numbers)
    return tuple(numbers[:1])


def _block(known: Sequence[_Known], number: str) -> tuple[Sequence[_Known], str]:
    """Return the houses of a number's block and its number in the block; else all, and its head.

    "31-05" is the fifth of the block that begins at 31st Street, where other houses have such
    numbers; else it is a building that begins at 31.
    """
    head, hyphen, tail = number.partition("-")
    block = [each for each in known if each.number.startswith(head + hyphen)] if hyphen else []
    if not block:
        return known, head
    own = [each.number.removeprefix(head + hyphen) for each in block]
    return [
        _Known(tail_of, _value(tail_of), each.location, each.uncertain_m)
        for tail_of, each in zip(own, block, strict=True)
    ], tail


@cache
def _key(street: str) -> str:
    """Return the key of a street's name, under which its houses are kept."""
    return joined(name_parts(name_tokens(street)).core)


def _value(number: str) -> int | None:
    found = _NUMBER.match(number)
    return int(found[0]) if found else None
