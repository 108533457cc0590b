"""Positions, matches, passes and the coverage they prove."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from data.model.ids import DeviceId, LonLat, SegmentId, VehicleId
from data.model.streets import DirectedSegment
from data.model.work import Treatment


class EvidenceKind(StrEnum):
    """What proves a pass; `SPEED` alone means the street was only driven through."""

    BLADE = "blade"
    SPREADER = "spreader"
    DRIVER = "driver"
    INSPECTION = "inspection"
    SPEED = "speed"


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
class Match:
    """The street a fix belongs to, or `None`; `offset_m` counts from the segment's start."""

    fixed_at: datetime
    segment: DirectedSegment | None
    offset_m: float
    distance_m: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a pass, and how well (0-1)."""

    kind: EvidenceKind
    confidence: float


@dataclass(frozen=True, slots=True)
class Pass:
    """A stretch of one direction that a vehicle was seen to serve: observed, never planned."""

    segment_id: SegmentId
    forward: bool
    from_m: float
    to_m: float
    vehicle_id: VehicleId
    started_at: datetime
    ended_at: datetime
    treatment: Treatment | None
    evidence: Evidence
    material_kg: float = 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What evidence says about one direction of a segment.

    `driven_at` is the last time somebody drove through without proof of work.
    """

    segment_id: SegmentId
    forward: bool
    passes_done: int
    passes_needed: int
    last_pass_at: datetime | None
    driven_at: datetime | None = None
    evidence: Evidence | None = None
