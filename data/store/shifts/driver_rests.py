"""When drivers rested, as they said it, as rows."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select, update

from data.model import ShiftId, StormId
from data.model.roster import DriverRest
from data.store.database.engine import Tx
from data.store.database.records import records
from data.store.schema import driver_rest, shift


def add_rest(tx: Tx, shift_id: ShiftId, begun_at: datetime, told_by: str) -> None:
    """Add a rest that goes on; the caller checked that no other does, and writes the event."""
    new = insert(driver_rest).values(shift_id=shift_id, begun_at=begun_at, told_by=told_by)
    tx.execute(new)


def set_rest_ended(
    tx: Tx, shift_id: ShiftId, ended_at: datetime, instead_of: datetime | None = None
) -> None:
    """Say when the rest of a shift that goes on ended, if one does; or another end of one."""
    meant = driver_rest.c.ended_at.is_not_distinct_from(instead_of)
    change = update(driver_rest).where(driver_rest.c.shift_id == shift_id, meant)
    tx.execute(change.values(ended_at=ended_at))


def list_rests(tx: Tx, shift_id: ShiftId) -> list[DriverRest]:
    """Return the rests of a shift, the first one first."""
    query = select(driver_rest).where(driver_rest.c.shift_id == shift_id)
    return records(DriverRest, tx.execute(query.order_by(driver_rest.c.begun_at)))


def list_rests_of_storm(tx: Tx, storm_id: StormId) -> dict[ShiftId, list[DriverRest]]:
    """Return the rests of all shifts of a storm by shift, the first one first."""
    query = (
        select(driver_rest)
        .join(shift, shift.c.id == driver_rest.c.shift_id)
        .where(shift.c.storm_id == storm_id)
        .order_by(driver_rest.c.begun_at)
    )
    found: dict[ShiftId, list[DriverRest]] = defaultdict(list)
    for one in records(DriverRest, tx.execute(query)):
        found[one.shift_id].append(one)
    return found


def list_rests_of_shifts(tx: Tx, shifts: Collection[ShiftId]) -> dict[ShiftId, list[DriverRest]]:
    """Return the rests of some shifts by shift, the first one first."""
    query = select(driver_rest).where(driver_rest.c.shift_id.in_(shifts))
    found: dict[ShiftId, list[DriverRest]] = defaultdict(list)
    for one in records(DriverRest, tx.execute(query.order_by(driver_rest.c.begun_at))):
        found[one.shift_id].append(one)
    return found
