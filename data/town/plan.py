"""The plan of a town: lines in a plane that meet only in points they share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import atan2, dist, hypot, pi

type Point = tuple[float, float]
"""Metres east and north of the main square, to the centimetre, so that equal points are equal."""

type _Edge = tuple[Point, Point]


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


@dataclass(slots=True)
class Street:
    """A line of the plan with its tags; `depth` is 0 for arteries and grows towards alleys."""

    points: list[Point]
    tags: dict[str, str]
    depth: int = 0
    quarter: str = ""

    @property
    def road(self) -> str:
        """The class of the road."""
        return self.tags["highway"]

    @property
    def closed(self) -> bool:
        """Whether the street is a ring."""
        return self.points[0] == self.points[-1]


@dataclass(slots=True)
class Plan:
    """Streets, and which of them holds the line between two neighboring points.

    `ways` is how many ways lead away from each point.
    """

    streets: list[Street] = field(default_factory=list)
    ways: dict[Point, int] = field(default_factory=dict)
    _owners: dict[_Edge, Street] = field(default_factory=dict)
    _parted: dict[_Edge, Point] = field(default_factory=dict)

    def add(self, street: Street) -> None:
        """Draw a street whose ends are points of the plan or free."""
        self.streets.append(street)
        for a, b in pairwise(street.points):
            self._owners[_edge(a, b)] = street
            for end in (a, b):
                self.ways[end] = self.ways.get(end, 0) + 1

    def owner(self, a: Point, b: Point) -> Street | None:
        """Return the street that runs from one point straight to another."""
        return self._owners.get(_edge(a, b))

    def insert(self, a: Point, b: Point, corner: Point) -> None:
        """Put a corner into the line between two points, of a street and the blocks beside it."""
        street = self._owners.pop(_edge(a, b))
        ends = {(a, b), (b, a)}
        at = next(i for i, ends_here in enumerate(pairwise(street.points)) if ends_here in ends)
        street.points.insert(at + 1, corner)
        self.ways[corner] = self.ways.get(corner, 0) + 2
        self._parted[_edge(a, b)] = corner
        self._owners[_edge(a, corner)] = self._owners[_edge(corner, b)] = street

    def ring(self, corners: Sequence[Point]) -> list[Point]:
        """Return the border of a block, closed, with all corners that it has got since."""
        whole = [corners[0]]
        for a, b in pairwise(corners):
            whole += self._between(a, b)
        return whole

    def _between(self, a: Point, b: Point) -> list[Point]:
        corner = self._parted.get(_edge(a, b))
        return [b] if corner is None else [*self._between(a, corner), *self._between(corner, b)]


def _edge(a: Point, b: Point) -> _Edge:
    return (a, b) if a <= b else (b, a)


def beside(line: Sequence[Point], side_m: float) -> list[Point]:
    """Return a line that runs beside another, to its left where `side_m` is positive."""
    found: list[Point] = []
    for i, (x, y) in enumerate(line):
        before, after = line[max(i - 1, 0)], line[min(i + 1, len(line) - 1)]
        east, north = after[0] - before[0], after[1] - before[1]
        scale = side_m / hypot(east, north)
        found.append(point(x - north * scale, y + east * scale))
    return found
