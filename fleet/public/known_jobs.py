"""Work as everybody may know of it: what was added since a moment, or closed, is not told yet."""

from datetime import datetime

from data.model import Job, JobState, SegmentId, Storm, Treatment
from data.store.audit.audit_log import find_last_event_on
from data.store.database.engine import Tx
from data.store.work import find_done_at, list_jobs_on_segment


def known_jobs(tx: Tx, storm: Storm, segment_id: SegmentId, at: datetime) -> list[Job]:
    """Return the jobs of a street that there were at a moment, by id.

    Those that a storm began with may count from a later moment, its first flake.
    """
    return [
        one
        for one in list_jobs_on_segment(tx, storm.id, segment_id)
        if one.starts_at <= at or one.starts_at == storm.work_at
    ]


def known_open_job(tx: Tx, storm: Storm, segment_id: SegmentId, at: datetime) -> Job | None:
    """Return the oldest plow job of a street that was open at a moment."""
    for job in known_jobs(tx, storm, segment_id, at):
        if job.treatment is Treatment.PLOW and _was_open(tx, job, storm, at):
            return job
    return None


def _was_open(tx: Tx, job: Job, storm: Storm, at: datetime) -> bool:
    closed_at = None if job.state is JobState.OPEN else _closed_at(tx, job, storm)
    return job.state is JobState.OPEN or (closed_at is not None and closed_at > at)


def _closed_at(tx: Tx, job: Job, storm: Storm) -> datetime | None:
    """Return when a job was done or dropped; the end of a storm drops jobs without an event."""
    if job.state is JobState.DONE:
        return find_done_at(tx, job.id)
    dropped = find_last_event_on(tx, f"job:{job.id}", ["job.cancelled"])
    return dropped.at if dropped else storm.ended_at
