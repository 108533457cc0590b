"""Dead ends: short lanes from a street into a block, as old quarters have many."""

from collections.abc import Sequence
from itertools import pairwise
from math import dist

import shapely
from numpy.random import Generator

from tools.town.layout.block_cuts import CORNER_M
from tools.town.layout.blocks import GRAINS, Block
from tools.town.layout.geometry import Point, along, beside, point
from tools.town.layout.planar_graph import Plan, Street

SHORTEST_M = 18.0
WALL_M = 11.0
"""Between a dead end and the next street, at least: a house."""

DEEPEST_DEPTH = 9
"""Of streets: dead ends are named after all others."""

FOOTWIDE_SHARE = 0.3
"""Of the dead ends of old quarters: too narrow for a car, so that mappers call them alleys."""

CLEAR_M = 18.0
"""Between the mouth of a dead end and the next junction, at least."""

TRIES = 6

DEEPEST = 0.62
"""Share of a block's depth that a dead end reaches."""

QUIET_ROADS = ("residential", "living_street", "unclassified", "tertiary")


def draw_blind_lanes(plan: Plan, blocks: Sequence[Block], chance: Generator) -> None:
    """Draw dead ends into some of the blocks."""
    for block in blocks:
        if chance.random() < GRAINS[block.quarter.grain].blind_share:
            _draw_into(plan, block, chance)


def _draw_into(plan: Plan, block: Block, chance: Generator) -> None:
    corners = plan.ring(block.corners)
    land = shapely.Polygon(corners)
    edges = [(a, b) for a, b in pairwise(corners) if _quiet(plan, a, b)]
    crowded = shapely.MultiPoint([corner for corner in corners if plan.ways[corner] > 2])
    for nth in chance.permutation(len(edges))[:TRIES].tolist():
        a, b = edges[nth]
        start, way = along((a, b), dist(a, b) * float(chance.uniform(0.4, 0.6)))
        if shapely.distance(crowded, shapely.Point(start)) < CLEAR_M:
            continue
        lane = _lane(land, start, way)
        if lane is None:
            continue
        if chance.random() < 0.35:
            lane = _hooked(land, lane, chance)
        plan.insert(a, b, start)
        tags = {"noexit": "yes", **_kind(block.quarter.grain, chance)}
        plan.add(Street(lane, tags, DEEPEST_DEPTH, block.quarter.name.fa))
        return


def _kind(grain: str, chance: Generator) -> dict[str, str]:
    if grain != "old":
        return {"highway": "residential"}
    if chance.random() < FOOTWIDE_SHARE:
        return {"highway": "service", "service": "alley"}
    return {"highway": "living_street"}


def _quiet(plan: Plan, a: Point, b: Point) -> bool:
    owner = plan.owner(a, b)
    return owner is not None and owner.road in QUIET_ROADS and dist(a, b) > CORNER_M


def _lane(land: shapely.Polygon, start: Point, way: Point) -> list[Point] | None:
    """Return a lane from a border into the middle of the land, or `None` where it is too narrow."""
    ahead = point(start[0] + way[0], start[1] + way[1])
    for side in (1.0, -1.0):
        ray = shapely.LineString([beside([start, ahead], side * reach)[0] for reach in (0.5, 400)])
        inside = shapely.intersection(ray, land)
        parts = shapely.get_parts(inside).tolist()
        if not parts or not shapely.covers(land, shapely.Point(ray.coords[0])):
            continue
        length_m = min(DEEPEST * parts[0].length, 75.0)
        end = beside([start, ahead], side * length_m)[0]
        room = shapely.distance(shapely.boundary(land), shapely.Point(end))
        if length_m >= SHORTEST_M and room >= WALL_M:
            return [start, end]
    return None


def _hooked(land: shapely.Polygon, lane: list[Point], chance: Generator) -> list[Point]:
    side_m = float(chance.choice([-1, 1]) * chance.uniform(14, 26))
    turned = beside(lane, side_m)[1]
    hook = shapely.LineString([lane[1], turned])
    room = shapely.distance(shapely.boundary(land), hook)
    return [*lane, turned] if room >= WALL_M else lane
