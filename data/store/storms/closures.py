"""Closed streets of a storm, as rows."""

from datetime import datetime

from sqlalchemy import insert, or_, select, update

from data.model import Closure, ClosureId, StormId
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.schema import closure


def add_closure(tx: Tx, new: Closure) -> Closure:
    """Add a closure; its id is ignored, the database gives a new one."""
    return only_record(
        Closure, tx.execute(insert(closure).values(row_of(new, closure)).returning(closure))
    )


def get_closure(tx: Tx, closure_id: ClosureId) -> Closure:
    """Return the closure."""
    return get_record(
        Closure,
        tx.execute(select(closure).where(closure.c.id == closure_id)),
        "closure",
        closure_id,
    )


def list_closures(tx: Tx, storm_id: StormId, now: datetime) -> list[Closure]:
    """Return the closures of a storm that hold now or will later on, oldest first."""
    query = select(closure).where(
        closure.c.storm_id == storm_id,
        closure.c.lifted_at.is_(None),
        or_(closure.c.until_at.is_(None), closure.c.until_at > now),
    )
    return records(Closure, tx.execute(query.order_by(closure.c.id)))


def list_all_closures(tx: Tx, storm_id: StormId) -> list[Closure]:
    """Return every closure that a storm had, oldest first."""
    query = select(closure).where(closure.c.storm_id == storm_id)
    return records(Closure, tx.execute(query.order_by(closure.c.id)))


def set_lifted(tx: Tx, closure_id: ClosureId, lifted_at: datetime, lifted_by: str) -> None:
    """Say since when a street is open again; the caller checked that it was not."""
    change = update(closure).where(closure.c.id == closure_id)
    tx.execute(change.values(lifted_at=lifted_at, lifted_by=lifted_by))
