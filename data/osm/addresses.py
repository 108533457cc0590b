"""House numbers by ranges along OpenStreetMap ways, divided among the segments of a way."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from data.model import NumberRange, Segment, Side
from data.osm.tags import Tags

_RANGE_KEYS = (
    ("addr:range:l", Side.LEFT),
    ("addr:range:left", Side.LEFT),
    ("addr:range:r", Side.RIGHT),
    ("addr:range:right", Side.RIGHT),
)
_HIGHEST = 99_999
"""Largest house number; larger ones are ids put in the wrong tag."""


def number_ranges(tags: Tags) -> tuple[NumberRange, ...]:
    """Return the number ranges of a way, at most one a side; "577-597" runs from its first node."""
    found: dict[Side, NumberRange] = {}
    for key, side in _RANGE_KEYS:
        numbers = [int(each) for each in re.findall(r"\d+", tags.get(key, ""))]
        if numbers and 0 < min(numbers) <= max(numbers) <= _HIGHEST:
            found.setdefault(side, NumberRange(side, numbers[0], numbers[-1]))
    return tuple(found.values())


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
        step = 1 if (each.last - each.first) % 2 else 2
        steps = (each.last - each.first) // step
        yield NumberRange(
            each.side,
            each.first + step * round(begin * steps),
            each.first + step * round(end * steps),
        )
