"""Storms, and the work that they and people's requests become."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from data.model.ids import (
    BlockageId,
    JobId,
    LonLat,
    PlanId,
    SegmentId,
    ShiftId,
    StormId,
    VehicleId,
)

ServiceClass = NewType("ServiceClass", str)
"""Code of a class of service; the city's `policy.toml` says which there are and in which order."""


class Treatment(StrEnum):
    """What is done to the snow."""

    PLOW = "plow"
    SALT = "salt"


class JobState(StrEnum):
    """`DONE` only by evidence."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Directions(StrEnum):
    """Which directions of a segment a job covers."""

    BOTH = "both"
    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class Job:
    """Work on a segment, wanted by a time."""

    id: JobId
    storm_id: StormId
    segment_id: SegmentId
    directions: Directions
    treatment: Treatment
    passes: int
    service_class: ServiceClass
    weight: float
    starts_at: datetime
    due_at: datetime
    state: JobState

    def __post_init__(self) -> None:
        """Reject work nobody can do."""
        if self.passes < 1:
            raise ValueError(f"passes: expected at least 1, got {self.passes}")


class StormPhase(StrEnum):
    """How far a storm is; only `ACTIVE` and `CLEAN_UP` have work, and one storm at a time."""

    FORECAST = "forecast"
    ALERT = "alert"
    ACTIVE = "active"
    CLEAN_UP = "clean_up"
    CLOSED = "closed"
    CALLED_OFF = "called_off"

    @property
    def on(self) -> bool:
        """Whether machines work on it and evidence belongs to it."""
        return self in {StormPhase.ACTIVE, StormPhase.CLEAN_UP}

    @property
    def coming(self) -> bool:
        """Whether it has not begun and still may."""
        return self in {StormPhase.FORECAST, StormPhase.ALERT}


@dataclass(frozen=True, slots=True)
class Storm:
    """A snowfall and all the work it makes.

    `started_at` is when it became active, or is expected to. `snowfall` is (time, mm in all since
    it began to snow), in order; `quiet` the times (from, until) in which none fell: of
    clean-up, and before the first flake.
    """

    id: StormId
    name: str
    phase: StormPhase
    started_at: datetime
    ended_at: datetime | None = None
    snowfall: tuple[tuple[datetime, float], ...] = ()
    quiet: tuple[tuple[datetime, datetime | None], ...] = ()
    opened_at: datetime | None = None

    @property
    def work_at(self) -> datetime:
        """From when on the jobs count that it began with: the first flake that was expected."""
        since, until = self.quiet[0] if self.quiet else (None, None)
        return self.started_at if since != self.started_at or until is None else until

    @property
    def snow_at(self) -> datetime:
        """From when on streets wear: the first flake of one that was begun before its snow.

        Where snow was measured before that, it counts from its start.
        """
        early = any(at < self.work_at and fallen_mm > 0 for at, fallen_mm in self.snowfall)
        return self.started_at if early else self.work_at


@dataclass(frozen=True, slots=True)
class ClassRule:
    """Level of service of one class; `cycle` is `None` where a street is served on request only."""

    service_class: ServiceClass
    trigger_mm: float
    cycle: timedelta | None
    deadline: timedelta
    weight: float


class LevelReason(StrEnum):
    """Why a street has its class: the last that applies wins, in this order."""

    ROAD = "road"
    STEEP = "steep"
    BUS = "bus"
    NEAR = "near"
    NAMED = "named"
    ZONE = "zone"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Level:
    """The level of service of one street where its road class alone does not decide.

    `cycle` is `None` where the class's own counts; `subject` says which hospital, which zone.
    """

    service_class: ServiceClass
    reason: LevelReason
    subject: str = ""
    cycle: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """What an administrator decided for one street, against all rules."""

    segment_id: SegmentId
    service_class: ServiceClass
    cycle: timedelta | None = None
    note: str = ""


class SkipReason(StrEnum):
    """Why a driver skips a part of the route; `TOO_NARROW` is what older phones say.

    `NO_TIME` is said at the end of a shift.
    """

    PARKED_CARS = "parked_cars"
    BLOCKED = "blocked"
    TOO_NARROW = "too_narrow"
    IMPOSSIBLE = "impossible"
    ALREADY_CLEAR = "already_clear"
    MACHINE_FAULT = "machine_fault"
    ICE = "ice"
    ACCIDENT = "accident"
    WIRES = "wires"
    OUT_OF_SALT = "out_of_salt"
    NO_TIME = "no_time"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Blockage:
    """What keeps a driver from a street; nobody drives on it while its reason is `BLOCKED`.

    `plan_id`, `leg` and `last` are the stage that he left out, `None` of old ones. `location` is
    known to `accuracy_m` where the phone told it. `photo` and `voice` name files of the city's
    photo folder.
    """

    id: BlockageId
    storm_id: StormId
    segment_id: SegmentId
    vehicle_id: VehicleId
    shift_id: ShiftId
    reported_at: datetime
    location: LonLat
    text: str = ""
    photo: str = ""
    cleared_at: datetime | None = None
    reason: SkipReason = SkipReason.BLOCKED
    accuracy_m: float | None = None
    plan_id: PlanId | None = None
    leg: int | None = None
    last: int | None = None
    voice: str = ""
