"""Points and lines on the plan of a town, in metres east and north of its main square."""

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, dist, hypot, pi

type Point = tuple[float, float]
"""Metres east and north of the main square, to the centimetre, so that equal points are equal."""

STEP_M = 30.0
"""Between the corners of a curved street."""


def point(x_m: float, y_m: float) -> Point:
    """Return a place on the plan."""
    return round(x_m, 2), round(y_m, 2)


def length_m(line: Sequence[Point]) -> float:
    """Return the length of a line."""
    return sum(dist(a, b) for a, b in pairwise(line))


def along(line: Sequence[Point], offset_m: float) -> tuple[Point, Point]:
    """Return the place so far along a line, and the direction there as a unit vector."""
    for a, b in pairwise(line):
        step_m = dist(a, b)
        if offset_m <= step_m or b == line[-1]:
            way = ((b[0] - a[0]) / step_m, (b[1] - a[1]) / step_m)
            return point(a[0] + way[0] * offset_m, a[1] + way[1] * offset_m), way
        offset_m -= step_m
    raise ValueError("a line has at least two points")


def turn(before: Point, corner: Point, after: Point) -> float:
    """Return the angle between the ways from a corner to its neighbors, from 0 to pi."""
    one = atan2(before[1] - corner[1], before[0] - corner[0])
    other = atan2(after[1] - corner[1], after[0] - corner[0])
    angle = abs(one - other)
    return min(angle, 2 * pi - angle)


def beside(line: Sequence[Point], side_m: float) -> list[Point]:
    """Return a line that runs beside another, to its left where `side_m` is positive."""
    found: list[Point] = []
    for i, (x, y) in enumerate(line):
        before, after = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        east, north = after[0] - before[0], after[1] - before[1]
        scale = side_m / hypot(east, north)
        found.append(point(x - north * scale, y + east * scale))
    return found


def smooth(corners: Sequence[tuple[float, float]], step_m: float = STEP_M) -> list[Point]:
    """Return a curve through all corners (Catmull-Rom), with a point every `step_m` or so."""
    if len(corners) < 3:
        ends = [point(*corner) for corner in corners]
        return _filled(ends, step_m)
    first = _mirrored(corners[0], corners[1])
    last = _mirrored(corners[-1], corners[-2])
    around = [first, *corners, last]
    curve = [point(*corners[0])]
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        steps = max(round(dist(b, c) / step_m), 1)
        for step in range(1, steps + 1):
            t = step / steps
            curve.append(point(*(_between(t, *axis) for axis in zip(a, b, c, d, strict=True))))
    return curve


def _between(t: float, a: float, b: float, c: float, d: float) -> float:
    cubic = -a + 3 * b - 3 * c + d
    square = 2 * a - 5 * b + 4 * c - d
    return 0.5 * (2 * b + t * (c - a) + t * t * square + t * t * t * cubic)


def _mirrored(corner: tuple[float, float], inner: tuple[float, float]) -> tuple[float, float]:
    return 2 * corner[0] - inner[0], 2 * corner[1] - inner[1]


def _filled(ends: Sequence[Point], step_m: float) -> list[Point]:
    whole_m = length_m(ends)
    steps = max(round(whole_m / step_m), 1)
    return [along(ends, whole_m * step / steps)[0] for step in range(steps + 1)]
