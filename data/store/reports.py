"""What the figures of a storm rest on, as rows: directions served, requests received."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from data.model import (
    ClosingReason,
    DirectedSegment,
    SegmentId,
    ServiceClass,
    StormId,
    Treatment,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.database.functions import EpochSeconds
from data.store.database.records import records
from data.store.schema import (
    coverage,
    coverage_revision,
    event,
    job,
    passage,
    request,
    request_clock,
)

OURS = frozenset(
    {
        ClosingReason.PLOWED,
        ClosingReason.INSPECTED,
        ClosingReason.CREW,
        ClosingReason.MELTED,
    }
)
"""Reasons of closing after which a request still counts among those we had to serve."""


class ServedMark(NamedTuple):
    """How often a direction was passed over as a whole; at least as often as it needs."""

    directed: DirectedSegment
    passes_done: int
    passes_needed: int
    last_pass_at: datetime


class ReceivedRequest(NamedTuple):
    """A request without the caller and his words; `answered_at` by evidence."""

    received_at: datetime
    segment_id: SegmentId | None
    service_class: ServiceClass | None
    answered_at: datetime | None


class NewestRows(NamedTuple):
    """The last rows that a change of a storm's figures leaves behind, by number."""

    event: int | None
    passage: int | None
    coverage_revision: int | None


_NEWEST = select(
    *(
        select(func.max(table.c.id)).scalar_subquery().label(table.name)
        for table in (event, passage, coverage_revision)
    )
)


def newest_rows(tx: Tx) -> NewestRows:
    """Return the last lines of the audit log and of the evidence, of whatever storm."""
    return NewestRows(*tx.execute(_NEWEST).one())


def list_served_marks(tx: Tx, storm_id: StormId) -> list[ServedMark]:
    """Return every direction that evidence calls served in a storm."""
    query = select(
        coverage.c.segment_id,
        coverage.c.forward,
        coverage.c.passes_done,
        coverage.c.passes_needed,
        coverage.c.last_pass_at,
    ).where(
        coverage.c.storm_id == storm_id,
        coverage.c.passes_done >= coverage.c.passes_needed,
        coverage.c.last_pass_at.is_not(None),
    )
    return records(ServedMark, tx.execute(query))


def segments_only_salted(tx: Tx, storm_id: StormId) -> set[SegmentId]:
    """Return the segments that nobody wanted plowed in a storm, only salted."""
    query = (
        select(job.c.segment_id)
        .where(job.c.storm_id == storm_id)
        .group_by(job.c.segment_id)
        .having(func.min(job.c.treatment) == func.max(job.c.treatment))
        .having(func.min(job.c.treatment) == Treatment.SALT)
    )
    return {SegmentId(segment_id) for segment_id in tx.scalars(query)}


def list_requests_received(
    tx: Tx, since: datetime | None, until: datetime | None
) -> list[ReceivedRequest]:
    """Return the requests that came in from `since` to before `until`.

    Those that turned out not to be ours are left out; one whose snow melted before we came is ours.
    """
    query = (
        select(
            request.c.received_at,
            request.c.segment_id,
            job.c.service_class,
            request_clock.c.done_at.label("answered_at"),
        )
        .select_from(
            request.join(request_clock).outerjoin(job, request.c.job_id == job.c.id),
        )
        .where(request.c.closed_for.is_(None) | request.c.closed_for.in_(OURS))
        .order_by(request.c.received_at, request.c.id)
    )
    if since is not None:
        query = query.where(request.c.received_at >= since)
    if until is not None:
        query = query.where(request.c.received_at < until)
    return records(ReceivedRequest, tx.execute(query))


class VehicleWork(NamedTuple):
    """How far and how long a vehicle did some work on a segment in a storm, all passes together."""

    vehicle_id: VehicleId
    segment_id: SegmentId
    treatment: Treatment
    length_m: float
    seconds: float


def list_worked(tx: Tx, storm_id: StormId) -> list[VehicleWork]:
    """Return what passes of vehicles come to in a storm, by vehicle, segment and treatment."""
    lasted_s = EpochSeconds(passage.c.ended_at) - EpochSeconds(passage.c.started_at)
    key = (passage.c.vehicle_id, passage.c.segment_id, passage.c.treatment)
    query = (
        select(
            *key,
            func.sum(passage.c.to_m - passage.c.from_m).label("length_m"),
            func.sum(lasted_s).label("seconds"),
        )
        .where(passage.c.storm_id == storm_id, passage.c.treatment.is_not(None))
        .where(passage.c.vehicle_id.is_not(None))
        .group_by(*key)
    )
    return records(VehicleWork, tx.execute(query))
