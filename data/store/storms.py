"""Storms as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from data.errors import NotFoundError
from data.model import Storm, StormId
from data.store.engine import Tx
from data.store.schema import storm


def add_storm(tx: Tx, name: str, phase: str, started_at: datetime) -> Storm:
    """Add a storm and return it."""
    new = insert(storm).values(name=name, phase=phase, started_at=started_at, snowfall=[])
    return _storm(tx.execute(new.returning(storm)).one())


def get_storm(tx: Tx, storm_id: StormId) -> Storm:
    """Return the storm."""
    row = tx.execute(select(storm).where(storm.c.id == storm_id)).first()
    if row is None:
        raise NotFoundError("storm", storm_id)
    return _storm(row)


def find_active_storm(tx: Tx) -> Storm | None:
    """Return the storm that has not ended."""
    row = tx.execute(select(storm).where(storm.c.ended_at.is_(None)).order_by(storm.c.id)).first()
    return None if row is None else _storm(row)


def list_storms(tx: Tx) -> list[Storm]:
    """Return all storms, newest first."""
    return [_storm(row) for row in tx.execute(select(storm).order_by(storm.c.id.desc()))]


def close_storm(tx: Tx, storm_id: StormId, phase: str, ended_at: datetime) -> None:
    """Write the end of a storm."""
    change = update(storm).where(storm.c.id == storm_id)
    tx.execute(change.values(phase=phase, ended_at=ended_at))


def _storm(row: Row[Any]) -> Storm:
    return Storm(
        id=StormId(row.id),
        name=row.name,
        phase=row.phase,
        started_at=row.started_at,
        ended_at=row.ended_at,
        snowfall=tuple((datetime.fromisoformat(at), mm) for at, mm in row.snowfall),
    )
