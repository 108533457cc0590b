"""House numbers of a city: points on the map, and positions interpolated between them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from data.geocode.name_index import joined
from data.geocode.street_shapes import NamedStreet, NamedStreets
from data.geocode.text.normalization import folded
from data.geocode.text.tokens import name_parts, name_tokens
from data.model import LonLat, NumberRange, Place, Snap

FARTHEST_APART = 60
"""Largest difference of two house numbers between which others are interpolated."""

BEYOND = 20
"""A number at most this far beyond the known ones is placed at the last of them."""

SNAP_M = 150.0
"""A house farther than this from its street is not on it."""

_NUMBER = re.compile(r"\d+")


class House(NamedTuple):
    """Position of a house; `estimated` where the map lacks it and it was interpolated."""

    number: str
    point: LonLat
    snap: Snap
    estimated: bool


class _Known(NamedTuple):
    number: str
    value: int | None
    location: LonLat


class HouseNumbers:
    """House numbers of a city: points by street name, and ranges along segments."""

    def __init__(self, streets: NamedStreets, places: Iterable[Place]) -> None:
        self._streets = streets
        self._known: dict[str, list[_Known]] = defaultdict(list)
        for place in places:
            if place.street and place.number:
                number = "".join(folded(place.number).split())
                ends = _ends(number)
                self._known[_key(place.street)] += [
                    _Known(number, value, place.location) for value in ends or (None,)
                ]

    def find(self, stretch: NamedStreet, number: str) -> Iterator[House]:
        """Yield the positions of a number on a street; else interpolated ones, if possible."""
        known = [each for key in self._keys(stretch) for each in self._known.get(key, ())]
        plain = number.replace("-", "")  # 31-05 is 3105 in some mouths
        exact = [each.location for each in known if each.number.replace("-", "") == plain]
        exact = list(dict.fromkeys(exact))
        found = list(self._snapped(stretch, number, exact, estimated=False))
        if not found:
            found = list(self._in_ranges(stretch, number))
        if not found:
            points = _between(*_block(known, number))
            found = list(self._snapped(stretch, number, points, estimated=True))
        yield from found

    def numbered(self, stretch: NamedStreet) -> bool:
        """Whether the map has any house number of a street."""
        segments = self._streets.network.segments
        return any(self._known.get(key) for key in self._keys(stretch)) or any(
            segments[index].houses for index in stretch.indexes
        )

    def _keys(self, stretch: NamedStreet) -> set[str]:
        segment = self._streets.network.segments[stretch.indexes[0]]
        return {_key(each) for several in segment.names.values() for each in several}

    def _snapped(
        self, stretch: NamedStreet, number: str, points: Sequence[LonLat], *, estimated: bool
    ) -> Iterator[House]:
        for point in points:
            snap = self._streets.snap(stretch, point, SNAP_M)
            if snap is not None:
                yield House(number, point, snap, estimated)

    def _in_ranges(self, stretch: NamedStreet, number: str) -> Iterator[House]:
        """Yield the position of a number interpolated in the ranges of a street's segments."""
        wanted, network = _value(number), self._streets.network
        ranges = [
            (_beyond(each, wanted), network.segments[index], each)
            for index in stretch.indexes
            for each in network.segments[index].houses
            if wanted is not None
        ]
        if wanted is None or not ranges:
            return
        beyond, segment, houses = min(ranges, key=lambda each: each[0])
        if beyond > BEYOND:
            return
        width = houses.last - houses.first
        share = (wanted - houses.first) / width if width else 0.5
        offset_m = min(max(share, 0.0), 1.0) * segment.length_m
        snap = Snap(segment.id, houses.side, offset_m, 0.0)
        yield House(number, network.point_at(segment.id, offset_m), snap, estimated=beyond > 0)


def _beyond(houses: NumberRange, wanted: int | None) -> int:
    """Return how far a number is outside a range, plus 1 where it is of the street's other side."""
    if wanted is None:
        return BEYOND + 1
    low, high = sorted((houses.first, houses.last))
    other_side = low % 2 == high % 2 and wanted % 2 != low % 2
    return max(low - wanted, wanted - high, 0) + other_side


def _between(known: Sequence[_Known], number: str) -> list[LonLat]:
    """Return the interpolated place of a number between its neighbors on its side."""
    wanted = _value(number)
    if wanted is None:
        return []
    side = [
        (e.value, e.location) for e in known if e.value is not None and not (e.value - wanted) % 2
    ]
    at = [location for value, location in side if value == wanted]
    if at:
        return at[:1]
    below = max((pair for pair in side if pair[0] < wanted), default=None)
    above = min((pair for pair in side if pair[0] > wanted), default=None)
    if below is None or above is None:
        end = below or above
        return [end[1]] if end and abs(end[0] - wanted) <= BEYOND else []
    if above[0] - below[0] > FARTHEST_APART:
        return []
    share = (wanted - below[0]) / (above[0] - below[0])
    (lon, lat), (far_lon, far_lat) = below[1], above[1]
    return [LonLat(lon + share * (far_lon - lon), lat + share * (far_lat - lat))]


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
        _Known(tail_of, _value(tail_of), each.location)
        for tail_of, each in zip(own, block, strict=True)
    ], tail


@cache
def _key(street: str) -> str:
    """Return the key of a street's name, under which its houses are kept."""
    return joined(name_parts(name_tokens(street)).core)


def _value(number: str) -> int | None:
    found = _NUMBER.match(number)
    return int(found[0]) if found else None
