"""Positions, matches, passes and the coverage they prove."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from data.model.ids import DeviceId, LonLat, SegmentId, StormId, VehicleId
from data.model.streets import DirectedSegment
from data.model.work import Treatment


class EvidenceKind(StrEnum):
    """What proves a pass; `SPEED` is the way a vehicle moved, and nothing else."""

    BLADE = "blade"
    SPREADER = "spreader"
    DRIVER = "driver"
    INSPECTION = "inspection"
    SPEED = "speed"


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    """Where a vehicle was, how fast, and what its sensors said; `None` where it has no sensor.

    `source` is that of the position.
    """

    fixed_at: datetime
    location: LonLat
    speed_mps: float | None
    blade: bool | None
    spreader: bool | None
    source: str


@dataclass(frozen=True, slots=True)
class Position:
    """A fix as a device sent it, kept for ever; key (vehicle, fixed_at, source).

    `blade` and `spreader` are `None` where the device has no such sensor.
    """

    device_id: DeviceId
    vehicle_id: VehicleId
    source: str
    fixed_at: datetime
    received_at: datetime
    location: LonLat
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    blade: bool | None = None
    spreader: bool | None = None
    material: str = ""
    rate_gm2: float | None = None
    alarm: str = ""
    attributes: Mapping[str, str | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LastPlace:
    """Where a vehicle was last, as boards show it; `state` is one of `VehicleState`."""

    vehicle_id: VehicleId
    fixed_at: datetime
    location: LonLat
    heading_deg: float | None
    speed_mps: float | None
    state: str
    blade: bool | None


@dataclass(frozen=True, slots=True)
class Match:
    """The street a fix belongs to, or `None`; `offset_m` counts from the segment's start.

    A fix on a service way that is no street of the city has no segment but a `service_way`, with
    its offset on that.
    """

    fixed_at: datetime
    segment: DirectedSegment | None
    offset_m: float
    distance_m: float
    confidence: float
    service_way: DirectedSegment | None = None

    @property
    def way(self) -> DirectedSegment | None:
        """The street or service way that the fix is on."""
        return self.segment or self.service_way


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a pass, and how well (0-1)."""

    kind: EvidenceKind
    confidence: float


@dataclass(frozen=True, slots=True)
class Pass:
    """A stretch of one direction that a vehicle was seen on: observed, never planned.

    Without a `treatment` the street was only driven through. Without a vehicle somebody saw on the
    spot that the street was clear, whoever had cleared it.
    """

    segment_id: SegmentId
    forward: bool
    from_m: float
    to_m: float
    vehicle_id: VehicleId | None
    started_at: datetime
    ended_at: datetime
    treatment: Treatment | None
    evidence: Evidence
    material_kg: float = 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What evidence says about one direction of a segment.

    `driven_at` is the last time somebody drove through without proof of work, `plowed_at` and
    `salted_at` when the last whole pass of each treatment was complete. `worked_at` is when work on
    any part of it ended last, `cleared_at` when all the passes that it needs were last complete.
    """

    segment_id: SegmentId
    forward: bool
    passes_done: int
    passes_needed: int
    last_pass_at: datetime | None
    driven_at: datetime | None = None
    evidence: Evidence | None = None
    plowed_at: datetime | None = None
    salted_at: datetime | None = None
    worked_at: datetime | None = None
    cleared_at: datetime | None = None


class RevisionCause(StrEnum):
    """Why the coverage of a storm was numbered again."""

    LATE = "late"
    RECOMPUTED = "recomputed"


@dataclass(frozen=True, slots=True)
class CoverageChange:
    """What a revision changed about one direction of a segment."""

    segment_id: SegmentId
    forward: bool
    passes_before: int
    passes_after: int
    last_pass_before: datetime | None
    last_pass_after: datetime | None


@dataclass(frozen=True, slots=True)
class CoverageRevision:
    """A numbered state of a storm's coverage; `number` counts from 1 within the storm."""

    storm_id: StormId
    number: int
    made_at: datetime
    cause: RevisionCause
    network_version: str
    directions: int
    """How many directions of streets it changed."""


class EvidenceTotal(NamedTuple):
    """Passes with work of one kind of evidence: how many, over what length, the last one's end."""

    evidence: str
    passes: int
    length_m: float
    last_at: datetime


class VehicleTotal(NamedTuple):
    """A vehicle's passes of one treatment in a storm: their length, and the end of the last."""

    vehicle_id: VehicleId
    treatment: Treatment
    length_m: float
    last_at: datetime


class StreetStorm(NamedTuple):
    """What was seen on a street in one storm: passes with work, and the end of the last."""

    storm_id: StormId
    passes: int
    last_at: datetime
