"""Streets as shapes in metres: segments of one name that are near to each other."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import shapely

from data.model import LonLat, Segment, Snap
from data.streets.network import StreetNetwork

SAME_STREET_M = 100.0
"""Parts of one name farther apart than this are different streets that share it."""

CACHED = 4096
"""Names whose streets are kept in memory."""


class NamedStreet(NamedTuple):
    """One street: its segments as indexes of the network, and its shape."""

    indexes: tuple[int, ...]
    shape: shapely.Geometry


class StreetPoint(NamedTuple):
    """A point of a street, `offset_m` from the start of its segment."""

    segment: Segment
    offset_m: float
    point: LonLat


class NamedStreets:
    """Groups segments of one name into streets; `of(indexes)` caches the groups."""

    def __init__(self, network: StreetNetwork) -> None:
        self.network = network
        self.of = lru_cache(CACHED)(self._of)

    def _of(self, indexes: tuple[int, ...]) -> tuple[NamedStreet, ...]:
        """Return the streets that segments of one name form: parts within `SAME_STREET_M`."""
        lines = self.network.lines[list(indexes)]
        if len(indexes) == 1:
            return (NamedStreet(indexes, lines[0]),)
        tree = shapely.STRtree(lines)
        one, other = tree.query(lines, predicate="dwithin", distance=SAME_STREET_M)
        return tuple(
            NamedStreet(
                tuple(indexes[i] for i in part),
                shapely.multilinestrings([lines[i] for i in part]),
            )
            for part in _parts(len(indexes), one.tolist(), other.tolist())
        )

    def at(self, stretch: NamedStreet, spot: shapely.Geometry) -> StreetPoint:
        """Return the point of a street that is nearest to a shape."""
        indexes = list(stretch.indexes)
        lines = self.network.lines[indexes]
        nearest = int(np.argmin(shapely.distance(lines, spot)))
        foot = shapely.get_point(shapely.shortest_line(lines[nearest], spot), 0)
        flat_m = float(shapely.line_locate_point(lines[nearest], foot))
        return self._spot(indexes[nearest], flat_m)

    def middle(self, stretch: NamedStreet) -> StreetPoint:
        """Return the middle of the segment in the middle of a street."""
        lines = self.network.lines[list(stretch.indexes)]
        away_m = shapely.distance(lines, shapely.centroid(stretch.shape))
        nearest = int(np.argmin(away_m))
        half_m = float(shapely.length(lines[nearest])) / 2
        return self._spot(stretch.indexes[nearest], half_m)

    def farthest_m(self, indexes: Iterable[int], point: LonLat) -> float:
        """Return how far the farthest end or bend of a street is from a point."""
        lines = self.network.lines[list(indexes)]
        here = self.plane(point)
        return float(max(shapely.hausdorff_distance(lines, here), default=0.0))

    def snap(self, stretch: NamedStreet, point: LonLat, within_m: float) -> Snap | None:
        """Return the nearest position on a street; `None` where it is farther than `within_m`."""
        own = {self.network.segments[index].id for index in stretch.indexes}
        near = self.network.nearby(point, within_m)
        return next((each for each in near if each.segment_id in own), None)

    def plane(self, point: LonLat) -> shapely.Point:
        """Return a point in metres, in the plane of the shapes."""
        return shapely.Point(*self.network.projection.plane(point))

    def _spot(self, index: int, flat_m: float) -> StreetPoint:
        segment = self.network.segments[index]
        length_m = float(shapely.length(self.network.lines[index]))
        offset_m = min(flat_m / max(length_m, 1e-9), 1.0) * segment.length_m
        return StreetPoint(segment, offset_m, self.network.point_at(segment.id, offset_m))


def main_name(segment: Segment) -> str:
    """Return what the map calls a street, "" where it has no name."""
    return next((each[0] for each in segment.names.values() if each), "")


def _parts(count: int, one: Sequence[int], other: Sequence[int]) -> list[list[int]]:
    """Return the members of each connected component; `one[i]` and `other[i]` are linked."""
    root = list(range(count))

    def top(member: int) -> int:
        while root[member] != member:
            root[member] = root[root[member]]
            member = root[member]
        return member

    for a, b in zip(one, other, strict=True):
        root[max(top(a), top(b))] = min(top(a), top(b))
    parts: dict[int, list[int]] = {}
    for member in range(count):
        parts.setdefault(top(member), []).append(member)
    return list(parts.values())
