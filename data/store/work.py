"""Jobs as rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from data.model import (
    Directions,
    Job,
    JobId,
    JobState,
    SegmentId,
    ServiceClass,
    StormId,
    Treatment,
)
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records, row_of
from data.store.schema import job

AT_ONCE = 500
"""Ids in one question to the database."""


class OpenJob(NamedTuple):
    """What sums over all open jobs need of one."""

    job_id: JobId
    segment_id: SegmentId
    directions: Directions
    service_class: ServiceClass
    treatment: Treatment
    due_at: datetime


_ON_SEGMENTS = (
    select(job)
    .where(
        job.c.storm_id == bindparam("of_storm"),
        job.c.segment_id.in_(bindparam("of_segments", expanding=True)),
    )
    .order_by(job.c.id)
)


def add_jobs(tx: Tx, jobs: Sequence[Job]) -> None:
    """Add many jobs at once; their ids are ignored, the database gives new ones."""
    if jobs:
        tx.execute(insert(job), [row_of(work, job) for work in jobs])


def add_job(tx: Tx, new: Job) -> Job:
    """Add a job and return it with its id."""
    return only_record(Job, tx.execute(insert(job).values(row_of(new, job)).returning(job)))


def get_job(tx: Tx, job_id: JobId) -> Job:
    """Return the job."""
    return get_record(Job, tx.execute(select(job).where(job.c.id == job_id)), "job", job_id)


def find_open_job(
    tx: Tx, storm_id: StormId, segment_id: SegmentId, treatment: Treatment
) -> Job | None:
    """Return the oldest open job of this kind on the segment: the one that a request joins."""
    query = (
        select(job)
        .where(
            job.c.storm_id == storm_id,
            job.c.segment_id == segment_id,
            job.c.treatment == treatment,
            job.c.state == JobState.OPEN,
        )
        .order_by(job.c.id)
    )
    return first_record(Job, tx.execute(query))


def list_jobs(tx: Tx, storm_id: StormId, state: JobState | None = None) -> list[Job]:
    """Return the jobs of a storm, by id; in one state where given."""
    query = select(job).where(job.c.storm_id == storm_id).order_by(job.c.id)
    if state is not None:
        query = query.where(job.c.state == state)
    return records(Job, tx.execute(query))


def list_several_passes(tx: Tx, storm_id: StormId) -> dict[JobId, int]:
    """Return how many passes each job of a storm takes that takes several."""
    query = select(job.c.id, job.c.passes).where(job.c.storm_id == storm_id, job.c.passes > 1)
    return {JobId(row.id): row.passes for row in tx.execute(query)}


def list_open_segments(tx: Tx, storm_id: StormId, treatment: Treatment) -> set[SegmentId]:
    """Return the streets on which a treatment is still to be done in a storm."""
    mine = (job.c.storm_id == storm_id, job.c.state == JobState.OPEN)
    found = tx.scalars(select(job.c.segment_id).where(*mine, job.c.treatment == treatment))
    return {SegmentId(segment_id) for segment_id in found}


def list_open_jobs_due(tx: Tx, storm_id: StormId, since: datetime, until: datetime) -> list[Job]:
    """Return the open jobs of a storm that are due in a time, by id."""
    query = select(job).where(
        job.c.storm_id == storm_id,
        job.c.state == JobState.OPEN,
        job.c.due_at.between(since, until),
    )
    return records(Job, tx.execute(query.order_by(job.c.id)))


def list_open_work(tx: Tx, storm_id: StormId) -> list[OpenJob]:
    """Return what sums need of the open jobs of a storm, by id."""
    kind = (job.c.service_class, job.c.treatment)
    columns = (job.c.id, job.c.segment_id, job.c.directions, *kind, job.c.due_at)
    query = select(*columns).where(job.c.storm_id == storm_id, job.c.state == JobState.OPEN)
    return [
        OpenJob(
            job_id=JobId(row.id),
            segment_id=SegmentId(row.segment_id),
            directions=Directions(row.directions),
            service_class=ServiceClass(row.service_class),
            treatment=Treatment(row.treatment),
            due_at=row.due_at,
        )
        for row in tx.execute(query.order_by(job.c.id))
    ]


def list_jobs_by_id(tx: Tx, job_ids: Collection[JobId]) -> list[Job]:
    """Return these jobs, by id."""
    found: list[Job] = []
    for ids in batched(sorted(job_ids), AT_ONCE, strict=False):
        found += records(Job, tx.execute(select(job).where(job.c.id.in_(ids)).order_by(job.c.id)))
    return found


def segments_of_jobs(tx: Tx, job_ids: Collection[JobId]) -> dict[JobId, SegmentId]:
    """Return on which street each of these jobs is."""
    found: dict[JobId, SegmentId] = {}
    for ids in batched(sorted(job_ids), AT_ONCE, strict=False):
        query = select(job.c.id, job.c.segment_id).where(job.c.id.in_(ids))
        found |= {JobId(row.id): SegmentId(row.segment_id) for row in tx.execute(query)}
    return found


def list_jobs_on_segment(tx: Tx, storm_id: StormId, segment_id: SegmentId) -> list[Job]:
    """Return the jobs of a storm on one segment, by id."""
    query = select(job).where(job.c.storm_id == storm_id, job.c.segment_id == segment_id)
    return records(Job, tx.execute(query.order_by(job.c.id)))


def list_jobs_on_segments(
    tx: Tx, storm_id: StormId, segment_ids: Collection[SegmentId]
) -> list[Job]:
    """Return the jobs of a storm on some hundred segments, by id."""
    asked = {"of_storm": storm_id, "of_segments": list(segment_ids)}
    return records(Job, tx.execute(_ON_SEGMENTS, asked))


def count_jobs(tx: Tx, storm_id: StormId) -> dict[tuple[ServiceClass, JobState], int]:
    """Return how many jobs there are of each class in each state."""
    query = (
        select(job.c.service_class, job.c.state, func.count().label("jobs"))
        .where(job.c.storm_id == storm_id)
        .group_by(job.c.service_class, job.c.state)
    )
    return {
        (ServiceClass(row.service_class), JobState(row.state)): int(row.jobs)
        for row in tx.execute(query)
    }


def find_done_at(tx: Tx, job_id: JobId) -> datetime | None:
    """Return when a job was done; `None` while it is not."""
    done: datetime | None = tx.execute(select(job.c.done_at).where(job.c.id == job_id)).scalar()
    return done


def set_job_state(
    tx: Tx, job_ids: Sequence[JobId], state: JobState, done_at: datetime | None = None
) -> None:
    """Put jobs into a state; the caller checked the old one and writes the event."""
    if job_ids:
        change = update(job).where(job.c.id.in_(job_ids))
        tx.execute(change.values(state=state, done_at=done_at))


def set_job_times(tx: Tx, job_ids: Collection[JobId], due_at: datetime, weight: float) -> None:
    """Write when jobs are due and how much they weigh; the caller writes the event."""
    times = update(job).values(due_at=due_at, weight=weight)
    for some in batched(sorted(job_ids), AT_ONCE, strict=False):
        tx.execute(times.where(job.c.id.in_(some)))


def set_planned(tx: Tx, storm_id: StormId, job_ids: Collection[JobId], now: datetime) -> None:
    """Say that the published plan of a storm has these jobs and no others."""
    mine = (job.c.storm_id == storm_id, job.c.state == JobState.OPEN)
    had = select(job.c.id).where(*mine, job.c.planned_at.is_not(None))
    before = {JobId(job_id) for job_id in tx.scalars(had)}
    for gone in batched(sorted(before.difference(job_ids)), AT_ONCE, strict=False):
        tx.execute(update(job).where(job.c.id.in_(gone)).values(planned_at=None))
    for new in batched(sorted(set(job_ids) - before), AT_ONCE, strict=False):
        tx.execute(update(job).where(job.c.id.in_(new)).values(planned_at=now))


def is_planned(tx: Tx, job_id: JobId) -> bool:
    """Whether the published plan has a job."""
    return tx.execute(select(job.c.planned_at).where(job.c.id == job_id)).scalar() is not None


def set_job_directions(tx: Tx, job_ids: Sequence[JobId], directions: Directions) -> None:
    """Let jobs cover other directions: the signs of their street have changed."""
    if job_ids:
        tx.execute(update(job).where(job.c.id.in_(job_ids)).values(directions=directions))
