"""Until when a draft can be published, and what else makes it obsolete.

The routes of a draft begin where machines were when it was made. While they drive on, it says less
and less of what they can do next.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

from data.errors import ConflictError
from data.model import Plan, PlanId, PlanRun, PlanState, Shift, StormId
from data.store.database.engine import Tx
from data.store.planning.plans import PlanHead, find_published_plan_id, get_plan_head
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from fleet.planning.draft_finishes import DraftFinish, finishes_of
from fleet.planning.plan_options import in_service

GOOD_FOR = timedelta(minutes=30)
"""So long after its routes begin a draft can be published: a machine clears some streets and
drives one deadhead meanwhile, which its progress makes up for."""


TO_LOOK = timedelta(minutes=10)
"""So long at least a draft can be looked at and published once its search has ended."""


@dataclass(frozen=True, slots=True)
class WaitingDraft:
    """A draft that somebody may still publish.

    `outdated` where another plan is driven by now than the one that it goes on from;
    `from_taken_back` where that is so because the publication of that one was taken back.
    `finishes` has when it ends each class, and the plan in force when it was made.
    """

    plan_id: PlanId
    revision: int
    good_until: datetime
    outdated: bool
    from_taken_back: bool
    finishes: tuple[DraftFinish, ...]

    def is_good(self, now: datetime) -> bool:
        """Whether plan and time still allow to publish it, as `require_valid` says it."""
        return not self.outdated and now <= self.good_until


def good_until(made_at: datetime, shifts: Iterable[Shift]) -> datetime:
    """Return until when a draft of some shifts can be published.

    Its routes begin when it is made; before the first shift they begin with that.
    """
    first = min((one.starts_at for one in shifts if one.ends_at > made_at), default=made_at)
    return max(made_at, first) + GOOD_FOR


def longest_search_s(tx: Tx, storm_id: StormId, now: datetime, speed: float = 1.0) -> float:
    """Return how many real seconds a search may take from now, to end in a draft that is valid.

    The clock of the city, by which drafts grow old, goes at `speed`; while it stands, none does.
    """
    if not speed:
        return inf
    return (good_until(now, list_shifts(tx, storm_id)) - now - TO_LOOK).total_seconds() / speed


def find_good_until(
    tx: Tx, storm_id: StormId, made_at: datetime, state: PlanState
) -> datetime | None:
    """Return until when a plan can be published; `None` unless it is a draft."""
    if state is not PlanState.DRAFT:
        return None
    return good_until(made_at, list_shifts(tx, storm_id))


def find_waiting_draft(tx: Tx, run: PlanRun) -> WaitingDraft | None:
    """Return the draft of a run, unless it was published or discarded."""
    if run.plan_id is None:
        return None
    head = get_plan_head(tx, run.plan_id)
    until = find_good_until(tx, head.storm_id, head.made_at, head.state)
    if until is None:
        return None
    outdated = _outdated(tx, head)
    taken_back = outdated and _from_taken_back(tx, head)
    return WaitingDraft(head.id, head.revision, until, outdated, taken_back, finishes_of(run))


def require_valid(tx: Tx, plan: Plan, now: datetime) -> None:
    """Raise `ConflictError` where a draft is too old or no longer fits plan and machines."""
    head, shifts = get_plan_head(tx, plan.id), list_shifts(tx, plan.storm_id)
    until = good_until(plan.made_at, shifts)
    if now > until:
        raise ConflictError(
            f"the draft was good until {until.isoformat()}",
            reason="draft_expired",
            plan=plan.id,
            since=plan.made_at,
            until=until,
        )
    if _outdated(tx, head) and _from_taken_back(tx, head):
        raise ConflictError(
            "the plan that the draft goes on from was taken back",
            reason="draft_from_taken_back",
            plan=plan.id,
            since=plan.made_at,
        )
    if _outdated(tx, head):
        raise ConflictError(
            "another plan was published since the draft was made",
            reason="draft_outdated",
            plan=plan.id,
            since=plan.made_at,
        )
    serving = {one.id for one in shifts if in_service(one, now)}
    gone = {
        route.vehicle_id
        for route in plan.routes
        if route.legs and route.legs[-1].ends_at > now and route.shift_id not in serving
    }
    if gone:
        names = tuple(one.name for one in list_vehicles(tx) if one.id in gone)
        raise ConflictError(
            f"out of service by now: {', '.join(names)}",
            reason="draft_machines_gone",
            plan=plan.id,
            names=names,
        )


def _outdated(tx: Tx, draft: PlanHead) -> bool:
    """Whether another plan is driven than the one that a draft goes on from.

    Urgent work that was put into that plan since makes no other one of it. One that goes on from
    none, as no truck had routes yet, is outdated once any is driven.
    """
    driven = find_published_plan_id(tx, draft.storm_id)
    if draft.parent_id is None:
        return driven is not None
    while driven is not None and driven != draft.parent_id:
        head = get_plan_head(tx, driven)
        driven = None if head.counts_from is None else head.parent_id
    return driven is None


def _from_taken_back(tx: Tx, draft: PlanHead) -> bool:
    """Whether the plan that a draft goes on from is a draft again, or was discarded as one."""
    if draft.parent_id is None:
        return False
    return get_plan_head(tx, draft.parent_id).state in (PlanState.DRAFT, PlanState.DISCARDED)
