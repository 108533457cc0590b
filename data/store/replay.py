"""Rows of a storm for the replay: passes, fixes and audit log lines of a time."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, func, select

from data.coverage import without_denied
from data.model import (
    DirectedSegment,
    Event,
    Job,
    JobId,
    JobState,
    Pass,
    Position,
    SegmentId,
    StormId,
    Vehicle,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.database.records import reader, records
from data.store.schema import coverage, event, job, passage, position, vehicle
from data.store.work import list_jobs

CANCELLED = "job.cancelled"


def list_storm_passes(
    tx: Tx, storm_id: StormId, segment_id: SegmentId | None = None
) -> dict[DirectedSegment, list[Pass]]:
    """Return all passes of a storm, or on one segment, by direction in the order they ended."""
    query = select(passage).where(passage.c.storm_id == storm_id)
    if segment_id is not None:
        query = query.where(passage.c.segment_id == segment_id)
    found: dict[DirectedSegment, list[Pass]] = {}
    ordered = query.order_by(passage.c.ended_at, passage.c.id)
    for one in records(Pass, tx.execute(ordered)):
        found.setdefault(DirectedSegment(one.segment_id, one.forward), []).append(one)
    true = {directed: without_denied(passes) for directed, passes in found.items()}
    return {directed: passes for directed, passes in true.items() if passes}


def pass_mark(tx: Tx, storm_id: StormId) -> tuple[object, ...]:
    """Return a stamp that changes whenever passes or coverage of a storm do."""
    passes = select(func.count(), func.max(passage.c.id), func.max(passage.c.ended_at))
    driven = select(func.count(), func.max(coverage.c.driven_at))
    return (
        *tx.execute(passes.where(passage.c.storm_id == storm_id)).one(),
        *tx.execute(driven.where(coverage.c.storm_id == storm_id)).one(),
    )


def work_span(tx: Tx, storm_id: StormId) -> tuple[datetime, datetime] | None:
    """Return when the first work of a storm began and the last one ended; `None` without any."""
    query = select(
        func.min(passage.c.started_at).label("began"), func.max(passage.c.ended_at).label("ended")
    ).where(passage.c.storm_id == storm_id, passage.c.treatment.is_not(None))
    found = tx.execute(query).one()
    return None if found.began is None else (found.began, found.ended)


def list_job_spans(tx: Tx, storm_id: StormId) -> list[tuple[Job, datetime | None]]:
    """Return every job of a storm with the moment at which it was no longer open, by id."""
    query = select(event.c.subject, func.max(event.c.at).label("at")).where(
        event.c.verb == CANCELLED
    )
    closed = {
        JobId(int(row.subject.partition(":")[2])): row.at
        for row in tx.execute(query.group_by(event.c.subject))
    }
    done = select(job.c.id, job.c.done_at).where(
        job.c.storm_id == storm_id, job.c.done_at.is_not(None)
    )
    closed |= {JobId(row.id): row.done_at for row in tx.execute(done)}
    return [
        (one, None if one.state is JobState.OPEN else closed.get(one.id))
        for one in list_jobs(tx, storm_id)
    ]


def list_fixes_between(
    tx: Tx, since: datetime, until: datetime
) -> Iterator[tuple[VehicleId, list[Position]]]:
    """Yield the fixes of a time by vehicle, oldest fix first; those set aside are left out."""
    query = (
        select(position)
        .where(_heard(since, until), position.c.fault == "")
        .order_by(position.c.vehicle_id, position.c.fixed_at, position.c.id)
    )
    found = tx.execute(query)
    for vehicle_id, fixes in groupby(
        map(reader(Position, found), found), key=lambda fix: fix.vehicle_id
    ):
        yield vehicle_id, list(fixes)


def count_fixes_between(tx: Tx, since: datetime, until: datetime) -> int:
    """Return how many fixes there are of a time."""
    query = select(func.count()).select_from(position).where(_heard(since, until))
    return int(tx.execute(query).scalar_one())


def list_vehicles_with_fixes(tx: Tx, since: datetime, until: datetime) -> list[Vehicle]:
    """Return the vehicles that sent a fix in a time, retired or not, by id."""
    sent = (
        select(position.c.id)
        .where(position.c.vehicle_id == vehicle.c.id, position.c.fixed_at.between(since, until))
        .exists()
    )
    return records(Vehicle, tx.execute(select(vehicle).where(sent).order_by(vehicle.c.id)))


def _heard(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Return the condition on fixes of a time, by which the index on vehicles finds them."""
    ours = position.c.vehicle_id.in_(select(vehicle.c.id))
    return ours & position.c.fixed_at.between(since, until)


def list_events_between(
    tx: Tx, verbs: Collection[str], since: datetime, until: datetime, limit: int
) -> list[Event]:
    """Return the first lines of the audit log of these verbs in a time, oldest first."""
    query = select(event).where(event.c.verb.in_(verbs), event.c.at.between(since, until))
    return records(Event, tx.execute(query.order_by(event.c.at, event.c.id).limit(limit)))
