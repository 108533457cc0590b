"""What is in a town beside streets: the river, public buildings, parks and house numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from math import dist, hypot

import shapely
from numpy.random import Generator

from data.samples import TOWN_NAME
from tools.town.landmarks import LANDMARKS, Landmark
from tools.town.layout.blocks import Block
from tools.town.layout.geometry import Point, along, beside, length_m, point, smooth
from tools.town.layout.main_streets import (
    ARTERIES,
    QUARTERS,
    RIVER,
    RIVER_CORNERS,
    RIVER_WIDTH_M,
    SQUARES,
)
from tools.town.layout.planar_graph import Plan, Street
from tools.town.street_naming import persian

PLOT_M = 14.0
"""Width of a house and its yard."""

HOUSED_SHARE = 0.3
"""Share of alleys whose house numbers somebody has mapped."""

LATIN_DIGITS = 0.2
"""Share of streets whose house numbers were typed in Latin digits."""

WALL_M = 7.0
"""From the middle of a street to the houses."""

HOUSED_ARTERIES = ("خیابان امام خمینی", "خیابان شریعتی", "خیابان طالقانی", "خیابان سعدی")


@dataclass(frozen=True, slots=True)
class Feature:
    """A tagged point, line or (where it is closed) area; a `hole` makes it a multipolygon."""

    points: tuple[Point, ...]
    tags: dict[str, str]
    hole: tuple[Point, ...] = field(default=())


def draw_features(plan: Plan, blocks: Sequence[Block], chance: Generator) -> list[Feature]:
    """Return all features of the town."""
    return [
        *_river(),
        *_quarters(),
        *_landmarks(blocks),
        *_houses(plan, chance),
    ]


def _river() -> Iterator[Feature]:
    middle = smooth(RIVER_CORNERS)
    names = {"name": RIVER.fa, "name:en": RIVER.en}
    yield Feature(tuple(middle), {"waterway": "river", **names})
    banks = [*beside(middle, RIVER_WIDTH_M / 2), *beside(middle, -RIVER_WIDTH_M / 2)[::-1]]
    yield Feature((*banks, banks[0]), {"natural": "water", "water": "river", **names})


def _quarters() -> Iterator[Feature]:
    for quarter in QUARTERS:
        kind = "neighbourhood" if quarter.name.fa.startswith("محله") else "quarter"
        names = {"name": quarter.name.fa, "name:en": quarter.name.en}
        yield Feature((point(quarter.x_m, quarter.y_m),), {"place": kind, **names})
    for square in SQUARES:
        names = {"name": square.name.fa, "name:en": square.name.en}
        yield Feature((point(square.x_m, square.y_m),), {"place": "square", **names})


def _landmarks(blocks: Sequence[Block]) -> Iterator[Feature]:
    free = {id(block): shapely.Polygon(block.corners) for block in blocks}
    for mark in LANDMARKS:
        fitting = [i for i, land in free.items() if land.area > mark.area_m2 * 1.6] or list(free)
        spot = shapely.Point(mark.x_m, mark.y_m)
        nearest = min(fitting, key=lambda each: free[each].centroid.distance(spot))
        land = free.pop(nearest)
        built = _built(mark, land)
        yield built
        yield from _gates(built, mark.gates)


def _built(mark: Landmark, land: shapely.Polygon) -> Feature:
    tags = {**dict(mark.tags), "name": mark.name.fa, "name:en": mark.name.en}
    if not mark.area_m2:
        inner = land.representative_point()
        return Feature((point(inner.x, inner.y),), tags)
    plot = _largest(shapely.buffer(land, -WALL_M - 2))
    while plot.area > 1.4 * mark.area_m2:
        plot = _largest(shapely.buffer(plot, -3.0, join_style="mitre"))
    yard = _largest(shapely.buffer(plot, -10.0, join_style="mitre")) if mark.courtyard else None
    return Feature(_outline(plot), tags, _outline(yard) if yard else ())


def _gates(built: Feature, most: int) -> Iterator[Feature]:
    """Yield the gates of an area, in the middle of its longest walls."""
    walls = sorted(pairwise(built.points), key=lambda wall: -dist(*wall))
    for one, other in walls[:most]:
        spot = point((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        yield Feature((spot,), {"barrier": "gate", "entrance": "yes"})


def _largest(area: shapely.Geometry) -> shapely.Polygon:
    return max(shapely.get_parts(area).tolist(), key=lambda part: part.area)


def _outline(area: shapely.Polygon) -> tuple[Point, ...]:
    corners = shapely.get_coordinates(shapely.simplify(area, 1.0)).tolist()
    return tuple(point(*corner) for corner in corners)


def _houses(plan: Plan, chance: Generator) -> Iterator[Feature]:
    for artery in ARTERIES:
        if artery.name.fa in HOUSED_ARTERIES:
            line = smooth(artery.corners)
            yield from _numbered(line, artery.name.fa, 12.0, chance)
    for street in plan.streets:
        if street.depth and "name" in street.tags and chance.random() < HOUSED_SHARE:
            yield from _numbered(street.points, street.tags["name"], _wall_m(street), chance)


def _wall_m(street: Street) -> float:
    return 4.0 if street.road == "living_street" else WALL_M


def _numbered(
    line: Sequence[Point], name: str, wall_m: float, chance: Generator
) -> Iterator[Feature]:
    """Yield the houses of a street: odd numbers on the left from its start, even on the right."""
    whole_m = length_m(line)
    latin = chance.random() < LATIN_DIGITS
    for first, side_m in ((1, wall_m), (2, -wall_m)):
        numbers = count(first, 2)
        offset_m = PLOT_M
        while offset_m < whole_m - PLOT_M / 2:
            here, (east, north) = along(line, offset_m)
            spot = beside([here, point(here[0] + east, here[1] + north)], side_m)[0]
            number = next(numbers)
            offset_m += PLOT_M * float(chance.uniform(0.8, 1.3))
            if all(hypot(spot[0] - s.x_m, spot[1] - s.y_m) > s.radius_m + 8 for s in SQUARES):
                yield Feature((spot,), _address(name, number, latin=latin))


def _address(street: str, number: int, *, latin: bool) -> dict[str, str]:
    return {
        "addr:housenumber": str(number) if latin else persian(number),
        "addr:street": street,
        "addr:city": TOWN_NAME,
    }


def bus_stop(name: str, english: str, spot: Point) -> Feature:
    """Return a stop at the side of a street."""
    tags = {"highway": "bus_stop", "public_transport": "platform", "bus": "yes"}
    return Feature((spot,), {**tags, "name": name, "name:en": english})


def nearest_spot(spots: Sequence[Point], place: Point) -> Point:
    """Return the nearest of some points."""
    return min(spots, key=lambda spot: dist(spot, place))
