"""Edits of draft plans: what dispatchers change, rules broken, costs, and standing orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import (
    EditId,
    OrderId,
    PlanId,
    SegmentId,
    ShiftId,
    StormId,
    VehicleId,
)
from data.model.planning.plans import CostBreakdown, Leg, PlanState, Route, Unserved


class EditKind(StrEnum):
    """Kind of an edit."""

    MOVE = "move"
    LOCK = "lock"
    UNLOCK = "unlock"
    FORBID = "forbid"
    ALLOW = "allow"
    CLOSE = "close"


class OrderKind(StrEnum):
    """Kind of a standing order: lock a street or route to a truck, or ban a truck from a street."""

    LOCK = "lock"
    FORBID = "forbid"


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """What a dispatcher said of a truck for the rest of a storm; a lock of no street is of all."""

    id: OrderId
    storm_id: StormId
    kind: OrderKind
    vehicle_id: VehicleId
    segment_id: SegmentId | None
    added_at: datetime
    added_by: str
    lifted_at: datetime | None = None
    lifted_by: str = ""


@dataclass(frozen=True, slots=True)
class EditWish:
    """One change: of a street, of a truck, or of both.

    `before_id` is the street of the truck's route that the moved one comes before; without it the
    cheapest place is taken. `reason` says why a street is closed.
    """

    kind: EditKind
    segment_id: SegmentId | None = None
    vehicle_id: VehicleId | None = None
    before_id: SegmentId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A hard rule that a change would break, for which truck and by how much.

    Attributes
    ----------
    rule
        `shift_end` (seconds), `hopper` (kg that lack), `too_narrow` (metres of the street),
        `no_gear` (`words` is the treatment), `forbidden`, `locked` (to the vehicle), `closed`,
        `unreachable`, `no_work`, `unchanged`, `no_taker`, `not_on_route`, `off_duty`, or
        `referee`, whose `words` are its own.
    """

    rule: str
    vehicle_id: VehicleId | None = None
    amount: float = 0.0
    words: str = ""


@dataclass(frozen=True, slots=True)
class DraftTotals:
    """Totals of a draft: machine time, metres, and late passes by class."""

    seconds: float
    metres: float
    late_passes: Mapping[str, int]
    late_s: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Edited:
    """Outcome of an edit; nothing but `broken` where it cannot be done.

    `routes` are those that are others than before, `before` the same ones as they were. `edit_id`
    is the last edit that it comes after, 0 for none.
    """

    plan_id: PlanId
    edit_id: EditId
    broken: tuple[Broken, ...]
    routes: tuple[Route, ...]
    before: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost: CostBreakdown
    totals: DraftTotals
    totals_before: DraftTotals


@dataclass(frozen=True, slots=True)
class AssignmentCost:
    """Cost of assigning a street to a truck: extra seconds of all trucks, or broken rules."""

    vehicle_id: VehicleId
    more_s: float
    done_at: datetime | None
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class EditedDraftHead:
    """An edited draft without its routes; `base_id` is the plan it began as."""

    plan_id: PlanId
    base_id: PlanId
    storm_id: StormId
    revision: int
    made_at: datetime
    state: PlanState
    begun_by: str


class EditState(StrEnum):
    """An edit that was undone can be redone until another one takes its place."""

    DONE = "done"
    UNDONE = "undone"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class DraftContent:
    """The parts of a draft that an edit changes: some of its routes, what is left, its cost."""

    routes: tuple[tuple[ShiftId, tuple[Leg, ...]], ...]
    unserved: tuple[Unserved, ...]
    cost: CostBreakdown


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """An edit as stored, with what it changed; `n` counts from 1 for each draft."""

    id: EditId
    plan_id: PlanId
    n: int
    wish: EditWish
    by: str
    at: datetime
    state: EditState
    totals_before: DraftTotals
    totals: DraftTotals
    before: DraftContent
    after: DraftContent
