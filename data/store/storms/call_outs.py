"""Machines called for a storm, as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from data.errors import NotFoundError
from data.model import CallOut, CallOutId, CallOutState, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.schema import call_out


def add_call_out(tx: Tx, new: CallOut) -> CallOut:
    """Add a call; its id is ignored, the database gives a new one."""
    added = insert(call_out).values(**_values(new)).returning(call_out)
    return _call_out(tx.execute(added).one())


def save_call_out(tx: Tx, changed: CallOut) -> None:
    """Write what has become of a call over what was."""
    change = update(call_out).where(call_out.c.id == changed.id)
    tx.execute(change.values(**_values(changed)))


def get_call_out(tx: Tx, call_out_id: CallOutId) -> CallOut:
    """Return the call."""
    row = tx.execute(select(call_out).where(call_out.c.id == call_out_id)).first()
    if row is None:
        raise NotFoundError("call_out", call_out_id)
    return _call_out(row)


def list_call_outs(tx: Tx, storm_id: StormId) -> list[CallOut]:
    """Return the calls of a storm, oldest first."""
    query = select(call_out).where(call_out.c.storm_id == storm_id).order_by(call_out.c.id)
    return [_call_out(row) for row in tx.execute(query)]


def _values(one: CallOut) -> dict[str, datetime | str | float | None]:
    return {
        "storm_id": one.storm_id,
        "vehicle_id": one.vehicle_id,
        "state": one.state,
        "called_at": one.called_at,
        "called_by": one.called_by,
        "rate_h": one.rate_h,
        "note": one.note,
        "answered_at": one.answered_at,
        "expected_at": one.expected_at,
        "arrived_at": one.arrived_at,
        "released_at": one.released_at,
    }


def _call_out(row: Row[Any]) -> CallOut:
    return CallOut(
        id=CallOutId(row.id),
        storm_id=StormId(row.storm_id),
        vehicle_id=VehicleId(row.vehicle_id),
        state=CallOutState(row.state),
        called_at=row.called_at,
        called_by=row.called_by,
        rate_h=row.rate_h,
        note=row.note,
        answered_at=row.answered_at,
        expected_at=row.expected_at,
        arrived_at=row.arrived_at,
        released_at=row.released_at,
    )
