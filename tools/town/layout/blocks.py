"""Quarters: the land between main streets, cut into blocks by smaller and smaller streets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist, hypot, pi

import shapely
from numpy.random import Generator

from tools.town.layout.block_cuts import Cut, Grain, cut_along, sides_of, wanted_line
from tools.town.layout.geometry import Point, along, beside, length_m, point, smooth
from tools.town.layout.main_streets import ARTERIES, QUARTERS, Quarter
from tools.town.layout.planar_graph import Plan, Street

TRIES = 10

COLLECTOR_M = 260.0
"""Streets of the first cuts are collectors from this length on."""

BEND_M = 15.0
"""Between the corners of a crooked street."""

BEND_EVERY_M = 45.0
CALM = 0.4
"""Larger streets are less crooked than alleys, by this factor."""

ROUNDEST = 0.3
"""Of blocks, at least: 1 is a circle, 0.79 a square, 0.3 a strip of one to eight."""

GRAINS = {
    "old": Grain(96, 68, 0.16, 7.0, 0.7, "living_street"),
    "middle": Grain(112, 66, 0.09, 2.5, 0.4),
    "grid": Grain(145, 62, 0.0, 0.0, 0.1),
    "hill": Grain(125, 62, 0.12, 9.0, 0.35),
    "works": Grain(190, 120, 0.05, 0.0, 0.1, "unclassified"),
}


@dataclass(slots=True)
class Block:
    """A piece of land with streets all around; `corners` is closed."""

    corners: list[Point]
    quarter: Quarter


def fill_quarters(plan: Plan, chance: Generator) -> list[Block]:
    """Draw the streets of all quarters and return the blocks between them."""
    return [block for land in _lands(plan) for block in _divided(plan, land, chance, depth=1)]


def _lands(plan: Plan) -> Iterator[Block]:
    """Yield what main streets enclose, without rivers, medians and the inside of squares."""
    edges = [
        shapely.LineString(edge) for street in plan.streets for edge in pairwise(street.points)
    ]
    boulevards = [(shapely.LineString(smooth(a.corners)), a.side_m) for a in ARTERIES if a.side_m]
    faces = shapely.get_parts(shapely.polygonize(edges)).tolist()
    for face in sorted(faces, key=lambda each: tuple(each.centroid.coords[0])):
        inner = face.representative_point()
        if face.area < 2_000 or any(inner.distance(line) < side_m for line, side_m in boulevards):
            continue
        centre = face.centroid
        quarter = min(QUARTERS, key=lambda q: hypot(q.x_m - centre.x, q.y_m - centre.y))
        yield Block([point(*corner) for corner in face.exterior.coords], quarter)


def _divided(plan: Plan, block: Block, chance: Generator, depth: int) -> Iterator[Block]:
    block.corners = plan.ring(block.corners)
    halves = _halves(plan, block, chance, depth)
    if halves is None:
        yield block
        return
    for half in halves:
        yield from _divided(plan, half, chance, depth + 1)


def _halves(plan: Plan, block: Block, chance: Generator, depth: int) -> list[Block] | None:
    grain = GRAINS[block.quarter.grain]
    land = shapely.Polygon(block.corners)
    for _ in range(TRIES):
        line = wanted_line(land, grain, chance)
        if line is None:
            return None
        cut = cut_along(plan, block.corners, land, line)
        if cut is None:
            continue
        way = _bent(cut.ends, grain.bend_m * (CALM if depth <= 2 else 1.0), chance)
        halves = sides_of(block.corners, cut, way)
        if _fits(land, way) and all(_is_land(half, grain) for half in halves):
            _draw(plan, block, cut, way, depth)
            return [Block(half, block.quarter) for half in halves]
    return None


def _bent(ends: tuple[Point, Point], bend_m: float, chance: Generator) -> list[Point]:
    whole_m = dist(*ends)
    bends = int(whole_m / BEND_EVERY_M) if bend_m else 0
    way = [ends[0]]
    for nth in range(1, bends + 1):
        here, direction = along(ends, whole_m * nth / (bends + 1))
        side_m = float(chance.normal(0, bend_m))
        way += beside([here, point(here[0] + direction[0], here[1] + direction[1])], side_m)[:1]
    way.append(ends[1])
    return smooth(way, BEND_M) if bends else way


def _fits(land: shapely.Polygon, way: Sequence[Point]) -> bool:
    line = shapely.LineString(way)
    inner_m = float(shapely.intersection(line, shapely.buffer(land, -6.0)).length)
    return bool(shapely.covers(shapely.buffer(land, 0.05), line)) and (
        inner_m > 0.7 * float(line.length)
    )


def _is_land(corners: Sequence[Point], grain: Grain) -> bool:
    land = shapely.Polygon(corners)
    roundness = 4 * pi * float(land.area) / float(land.length) ** 2
    large = float(land.area) > 0.35 * grain.length_m * grain.depth_m
    return bool(land.is_valid) and large and roundness > ROUNDEST


def _draw(plan: Plan, block: Block, cut: Cut, way: list[Point], depth: int) -> None:
    for end, (a, b) in zip(cut.ends, cut.edges, strict=True):
        if end not in (a, b):
            plan.insert(a, b, end)
    grain = GRAINS[block.quarter.grain]
    whole_m = length_m(way)
    collector = depth <= 2 and whole_m > COLLECTOR_M
    highway = "residential" if depth <= 3 else grain.highway
    if collector:
        highway = "tertiary" if depth == 1 else "unclassified"
    plan.add(Street(way, {"highway": highway}, depth, block.quarter.name.fa))
