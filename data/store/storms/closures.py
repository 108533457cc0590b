"""Closed streets of a storm, as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from data.errors import NotFoundError
from data.model import Closure, ClosureId, SegmentId, StormId
from data.store.database.engine import Tx
from data.store.schema import closure


def add_closure(tx: Tx, new: Closure) -> Closure:
    """Add a closure; its id is ignored, the database gives a new one."""
    values = {
        "storm_id": new.storm_id,
        "segment_id": new.segment_id,
        "forward": new.forward,
        "from_at": new.from_at,
        "until_at": new.until_at,
        "reason": new.reason,
        "added_at": new.added_at,
        "added_by": new.added_by,
    }
    return _closure(tx.execute(insert(closure).values(**values).returning(closure)).one())


def get_closure(tx: Tx, closure_id: ClosureId) -> Closure:
    """Return the closure."""
    row = tx.execute(select(closure).where(closure.c.id == closure_id)).first()
    if row is None:
        raise NotFoundError("closure", closure_id)
    return _closure(row)


def list_closures(tx: Tx, storm_id: StormId, now: datetime) -> list[Closure]:
    """Return the closures of a storm that hold now or will later on, oldest first."""
    query = select(closure).where(
        closure.c.storm_id == storm_id,
        closure.c.lifted_at.is_(None),
        or_(closure.c.until_at.is_(None), closure.c.until_at > now),
    )
    return [_closure(row) for row in tx.execute(query.order_by(closure.c.id))]


def list_all_closures(tx: Tx, storm_id: StormId) -> list[Closure]:
    """Return every closure that a storm had, oldest first."""
    query = select(closure).where(closure.c.storm_id == storm_id)
    return [_closure(row) for row in tx.execute(query.order_by(closure.c.id))]


def set_lifted(tx: Tx, closure_id: ClosureId, lifted_at: datetime, lifted_by: str) -> None:
    """Say since when a street is open again; the caller checked that it was not."""
    change = update(closure).where(closure.c.id == closure_id)
    tx.execute(change.values(lifted_at=lifted_at, lifted_by=lifted_by))


def _closure(row: Row[Any]) -> Closure:
    return Closure(
        id=ClosureId(row.id),
        storm_id=StormId(row.storm_id),
        segment_id=SegmentId(row.segment_id),
        forward=row.forward,
        from_at=row.from_at,
        until_at=row.until_at,
        reason=row.reason,
        added_at=row.added_at,
        added_by=row.added_by,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
    )
