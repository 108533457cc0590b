"""Rests that drivers begin and end with a tap."""

from datetime import datetime

from data.errors import ConflictError
from data.model import Actor, ShiftId
from data.model.roster import DriverRest
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.shifts.driver_rests import add_rest, list_rests, set_rest_ended
from data.store.shifts.shifts import get_shift
from fleet.shifts.shift_progress import find_end, get_driven, moment_of_tap


def begin_rest(
    tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime, tapped_at: datetime | None = None
) -> None:
    """Begin a rest in a shift that is driven; raise `ConflictError` where one goes on.

    What was tapped before the shift ended may come later: it rested until that end, unless the
    driver tells another.
    """
    shift = get_driven(tx, shift_id, tapped_at)
    until = find_end(tx, shift)
    if _find_open(tx, shift_id, until) is not None:
        raise ConflictError(f"the driver of shift {shift_id} rests", reason="rest_goes_on")
    at = min(moment_of_tap(tx, shift, tapped_at, now), until or now)
    add_rest(tx, shift_id, at, actor.id)
    add_event(tx, now, actor, "shift.rest_begun", f"shift:{shift_id}", after=_facts(at, now))
    if until is not None:
        set_rest_ended(tx, shift_id, until)


def end_rest(
    tx: Tx, actor: Actor, shift_id: ShiftId, now: datetime, tapped_at: datetime | None = None
) -> None:
    """End the rest that goes on; nothing changes where none does.

    Where the end of the shift ended it, an earlier tap that comes later corrects that.
    """
    shift = get_shift(tx, shift_id)
    until = find_end(tx, shift)
    rest = _find_open(tx, shift_id, until)
    if rest is None:
        return
    at = max(moment_of_tap(tx, shift, tapped_at, now), rest.begun_at)
    if until is not None and at >= until:
        return
    set_rest_ended(tx, shift_id, at, instead_of=rest.ended_at)
    add_event(tx, now, actor, "shift.rest_ended", f"shift:{shift_id}", after=_facts(at, now))


def _find_open(tx: Tx, shift_id: ShiftId, until: datetime | None) -> DriverRest | None:
    """Return the rest of which the driver told no end: it goes on, or the shift's end ended it."""
    rests = list_rests(tx, shift_id)
    return next((one for one in rests if one.ended_at is None or one.ended_at == until), None)


def _facts(at: datetime, now: datetime) -> dict[str, object]:
    return {} if at == now else {"tapped_at": at.isoformat()}
