"""Streets that drivers found blocked, as rows."""

from datetime import datetime

from sqlalchemy import insert, select, update

from data.model import (
    Blockage,
    BlockageId,
    SegmentId,
    StormId,
)
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.schema import blockage


def add_blockage(tx: Tx, found: Blockage) -> Blockage:
    """Add a blockage; its id is ignored, the database gives a new one."""
    return only_record(
        Blockage, tx.execute(insert(blockage).values(row_of(found, blockage)).returning(blockage))
    )


def get_blockage(tx: Tx, blockage_id: BlockageId) -> Blockage:
    """Return the blockage."""
    return get_record(
        Blockage,
        tx.execute(select(blockage).where(blockage.c.id == blockage_id)),
        "blockage",
        blockage_id,
    )


def list_open_blockages(tx: Tx, storm_id: StormId) -> list[Blockage]:
    """Return what still blocks streets in a storm, oldest first."""
    query = select(blockage).where(blockage.c.storm_id == storm_id, blockage.c.cleared_at.is_(None))
    return records(Blockage, tx.execute(query.order_by(blockage.c.id)))


def set_blocked_street(tx: Tx, blockage_id: BlockageId, segment_id: SegmentId) -> None:
    """Say which street is blocked, since another one lies there now."""
    change = update(blockage).where(blockage.c.id == blockage_id)
    tx.execute(change.values(segment_id=segment_id))


def erase_blockage_texts(tx: Tx, before: datetime) -> int:
    """Take the words of blockages away that were reported before a moment; return of how many."""
    old = (blockage.c.reported_at < before) & (blockage.c.text != "")
    return tx.execute(update(blockage).where(old).values(text="")).rowcount


def set_photo(tx: Tx, blockage_id: BlockageId, photo: str) -> None:
    """Say which file shows the blockage."""
    tx.execute(update(blockage).where(blockage.c.id == blockage_id).values(photo=photo))


def set_cleared(tx: Tx, blockage_id: BlockageId, cleared_at: datetime) -> None:
    """Say since when the street is free; the caller checked that it was not, writes the event."""
    change = update(blockage).where(blockage.c.id == blockage_id)
    tx.execute(change.values(cleared_at=cleared_at))
