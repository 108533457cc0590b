"""Machines that break down: out of service at once, until somebody takes that back."""

from dataclasses import replace
from datetime import datetime

from data.errors import ConflictError
from data.model import (
    Actor,
    MachineService,
    OutReason,
    Shift,
    ShiftId,
    ShiftState,
    StormId,
    VehicleId,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.setup.machines import get_vehicle
from data.store.shifts.shifts import add_shifts, list_shifts
from data.store.storms.storm_conditions import list_machines_taken_out, set_machine_in_service
from fleet.planning.plan_options import in_service
from fleet.shifts.shift_progress import end_as_it_is, end_shift

BROKEN = MachineService(in_service=False, reason=OutReason.BROKEN)


def break_down(tx: Tx, actor: Actor, shift: Shift, now: datetime) -> None:
    """Take the machine of a shift out of service as broken down; its shifts end, later ones too."""
    mine = [one for one in list_shifts(tx, shift.storm_id) if one.vehicle_id == shift.vehicle_id]
    for one in mine:
        if one.state is ShiftState.DRIVING:
            end_shift(tx, actor, one.id, now)
        elif in_service(one, now):
            end_as_it_is(tx, actor, one, now)
    set_machine_in_service(tx, shift.storm_id, shift.vehicle_id, BROKEN, now, actor.id)
    add_event(tx, now, actor, "shift.broke_down", f"shift:{shift.id}")


def take_back_breakdown(
    tx: Tx, actor: Actor, storm_id: StormId, vehicle_id: VehicleId, now: datetime
) -> None:
    """Return a machine that had broken down to service, with what is left of its shifts.

    Raises `ConflictError` where it is not out of service as broken down.
    """
    vehicle = get_vehicle(tx, vehicle_id)
    out = list_machines_taken_out(tx, storm_id).get(vehicle_id)
    if out is None or out.reason is not OutReason.BROKEN:
        raise ConflictError(
            f"{vehicle.name} is not broken down", reason="machine_not_broken", name=vehicle.name
        )
    service = MachineService(in_service=True)
    set_machine_in_service(tx, storm_id, vehicle_id, service, now, actor.id)
    ended = [
        shift
        for shift in list_shifts(tx, storm_id)
        if shift.vehicle_id == vehicle_id and shift.state is ShiftState.ENDED
    ]
    add_shifts(tx, [_rest(shift, now) for shift in ended if shift.ends_at > now])
    after: dict[str, object] = {"vehicle": vehicle_id, "name": vehicle.name}
    add_event(tx, now, actor, "storm.machine_in", f"storm:{storm_id}", after=after)


def _rest(shift: Shift, now: datetime) -> Shift:
    """Return a shift anew from now on."""
    starts_at = max(shift.starts_at, now)
    return replace(shift, id=ShiftId(0), starts_at=starts_at, state=ShiftState.PLANNED)
