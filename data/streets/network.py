"""The street network: segments, directed arcs with turn costs, and snapping of points."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from math import atan2, degrees

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import NotFoundError
from data.model import (
    DirectedSegment,
    LonLat,
    Oneway,
    Restriction,
    Segment,
    SegmentId,
    Side,
    Snap,
)
from data.model.streets import ServiceWay
from data.streets.projection import Projection, bounds_of
from data.streets.turn_costs import TurnArcs, TurnCosts, TurnKind, build_turns, signs_of

__all__ = ["StreetNetwork", "TurnCosts", "TurnKind", "build_network"]


class StreetNetwork:
    """Segments of a city as a graph of directed arcs, immutable.

    S segments, N junctions, A arcs; an arc is a segment in a direction that vehicles may drive.

    Attributes
    ----------
    segments : tuple of Segment
        In the order of the file.
    restrictions : tuple of Restriction
    service_ways : tuple of ServiceWay
        For the matching of positions alone: no arcs, no part of `version`.
    version : str
        Hash of keys, geometry, directions and restrictions.
    node_ids : tuple of int
        OSM node of each junction.
    node_lonlat : float64[N, 2]
    arc_tail, arc_head : int32[A]
        Junction indexes.
    arc_segment : int32[A]
        Index into `segments`.
    arc_forward : bool[A]
    arc_length_m, arc_drive_s : float64[A]
    lines : object[S]
        Shapely lines of the segments in metres about the centre, as `projection` makes them.
    turns : TurnCosts
    bounds : (west, south, east, north)
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        restrictions: Sequence[Restriction],
        service_ways: Sequence[ServiceWay] = (),
    ) -> None:
        self.segments = tuple(segments)
        self.restrictions = tuple(restrictions)
        self.service_ways = tuple(service_ways)
        self._index = {segment.id: i for i, segment in enumerate(self.segments)}
        self._place_nodes()
        self._place_lines()
        self._make_arcs()

    def _place_nodes(self) -> None:
        places: dict[int, LonLat] = {}
        for segment in self.segments:
            places.setdefault(segment.start, segment.geometry[0])
            places.setdefault(segment.end, segment.geometry[-1])
        self.node_ids = tuple(sorted(places))
        self.node_lonlat = np.array([places[node] for node in self.node_ids], np.float64)
        self._node_index = {node: i for i, node in enumerate(self.node_ids)}
        self.bounds = bounds_of(point for s in self.segments for point in s.geometry)
        west, south, east, north = self.bounds
        self.projection = Projection(LonLat((west + east) / 2, (south + north) / 2))
        self._node_xy = self.projection.planes(self.node_lonlat)

    def _place_lines(self) -> None:
        counts = np.array([len(segment.geometry) for segment in self.segments])
        self._first = np.concatenate(([0], np.cumsum(counts)))
        self._lonlat = np.array([p for s in self.segments for p in s.geometry], np.float64)
        self._xy = self.projection.planes(self._lonlat)
        steps = np.hypot(*np.diff(self._xy, axis=0, prepend=self._xy[:1]).T)
        steps[self._first[:-1]] = 0.0
        along = np.cumsum(steps)
        self._along_m = along - np.repeat(along[self._first[:-1]], counts)
        flat_m = np.maximum(self._along_m[self._first[1:] - 1], 1e-9)
        self._scale = np.array([s.length_m for s in self.segments]) / flat_m
        self.lines = shapely.linestrings(
            self._xy, indices=np.repeat(np.arange(len(counts)), counts)
        )

    def _make_arcs(self) -> None:
        index = np.arange(len(self.segments), dtype=np.int32)
        ahead = np.array([s.oneway is not Oneway.BACKWARD for s in self.segments])
        behind = np.array([s.oneway is not Oneway.FORWARD for s in self.segments])
        start = np.array([self._node_index[s.start] for s in self.segments], np.int32)
        end = np.array([self._node_index[s.end] for s in self.segments], np.int32)
        length_m = np.array([s.length_m for s in self.segments])
        speed_mps = np.array([s.drive_speed_mps for s in self.segments])
        segment = np.concatenate((index[ahead], index[behind]))
        order = np.argsort(segment, kind="stable")  # both arcs of a segment side by side
        forward = np.concatenate((np.ones(ahead.sum(), np.bool_), np.zeros(behind.sum(), np.bool_)))
        self.arc_segment = segment[order]
        self.arc_forward = forward[order]
        self.arc_tail = np.where(self.arc_forward, start[self.arc_segment], end[self.arc_segment])
        self.arc_head = np.where(self.arc_forward, end[self.arc_segment], start[self.arc_segment])
        self.arc_length_m = length_m[self.arc_segment]
        self.arc_drive_s = self.arc_length_m / speed_mps[self.arc_segment]
        self._arc_of = {
            (s, bool(f)): arc
            for arc, (s, f) in enumerate(
                zip(self.arc_segment.tolist(), self.arc_forward.tolist(), strict=True)
            )
        }

    @cached_property
    def _directed(self) -> tuple[DirectedSegment, ...]:
        """Each arc as a segment in a direction: a plan of a city asks for tens of thousands."""
        pairs = zip(self.arc_segment.tolist(), self.arc_forward.tolist(), strict=True)
        return tuple(DirectedSegment(self.segments[s].id, forward) for s, forward in pairs)

    @cached_property
    def turns(self) -> TurnCosts:
        """Allowed turns between arcs, made at the first use."""
        leaves = self._first[self.arc_segment]
        ends = self._first[self.arc_segment + 1] - 1
        at_start = _headings(self._xy[leaves + 1] - self._xy[leaves])
        at_end = _headings(self._xy[ends] - self._xy[ends - 1])
        arcs = TurnArcs(
            self.arc_tail,
            self.arc_head,
            self.arc_segment,
            np.where(self.arc_forward, at_end, at_start + 180.0),
            np.where(self.arc_forward, at_start, at_end + 180.0),
            len(self.node_ids),
        )
        return build_turns(arcs, signs_of(self.restrictions, self._node_index, self._index))

    @cached_property
    def version(self) -> str:
        """Hash of what a plan depends on: keys, geometry, directions, restrictions."""
        digest = hashlib.sha256(np.round(self._lonlat * 1e7).astype(np.int64).tobytes())
        for s in self.segments:
            digest.update(f"{s.id}:{tuple(s.key)}:{s.oneway}:{len(s.geometry)};".encode())
        for r in self.restrictions:
            digest.update(f"{r.from_segment}:{r.via}:{r.to_segment}:{r.kind};".encode())
        return digest.hexdigest()[:16]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.lines)

    def index_of(self, segment_id: int) -> int:
        """Return the place of a segment in `segments`; raise `NotFoundError`."""
        try:
            return self._index[SegmentId(segment_id)]
        except KeyError:
            raise NotFoundError("segment", segment_id) from None

    def segment(self, segment_id: int) -> Segment:
        """Return a segment; raise `NotFoundError`."""
        return self.segments[self.index_of(segment_id)]

    def find(self, segment_id: int) -> Segment | None:
        """Return a segment, or `None` where a newer file no longer has it."""
        index = self._index.get(SegmentId(segment_id))
        return None if index is None else self.segments[index]

    def node_index(self, node_id: int) -> int:
        """Return the index of a junction; raise `NotFoundError`."""
        try:
            return self._node_index[node_id]
        except KeyError:
            raise NotFoundError("junction", node_id) from None

    def arc(self, directed: DirectedSegment) -> int | None:
        """Return the arc, or `None` where that direction is against a one-way."""
        return self._arc_of.get((self.index_of(directed.segment_id), directed.forward))

    def directed(self, arc: int) -> DirectedSegment:
        """Return which segment an arc is and in which direction."""
        return self._directed[arc]

    def nearest(self, point: LonLat, within_m: float) -> Snap | None:
        """Return where the point meets the nearest street, or `None` when all are farther."""
        snaps = self.nearby(point, within_m)
        return snaps[0] if snaps else None

    def nearby(self, point: LonLat, within_m: float) -> list[Snap]:
        """Return where the point meets each street within reach, nearest first."""
        here = shapely.Point(*self.projection.plane(point))
        found = self._tree.query(here, predicate="dwithin", distance=within_m)
        if not len(found):
            return []
        away_m = shapely.distance(self.lines[found], here)
        flat_m = shapely.line_locate_point(self.lines[found], here)
        order = np.lexsort((found, away_m))
        return [
            self._snap(int(found[i]), (here.x, here.y), float(flat_m[i]), float(away_m[i]))
            for i in order
        ]

    def fastest_mps(self, point: LonLat, within_m: float) -> float | None:
        """Return how fast the fastest street within reach may be driven; `None` without any."""
        here = shapely.Point(*self.projection.plane(point))
        found = self._tree.query(here, predicate="dwithin", distance=within_m)
        return max((self.segments[int(index)].drive_speed_mps for index in found), default=None)

    def within(self, corner: LonLat, opposite: LonLat) -> list[Segment]:
        """Return the segments whose boxes touch a box, in order of their rows."""
        ends = [self.projection.plane(place) for place in (corner, opposite)]
        box = shapely.box(*np.min(ends, axis=0), *np.max(ends, axis=0))
        return [self.segments[int(index)] for index in sorted(self._tree.query(box))]

    def _snap(self, index: int, here: tuple[float, float], flat_m: float, away_m: float) -> Snap:
        piece = self._piece(index, flat_m)
        (ax, ay), (bx, by) = self._xy[piece].tolist(), self._xy[piece + 1].tolist()
        left = (bx - ax) * (here[1] - ay) - (by - ay) * (here[0] - ax) > 0
        segment = self.segments[index]
        offset_m = min(flat_m * float(self._scale[index]), segment.length_m)
        return Snap(segment.id, Side.LEFT if left else Side.RIGHT, offset_m, away_m)

    def _piece(self, index: int, flat_m: float) -> int:
        first, last = int(self._first[index]), int(self._first[index + 1]) - 1
        at = first + int(np.searchsorted(self._along_m[first : last + 1], flat_m, "right")) - 1
        return max(first, min(at, last - 1))

    def point_at(self, segment_id: int, offset_m: float) -> LonLat:
        """Return the place some metres along a segment from its start, kept within its ends."""
        index = self.index_of(segment_id)
        flat_m = max(offset_m, 0.0) / float(self._scale[index])
        piece = self._piece(index, flat_m)
        step_m = float(self._along_m[piece + 1] - self._along_m[piece])
        share = min((flat_m - float(self._along_m[piece])) / step_m, 1.0) if step_m else 0.0
        lon, lat = self._lonlat[piece] + share * (self._lonlat[piece + 1] - self._lonlat[piece])
        return LonLat(float(lon), float(lat))

    def stretch(self, segment_id: int, from_m: float, to_m: float) -> list[LonLat]:
        """Return the line of a part of a segment, from one offset to a greater one."""
        index = self.index_of(segment_id)
        first, last = int(self._first[index]), int(self._first[index + 1])
        along_m = (self._along_m[first:last] * float(self._scale[index])).tolist()
        points = zip(self.segments[index].geometry, along_m, strict=True)
        inner = [point for point, offset_m in points if from_m < offset_m < to_m]
        return [self.point_at(segment_id, from_m), *inner, self.point_at(segment_id, to_m)]

    def away_m(self, segment_id: int, point: LonLat) -> float:
        """Return the distance in metres of a point from a segment."""
        here = shapely.Point(*self.projection.plane(point))
        return float(shapely.distance(self.lines[self.index_of(segment_id)], here))

    def heading_at(self, segment_id: int, offset_m: float) -> float:
        """Return degrees clockwise from north, driving from start to end at this offset."""
        index = self.index_of(segment_id)
        piece = self._piece(index, offset_m / float(self._scale[index]))
        east, north = (self._xy[piece + 1] - self._xy[piece]).tolist()
        return degrees(atan2(east, north)) % 360.0

    def nearest_node(self, point: LonLat) -> int:
        """Return the index of the nearest junction."""
        x, y = self.projection.plane(point)
        return int(np.argmin(np.square(self._node_xy - (x, y)).sum(axis=1)))


def _headings(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = np.degrees(np.arctan2(steps[:, 0], steps[:, 1]))
    return result


def build_network(
    segments: Iterable[Segment],
    restrictions: Iterable[Restriction] = (),
    service_ways: Iterable[ServiceWay] = (),
) -> StreetNetwork:
    """Return the network of at least one segment; restrictions name segments and nodes of it.

    Only the matching of positions knows `service_ways`, which begin and end at points of streets.
    """
    return StreetNetwork(tuple(segments), tuple(restrictions), tuple(service_ways))
