"""Replan requests: an event on the road is recorded, and a quick run is queued."""

from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, Need
from data.files.json_records import to_plain
from data.model import (
    Actor,
    PlanRun,
    ReplanCause,
    ReplanWish,
    RunKind,
    RunState,
    RunWish,
    Shift,
    ShiftId,
    ShiftState,
    StormId,
    VehicleId,
)
from data.model.planning.replans import OF_A_VEHICLE
from data.planning.plan_json import wish_facts
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plan_runs import add_run, list_runs
from data.store.planning.plans import find_published_plan_id
from data.store.setup.machines import get_vehicle
from data.store.shifts.shifts import add_shifts, list_shifts, set_shift_start
from fleet.planning.plan_options import in_service
from fleet.replanning.breakdowns import break_down
from fleet.shifts.shift_handover import current_shift

SECONDS = 1.0
"""Time of a search that people wait for; reading and checking come before and after it."""

FEW_TRUCKS = 5
"""So many trucks hear of a change where nobody said how many may."""

LONGEST_DELAY = timedelta(hours=12)


def ask_for_replan(
    tx: Tx, actor: Actor, storm_id: StormId, wish: ReplanWish, now: datetime
) -> PlanRun:
    """Record an event on the road and queue a quick run for new routes.

    The same wish again, while it waits or is worked on, is the same run. Raises `ConflictError`
    where no plan is driven or the vehicle has no shift that the cause is about.
    """
    _check(wish)
    _require_driven(tx, storm_id)
    run = _find_unfinished(tx, storm_id, wish)
    if run is not None:
        return run
    if wish.vehicle_id is not None:
        _note(tx, actor, storm_id, wish, wish.vehicle_id, now)
    return _queue(tx, actor, storm_id, wish, now)


def ask_again_for_replan(
    tx: Tx, actor: Actor, storm_id: StormId, wish: ReplanWish, now: datetime
) -> PlanRun:
    """Queue a quick run for an event that was recorded before, from where trucks are now.

    Raises `ConflictError` where no plan is driven.
    """
    _require_driven(tx, storm_id)
    return _find_unfinished(tx, storm_id, wish) or _queue(tx, actor, storm_id, wish, now)


def _require_driven(tx: Tx, storm_id: StormId) -> None:
    if find_published_plan_id(tx, storm_id) is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven", storm=storm_id)


def _find_unfinished(tx: Tx, storm_id: StormId, wish: ReplanWish) -> PlanRun | None:
    wanted = to_plain(ReplanWish, wish)
    for run in list_runs(tx, storm_id, kinds=[RunKind.REPLAN]):
        unfinished = run.state in {RunState.QUEUED, RunState.RUNNING}
        if unfinished and dict(run.options) == wanted:
            return run
    return None


def _queue(tx: Tx, actor: Actor, storm_id: StormId, wish: ReplanWish, now: datetime) -> PlanRun:
    wanted = to_plain(ReplanWish, wish)
    run = add_run(tx, storm_id, actor.id, now, RunWish(SECONDS, RunKind.REPLAN, wanted))
    add_event(tx, now, actor, "replan.asked", f"plan_run:{run.id}", after=wish_facts(wish))
    return run


def _check(wish: ReplanWish) -> None:
    if not 0 <= wish.budget <= 1000:
        raise InvalidError("budget", wish.budget, Need("a number of trucks from 0 to 1000"))
    if not timedelta(0) <= wish.delay <= LONGEST_DELAY:
        minutes = wish.delay.total_seconds() / 60
        raise InvalidError("minutes", minutes, Need("at least 0 and at most 720"))
    if (wish.cause in OF_A_VEHICLE) != (wish.vehicle_id is not None):
        raise InvalidError("vehicle", wish.vehicle_id or "", Need("the vehicle that it is about"))


def _note(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    wish: ReplanWish,
    vehicle_id: VehicleId,
    now: datetime,
) -> None:
    """Change the shift of the vehicle that the event is about."""
    shift = _shift_of(tx, storm_id, vehicle_id, now)
    if wish.cause is ReplanCause.NEW_MACHINE:
        if shift is None:
            _begin(tx, actor, storm_id, vehicle_id, now + wish.delay, now)
        return
    if shift is None:
        raise ConflictError(
            f"vehicle {vehicle_id} has no shift that is not over",
            reason="vehicle_off_duty",
            vehicle=vehicle_id,
        )
    if wish.cause is ReplanCause.BREAKDOWN:
        break_down(tx, actor, shift, now)
    elif shift.state is ShiftState.PLANNED:
        later = max(now, shift.starts_at) + wish.delay
        set_shift_start(tx, shift.id, min(later, shift.ends_at))
        before: dict[str, object] = {"starts_at": shift.starts_at.isoformat()}
        after: dict[str, object] = {"starts_at": later.isoformat()}
        add_event(tx, now, actor, "shift.delayed", f"shift:{shift.id}", before, after)


def _shift_of(tx: Tx, storm_id: StormId, vehicle_id: VehicleId, now: datetime) -> Shift | None:
    mine = [one for one in list_shifts(tx, storm_id) if one.vehicle_id == vehicle_id]
    return current_shift((one for one in mine if in_service(one, now)), now)


def _begin(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    vehicle_id: VehicleId,
    starts_at: datetime,
    now: datetime,
) -> None:
    ends_at = starts_at + timedelta(hours=get_vehicle(tx, vehicle_id).shift_h)
    add_shifts(tx, [Shift(ShiftId(0), storm_id, vehicle_id, None, starts_at, ends_at)])
    after = {"starts_at": starts_at.isoformat(), "vehicle": vehicle_id}
    add_event(tx, now, actor, "shift.added", f"storm:{storm_id}", after=after)
