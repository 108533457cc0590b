"""Quarters: the land between main streets, cut into blocks by smaller and smaller streets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import dist, hypot, pi

import shapely
from numpy.random import Generator

from data.town.arteries import ARTERIES, QUARTERS, Quarter
from data.town.carriageways import smooth
from data.town.plan import Plan, Point, Street, along, beside, length_m, point, turn

TRIES = 10
JUNCTION_M = 24.0
"""A street that would end this near to a junction ends in it."""

CORNER_M = 9.0
BEND_M = 15.0
"""Between the corners of a crooked street."""

SHARPEST = 0.2 * pi
COLLECTOR_M = 260.0
"""Streets of the first cuts are collectors from this length on."""


@dataclass(frozen=True, slots=True)
class Grain:
    """How a quarter is cut: the blocks wanted, how crooked its streets are, and its dead ends."""

    length_m: float
    depth_m: float
    unrest: float
    bend_m: float
    blind_share: float
    highway: str = "residential"


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
    streets: list[Street] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A straight line through a block: from one edge of its border to another."""

    ends: tuple[Point, Point]
    edges: tuple[tuple[Point, Point], tuple[Point, Point]]


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
        line = _line(land, grain, chance)
        if line is None:
            return None
        cut = _cut(plan, block, land, line)
        if cut is None:
            continue
        way = _bent(cut.ends, grain.bend_m * (0.4 if depth <= 2 else 1.0), chance)
        halves = _parted(block, cut, way)
        if _fits(land, way) and all(_is_land(half.corners, grain) for half in halves):
            _draw(plan, block, cut, way, depth)
            return halves
    return None


def _line(land: shapely.Polygon, grain: Grain, chance: Generator) -> tuple[Point, Point] | None:
    """Return where a cut begins and its direction, or `None` for a block that is small enough."""
    a, b, c, _ = shapely.minimum_rotated_rectangle(land).exterior.coords[:4]
    long, short = sorted(((a, b), (b, c)), key=lambda side: -dist(*side))
    long_m, short_m = dist(*long), dist(*short)
    if land.area < 0.8 * grain.length_m * grain.depth_m:
        return None
    if long_m > 1.55 * grain.length_m:
        across, parts = long, round(long_m / grain.length_m)
    elif short_m > 1.5 * grain.depth_m:
        across, parts = short, round(short_m / grain.depth_m)
    else:
        return None
    share = (max(parts, 2) // 2) / max(parts, 2)
    share += float(chance.uniform(-1, 1)) * (grain.unrest + 0.02) * 0.8
    corner = b  # the corner that both sides share
    far = across[0] if across[1] == b else across[1]
    beside_corner = long if across is short else short
    other = beside_corner[0] if beside_corner[1] == b else beside_corner[1]
    start = (corner[0] + (far[0] - corner[0]) * share, corner[1] + (far[1] - corner[1]) * share)
    tilt = float(chance.uniform(-1, 1)) * grain.unrest
    way = (other[0] - corner[0], other[1] - corner[1])
    tilted = (way[0] - way[1] * tilt, way[1] + way[0] * tilt)
    start = (start[0] - (tilted[0] - way[0]) / 2, start[1] - (tilted[1] - way[1]) / 2)
    return start, tilted


def _cut(plan: Plan, block: Block, land: shapely.Polygon, line: tuple[Point, Point]) -> _Cut | None:
    """Return the longest part of a line inside a block, ending in junctions where some are near."""
    (x, y), (east, north) = line
    whole = shapely.LineString([(x - 2 * east, y - 2 * north), (x + 3 * east, y + 3 * north)])
    parts = [p for p in shapely.get_parts(shapely.intersection(whole, land)).tolist() if p.length]
    if not parts:
        return None
    longest = max(parts, key=lambda part: part.length)
    found = [
        _landing(block.corners, point(*end), plan.ways)
        for end in (longest.coords[0], longest.coords[-1])
    ]
    (one, edge), (other, other_edge) = found
    if one == other or edge == other_edge:
        return None
    for (a, b), end, away in ((edge, one, other), (other_edge, other, one)):
        owner = plan.owner(a, b)
        if owner is None or owner.closed or owner.road.endswith("_link"):
            return None
        if (
            min(turn(a, end, away) if a != end else pi, turn(b, end, away) if b != end else pi)
            < SHARPEST
        ):
            return None
    return _Cut((one, other), (edge, other_edge))


def _landing(
    corners: Sequence[Point], end: Point, ways: Mapping[Point, int]
) -> tuple[Point, tuple[Point, Point]]:
    """Return where a street ends on a border: in a junction or corner nearby, or between two."""
    edges = list(pairwise(corners))
    edge = min(edges, key=lambda e: dist(e[0], end) + dist(e[1], end) - dist(*e))
    near = [c for c in corners[1:] if dist(c, end) < JUNCTION_M and ways[c] > 2]
    near = near or [c for c in corners[1:] if dist(c, end) < CORNER_M]
    if not near:
        return end, edge
    corner = min(near, key=lambda c: dist(c, end))
    return corner, next(e for e in edges if e[1] == corner)


def _bent(ends: tuple[Point, Point], bend_m: float, chance: Generator) -> list[Point]:
    whole_m = dist(*ends)
    bends = int(whole_m / 45) if bend_m else 0
    way = [ends[0]]
    for nth in range(1, bends + 1):
        here, direction = along(ends, whole_m * nth / (bends + 1))
        side_m = float(chance.normal(0, bend_m))
        way += beside([here, point(here[0] + direction[0], here[1] + direction[1])], side_m)[:1]
    way.append(ends[1])
    return smooth(way, BEND_M) if bends else way


def _parted(block: Block, cut: _Cut, way: Sequence[Point]) -> list[Block]:
    """Return the block's two sides of a way between two points of its border."""
    ring = list(block.corners[:-1])
    for end, (a, b) in zip(cut.ends, cut.edges, strict=True):
        if end not in ring:
            at = next(i for i, e in enumerate(pairwise([*ring, ring[0]])) if e == (a, b))
            ring.insert(at + 1, end)
    start = ring.index(way[0])
    ring = ring[start:] + ring[:start]
    stop = ring.index(way[-1])
    left = [*ring[: stop + 1], *list(way)[-2::-1]]
    right = [*ring[stop:], *way]
    return [Block(left, block.quarter), Block(right, block.quarter)]


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
    return bool(land.is_valid) and large and roundness > 0.3


def _draw(plan: Plan, block: Block, cut: _Cut, way: list[Point], depth: int) -> None:
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
