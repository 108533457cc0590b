"""The plan of a town: lines in a plane that meet only in points they share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tools.town.layout.geometry import Point

type _Edge = tuple[Point, Point]


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
