"""The ways that fixes are matched to: streets, and service ways that are no streets of the city.

A street is cut where a service way meets it between its junctions; the parts have numbers of their
own here. Whoever asks hears of whole streets only.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from data.model import (
    DirectedSegment,
    LonLat,
    NodeId,
    Restriction,
    RoadClass,
    Segment,
    SegmentId,
    SegmentKey,
)
from data.model.streets import ServiceWay
from data.streets.network import StreetNetwork, build_network
from data.streets.projection import line_length_m
from fleet.matching.driven_paths import DrivenStretch, PointOnStreet

SHORTEST_M = 0.1
"""Least length of a part of a street or of a service way."""

LEAST_M = 0.001
"""A step that is shorter is none: what rounding leaves of it may have no length at all."""

SAME_M = 0.01
"""Places on a street that are no farther apart are the same."""


class MatchedWays:
    """Streets in parts and service ways as one network, and which part of which street each is.

    Attributes
    ----------
    network : StreetNetwork
        Of the parts; the streets' own network where it has no service ways.
    """

    def __init__(self, streets: StreetNetwork) -> None:
        self._parts: dict[SegmentId, list[Segment]] = {}
        self._begin_m: dict[SegmentId, list[float]] = {}
        self._whole: dict[SegmentId, tuple[Segment, float]] = {}
        self.network = self._joined(streets) if streets.service_ways else streets

    def street(self, directed: DirectedSegment) -> tuple[DirectedSegment, float]:
        """Return the street of a part and the metres before that, in the direction of travel."""
        known = self._whole.get(directed.segment_id)
        if known is None:
            return directed, 0.0
        street, begin_m = known
        if not directed.forward:
            begin_m = street.length_m - begin_m - self.length_m(directed.segment_id)
        return DirectedSegment(street.id, directed.forward), begin_m

    def point(self, directed: DirectedSegment, offset_m: float, *, leaves: bool) -> PointOnStreet:
        """Return the part of a street and the place on it at an offset from the street's start.

        Where two parts meet, a vehicle that leaves from there is at the end of the one and one that
        arrives at the beginning of the other, so that it may turn there.
        """
        begins = self._begin_m.get(directed.segment_id)
        if begins is None:
            length_m = self.length_m(directed.segment_id)
            return PointOnStreet(directed, offset_m if directed.forward else length_m - offset_m)
        if directed.forward is leaves:
            nth = max(bisect_left(begins, offset_m - SAME_M) - 1, 0)
        else:
            nth = bisect_right(begins, offset_m + SAME_M) - 1
        part = self._parts[directed.segment_id][nth]
        along_m = min(max(offset_m - begins[nth], 0.0), part.length_m)
        return PointOnStreet(
            DirectedSegment(part.id, directed.forward),
            along_m if directed.forward else part.length_m - along_m,
        )

    def on_streets(self, stretches: Iterable[DrivenStretch]) -> list[DrivenStretch]:
        """Return stretches of parts as stretches of streets, without those on service ways."""
        found: list[DrivenStretch] = []
        for one in stretches:
            if is_service_way(one.directed):
                continue
            directed, before_m = self.street(one.directed)
            from_m = before_m + one.from_m
            to_m = min(before_m + one.to_m, self.length_m(directed.segment_id))
            if to_m - from_m < LEAST_M:
                continue
            last = found[-1] if found else None
            if last is not None and last.directed == directed and abs(last.to_m - from_m) <= SAME_M:
                found[-1] = replace(last, to_m=to_m)
            else:
                found.append(DrivenStretch(directed, from_m, to_m))
        return found

    def length_m(self, way: SegmentId) -> float:
        """Return the length of a street, of a part of one or of a service way."""
        parts = self._parts.get(way)
        return self._whole[parts[0].id][0].length_m if parts else self.network.segment(way).length_m

    def _joined(self, streets: StreetNetwork) -> StreetNetwork:
        ends = {way.geometry[0]: way.start for way in streets.service_ways}
        ends |= {way.geometry[-1]: way.end for way in streets.service_ways}
        next_id = max(street.id for street in streets.segments) + 1
        ways: list[Segment] = []
        for street in streets.segments:
            cuts = [i for i, p in enumerate(street.geometry[1:-1], 1) if p in ends]
            if not cuts:
                ways.append(street)
                continue
            parts = _cut(street, cuts, ends, next_id)
            next_id += len(parts)
            ways += parts
            self._keep(street, parts)
        ways += (_segment(way) for way in streets.service_ways)
        return build_network(ways, self._signs(streets))

    def _keep(self, street: Segment, parts: list[Segment]) -> None:
        begin_m, begins = 0.0, []
        for part in parts:
            self._whole[part.id] = street, begin_m
            begins.append(begin_m)
            begin_m += part.length_m
        self._parts[street.id], self._begin_m[street.id] = parts, begins

    def _signs(self, streets: StreetNetwork) -> Iterator[Restriction]:
        """Yield the turn signs between the parts of streets that meet at the sign."""
        for sign in streets.restrictions:
            for came in self._at(streets.segment(sign.from_segment), sign.via):
                for goes in self._at(streets.segment(sign.to_segment), sign.via):
                    if sign.from_segment != sign.to_segment or came == goes:
                        yield replace(sign, from_segment=came, to_segment=goes)

    def _at(self, street: Segment, node: NodeId) -> list[SegmentId]:
        parts = self._parts.get(street.id, [street])
        return [part.id for part in parts if node in (part.start, part.end)]


def is_service_way(directed: DirectedSegment) -> bool:
    """Whether this is a service way that is no street of the city."""
    return directed.segment_id < 0


def _cut(
    street: Segment, cuts: Sequence[int], nodes: Mapping[LonLat, NodeId], first_id: int
) -> list[Segment]:
    """Return the parts of a street between points of its line; their lengths add up to its own."""
    bounds = list(pairwise((0, *cuts, len(street.geometry) - 1)))
    lines = [street.geometry[a : b + 1] for a, b in bounds]
    lengths_m = [max(line_length_m(line), SHORTEST_M) for line in lines]
    scale = street.length_m / sum(lengths_m)
    junctions = [street.start, *(nodes[street.geometry[at]] for at in cuts), street.end]
    return [
        replace(
            street,
            id=SegmentId(first_id + nth),
            start=junctions[nth],
            end=junctions[nth + 1],
            geometry=line,
            length_m=length_m * scale,
        )
        for nth, (line, length_m) in enumerate(zip(lines, lengths_m, strict=True))
    ]


def _segment(way: ServiceWay) -> Segment:
    return Segment(
        id=way.id,
        key=SegmentKey(way.osm_way_id, way.start, way.end, 0),
        start=way.start,
        end=way.end,
        geometry=way.geometry,
        length_m=max(line_length_m(way.geometry), SHORTEST_M),
        road_class=RoadClass.SERVICE,
        names={},
        drive_speed_mps=3.0,
        oneway=way.oneway,
        lanes=1,
        width_m=3.0,
    )
