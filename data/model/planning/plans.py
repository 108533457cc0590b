"""Plans, routes and their progress; runs that make plans are in `plan_runs`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from data.model.ids import JobId, PlanId, SegmentId, ShiftId, StormId, VehicleId
from data.model.streets import DirectedSegment
from data.model.work import ServiceClass


class PlanState(StrEnum):
    """A published plan is never edited; a newer one supersedes it. A draft may be discarded."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class LegKind(StrEnum):
    """What a vehicle does on a leg."""

    DRIVE = "drive"
    WORK = "work"
    RELOAD = "reload"
    REST = "rest"


class WorkPass(NamedTuple):
    """One pass of a job along one direction of its street."""

    job_id: JobId
    forward: bool
    pass_index: int


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

    @property
    def works(self) -> tuple[WorkPass, ...]:
        """The passes that it does; none where it is no work."""
        if self.kind is not LegKind.WORK:
            return ()
        forward = self.path[0].forward
        return tuple(WorkPass(job_id, forward, self.pass_index) for job_id in self.job_ids)


@dataclass(frozen=True, slots=True)
class Route:
    """What one shift does, in order."""

    shift_id: ShiftId
    vehicle_id: VehicleId
    legs: tuple[Leg, ...]


class Unserved(NamedTuple):
    """A job that a plan leaves undone: capacity, time, unreachable, closed, no_vehicle or order."""

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
class PlanOptions:
    """Which work and which machines a plan is for; nothing named is all of them."""

    classes: tuple[ServiceClass, ...] = ()
    districts: tuple[str, ...] = ()
    vehicles: tuple[VehicleId, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanProof:
    """What no plan can do, whatever its routes: some work is done late, or never.

    Attributes
    ----------
    classes
        Whose work it is; one class, or all that are due by then.
    argument
        Why: `work`, `distance` or `material` of whole classes, the reason of single passes
        (`late`, `unreachable`, `no_vehicle`, `time`, `capacity`).
    due_at, earliest_at
        When it should be done and when it is at the earliest; no `earliest_at` is never.
    passes, vehicles
        How many passes it is, and how many machines could do something of it.
    work_s, free_s
        Machine seconds that it takes at least and that there are until `due_at`; 0 for passes.
    segment_ids
        Streets that show it; of many only some.
    most_share
        Share of the length of whole classes that can be done until `due_at` at most.
    """

    classes: tuple[ServiceClass, ...]
    argument: str
    due_at: datetime | None
    earliest_at: datetime | None
    passes: int
    vehicles: int
    work_s: float
    free_s: float
    segment_ids: tuple[SegmentId, ...]
    most_share: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes for a storm, as checked by the referee.

    `aside` counts the open jobs by class that it is not for: nobody asked it to do them.
    `counts_from` is since when work counts for it, where it goes on with an earlier plan's routes.
    `published_at` is when trucks got the routes: `None` for drafts, and where nobody wrote it down.
    """

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
    options: PlanOptions = field(default_factory=PlanOptions)
    aside: Mapping[ServiceClass, int] = field(default_factory=dict)
    proofs: tuple[PlanProof, ...] = ()
    counts_from: datetime | None = None
    published_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """Since when work counts for it."""
        return self.counts_from or self.made_at

    @property
    def driven_from(self) -> datetime:
        """Since when trucks have its routes; where nobody wrote it down, since work counts."""
        return self.published_at or self.since


class LegOutcome(StrEnum):
    """What the driver says became of a leg."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class LegProgress:
    """What happened to a leg, apart from what was planned; what is `proved` became evidence.

    What its driver said of it `at_end` of the shift, and no position shows, is his word alone.
    """

    plan_id: PlanId
    shift_id: ShiftId
    leg: int
    state: LegOutcome
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    proved: bool = False
    at_end: bool = False
