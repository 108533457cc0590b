"""A shift from start to end: which leg comes next, and what became of it.

A driver's tap moves the list on; only evidence closes jobs.
"""

from datetime import datetime

from data.errors import ConflictError, NotFoundError
from data.model import Actor, Leg, LegProgress, PlanId, Shift, ShiftId
from data.store.engine import Tx
from data.store.events import add_event
from data.store.plans import find_published_plan_id, find_route
from data.store.shifts import get_shift, list_progress, save_progress, set_shift_state

PLANNED = "planned"
DRIVING = "driving"
ENDED = "ended"

DONE = "done"
SKIPPED = "skipped"


def start_shift(tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime) -> Shift:
    """Put a planned shift on the road."""
    return _moved(tx, actor, shift_id, PLANNED, DRIVING, now)


def end_shift(tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime) -> Shift:
    """Bring a driving shift home."""
    return _moved(tx, actor, shift_id, DRIVING, ENDED, now)


def next_leg(tx: Tx, shift_id: ShiftId) -> tuple[PlanId, int, Leg] | None:
    """Return the first leg of the published route that is neither done nor skipped."""
    shift = get_shift(tx, shift_id)
    plan_id = find_published_plan_id(tx, shift.storm_id)
    route = None if plan_id is None else find_route(tx, plan_id, shift_id)
    if plan_id is None or route is None:
        return None
    over = {each.leg for each in list_progress(tx, plan_id, shift_id)}
    return next(
        ((plan_id, i, leg) for i, leg in enumerate(route.legs) if i not in over),
        None,
    )


def complete_leg(
    tx: Tx, actor: Actor, plan_id: PlanId, shift_id: ShiftId, leg: int, now: datetime
) -> LegProgress:
    """Mark a leg done; the same tap again changes nothing, since phones repeat themselves."""
    return _leg_over(tx, actor, LegProgress(plan_id, shift_id, leg, DONE, ended_at=now), now)


def skip_leg(
    tx: Tx, actor: Actor, plan_id: PlanId, shift_id: ShiftId, leg: int, reason: str, now: datetime
) -> LegProgress:
    """Mark a leg skipped, and why; the same tap again changes nothing."""
    skipped = LegProgress(plan_id, shift_id, leg, SKIPPED, ended_at=now, reason=reason)
    return _leg_over(tx, actor, skipped, now)


def _moved(tx: Tx, actor: Actor, shift_id: ShiftId, old: str, new: str, now: datetime) -> Shift:
    shift = get_shift(tx, shift_id)
    if shift.state != old:
        raise ConflictError(
            f"shift {shift_id} is {shift.state}, not {old}", reason="shift_state", shift=shift_id
        )
    set_shift_state(tx, shift_id, new)
    add_event(tx, now, actor, f"shift.{new}", f"shift:{shift_id}", {"state": old}, {"state": new})
    return get_shift(tx, shift_id)


def _leg_over(tx: Tx, actor: Actor, over: LegProgress, now: datetime) -> LegProgress:
    shift = get_shift(tx, over.shift_id)
    if find_published_plan_id(tx, shift.storm_id) != over.plan_id:
        raise ConflictError(
            f"plan {over.plan_id} is not the one that is driven",
            reason="plan_not_driven",
            plan=over.plan_id,
        )
    route = find_route(tx, over.plan_id, over.shift_id)
    if route is None or not 0 <= over.leg < len(route.legs):
        raise NotFoundError("leg", over.leg)
    known = {each.leg: each for each in list_progress(tx, over.plan_id, over.shift_id)}
    before = known.get(over.leg)
    if before is not None and before.state == over.state:
        return before
    if before is not None:
        raise ConflictError(
            f"leg {over.leg} is {before.state} already", reason="leg_over", leg=over.leg
        )
    save_progress(tx, over)
    after = {"plan": over.plan_id, "leg": over.leg, "state": over.state, "reason": over.reason}
    add_event(tx, now, actor, f"leg.{over.state}", f"shift:{over.shift_id}", after=after)
    return over
