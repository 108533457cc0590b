"""What each machine did in a storm, by evidence."""

from dataclasses import dataclass
from datetime import datetime

from data.model import MachineOut, ShiftState, Storm, Treatment, Vehicle, VehicleId
from data.store.coverage.work_sums import sum_work_by_vehicle
from data.store.database.engine import Tx
from data.store.setup.machines import list_named_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_conditions import list_machines_taken_out


@dataclass(frozen=True, slots=True)
class WorkOfMachine:
    """A machine's work in a storm: each pass counts, so that a street done twice counts twice.

    `last_at` is `None` where no work was seen, `sent` is whether it had a shift that nobody
    cancelled, and `out` is why it was out of service at the end.
    """

    vehicle: Vehicle
    plowed_m: float
    salted_m: float
    last_at: datetime | None
    sent: bool
    out: MachineOut | None


def work_of_machines(tx: Tx, storm: Storm) -> tuple[WorkOfMachine, ...]:
    """Return the machines that had a shift or work in a storm or were taken out of it, by id.

    Also those that have left the fleet since.
    """
    shifts, out = list_shifts(tx, storm.id), list_machines_taken_out(tx, storm.id)
    sent = {one.vehicle_id for one in shifts if one.state is not ShiftState.CANCELLED}
    length_m: dict[tuple[VehicleId, Treatment], float] = {}
    last_at: dict[VehicleId, datetime] = {}
    for each in sum_work_by_vehicle(tx, storm.id):
        length_m[each.vehicle_id, each.treatment] = each.length_m
        last_at[each.vehicle_id] = max(each.last_at, last_at.get(each.vehicle_id, each.last_at))
    known = {one.vehicle_id for one in shifts} | out.keys() | last_at.keys()
    return tuple(
        WorkOfMachine(
            each,
            length_m.get((each.id, Treatment.PLOW), 0.0),
            length_m.get((each.id, Treatment.SALT), 0.0),
            last_at.get(each.id),
            each.id in sent,
            out.get(each.id),
        )
        for each in list_named_vehicles(tx, known)
    )
