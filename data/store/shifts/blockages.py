"""What drivers reported of streets, blocked ones among it, as rows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, insert, select, update

from data.model import (
    Blockage,
    BlockageId,
    SegmentId,
    ShiftId,
    StormId,
)
from data.model.work import SkipReason
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


def blockages_by_id(tx: Tx, blockage_ids: Collection[BlockageId]) -> dict[BlockageId, Blockage]:
    """Return these blockages by their ids."""
    query = select(blockage).where(blockage.c.id.in_(blockage_ids))
    return {one.id: one for one in records(Blockage, tx.execute(query))}


def list_open_blockages(tx: Tx, storm_id: StormId) -> list[Blockage]:
    """Return what drivers reported in a storm and is not over, oldest first."""
    query = select(blockage).where(blockage.c.storm_id == storm_id, blockage.c.cleared_at.is_(None))
    return records(Blockage, tx.execute(query.order_by(blockage.c.id)))


def list_blockages(tx: Tx, storm_id: StormId) -> list[Blockage]:
    """Return all reports of a storm, cleared ones too."""
    return records(Blockage, tx.execute(select(blockage).where(blockage.c.storm_id == storm_id)))


def blocked_streets(tx: Tx, storm_id: StormId) -> set[SegmentId]:
    """Return the streets of a storm on which nobody can drive, as drivers reported."""
    query = select(blockage.c.segment_id).where(
        blockage.c.storm_id == storm_id,
        blockage.c.cleared_at.is_(None),
        blockage.c.reason == SkipReason.BLOCKED,
    )
    return {SegmentId(one) for one in tx.execute(query).scalars()}


def count_reports(tx: Tx, shift_id: ShiftId) -> int:
    """Return how much was reported in a shift, whether it is over or not."""
    query = select(func.count()).select_from(blockage).where(blockage.c.shift_id == shift_id)
    return tx.scalar(query) or 0


def set_blocked_street(tx: Tx, blockage_id: BlockageId, segment_id: SegmentId) -> None:
    """Say which street is blocked, since another one lies there now."""
    change = update(blockage).where(blockage.c.id == blockage_id)
    tx.execute(change.values(segment_id=segment_id))


def erase_blockage_texts(tx: Tx, before: datetime) -> int:
    """Take the words of blockages away that were reported before a moment; return of how many."""
    old = (blockage.c.reported_at < before) & (blockage.c.text != "")
    return tx.execute(update(blockage).where(old).values(text="")).rowcount


def set_photo(tx: Tx, blockage_id: BlockageId, photo: str) -> None:
    """Say which file shows what was reported."""
    tx.execute(update(blockage).where(blockage.c.id == blockage_id).values(photo=photo))


def set_voice(tx: Tx, blockage_id: BlockageId, voice: str) -> None:
    """Say in which file the driver tells what he reports."""
    tx.execute(update(blockage).where(blockage.c.id == blockage_id).values(voice=voice))


def set_cleared(tx: Tx, blockage_id: BlockageId, cleared_at: datetime) -> None:
    """Say since when it is over; the caller checked that it was not, writes the event."""
    change = update(blockage).where(blockage.c.id == blockage_id)
    tx.execute(change.values(cleared_at=cleared_at))
