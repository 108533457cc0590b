"""Streets that drivers found blocked, as rows."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from data.errors import NotFoundError
from data.model import (
    Blockage,
    BlockageId,
    LonLat,
    SegmentId,
    ShiftId,
    StormId,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.schema import blockage


def add_blockage(tx: Tx, found: Blockage) -> Blockage:
    """Add a blockage; its id is ignored, the database gives a new one."""
    values = asdict(found) | {"lon": found.location.lon, "lat": found.location.lat}
    del values["id"], values["location"]
    return _blockage(tx.execute(insert(blockage).values(**values).returning(blockage)).one())


def get_blockage(tx: Tx, blockage_id: BlockageId) -> Blockage:
    """Return the blockage."""
    row = tx.execute(select(blockage).where(blockage.c.id == blockage_id)).first()
    if row is None:
        raise NotFoundError("blockage", blockage_id)
    return _blockage(row)


def list_open_blockages(tx: Tx, storm_id: StormId) -> list[Blockage]:
    """Return what still blocks streets in a storm, oldest first."""
    query = select(blockage).where(blockage.c.storm_id == storm_id, blockage.c.cleared_at.is_(None))
    return [_blockage(row) for row in tx.execute(query.order_by(blockage.c.id))]


def set_blocked_street(tx: Tx, blockage_id: BlockageId, segment_id: SegmentId) -> None:
    """Say which street is blocked, since another one lies there now."""
    change = update(blockage).where(blockage.c.id == blockage_id)
    tx.execute(change.values(segment_id=segment_id))


def set_photo(tx: Tx, blockage_id: BlockageId, photo: str) -> None:
    """Say which file shows the blockage."""
    tx.execute(update(blockage).where(blockage.c.id == blockage_id).values(photo=photo))


def set_cleared(tx: Tx, blockage_id: BlockageId, cleared_at: datetime) -> None:
    """Say since when the street is free; the caller checked that it was not, writes the event."""
    change = update(blockage).where(blockage.c.id == blockage_id)
    tx.execute(change.values(cleared_at=cleared_at))


def _blockage(row: Row[Any]) -> Blockage:
    return Blockage(
        id=BlockageId(row.id),
        storm_id=StormId(row.storm_id),
        segment_id=SegmentId(row.segment_id),
        vehicle_id=VehicleId(row.vehicle_id),
        shift_id=ShiftId(row.shift_id),
        reported_at=row.reported_at,
        location=LonLat(row.lon, row.lat),
        text=row.text,
        photo=row.photo,
        cleared_at=row.cleared_at,
    )
