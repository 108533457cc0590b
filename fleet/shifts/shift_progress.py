"""Progress of a shift: start, legs done or skipped, end.

A driver's tap moves the list on; only evidence closes jobs. Where no sensor tells, the tap itself
becomes evidence (`fleet.evidence.driver_confirmations`), as soon as it can no longer be taken back.
What he says at the end of the shift of streets that he is not known to have driven never does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from data.errors import ConflictError, NotFoundError
from data.model import (
    Actor,
    Blockage,
    CodeKind,
    Leg,
    LegOutcome,
    LegProgress,
    PlanId,
    PlanState,
    Route,
    Shift,
    ShiftId,
    ShiftState,
    UserId,
)
from data.model.work import SkipReason
from data.store.accounts.sign_in_codes import remove_codes
from data.store.audit.audit_log import add_event, find_last_event_on
from data.store.database.engine import Tx
from data.store.planning.plans import PlanHead, find_published_plan_id, find_route, get_plan_head
from data.store.shifts.blockages import get_blockage, list_open_blockages, set_cleared
from data.store.shifts.driver_rests import set_rest_ended
from data.store.shifts.phone_orders import add_tap, find_tap, remove_taps_before
from data.store.shifts.shifts import (
    get_shift,
    list_progress,
    list_progress_of_shift,
    list_shifts,
    remove_progress,
    save_progress,
    set_shift_state,
)
from data.store.storms.storms import get_storm

UNDO_WITHIN = timedelta(minutes=2)
"""How long a driver may take back that something is done."""

ENDS = ("shift.ended", "shift.cancelled")
"""Events that end a shift; who cancels one in which the machine worked ends it."""

REPEATED_WITHIN = timedelta(days=3)
"""A phone may lie in a drawer for a weekend before it repeats an order."""


@dataclass(frozen=True, slots=True)
class Legs:
    """Consecutive legs of a published route, `first` to `last`: one screen of the phone."""

    plan_id: PlanId
    shift_id: ShiftId
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Undone:
    """Result of an undo: legs that are open again, and blockages that were withdrawn."""

    legs: tuple[LegProgress, ...]
    blockages: tuple[Blockage, ...]


type Answer = Mapping[str, Any]


def answered_once(
    tx: Tx, user_id: UserId, key: str, now: datetime, order: Callable[[], Answer]
) -> Answer:
    """Return the result of an order; for a repeated key the stored result."""
    known = find_tap(tx, key)
    if known is None:
        answer = order()
        add_tap(tx, key, user_id, answer, now)
        return answer
    if known.user_id != user_id:
        raise ConflictError("this key is somebody else's", reason="tap_of_another")
    return known.answer


def start_shift(tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime) -> Shift:
    """Start a planned shift; the vehicle's shift before it ends."""
    shift = get_shift(tx, shift_id)
    _require_state(shift, ShiftState.PLANNED)
    for other in list_shifts(tx, shift.storm_id):
        if other.vehicle_id == shift.vehicle_id and other.state is ShiftState.DRIVING:
            end_shift(tx, actor, other.id, now)
    return _moved(tx, actor, shift_id, ShiftState.PLANNED, ShiftState.DRIVING, now)


def end_shift(tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime) -> Shift:
    """End a driving shift; its sign-in code expires."""
    shift = end_as_it_is(tx, actor, _get_driving(tx, shift_id), now)
    if shift.driver_id is not None:
        remove_codes(tx, shift.driver_id, CodeKind.DRIVER)
    remove_taps_before(tx, now - REPEATED_WITHIN)
    return shift


def end_as_it_is(tx: Tx, actor: Actor, shift: Shift, now: datetime) -> Shift:
    """End a shift, driven or still planned, with the rest that goes on in it."""
    set_rest_ended(tx, shift.id, now)
    return _moved(tx, actor, shift.id, shift.state, ShiftState.ENDED, now)


def find_end(tx: Tx, shift: Shift) -> datetime | None:
    """Return when a shift that was driven ended; `None` where it is not over or nobody drove it."""
    if shift.state is not ShiftState.ENDED:
        return None
    ended = find_last_event_on(tx, f"shift:{shift.id}", ENDS)
    return ended.at if ended else get_storm(tx, shift.storm_id).ended_at


