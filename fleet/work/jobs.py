"""Jobs: the work that a street needs in a storm, or that a request asks for."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from statistics import median

from data.model import (
    Directions,
    Job,
    JobId,
    JobState,
    Oneway,
    Segment,
    StormId,
    Treatment,
    Vehicle,
)
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.work import find_done_at, get_job

NOT_YET = JobId(0)
"""Id of a job that the database has not numbered yet."""

_DIRECTIONS = {
    Oneway.NO: Directions.BOTH,
    Oneway.FORWARD: Directions.FORWARD,
    Oneway.BACKWARD: Directions.BACKWARD,
}


def typical_blade_m(vehicles: Iterable[Vehicle]) -> float | None:
    """Return the median blade of the machines that plow, or `None` where there is none."""
    blades = [each.blade_m for each in vehicles if Treatment.PLOW in each.capabilities]
    return median(blades) if blades else None


def first_jobs(
    storm_id: StormId,
    segments: Iterable[Segment],
    policy: Policy,
    blade_m: float | None,
    now: datetime,
) -> Iterator[Job]:
    """Yield a plow job for every street that is not served on request only."""
    for segment in segments:
        if policy.rule_of(segment).cycle is not None:
            yield new_job(storm_id, segment, policy, blade_m, Treatment.PLOW, now)


def new_job(
    storm_id: StormId,
    segment: Segment,
    policy: Policy,
    blade_m: float | None,
    treatment: Treatment,
    now: datetime,
) -> Job:
    """Return an open job of a street in every direction that vehicles may drive."""
    rule = policy.rule_of(segment)
    passes = policy.passes_for(segment, blade_m) if treatment is Treatment.PLOW else 1
    return Job(
        id=NOT_YET,
        storm_id=storm_id,
        segment_id=segment.id,
        directions=directions_of(segment),
        treatment=treatment,
        passes=passes,
        service_class=rule.service_class,
        weight=rule.weight,
        starts_at=now,
        due_at=now + rule.deadline,
        state=JobState.OPEN,
    )


def on_request(job: Job, policy: Policy) -> bool:
    """Whether the street has no cycle, so that only a request makes a job."""
    level = policy.levels.get(job.segment_id)
    own_cycle = level.cycle if level else None
    return own_cycle is None and policy.class_rule(job.service_class).cycle is None


def directions_of(segment: Segment) -> Directions:
    """Return every direction that vehicles may drive."""
    return _DIRECTIONS[segment.oneway]


def born_of_request(job: Job, policy: Policy) -> bool:
    """Whether a job exists only for requests: it is cancelled with the last one."""
    return job.treatment is Treatment.SALT or on_request(job, policy)


def job_with_end(tx: Tx, job_id: JobId | None) -> tuple[Job | None, datetime | None]:
    """Return a job and when it was done; nothing for a request without a job."""
    return (None, None) if job_id is None else (get_job(tx, job_id), find_done_at(tx, job_id))
