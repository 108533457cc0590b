"""Where a street may cut a block in two: across its longer side, from border to border."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import dist, hypot, pi
from typing import NamedTuple

import shapely
from numpy.random import Generator

from tools.town.layout.geometry import Point, point, turn
from tools.town.layout.planar_graph import Plan

JUNCTION_M = 24.0
"""A street that would end this near to a junction ends in it."""

CORNER_M = 9.0
"""The same for a bend of the street it ends at."""

SHARPEST = 0.2 * pi
"""Angle between two streets, at least."""

TOO_LONG = 1.55
TOO_DEEP = 1.5
SMALL = 0.8
"""When a block is cut: by its length, depth and area, as shares of the wanted ones."""

UNEVEN = 0.02
"""How far from the middle even the straightest cuts are, as a share."""

type _Edge = tuple[Point, Point]


class Grain(NamedTuple):
    """How a quarter is cut: the blocks wanted, how crooked its streets are, and its dead ends."""

    length_m: float
    depth_m: float
    unrest: float
    bend_m: float
    blind_share: float
    highway: str = "residential"


class Line(NamedTuple):
    """Where a cut begins, and how far and where it goes."""

    start: Point
    way: Point


class Cut(NamedTuple):
    """Two points of a block's border, and the edges of the border that they lie on."""

    ends: tuple[Point, Point]
    edges: tuple[_Edge, _Edge]


def wanted_line(land: shapely.Polygon, grain: Grain, chance: Generator) -> Line | None:
    """Return a line across the land about its middle, or `None` where it is small enough."""
    corner, long, short = _box(land)
    lengths, depths = hypot(*long) / grain.length_m, hypot(*short) / grain.depth_m
    if float(land.area) < SMALL * grain.length_m * grain.depth_m:
        return None
    if lengths > TOO_LONG:
        side, way, parts = long, short, max(round(lengths), 2)
    elif depths > TOO_DEEP:
        side, way, parts = short, long, max(round(depths), 2)
    else:
        return None
    share = (parts // 2) / parts + float(chance.uniform(-0.8, 0.8)) * (grain.unrest + UNEVEN)
    tilt = float(chance.uniform(-1, 1)) * grain.unrest
    aside = (-way[1] * tilt, way[0] * tilt)
    x = corner[0] + side[0] * share - aside[0] / 2
    y = corner[1] + side[1] * share - aside[1] / 2
    return Line((x, y), (way[0] + aside[0], way[1] + aside[1]))


def _box(land: shapely.Polygon) -> tuple[Point, Point, Point]:
    """Return a corner of the smallest rectangle about the land, and its longer and shorter side."""
    a, b, c = shapely.minimum_rotated_rectangle(land).exterior.coords[:3]
    sides = [(end[0] - b[0], end[1] - b[1]) for end in (a, c)]
    short, long = sorted(sides, key=lambda side: hypot(*side))
    return b, long, short


def cut_along(
    plan: Plan, corners: Sequence[Point], land: shapely.Polygon, line: Line
) -> Cut | None:
    """Return the longest part of a line inside a block, ending in junctions where some are near.

    `None` where it would end at a roundabout, or too sharply at a street.
    """
    (x, y), (east, north) = line
    whole = shapely.LineString([(x - 2 * east, y - 2 * north), (x + 3 * east, y + 3 * north)])
    parts = shapely.get_parts(shapely.intersection(whole, land)).tolist()
    inside = max(parts, key=lambda part: float(part.length), default=whole)
    ends = [point(*end) for end in shapely.get_coordinates(inside).tolist()]
    one, edge = _landing(corners, ends[0], plan.ways)
    other, other_edge = _landing(corners, ends[-1], plan.ways)
    if one == other or edge == other_edge:
        return None
    good = _may_end(plan, edge, one, other) and _may_end(plan, other_edge, other, one)
    return Cut((one, other), (edge, other_edge)) if good else None


def _landing(
    corners: Sequence[Point], end: Point, ways: Mapping[Point, int]
) -> tuple[Point, _Edge]:
    """Return where a street ends on a border: in a junction or corner nearby, or between two."""
    edges = list(pairwise(corners))
    near = [c for c in corners[1:] if dist(c, end) < JUNCTION_M and ways[c] > 2]
    near = near or [c for c in corners[1:] if dist(c, end) < CORNER_M]
    if not near:
        return end, min(edges, key=lambda e: dist(e[0], end) + dist(e[1], end) - dist(*e))
    corner = min(near, key=lambda c: dist(c, end))
    return corner, next(edge for edge in edges if edge[1] == corner)


def _may_end(plan: Plan, edge: _Edge, end: Point, away: Point) -> bool:
    owner = plan.owner(*edge)
    if owner is None or owner.closed or owner.road.endswith("_link"):
        return False
    return all(turn(corner, end, away) >= SHARPEST for corner in edge if corner != end)


def sides_of(corners: Sequence[Point], cut: Cut, way: Sequence[Point]) -> list[list[Point]]:
    """Return the borders of a block's two parts beside a way through it."""
    ring = list(corners[:-1])
    for end, (a, b) in zip(cut.ends, cut.edges, strict=True):
        if end not in ring:
            at = next(i for i, e in enumerate(pairwise([*ring, ring[0]])) if e == (a, b))
            ring.insert(at + 1, end)
    start = ring.index(way[0])
    ring = ring[start:] + ring[:start]
    stop = ring.index(way[-1])
    left = [*ring[: stop + 1], *list(way)[-2::-1]]
    right = [*ring[stop:], *way]
    return [left, right]
