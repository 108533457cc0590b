"""Numbered revisions of a storm's coverage, as rows."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select

from data.model import (
    CoverageChange,
    CoverageRevision,
    RevisionCause,
    SegmentId,
    StormId,
)
from data.store.database.engine import Tx
from data.store.database.records import record, records, row_of
from data.store.schema import coverage_change, coverage_revision


def add_revision(
    tx: Tx,
    storm_id: StormId,
    made_at: datetime,
    cause: RevisionCause,
    network_version: str,
    changes: Sequence[CoverageChange],
) -> CoverageRevision:
    """Add the next revision of a storm's coverage and return it."""
    number = newest_revision(tx, storm_id) + 1
    values = {
        "storm_id": storm_id,
        "number": number,
        "made_at": made_at,
        "cause": cause,
        "network_version": network_version,
    }
    new = insert(coverage_revision).values(values).returning(coverage_revision.c.id)
    revision_id = tx.execute(new).scalar_one()
    rows = [row_of(one, coverage_change, revision_id=revision_id) for one in changes]
    if rows:
        tx.execute(insert(coverage_change), rows)
    return CoverageRevision(storm_id, number, made_at, cause, network_version, len(rows))


def newest_revision(tx: Tx, storm_id: StormId) -> int:
    """Return the number of a storm's newest revision; 0 while its coverage is as first derived."""
    newest = select(func.max(coverage_revision.c.number))
    return tx.execute(newest.where(coverage_revision.c.storm_id == storm_id)).scalar() or 0


def list_revisions(
    tx: Tx, storm_id: StormId, segment_id: SegmentId | None = None
) -> list[CoverageRevision]:
    """Return a storm's revisions, oldest first; of one segment, those that changed it."""
    revision, change = coverage_revision, coverage_change
    query = (
        select(revision, func.count(change.c.segment_id).label("directions"))
        .outerjoin(change, change.c.revision_id == revision.c.id)
        .where(revision.c.storm_id == storm_id)
        .group_by(revision.c.id)
        .order_by(revision.c.number)
    )
    if segment_id is not None:
        query = query.where(change.c.segment_id == segment_id)
    return records(CoverageRevision, tx.execute(query))


def list_changes(tx: Tx, storm_id: StormId, number: int) -> list[CoverageChange]:
    """Return what a revision changed, by street."""
    query = (
        select(coverage_change)
        .join(coverage_revision, coverage_revision.c.id == coverage_change.c.revision_id)
        .where(coverage_revision.c.storm_id == storm_id, coverage_revision.c.number == number)
        .order_by(coverage_change.c.segment_id, coverage_change.c.forward)
    )
    return records(CoverageChange, tx.execute(query))


def list_all_changes(tx: Tx, storm_id: StormId) -> dict[int, list[CoverageChange]]:
    """Return what every revision of a storm changed, by its number and by street."""
    query = (
        select(coverage_change, coverage_revision.c.number)
        .join(coverage_revision, coverage_revision.c.id == coverage_change.c.revision_id)
        .where(coverage_revision.c.storm_id == storm_id)
        .order_by(coverage_change.c.segment_id, coverage_change.c.forward)
    )
    found: dict[int, list[CoverageChange]] = defaultdict(list)
    for row in tx.execute(query):
        found[row.number].append(record(CoverageChange, row))
    return found
