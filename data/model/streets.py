"""The city and its street network."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from data.model.ids import Language, LonLat, NodeId, SegmentId


class RoadClass(StrEnum):
    """What OpenStreetMap says a street is; links count as their road."""

    MOTORWAY = "motorway"
    TRUNK = "trunk"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"
    UNCLASSIFIED = "unclassified"
    RESIDENTIAL = "residential"
    LIVING_STREET = "living_street"
    SERVICE = "service"
    ALLEY = "alley"


class Oneway(StrEnum):
    """Which way vehicles may drive, seen from a segment's start."""

    NO = "no"
    FORWARD = "forward"
    BACKWARD = "backward"


class Side(StrEnum):
    """Side of a segment seen from its start to its end."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class City:
    """The one city of a database; `bounds` is (west, south, east, north).

    `revision` grows with every change of streets, classes, policy or fleet, so that a running
    server sees it; `language` is what its pages speak until somebody chooses ("" follows the
    browser); `boundary` is the WKT polygon that clipped it.
    """

    name: str
    timezone: str
    bounds: tuple[float, float, float, float]
    network_version: str
    attribution: str
    boundary: str | None = None
    language: str = ""
    revision: int = 0


class SegmentKey(NamedTuple):
    """Identity of a segment across imports.

    The way, the nodes at the segment's ends in way order, and its place along the way from 0.
    """

    osm_way_id: int
    from_node: int
    to_node: int
    nth: int


class DirectedSegment(NamedTuple):
    """One direction of a segment; `forward` runs from its start to its end."""

    segment_id: SegmentId
    forward: bool


class NumberRange(NamedTuple):
    """House numbers on one side of a segment: `first` at its start, `last` at its end.

    Where both are odd or both even, so is every number between, unless the side is `mixed`.
    """

    side: Side
    first: int
    last: int
    mixed: bool = False

    @property
    def step(self) -> int:
        """Return the difference of two neighboring numbers."""
        return 1 if self.mixed or (self.last - self.first) % 2 else 2


@dataclass(frozen=True, slots=True)
class Segment:
    """A street between two junctions.

    `names` holds every spelling of the file by language, the main one first; `houses` the numbers
    along it where the file has them by ranges.
    """

    id: SegmentId
    key: SegmentKey
    start: NodeId
    end: NodeId
    geometry: tuple[LonLat, ...]
    length_m: float
    road_class: RoadClass
    names: Mapping[Language, tuple[str, ...]]
    drive_speed_mps: float
    oneway: Oneway
    lanes: int
    width_m: float
    surface: str = ""
    layer: int = 0
    access: str = ""
    incline: str = ""
    district: str = ""
    roundabout: bool = False
    bus: bool = False
    houses: tuple[NumberRange, ...] = ()

    @property
    def main_name(self) -> str:
        """Its first name in the file, "" where it has none."""
        return next((spellings[0] for spellings in self.names.values() if spellings), "")

    def __post_init__(self) -> None:
        """Reject a street without extent."""
        if len(self.geometry) < 2:
            raise ValueError(f"geometry: expected at least 2 points, got {len(self.geometry)}")
        if not self.length_m > 0:
            raise ValueError(f"length_m: expected more than 0, got {self.length_m}")


@dataclass(frozen=True, slots=True)
class ServiceWay:
    """A drive, yard or aisle of a car park, between two junctions, that is no street of the city.

    Only the matching of positions knows it: a fix on it is on no street. Nobody plows it, plans
    over it or finds it by name. Its id is negative, so that no street has it.
    """

    id: SegmentId
    osm_way_id: int
    start: NodeId
    end: NodeId
    geometry: tuple[LonLat, ...]
    oneway: Oneway


@dataclass(frozen=True, slots=True)
class FormerSegment:
    """A street that a newer file no longer has, and the segments that lie where it was."""

    id: SegmentId
    key: SegmentKey
    geometry: tuple[LonLat, ...]
    length_m: float
    road_class: RoadClass
    names: Mapping[Language, tuple[str, ...]]
    gone_at: datetime
    successors: tuple[SegmentId, ...]


@dataclass(frozen=True, slots=True)
class District:
    """A part of the city by name; `polygon` (WKT, lon-lat) is `None` where only a name is known.

    `inhabitants` is `None` where the file of districts does not say it.
    """

    name: str
    names: Mapping[Language, tuple[str, ...]]
    polygon: str | None = None
    inhabitants: int | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn over a node that a sign forbids (`kind` "no") or demands ("only")."""

    from_segment: SegmentId
    via: NodeId
    to_segment: SegmentId
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """A point of interest or a house number, for geocoding and priorities.

    `reach_m` is how far an area's outline is from its location at most, 0 for a point; `gates` are
    where an area is entered, as far as the map has it.
    """

    kind: str
    location: LonLat
    names: Mapping[Language, tuple[str, ...]]
    street: str = ""
    number: str = ""
    reach_m: float = 0.0
    gates: tuple[LonLat, ...] = ()


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a point meets the network: `offset_m` along the segment, `distance_m` from it."""

    segment_id: SegmentId
    side: Side
    offset_m: float
    distance_m: float
