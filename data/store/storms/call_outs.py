"""Machines called for a storm, as rows."""

from sqlalchemy import insert, select, update

from data.model import CallOut, CallOutId, StormId
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.schema import call_out


def add_call_out(tx: Tx, new: CallOut) -> CallOut:
    """Add a call; its id is ignored, the database gives a new one."""
    added = insert(call_out).values(row_of(new, call_out)).returning(call_out)
    return only_record(CallOut, tx.execute(added))


def save_call_out(tx: Tx, changed: CallOut) -> None:
    """Write what has become of a call over what was."""
    change = update(call_out).where(call_out.c.id == changed.id)
    tx.execute(change.values(row_of(changed, call_out)))


def get_call_out(tx: Tx, call_out_id: CallOutId) -> CallOut:
    """Return the call."""
    return get_record(
        CallOut,
        tx.execute(select(call_out).where(call_out.c.id == call_out_id)),
        "call_out",
        call_out_id,
    )


def list_call_outs(tx: Tx, storm_id: StormId) -> list[CallOut]:
    """Return the calls of a storm, oldest first."""
    query = select(call_out).where(call_out.c.storm_id == storm_id).order_by(call_out.c.id)
    return records(CallOut, tx.execute(query))
