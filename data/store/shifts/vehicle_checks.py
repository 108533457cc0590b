"""What drivers checked of their machines before shifts, as rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, insert, select, update

from data.model import ShiftId, StormId, VehicleId
from data.model.ids import VehicleCheckId
from data.model.roster import VehicleCheck, VehicleFault
from data.store.database.engine import Tx
from data.store.database.records import record, row_of
from data.store.schema import shift, vehicle_check, vehicle_fault


def add_check(tx: Tx, made: VehicleCheck) -> VehicleCheckId:
    """Add a check with its faults; its id is ignored, the database gives a new one."""
    new = insert(vehicle_check).values(
        shift_id=made.shift_id,
        vehicle_id=made.vehicle_id,
        checked_at=made.checked_at,
        checked_by=made.checked_by,
        points=made.points,
    )
    check_id = VehicleCheckId(tx.scalars(new.returning(vehicle_check.c.id)).one())
    rows = [{"check_id": check_id, **row_of(one, vehicle_fault)} for one in made.faults]
    if rows:
        tx.execute(insert(vehicle_fault), rows)
    return check_id


def find_check(tx: Tx, shift_id: ShiftId) -> VehicleCheck | None:
    """Return the last check for a shift, if there was one."""
    return _last_of_shifts(tx, vehicle_check.c.shift_id == shift_id).get(shift_id)


def list_checks(tx: Tx, storm_id: StormId) -> dict[ShiftId, VehicleCheck]:
    """Return the last check for each shift of a storm that had one."""
    mine = select(shift.c.id).where(shift.c.storm_id == storm_id)
    return _last_of_shifts(tx, vehicle_check.c.shift_id.in_(mine))


def list_checks_of_shifts(
    tx: Tx, shifts: Collection[ShiftId]
) -> dict[VehicleId, list[VehicleCheck]]:
    """Return the checks for some shifts by vehicle, the oldest first."""
    query = select(vehicle_check).where(vehicle_check.c.shift_id.in_(shifts))
    found: dict[VehicleId, list[VehicleCheck]] = defaultdict(list)
    for one in sorted(_with_faults(tx, query), key=attrgetter("checked_at")):
        found[one.vehicle_id].append(one)
    return found


def erase_fault_texts(tx: Tx, before: datetime) -> int:
    """Take the words of faults away that were found before a moment; return of how many."""
    old = select(vehicle_check.c.id).where(vehicle_check.c.checked_at < before)
    worded = vehicle_fault.c.check_id.in_(old) & (vehicle_fault.c.text != "")
    return tx.execute(update(vehicle_fault).where(worded).values(text="")).rowcount


def _last_of_shifts(tx: Tx, wanted: ColumnElement[bool]) -> dict[ShiftId, VehicleCheck]:
    made = sorted(
        _with_faults(tx, select(vehicle_check).where(wanted)),
        key=lambda one: (one.checked_at, one.id),
    )
    return {one.shift_id: one for one in made}


def _with_faults(tx: Tx, query: Select[Any]) -> Iterable[VehicleCheck]:
    rows = tx.execute(query).all()
    found = select(vehicle_fault).where(vehicle_fault.c.check_id.in_([row.id for row in rows]))
    faults: dict[int, list[VehicleFault]] = defaultdict(list)
    for row in tx.execute(found.order_by(vehicle_fault.c.code)):
        faults[row.check_id].append(record(VehicleFault, row))
    return [record(VehicleCheck, row, faults=tuple(faults[row.id])) for row in rows]
