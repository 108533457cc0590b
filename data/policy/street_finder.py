"""Which streets a line of a file means: by id, by way, by name, by place or as drawn on a map."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

import shapely

from data.geocode.street_names import StreetNames
from data.model import LonLat, RoadClass, SegmentId
from data.streets.network import StreetNetwork

NEAR_M = 30.0
"""A point farther than this from every street means none."""

ALONG_M = 12.0
ALONG_SHARE = 0.7
"""A drawn line means the streets that keep this near to it for this share of their length."""

SAME_ROAD_M = 120.0
"""Parts of one name that are so near are one road: a square or a river may lie between them."""

SAME_STREET_M = 40.0
"""As above for a street without traffic through: many quarters have an Alley 5."""

_THROUGH = (
    RoadClass.MOTORWAY,
    RoadClass.TRUNK,
    RoadClass.PRIMARY,
    RoadClass.SECONDARY,
    RoadClass.TERTIARY,
)


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
        return self._names.find(name)

    def whole(self, segment_id: SegmentId) -> list[SegmentId]:
        """Return all parts of the street that a part belongs to: of its name, and near each other.

        A part without a name is a street of its own.
        """
        own = self._network.segment(segment_id)
        name = own.main_name
        if not name:
            return [segment_id]
        alike = [each.id for each in self._network.segments if each.main_name == name]
        streets = apart(self._network, alike)
        return next(street for street in streets if segment_id in street)

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


def apart(network: StreetNetwork, segment_ids: Sequence[SegmentId]) -> list[list[SegmentId]]:
    """Return the parts of one name street by street, those near each other together."""
    segments = [network.segment(one) for one in segment_ids]
    through = any(segment.road_class in _THROUGH for segment in segments)
    near_m = SAME_ROAD_M if through else SAME_STREET_M
    lines = network.lines[[network.index_of(one) for one in segment_ids]]
    grown = shapely.union_all(shapely.buffer(lines, near_m / 2, quad_segs=2))
    places = shapely.get_parts(grown)
    line, place = shapely.STRtree(places).query(lines, predicate="intersects")
    return [
        [segment_ids[index] for index in line[place == each].tolist()]
        for each in range(len(places))
    ]
