"""House numbers along streets: ranges of ways and centrelines, and `addr:interpolation` ways."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import NamedTuple

from data.model import LonLat, NumberRange, Place, Segment, Side
from data.osm.tags import INTERPOLATED, Tags
from data.streets.projection import distance_m

_RANGE_KEYS = (
    ("addr:range:l", Side.LEFT),
    ("addr:range:left", Side.LEFT),
    ("addr:range:r", Side.RIGHT),
    ("addr:range:right", Side.RIGHT),
)
_END_FIELDS = (
    ("{s}fadd", "{s}tadd"),
    ("{s}fromadd", "{s}toadd"),
    ("{s}fromaddr", "{s}toaddr"),
    ("{s}fromhn", "{s}tohn"),
    ("fradd{s}", "toadd{s}"),
    ("fromaddr{s}", "toaddr{s}"),
    ("{s}hnumf", "{s}hnuml"),
    ("af{s}val", "at{s}val"),
    ("from{side}", "to{side}"),
    ("{side}from", "{side}to"),
    ("fromaddr{side}", "toaddr{side}"),
)
"""Fields of centrelines, in small letters and digits alone: the number at the line's start and at
its end, on one side. TIGER/Line (LFROMHN, FRADDL, LFROMADD), Esri (L_F_ADD, FROMLEFT), NENA
(FromAddr_L), Canada's National Road Network (L_HNUMF) and road network file (AFL_VAL)."""

_PARITY_FIELDS = ("parity{s}", "{s}parity", "parity{side}", "{side}parity")
_MIXED, _NONE = ("b", "both", "all", "mixed"), ("z", "none", "zero")
_SIDES = {Side.LEFT: {"s": "l", "side": "left"}, Side.RIGHT: {"s": "r", "side": "right"}}
_ENDS = {
    side: [tuple(name.format(**words) for name in pair) for pair in _END_FIELDS]
    for side, words in _SIDES.items()
}
_PARITIES = {
    side: [name.format(**words) for name in _PARITY_FIELDS] for side, words in _SIDES.items()
}

_HIGHEST = 99_999
"""Largest house number; larger ones are ids put in the wrong tag."""

MOST_BETWEEN = 500
"""Numbers between two mapped ones, at most; more are a mistake in the map."""

_STEPS: Mapping[str, int] = MappingProxyType({"even": 2, "odd": 2, "all": 1})
_NUMBER = re.compile(r"\s*(\d+)")
_WHOLE = re.compile(r"\d+")
_LETTERED = re.compile(r"(\d*)\s*([A-Za-z]?)")


class Corner(NamedTuple):
    """A point of an `addr:interpolation` way, with the street and number of its node, if any."""

    location: LonLat
    street: str = ""
    number: str = ""


def number_ranges(tags: Tags) -> tuple[NumberRange, ...]:
    """Return the number ranges of a way, at most one a side; "577-597" runs from its first node."""
    found: dict[Side, NumberRange] = {}
    for key, side in _RANGE_KEYS:
        numbers = [int(each) for each in re.findall(r"\d+", tags.get(key, ""))]
        if numbers and 0 < min(numbers) <= max(numbers) <= _HIGHEST:
            found.setdefault(side, NumberRange(side, numbers[0], numbers[-1]))
    fields = {_plain(key): value for key, value in tags.items()}
    for side in _SIDES:
        ends = None if side in found else _ends(fields, side)
        parity = next((fields[key] for key in _PARITIES[side] if key in fields), "").casefold()
        if ends and parity not in _NONE:
            found[side] = NumberRange(side, *ends, mixed=parity in _MIXED)
    return tuple(found.values())


@lru_cache
def _plain(key: str) -> str:
    return "".join(filter(str.isalnum, key)).casefold()


def _ends(fields: Mapping[str, str], side: Side) -> tuple[int, int] | None:
    """Return the numbers at the start and the end of one side of a centreline, if it has both."""
    for first, last in _ENDS[side]:
        values = [_NUMBER.match(fields.get(key, "")) for key in (first, last)]
        numbers = [int(value[1]) for value in values if value]
        if len(numbers) == 2 and 0 < min(numbers) <= max(numbers) <= _HIGHEST:
            return numbers[0], numbers[1]
    return None


