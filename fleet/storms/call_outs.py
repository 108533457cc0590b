"""Call-outs of reserve and contractors' machines: called, answered, arrived, released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, NotFoundError
from data.model import (
    Actor,
    CallOut,
    CallOutId,
    CallOutState,
    MachineService,
    OutReason,
    StormId,
    Vehicle,
    VehicleId,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.setup.machines import list_vehicles
from data.store.storms.call_outs import add_call_out, get_call_out, list_call_outs, save_call_out
from data.store.storms.storms import open_storm
from fleet.storms.machines_in_service import switch_machine

NOT_YET = CallOutId(0)
"""Id of a call that the database has not numbered yet."""

NOTE_LETTERS = 300

LATEST = timedelta(days=3)
"""Nobody is expected later than that."""

UNPROVED = timedelta(minutes=30)
"""So much of the hours of a hire may be without a sign of the machine before it is doubtful."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hire:
    """A called machine's hours from arrival to release, hours by its track, and its price."""

    call: CallOut
    vehicle: Vehicle
    hours_h: float
    tracked_h: float

    @property
    def cost(self) -> float:
        """Cost of the hours."""
        return self.hours_h * self.call.rate_h

    @property
    def doubtful(self) -> bool:
        """Whether its track shows clearly fewer hours than the hire."""
        return (self.hours_h - self.tracked_h) * _HOUR > UNPROVED


def call(
    tx: Tx, actor: Actor, storm_id: StormId, vehicle_id: VehicleId, note: str, now: datetime
) -> CallOut:
    """Call a machine out for a storm, expected after its usual time.

    Raises `ConflictError` for the city's own, and while an earlier call is not over.
    """
    open_storm(tx, storm_id)
    vehicle = next((each for each in list_vehicles(tx) if each.id == vehicle_id), None)
    if vehicle is None:
        raise NotFoundError("vehicle", vehicle_id)
    if vehicle.owned:
        raise ConflictError(
            f"{vehicle.name} is the city's own", reason="machine_own", name=vehicle.name
        )
    for other in list_call_outs(tx, storm_id):
        if other.vehicle_id == vehicle_id and not other.state.over:
            raise ConflictError(
                f"{vehicle.name} was called already", reason="called_already", name=vehicle.name
            )
    added = add_call_out(
        tx,
        CallOut(
            NOT_YET,
            storm_id,
            vehicle_id,
            CallOutState.CALLED,
            now,
            actor.id,
            vehicle.rate_h,
            _note(note),
            expected_at=now + timedelta(seconds=vehicle.arrive_s),
        ),
    )
    after = {"storm": storm_id, "vehicle": vehicle_id, "state": added.state}
    add_event(tx, now, actor, "call_out.called", _subject(added), after=after)
    return added


def answer(
    tx: Tx,
    actor: Actor,
    call_out_id: CallOutId,
    now: datetime,
    *,
    comes: bool,
    expected_at: datetime | None = None,
    note: str = "",
) -> CallOut:
    """Record the answer to a call-out: expected time, or declined and why."""
    before = _get(tx, call_out_id, CallOutState.CALLED, CallOutState.ACCEPTED)
    if expected_at is not None and not now - LATEST <= expected_at <= now + LATEST:
        raise InvalidError("expected_at", expected_at.isoformat(), "a time within three days")
    state = CallOutState.ACCEPTED if comes else CallOutState.DECLINED
    said = replace(
        before,
        state=state,
        answered_at=now,
        expected_at=(expected_at or before.expected_at) if comes else None,
        note=_note(note) or before.note,
    )
    return _moved(tx, actor, before, said, now)


def cancel(tx: Tx, actor: Actor, call_out_id: CallOutId, now: datetime) -> CallOut:
    """Cancel a call-out before the machine is there."""
    before = _get(tx, call_out_id, CallOutState.CALLED, CallOutState.ACCEPTED)
    return _moved(tx, actor, before, replace(before, state=CallOutState.CANCELLED), now)


def arrive(tx: Tx, actor: Actor, call_out_id: CallOutId, now: datetime) -> CallOut:
    """Record an arrival: the machine gets a shift, and the next plan uses it."""
    before = _get(tx, call_out_id, CallOutState.CALLED, CallOutState.ACCEPTED)
    in_service = MachineService(in_service=True)
    switch_machine(tx, actor, before.storm_id, before.vehicle_id, in_service, now)
    there = replace(before, state=CallOutState.ARRIVED, arrived_at=now)
    if before.answered_at is None:
        there = replace(there, answered_at=now)
    return _moved(tx, actor, before, there, now)


def release(tx: Tx, actor: Actor, call_out_id: CallOutId, now: datetime) -> CallOut:
    """Release a machine; raise `ConflictError` where its driver is still on the road."""
    before = _get(tx, call_out_id, CallOutState.ARRIVED)
    home = MachineService(in_service=False, reason=OutReason.NOT_NEEDED)
    switch_machine(tx, actor, before.storm_id, before.vehicle_id, home, now)
    gone = replace(before, state=CallOutState.RELEASED, released_at=now)
    return _moved(tx, actor, before, gone, now)


def hires(
    calls: Sequence[CallOut],
    vehicles: Mapping[VehicleId, Vehicle],
    tracked_h: Mapping[CallOutId, float],
    until: datetime,
) -> list[Hire]:
    """Return the arrived machines with hours until a moment and hours by their tracks."""
    return [
        Hire(one, vehicles[one.vehicle_id], _hours(one, until), tracked_h.get(one.id, 0.0))
        for one in calls
        if one.arrived_at is not None and one.vehicle_id in vehicles
    ]


def _hours(one: CallOut, until: datetime) -> float:
    ends_at = until if one.released_at is None else min(one.released_at, until)
    return 0.0 if one.arrived_at is None else max((ends_at - one.arrived_at) / _HOUR, 0.0)


def _get(tx: Tx, call_out_id: CallOutId, *states: CallOutState) -> CallOut:
    found = get_call_out(tx, call_out_id)
    open_storm(tx, found.storm_id)
    if found.state not in states:
        raise ConflictError(
            f"call {call_out_id} is {found.state}", reason="call_out_state", state=found.state
        )
    return found


def _moved(tx: Tx, actor: Actor, before: CallOut, after: CallOut, now: datetime) -> CallOut:
    save_call_out(tx, after)
    change = ({"state": before.state}, {"state": after.state, "vehicle": after.vehicle_id})
    add_event(tx, now, actor, f"call_out.{after.state}", _subject(after), *change)
    return after


def _subject(one: CallOut) -> str:
    return f"call_out:{one.id}"


def _note(text: str) -> str:
    if len(text) > NOTE_LETTERS:
        raise InvalidError("note", f"{len(text)} letters", f"at most {NOTE_LETTERS} letters")
    return text.strip()
