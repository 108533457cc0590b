"""Plan runs, plans, routes and their progress."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import JobId, PlanId, PlanRunId, ShiftId, StormId, VehicleId
from data.model.streets import DirectedSegment


class PlanState(StrEnum):
    """A published plan is never edited; a newer one supersedes it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class RunState(StrEnum):
    """Life of a plan run in the queue."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class LegKind(StrEnum):
    """What a vehicle does on a leg."""

    DRIVE = "drive"
    WORK = "work"
    RELOAD = "reload"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class PlanRun:
    """A wish to solve, in the queue; `lease_until` says how long its worker holds it."""

    id: PlanRunId
    storm_id: StormId
    asked_by: str
    asked_at: datetime
    seconds: float
    state: RunState
    lease_until: datetime | None = None
    best: float | None = None
    bound: float | None = None
    unserved: int | None = None
    iterations: int = 0
    elapsed_s: float = 0.0
    stop_requested: bool = False
    plan_id: PlanId | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a route; a work leg names the jobs it serves and which pass of theirs it is."""

    kind: LegKind
    path: tuple[DirectedSegment, ...]
    starts_at: datetime
    ends_at: datetime
    length_m: float
    pass_index: int = 0
    blade: bool = False
    spreader: bool = False
    job_ids: tuple[JobId, ...] = ()
    load_kg: float = 0.0


@dataclass(frozen=True, slots=True)
class Route:
    """What one shift does, in order."""

    shift_id: ShiftId
    vehicle_id: VehicleId
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Unserved:
    """A job that a plan leaves undone: capacity, time, unreachable, no_vehicle or order."""

    job_id: JobId
    reason: str


@dataclass(frozen=True, slots=True)
class CostBreakdown:
    """A plan's cost in the optimizer's units and what it is made of."""

    total: float
    lateness: float
    completion: float
    travel: float
    unserved: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes for a storm, as checked by the referee."""

    id: PlanId
    storm_id: StormId
    parent_id: PlanId | None
    revision: int
    made_at: datetime
    network_version: str
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost: CostBreakdown
    bound: float
    solver: str
    seed: int
    state: PlanState


@dataclass(frozen=True, slots=True)
class LegProgress:
    """What happened to a leg, apart from what was planned; what is `proved` became evidence."""

    plan_id: PlanId
    shift_id: ShiftId
    leg: int
    state: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    proved: bool = False
