"""Makes segments, turn restrictions and places of tagged ways, nodes and relations."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise

import numpy as np
import shapely

from data.errors import CityFileError
from data.model import (
    LonLat,
    NodeId,
    Oneway,
    Place,
    Restriction,
    RoadClass,
    Segment,
    SegmentId,
    SegmentKey,
)
from data.model.streets import ServiceWay
from data.osm import tags as osm_tags
from data.osm.addresses import number_ranges, with_houses
from data.osm.tags import Tags
from data.osm.waters import Water
from data.streets.projection import Projection, line_length_m

STOP_M = 25.0
"""Largest distance between a bus stop and its street."""

SHORTEST_M = 0.1
"""Least length of a segment, for two nodes at one place: keeps the connection, never 0."""


@dataclass(frozen=True, slots=True)
class CityDraft:
    """A street file as read, before it becomes a city; `skipped` counts unusable restrictions."""

    segments: tuple[Segment, ...]
    restrictions: tuple[Restriction, ...]
    places: tuple[Place, ...]
    attribution: str
    skipped: Mapping[str, int]
    waters: tuple[Water, ...] = ()
    service_ways: tuple[ServiceWay, ...] = ()


@dataclass(frozen=True, slots=True)
class OsmWay:
    """A street of the file; `runs` are its node ids, several runs where the file lacks nodes."""

    id: int
    runs: tuple[tuple[int, ...], ...]
    tags: Tags
    road: RoadClass


@dataclass(frozen=True, slots=True)
class OsmRestriction:
    """A turn restriction by OSM ids: from one way over a node to another way."""

    from_way: int
    via: int
    to_way: int
    kind: str


def draft_of(
    ways: Sequence[OsmWay],
    nodes: Mapping[int, LonLat],
    signs: Sequence[OsmRestriction],
    places: Iterable[Place],
    skipped_signs: int,
    bus_ways: Collection[int] = (),
    *,
    services: bool = True,
) -> CityDraft:
    """Return the city of a file; raise `CityFileError` where it has no street.

    Service ways are streets like others with `services`, else they are kept apart. Buses run on
    `bus_ways`, on ways whose tags say so, and past the stops among the places.
    """
    streets = [way for way in ways if services or not osm_tags.is_service(way.road)]
    segments = tuple(split_ways(streets, nodes, bus_ways))
    if not segments:
        raise CityFileError("the file holds no streets that vehicles may drive on")
    places = tuple(places)
    segments = past_stops(segments, places)
    restrictions, lost = restrictions_of(signs, segments)
    return CityDraft(
        segments,
        restrictions,
        places,
        osm_tags.ATTRIBUTION,
        {"restrictions": skipped_signs + lost},
        service_ways=() if services else tuple(service_ways_of(ways, nodes)),
    )


def split_ways(
    ways: Sequence[OsmWay], nodes: Mapping[int, LonLat], bus_ways: Collection[int] = ()
) -> Iterator[Segment]:
    """Yield the segments between junctions, ids from 1 in the order of the ways.

    A junction is the end of a way and every node that occurs twice, in two ways or in one that
    crosses or closes itself.
    """
    ways = [_with_places(way, nodes) for way in ways]
    used = Counter(node for way in ways for run in way.runs for node in run)
    numbers = count(1)
    for way in ways:
        pieces = [piece for run in way.runs for piece in _pieces(run, used)]
        parts = [
            _segment(way, piece, nodes, SegmentId(next(numbers)), nth)
            for nth, piece in enumerate(pieces)
        ]
        for segment in with_houses(parts, number_ranges(way.tags)):
            yield replace(segment, bus=True) if way.id in bus_ways else segment


def service_ways_of(ways: Sequence[OsmWay], nodes: Mapping[int, LonLat]) -> Iterator[ServiceWay]:
    """Yield the service ways of a file, cut at every junction with each other and with streets."""
    ways = [_with_places(way, nodes) for way in ways]
    used = Counter(node for way in ways for run in way.runs for node in run)
    numbers = count(1)
    for way in ways:
        if not osm_tags.is_service(way.road):
            continue
        for piece in (piece for run in way.runs for piece in _pieces(run, used)):
            yield ServiceWay(
                id=SegmentId(-next(numbers)),
                osm_way_id=way.id,
                start=NodeId(piece[0]),
                end=NodeId(piece[-1]),
                geometry=tuple(nodes[node] for node in piece),
                oneway=osm_tags.oneway(way.tags),
            )


def _with_places(way: OsmWay, nodes: Mapping[int, LonLat]) -> OsmWay:
    """Return the way without repeated nodes, cut where the file lacks a node."""
    runs: list[tuple[int, ...]] = []
    for run in way.runs:
        current: list[int] = []
        for node in run:
            if node not in nodes:
                runs.append(tuple(current))
                current = []
            elif not current or node != current[-1]:
                current.append(node)
        runs.append(tuple(current))
    return OsmWay(way.id, tuple(run for run in runs if len(run) > 1), way.tags, way.road)


def _pieces(run: tuple[int, ...], used: Counter[int]) -> Iterator[tuple[int, ...]]:
    last = len(run) - 1
    cuts = [i for i, node in enumerate(run) if i in (0, last) or used[node] > 1]
    for a, b in pairwise(cuts):
        yield run[a : b + 1]


def _segment(
    way: OsmWay,
    piece: tuple[int, ...],
    nodes: Mapping[int, LonLat],
    segment_id: SegmentId,
    nth: int,
) -> Segment:
    tags, road = way.tags, way.road
    direction = osm_tags.oneway(tags)
    lane_count = osm_tags.lanes(tags, road, direction)
    geometry = tuple(nodes[node] for node in piece)
    return Segment(
        id=segment_id,
        key=SegmentKey(way.id, piece[0], piece[-1], nth),
        start=NodeId(piece[0]),
        end=NodeId(piece[-1]),
        geometry=geometry,
        length_m=max(line_length_m(geometry), SHORTEST_M),
        road_class=road,
        names=osm_tags.names(tags),
        drive_speed_mps=osm_tags.speed_mps(tags, road),
        oneway=direction,
        lanes=lane_count,
        width_m=osm_tags.width_m(tags, road, lane_count),
        surface=tags.get("surface", ""),
        layer=osm_tags.layer(tags),
        access=tags.get("access", ""),
        incline=tags.get("incline", ""),
        roundabout=osm_tags.is_roundabout(tags),
        bus=osm_tags.serves_buses(tags),
    )


def past_stops(segments: Sequence[Segment], places: Iterable[Place]) -> tuple[Segment, ...]:
    """Return the segments, with `bus` set at bus stops, since few files have all bus routes."""
    stops = [place.location for place in places if place.kind == "bus_stop"]
    if not stops:
        return tuple(segments)
    plane = Projection(stops[0])
    lines = [_line(segment.geometry, plane) for segment in segments]
    points = shapely.points(plane.planes(np.array(stops)))
    _, nearest = shapely.STRtree(lines).query_nearest(points, max_distance=STOP_M)
    marked = set(nearest.tolist())
    return tuple(replace(s, bus=True) if i in marked else s for i, s in enumerate(segments))


def _line(geometry: Sequence[LonLat], plane: Projection) -> shapely.LineString:
    return shapely.LineString(plane.planes(np.array(geometry)))


def restrictions_of(
    signs: Sequence[OsmRestriction], segments: Sequence[Segment]
) -> tuple[tuple[Restriction, ...], int]:
    """Return the restrictions between segments, and how many signs could not be assigned.

    A sign is not assigned where it may mean either of a way's two segments at the node.
    """
    touching: dict[tuple[int, int], list[Segment]] = {}
    for segment in segments:
        for node in {segment.start, segment.end}:
            touching.setdefault((segment.key.osm_way_id, node), []).append(segment)
    found: list[Restriction] = []
    lost = 0
    for sign in signs:
        pairs = _pairs(
            _arriving(touching.get((sign.from_way, sign.via), []), sign.via),
            _leaving(touching.get((sign.to_way, sign.via), []), sign.via),
            same_way=sign.from_way == sign.to_way,
        )
        lost += not pairs
        found += [Restriction(a.id, NodeId(sign.via), b.id, sign.kind) for a, b in pairs]
    return tuple(dict.fromkeys(found)), lost


def _pairs(
    came: list[Segment], goes: list[Segment], *, same_way: bool
) -> list[tuple[Segment, Segment]]:
    if same_way:  # a sign against turning back holds for both who come along the way
        return [(segment, segment) for segment in came if segment in goes]
    return [(came[0], goes[0])] if len(came) == 1 and len(goes) == 1 else []


def _arriving(segments: list[Segment], node: int) -> list[Segment]:
    return [s for s in segments if (s.start if s.oneway is Oneway.BACKWARD else s.end) == node] or [
        s for s in segments if s.oneway is Oneway.NO
    ]


def _leaving(segments: list[Segment], node: int) -> list[Segment]:
    return segments and [
        s
        for s in segments
        if s.oneway is Oneway.NO or (s.end if s.oneway is Oneway.BACKWARD else s.start) == node
    ]
