"""Towns of which the names of streets are known: laid out as blocks of a grid."""

import tomllib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import cos, radians
from pathlib import Path

from data.model import (
    LonLat,
    NodeId,
    Oneway,
    Place,
    RoadClass,
    Segment,
    SegmentId,
    SegmentKey,
)
from data.streets.network import build_network
from data.streets.projection import line_length_m
from tests.benchmarks.queries.cities import City

SIDE = 8
"""Streets of a block each way: a block has twice as many, and a crossing of any two that differ."""

SPACING_M, GAP_M = 160.0, 400.0
"""Metres between two parallel streets, and between two blocks."""

ALLEY_M = 70.0
"""Metres east and north from a crossing to the end of the alley that leaves it."""

MAIN_SHARE = 0.15
"""Share of the streets, the first ones, that are main streets."""

CENTER = LonLat(20.0, 45.0)
METRES = 111_195.0
"""Metres of a degree of latitude."""

type Names = dict[str, tuple[str, ...]]


def read_town(path: Path) -> City:
    """Return the town of a file: `name`, `persian`, `streets`, `alleys`, `places`.

    Streets are "name|name in Latin letters", places "name @ street".
    """
    table = tomllib.loads(path.read_text("utf-8"))
    persian = bool(table["persian"])
    segments = [*_streets(table["streets"], persian), *_alleys(table["alleys"], persian)]
    numbered = [
        _segment(nth, ends, names, road) for nth, (ends, names, road) in enumerate(segments, 1)
    ]
    places = tuple(_places(table["places"], numbered))
    return City(table["name"], build_network(numbered), places, persian)


type Spot = tuple[float, float]
type Drawn = tuple[tuple[Spot, Spot], Names, RoadClass]


def _streets(several: Sequence[str], persian: bool) -> Iterator[Drawn]:
    """Yield the stretches of all streets: in turn one to the east and one to the north."""
    last = len(several) - 1
    for at, name in enumerate(several):
        block, nth = divmod(at, 2 * SIDE)
        across = SIDE if (block + 1) * 2 * SIDE - 1 <= last else max(2, (last % (2 * SIDE)) // 2)
        road = RoadClass.SECONDARY if at < MAIN_SHARE * len(several) else RoadClass.RESIDENTIAL
        line = [_crossing(block, nth // 2, other, north=bool(nth % 2)) for other in range(across)]
        for ends in pairwise(line):
            yield ends, _names(name, persian), road


def _alleys(several: Sequence[str], persian: bool) -> Iterator[Drawn]:
    """Yield the alleys, each from a crossing into the square beside it."""
    for at, name in enumerate(several):
        block, spot = divmod(at, SIDE * SIDE)
        x, y = _crossing(block, spot % SIDE, spot // SIDE, north=True)
        yield ((x, y), (x + ALLEY_M, y + ALLEY_M)), _names(name, persian), RoadClass.RESIDENTIAL


def _crossing(block: int, nth: int, other: int, *, north: bool) -> Spot:
    """Return in metres where a street of a block meets the `other` one that crosses it."""
    east, up = (nth, other) if north else (other, nth)
    start = block * (SIDE * SPACING_M + GAP_M)
    return start + east * SPACING_M, up * SPACING_M


def _names(name: str, persian: bool) -> Names:
    main, _, latin = name.partition("|")
    own = {"": (main.strip(),), "fa" if persian else "en": (main.strip(),)}
    return {**own, "en": (latin.strip(),)} if latin else own


def _segment(nth: int, ends: tuple[Spot, Spot], names: Names, road: RoadClass) -> Segment:
    start, end = (_node(spot) for spot in ends)
    geometry = tuple(map(_lonlat, ends))
    return Segment(
        SegmentId(nth),
        SegmentKey(nth, start, end, 0),
        start,
        end,
        geometry,
        line_length_m(geometry),
        road,
        names,
        8.3,
        Oneway.NO,
        2,
        6.0,
    )


def _places(several: Sequence[str], segments: Sequence[Segment]) -> Iterator[Place]:
    """Yield the places, each at the middle of a stretch of its street."""
    for each in several:
        name, _, street = (part.strip() for part in each.partition(" @ "))
        stretches = [s for s in segments if s.names[""][0] == street]
        if not stretches:
            raise ValueError(f"places: expected a street of the town, got {street!r} of {each!r}")
        one, other = stretches[len(stretches) // 2].geometry
        middle = LonLat((one.lon + other.lon) / 2, (one.lat + other.lat) / 2)
        yield Place("amenity", middle, {"": (name,)})


def _node(spot: Spot) -> NodeId:
    x, y = (round(each / 10) for each in spot)
    return NodeId(1 + x * 1_000 + y)


def _lonlat(spot: Spot) -> LonLat:
    x, y = spot
    return LonLat(CENTER.lon + x / (METRES * cos(radians(CENTER.lat))), CENTER.lat + y / METRES)
