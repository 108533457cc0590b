"""Rests that drivers begin and end with a tap."""

from datetime import datetime

from data.errors import ConflictError
from data.model import Actor, ShiftId
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.shifts.driver_rests import add_rest, list_rests, set_rest_ended
from data.store.shifts.shifts import get_shift
from fleet.shifts.shift_progress import moment_of_tap


def begin_rest(
    tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime, tapped_at: datetime | None = None
) -> None:
    """Begin a rest; raise `ConflictError` where one goes on."""
    shift = get_shift(tx, shift_id)
    if any(one.ended_at is None for one in list_rests(tx, shift_id)):
        raise ConflictError(f"the driver of shift {shift_id} rests", reason="rest_goes_on")
    at = moment_of_tap(tx, shift, tapped_at, now)
    add_rest(tx, shift_id, at, actor.id)
    add_event(tx, now, actor, "shift.rest_begun", f"shift:{shift_id}", after=_facts(at, now))


def end_rest(
    tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime, tapped_at: datetime | None = None
) -> None:
    """End the rest that goes on; nothing changes where none does, as the shift's end ended it."""
    shift = get_shift(tx, shift_id)
    going_on = [one for one in list_rests(tx, shift_id) if one.ended_at is None]
    if not going_on:
        return
    at = max(moment_of_tap(tx, shift, tapped_at, now), going_on[0].begun_at)
    set_rest_ended(tx, shift_id, at)
    add_event(tx, now, actor, "shift.rest_ended", f"shift:{shift_id}", after=_facts(at, now))


def _facts(at: datetime, now: datetime) -> dict[str, object]:
    return {} if at == now else {"tapped_at": at.isoformat()}