def next_leg(tx: Tx, shift_id: ShiftId) -> tuple[PlanId, int, Leg] | None:
    """Return the first leg of the published route that is neither done nor skipped."""
    driven = driven_route(tx, get_shift(tx, shift_id))
    if driven is None:
        return None
    plan_id, route = driven
    over = {each.leg for each in list_progress(tx, plan_id, shift_id)}
    return next(
        ((plan_id, i, leg) for i, leg in enumerate(route.legs) if i not in over),
        None,
    )


def driven_route(tx: Tx, shift: Shift) -> tuple[PlanId, Route] | None:
    """Return the published route of a shift and which plan it is of."""
    plan_id = find_published_plan_id(tx, shift.storm_id)
    route = None if plan_id is None else find_route(tx, plan_id, shift.id)
    return None if plan_id is None or route is None else (plan_id, route)


def complete_legs(
    tx: Tx,
    actor: Actor,
    legs: Legs,
    now: datetime,
    tapped_at: datetime | None = None,
    *,
    at_end: bool = False,
) -> list[LegProgress]:
    """Mark legs done; repeating the tap changes nothing, since phones repeat themselves.

    `tapped_at` is when the driver did it, where the phone was out of reach then; `at_end` says that
    it is no more than his word.
    """
    over = LegProgress(legs.plan_id, legs.shift_id, legs.first, LegOutcome.DONE, at_end=at_end)
    return _legs_over(tx, actor, legs, over, now, tapped_at)


def skip_legs(
    tx: Tx,
    actor: Actor,
    legs: Legs,
    reason: SkipReason,
    now: datetime,
    tapped_at: datetime | None = None,
) -> list[LegProgress]:
    """Mark legs skipped with a reason; repeating the tap changes nothing."""
    over = LegProgress(legs.plan_id, legs.shift_id, legs.first, LegOutcome.SKIPPED, reason=reason)
    return _legs_over(tx, actor, legs, over, now, tapped_at)


def moment_of_tap(tx: Tx, shift: Shift, tapped_at: datetime | None, now: datetime) -> datetime:
    """Return when a driver tapped; a phone's clock is believed within the storm only."""
    began_at = get_storm(tx, shift.storm_id).started_at
    return tapped_at if tapped_at is not None and began_at <= tapped_at <= now else now


def get_driven(tx: Tx, shift_id: ShiftId, tapped_at: datetime | None) -> Shift:
    """Return a shift that was driven when its driver tapped; raise `ConflictError`."""
    shift = get_shift(tx, shift_id)
    ended_at = find_end(tx, shift)
    if ended_at is None or tapped_at is None or tapped_at > ended_at:
        _require_state(shift, ShiftState.DRIVING)
    return shift


def undo_last(tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime) -> Undone:
    """Undo the driver's last tap: its legs are open again, its blockage is withdrawn.

    Raises `ConflictError` where there is none, or it became evidence already.
    """
    shift = _get_driving(tx, shift_id)
    over = list_progress_of_shift(tx, shift.storm_id, shift_id)
    moments = [each.ended_at for each in over if each.ended_at is not None]
    if not moments:
        raise ConflictError("there is nothing to take back", reason="no_tap_to_undo")
    undone = tuple(each for each in over if each.ended_at == max(moments))
    if any(each.proved for each in undone):
        raise ConflictError("this counts as cleared already", reason="tap_counts")
    for each in undone:
        remove_progress(tx, each)
        before = {"state": each.state, "reason": each.reason}
        after = {"plan": each.plan_id, "leg": each.leg}
        add_event(tx, now, actor, "leg.reopened", f"shift:{shift_id}", before, after)
    blockages = [
        each
        for each in list_open_blockages(tx, shift.storm_id)
        if each.shift_id == shift_id and each.reported_at == max(moments)
    ]
    for blocked in blockages:
        set_cleared(tx, blocked.id, now)
        add_event(tx, now, actor, "blockage.withdrawn", f"blockage:{blocked.id}")
    return Undone(undone, tuple(get_blockage(tx, each.id) for each in blockages))


def _moved(
    tx: Tx, actor: Actor, shift_id: ShiftId, old: ShiftState, new: ShiftState, now: datetime
) -> Shift:
    shift = get_shift(tx, shift_id)
    _require_state(shift, old)
    set_shift_state(tx, shift_id, new)
    add_event(tx, now, actor, f"shift.{new}", f"shift:{shift_id}", {"state": old}, {"state": new})
    return get_shift(tx, shift_id)


