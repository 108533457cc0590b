"""Which streets a line of a file means: by id, by way, by name, by place or as drawn on a map."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

import shapely

from data.geocode.street_names import StreetNames
from data.model import LonLat, SegmentId
from data.network import StreetNetwork

NEAR_M = 30.0
"""A point farther than this from every street means none."""

ALONG_M = 12.0
ALONG_SHARE = 0.7
"""A drawn line means the streets that keep this near to it for this share of their length."""


class StreetFinder:
    """Finds streets of a network; every answer is in the order of the network, or empty."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._names = StreetNames(network)

    def by_id(self, segment_id: int) -> list[SegmentId]:
        """Return the street of this id."""
        return [SegmentId(segment_id)] if segment_id in self._ways else []

    def way_of(self, segment_id: SegmentId) -> int:
        """Return the OpenStreetMap way that a street is part of."""
        return self._ways[segment_id]

    def by_way(self, osm_way_id: int) -> list[SegmentId]:
        """Return the parts of an OpenStreetMap way."""
        return self._of_way.get(osm_way_id, [])

    def called(self, name: str) -> list[SegmentId]:
        """Return the streets of this name, in any spelling."""
        return self._names.called(name)

    def at(self, point: LonLat) -> list[SegmentId]:
        """Return the street nearest to a point."""
        snap = self._network.nearest(point, NEAR_M)
        return [] if snap is None else [snap.segment_id]

    def drawn(self, shape: shapely.Geometry) -> list[SegmentId]:
        """Return the streets at a point, along a line or within an area, in degrees.

        Of an area, those whose middle lies within.
        """
        if isinstance(shape, shapely.Point):
            return self.at(LonLat(shape.x, shape.y))
        flat = shapely.transform(shape, self._network.projection.planes)
        if shape.geom_type in ("Polygon", "MultiPolygon"):
            middles = shapely.line_interpolate_point(self._network.lines, 0.5, normalized=True)
            return self._ids(shapely.intersects(shapely.make_valid(flat), middles).nonzero()[0])
        around = shapely.buffer(flat, ALONG_M)
        near = shapely.STRtree(self._network.lines).query(around, predicate="intersects")
        lines = self._network.lines[near]
        inside_m = shapely.length(shapely.intersection(lines, around))
        return self._ids(near[inside_m >= ALONG_SHARE * shapely.length(lines)])

    def _ids(self, indexes: Sequence[int]) -> list[SegmentId]:
        return [self._network.segments[index].id for index in sorted(map(int, indexes))]

    @cached_property
    def _ways(self) -> dict[int, int]:
        return {segment.id: segment.key.osm_way_id for segment in self._network.segments}

    @cached_property
    def _of_way(self) -> dict[int, list[SegmentId]]:
        found: dict[int, list[SegmentId]] = defaultdict(list)
        for segment in self._network.segments:
            found[segment.key.osm_way_id].append(segment.id)
        return dict(found)
