"""Jobs: what a street needs, and how jobs end."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from statistics import median

from data.errors import ConflictError
from data.model import (
    Actor,
    ActorKind,
    Directions,
    Job,
    JobId,
    JobState,
    Oneway,
    RequestState,
    Segment,
    ServiceClass,
    StormId,
    Treatment,
    Vehicle,
)
from data.policy import Policy
from data.store.engine import Tx
from data.store.events import add_event
from data.store.jobs import list_jobs_by_id, set_job_state
from data.store.requests import list_requests_of_jobs, set_request_state

SYSTEM = Actor(ActorKind.SYSTEM, "barfrub")
"""Who acts where no person does: evidence closing jobs, the plan worker."""

NOT_YET = JobId(0)
"""Id of a job that the database has not numbered yet."""

ON_REQUEST = ServiceClass.P4
"""The class whose streets get a job only when somebody asks."""

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
        if policy.class_of(segment) is not ON_REQUEST:
            yield new_job(storm_id, segment, policy, blade_m, Treatment.PLOW, now)


def new_job(
    storm_id: StormId,
    segment: Segment,
    policy: Policy,
    blade_m: float | None,
    treatment: Treatment,
    now: datetime,
) -> Job:
    """Return an open job that covers a street in every direction that vehicles may drive."""
    rule = policy.rule_of(segment)
    passes = policy.passes_for(segment, blade_m) if treatment is Treatment.PLOW else 1
    return Job(
        id=NOT_YET,
        storm_id=storm_id,
        segment_id=segment.id,
        directions=_DIRECTIONS[segment.oneway],
        treatment=treatment,
        passes=passes,
        service_class=rule.service_class,
        weight=rule.weight,
        starts_at=now,
        due_at=now + rule.deadline,
        state=JobState.OPEN,
    )


def born_of_request(job: Job) -> bool:
    """Whether nobody would do the job had nobody asked: it goes when the last request goes."""
    return job.service_class is ON_REQUEST or job.treatment is Treatment.SALT


def finish_jobs(tx: Tx, actor: Actor, job_ids: Sequence[JobId], now: datetime) -> None:
    """Mark open jobs done, since evidence says so, and with them the requests that wait for them.

    Raises `ConflictError` where a job is not open.
    """
    for job in list_jobs_by_id(tx, job_ids):
        if job.state is not JobState.OPEN:
            raise ConflictError(f"job {job.id} is {job.state}, not open", job=job.id)

    set_job_state(tx, job_ids, JobState.DONE, done_at=now)
    for job_id in job_ids:
        change = ({"state": JobState.OPEN}, {"state": JobState.DONE})
        add_event(tx, now, actor, "job.done", f"job:{job_id}", *change)

    waiting = [
        each for each in list_requests_of_jobs(tx, job_ids) if each.state is RequestState.OPEN
    ]
    set_request_state(tx, [each.id for each in waiting], RequestState.DONE)
    for request in waiting:
        add_event(
            tx,
            now,
            actor,
            "request.done",
            f"request:{request.id}",
            {"state": request.state},
            {"state": RequestState.DONE, "job": request.job_id},
        )