def _get_driving(tx: Tx, shift_id: ShiftId) -> Shift:
    shift = get_shift(tx, shift_id)
    _require_state(shift, ShiftState.DRIVING)
    return shift


def _require_state(shift: Shift, state: ShiftState) -> None:
    if shift.state != state:
        raise ConflictError(
            f"shift {shift.id} is {shift.state}, not {state}", reason="shift_state", shift=shift.id
        )


def _legs_over(
    tx: Tx,
    actor: Actor,
    legs: Legs,
    told: LegProgress,
    now: datetime,
    tapped_at: datetime | None,
) -> list[LegProgress]:
    """Keep of each leg what is told of the first one."""
    shift = get_driven(tx, legs.shift_id, tapped_at)
    ended_at = moment_of_tap(tx, shift, tapped_at, now)
    route = _driven_route(tx, shift, legs, ended_at)
    over = []
    for plan_id, leg, before in _places(tx, shift, legs, route):
        if before is not None and before.state != told.state:
            raise ConflictError(f"leg {leg} is {before.state} already", reason="leg_over", leg=leg)
        if before is None:
            before = replace(told, plan_id=plan_id, leg=leg, ended_at=ended_at)
            _keep(tx, actor, before, now)
        over.append(before)
    return over


def _driven_route(tx: Tx, shift: Shift, legs: Legs, at: datetime) -> Route:
    """Return the route with the legs of which a driver told what became of them at a time.

    What he says of a plan counts after a newer one has superseded it: his phone hears of that late,
    and holds confirmations back while they can be undone. Legs that he never had are refused.
    """
    plan, route = get_plan_head(tx, legs.plan_id), find_route(tx, legs.plan_id, shift.id)
    if route is None or not _was_driven(plan, at):
        raise ConflictError(
            f"plan {legs.plan_id} is not the one that is driven",
            reason="plan_not_driven",
            plan=legs.plan_id,
        )
    if not 0 <= legs.first <= legs.last < len(route.legs):
        raise NotFoundError("leg", legs.last)
    return route


def _places(
    tx: Tx, shift: Shift, legs: Legs, route: Route
) -> list[tuple[PlanId, int, LegProgress | None]]:
    """Return the plan and number of each leg of a tap, with what is known of it.

    Where a newer plan has the same pass of the same job, it is that leg: nobody is led again to
    what he did, or could not do. Another pass of the street is still ahead.
    """
    told = range(legs.first, legs.last + 1)
    known = {each.leg: each for each in list_progress(tx, legs.plan_id, shift.id)}
    newer = driven_route(tx, shift)
    if newer is None or newer[0] == legs.plan_id:
        return [(legs.plan_id, number, known.get(number)) for number in told]
    plan_id, driven = newer
    over = {each.leg: each for each in list_progress(tx, plan_id, shift.id)}
    if driven.legs == route.legs:
        return [(plan_id, number, over.get(number)) for number in told]
    ahead = {i: set(leg.works) for i, leg in enumerate(driven.legs) if i not in over}
    places = list[tuple[PlanId, int, LegProgress | None]]()
    for number in told:
        works = route.legs[number].works
        same = next((i for i, others in ahead.items() if others.intersection(works)), None)
        if number in known or same is None:
            places.append((legs.plan_id, number, known.get(number)))
        else:
            places.append((plan_id, same, None))
            del ahead[same]
    return places


def _was_driven(plan: PlanHead, at: datetime) -> bool:
    """Whether a plan was in the hands of drivers at a time, as far as their phones knew."""
    if plan.state is PlanState.SUPERSEDED:
        return (plan.published_at or plan.made_at) <= at
    return plan.state is PlanState.PUBLISHED


def _keep(tx: Tx, actor: Actor, over: LegProgress, now: datetime) -> None:
    save_progress(tx, over)
    after: dict[str, object] = {"plan": over.plan_id, "leg": over.leg, "state": over.state}
    after["reason"] = over.reason
    if over.at_end:
        after["at_end"] = True
    if over.ended_at is not None and over.ended_at != now:
        after["tapped_at"] = over.ended_at.isoformat()
    add_event(tx, now, actor, f"leg.{over.state}", f"shift:{over.shift_id}", after=after)
