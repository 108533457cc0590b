"""Levels of service of single streets: what rules came to, and what an administrator decided."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select

from data.model import Level, Override, SegmentId
from data.store.database.engine import Tx
from data.store.database.records import record
from data.store.schema import segment_level, segment_override


def save_levels(tx: Tx, levels: Mapping[SegmentId, Level]) -> None:
    """Replace the levels of all streets that their road class alone does not decide."""
    tx.execute(delete(segment_level))
    rows = [
        {
            "segment_id": segment_id,
            "service_class": level.service_class,
            "reason": level.reason,
            "subject": level.subject,
            "cycle_s": _seconds(level.cycle),
        }
        for segment_id, level in levels.items()
    ]
    if rows:
        tx.execute(insert(segment_level), rows)


def list_levels(tx: Tx) -> dict[SegmentId, Level]:
    """Return the levels as last made, by street."""
    return {
        SegmentId(row.segment_id): record(Level, row, cycle=_cycle(row.cycle_s))
        for row in tx.execute(select(segment_level).order_by(segment_level.c.segment_id))
    }


def save_overrides(tx: Tx, overrides: Iterable[Override]) -> None:
    """Keep decisions for streets, each instead of an earlier one for the same street."""
    new = list(overrides)
    remove_overrides(tx, [one.segment_id for one in new])
    rows = [
        {
            "segment_id": one.segment_id,
            "service_class": one.service_class,
            "cycle_s": _seconds(one.cycle),
            "note": one.note,
        }
        for one in new
    ]
    if rows:
        tx.execute(insert(segment_override), rows)


def remove_overrides(tx: Tx, segment_ids: Iterable[SegmentId]) -> None:
    """Forget the decisions for these streets."""
    gone = [{"gone": each} for each in segment_ids]
    if gone:
        tx.execute(
            delete(segment_override).where(segment_override.c.segment_id == bindparam("gone")), gone
        )


def list_overrides(tx: Tx) -> dict[SegmentId, Override]:
    """Return what was decided for single streets, by street."""
    return {
        SegmentId(row.segment_id): record(Override, row, cycle=_cycle(row.cycle_s))
        for row in tx.execute(select(segment_override).order_by(segment_override.c.segment_id))
    }


def _seconds(cycle: timedelta | None) -> float | None:
    return None if cycle is None else cycle.total_seconds()


def _cycle(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