def with_houses(segments: Sequence[Segment], ranges: Sequence[NumberRange]) -> tuple[Segment, ...]:
    """Return the segments of one way, in its order, each with its part of the way's ranges."""
    if not ranges:
        return tuple(segments)
    whole_m = sum(segment.length_m for segment in segments)
    done_m = 0.0
    found = []
    for segment in segments:
        begin, end = done_m / whole_m, (done_m + segment.length_m) / whole_m
        found.append(replace(segment, houses=tuple(_parts(ranges, begin, end))))
        done_m += segment.length_m
    return tuple(found)


def _parts(ranges: Sequence[NumberRange], begin: float, end: float) -> Iterator[NumberRange]:
    for each in ranges:
        steps = (each.last - each.first) // each.step
        first, last = (each.first + each.step * round(share * steps) for share in (begin, end))
        yield each._replace(first=first, last=last)


def interpolated_houses(tags: Tags, line: Sequence[Corner]) -> Iterator[Place]:
    """Yield a place for each number between the numbered nodes of an `addr:interpolation` way.

    Its `reach_m` is the distance along the way to the farther of the two mapped numbers. The
    street is that of the way, else of the nodes; without any the way has no houses.
    """
    kind = tags.get("addr:interpolation", "").strip().casefold()
    street = tags.get("addr:street") or tags.get("addr:place") or ""
    numbered = [at for at, corner in enumerate(line) if corner.number]
    for first, last in pairwise(numbered):
        part = line[first : last + 1]
        named = street or part[0].street or part[-1].street
        numbers = _between(kind, part[0].number, part[-1].number)
        if named and 0 < len(numbers) <= MOST_BETWEEN:
            points = [corner.location for corner in part]
            yield from _along(points, named, numbers)


def _along(points: Sequence[LonLat], street: str, numbers: Mapping[str, float]) -> Iterator[Place]:
    """Yield the places of numbers at their shares of a line."""
    lengths_m = [distance_m(one, other) for one, other in pairwise(points)]
    ends_m = list(accumulate(lengths_m, initial=0.0))
    for number, share in numbers.items():
        along_m = share * ends_m[-1]
        leg = min(bisect_left(ends_m, along_m, 1), len(lengths_m)) - 1
        part = (along_m - ends_m[leg]) / lengths_m[leg] if lengths_m[leg] else 0.0
        (lon, lat), (far_lon, far_lat) = points[leg], points[leg + 1]
        here = LonLat(lon + part * (far_lon - lon), lat + part * (far_lat - lat))
        reach_m = round(max(along_m, ends_m[-1] - along_m), 1)
        yield Place(INTERPOLATED, here, {}, street, number, reach_m)


def _between(kind: str, first: str, last: str) -> dict[str, float]:
    """Return the numbers between two mapped ones, each with its share of the way from the first."""
    if kind == "alphabetic":
        return _letters_between(first, last)
    step = _STEPS.get(kind) or (int(kind) if _WHOLE.fullmatch(kind) else 0)
    ends = [_WHOLE.fullmatch(each.strip()) for each in (first, last)]
    values = [int(end[0]) for end in ends if end]
    if not step or len(values) < 2 or abs(values[1] - values[0]) // step > MOST_BETWEEN:
        return {}
    low, high = sorted(values)
    start = {"even": low - low % 2, "odd": low - 1 + low % 2}.get(kind, low)
    inner = [number for number in range(start, high, step) if number > low]
    return {str(n): (n - values[0]) / (values[1] - values[0]) for n in inner}


def _letters_between(first: str, last: str) -> dict[str, float]:
    """Return "12b" and "12c" between "12a" (or "12") and "12d"."""
    ends = [_LETTERED.fullmatch(each.strip()) for each in (first, last)]
    found = [(end[1], ord(end[2].lower()) if end[2] else ord("a") - 1) for end in ends if end]
    if len(found) < 2 or found[0][0] != found[1][0] or found[0][1] == found[1][1]:
        return {}
    (house, one), (_, other) = found
    inner = range(min(one, other) + 1, max(one, other))
    return {f"{house}{chr(each)}": (each - one) / (other - one) for each in inner}
