"""Jobs by evidence: done once passes prove it, open again once that evidence is withdrawn."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from data.model import (
    Actor,
    ActorKind,
    ClosingReason,
    Coverage,
    DirectedSegment,
    Job,
    JobId,
    JobState,
    Pass,
    RequestId,
    RequestState,
    SegmentId,
    ServiceRequest,
    Storm,
)
from data.store.audit.audit_log import add_event
from data.store.coverage.coverage import list_work_and_drives
from data.store.database.engine import Tx
from data.store.requests.requests import list_requests_of_jobs
from data.store.work import (
    find_open_job,
    list_jobs_by_id,
    list_jobs_on_segments,
    set_job_state,
)
from fleet.context import CityContext
from fleet.coverage.street_coverage import counting, done_at
from fleet.evidence.later_requests import AskedLater, asked_later, work_since
from fleet.requests.closing import UNPROVED, close_by_evidence, reopen_unproved

TRACKING = Actor(ActorKind.SYSTEM, "tracking")
"""Who closes jobs by evidence."""


class Done(NamedTuple):
    """When a job was done, and the closing reason of its requests."""

    at: datetime
    reason: ClosingReason


def close_jobs(
    city: CityContext,
    seen: Mapping[DirectedSegment, Sequence[Pass]],
    jobs: Sequence[Job],
    actor: Actor,
) -> dict[JobId, Done]:
    """Mark the jobs that passes prove as done, and return when and why by job."""
    closed: dict[JobId, Done] = {}
    passes = {way: counting(mine, city.policy.evidence) for way, mine in seen.items()}
    for job in jobs:
        if job.state is not JobState.OPEN:
            continue
        finished_at = done_at(job, city.network.segment(job.segment_id), passes)
        if finished_at is None:
            continue
        evidence = _attached(job, passes, finished_at)
        set_job_state(city.tx, [job.id], JobState.DONE, finished_at)
        add_event(
            city.tx,
            city.now,
            actor,
            "job.done",
            f"job:{job.id}",
            before={"state": job.state},
            after={
                "state": JobState.DONE,
                "done_at": finished_at.isoformat(),
                "evidence": evidence,
            },
        )
        seen_clear = any(one["vehicle"] is None for one in evidence)
        reason = ClosingReason.INSPECTED if seen_clear else ClosingReason.PLOWED
        closed[job.id] = Done(finished_at, reason)
    return closed


def _attached(
    job: Job, passes: Mapping[DirectedSegment, Sequence[Pass]], finished_at: datetime
) -> list[dict[str, object]]:
    """Return the passes that made a job done, as the audit log records them."""
    return [
        {
            "vehicle": one.vehicle_id,
            "kind": one.evidence.kind,
            "confidence": round(one.evidence.confidence, 3),
            "forward": one.forward,
            "from_m": round(one.from_m, 1),
            "to_m": round(one.to_m, 1),
            "ended_at": one.ended_at.isoformat(),
        }
        for forward in (True, False)
        for one in passes.get(DirectedSegment(job.segment_id, forward), ())
        if one.treatment is job.treatment and job.starts_at <= one.started_at <= finished_at
    ]


def answer_requests(
    city: CityContext, storm: Storm, jobs: Mapping[JobId, Done], actor: Actor
) -> tuple[tuple[JobId, ...], tuple[RequestId, ...]]:
    """Answer the requests of done jobs; return all jobs that are done by it, and changed requests.

    Evidence may be read late. Who asked after the work was done is not answered by it: the request
    gets work from when it came, which passes seen since may have done already.
    """
    done_jobs, changed = dict(jobs), list[RequestId]()
    while jobs:
        later: list[AskedLater] = []
        for asked, done in _waiting(city.tx, jobs):
            late = asked_later(city.tx, asked, done.at)
            later += late
            if asked not in [one.request for one in late]:
                close_by_evidence(city.tx, actor, asked, done.reason, done.at, city.now)
                changed.append(asked.id)
        changed += [one.request.id for one in later]
        again = [work_since(city, actor, one, storm) for one in later]
        jobs = _done_since(city, storm, again, actor)
        done_jobs |= jobs
    return tuple(done_jobs), tuple(changed)


def _waiting(tx: Tx, jobs: Mapping[JobId, Done]) -> list[tuple[ServiceRequest, Done]]:
    """Return the open requests of done jobs, and how each was done."""
    found = list_requests_of_jobs(tx, list(jobs))
    return [
        (one, jobs[one.job_id])
        for one in found
        if one.state is RequestState.OPEN and one.job_id is not None
    ]


def _done_since(
    city: CityContext, storm: Storm, job_ids: Collection[JobId | None], actor: Actor
) -> dict[JobId, Done]:
    """Close those of these jobs that stored passes prove, and return when and why."""
    jobs = list_jobs_by_id(city.tx, {one for one in job_ids if one is not None})
    if not jobs:
        return {}
    seen = list_work_and_drives(city.tx, storm.id, {job.segment_id for job in jobs})
    return close_jobs(city, seen, jobs, actor)


def took_back(before: Coverage | None, after: Coverage) -> bool:
    """Whether a direction has fewer passes than before, or its last work is earlier."""
    if before is None:
        return False
    times = ((before.plowed_at, after.plowed_at), (before.salted_at, after.salted_at))
    earlier = any(was and (now is None or now < was) for was, now in times)
    return after.passes_done < before.passes_done or earlier


def reopen_jobs(
    city: CityContext, storm: Storm, segment_ids: Collection[SegmentId]
) -> tuple[tuple[JobId, ...], tuple[RequestId, ...]]:
    """Reopen the jobs on some streets that nothing proves any more, and their requests.

    Where the same work is asked for by an open job already, the requests join that one.
    """
    jobs, requests = list[JobId](), list[RequestId]()
    wanted = list_jobs_on_segments(city.tx, storm.id, sorted(segment_ids))
    done = [job for job in wanted if job.state is JobState.DONE]
    seen = list_work_and_drives(city.tx, storm.id, {job.segment_id for job in done}) if done else {}
    passes = {way: counting(mine, city.policy.evidence) for way, mine in seen.items()}
    for job in done:
        if done_at(job, city.network.segment(job.segment_id), passes) is not None:
            continue
        open_job = find_open_job(city.tx, storm.id, job.segment_id, job.treatment)
        if open_job is None:
            set_job_state(city.tx, [job.id], JobState.OPEN)
            change = ({"state": job.state}, {"state": JobState.OPEN, "reason": UNPROVED})
            add_event(city.tx, city.now, TRACKING, "job.reopened", f"job:{job.id}", *change)
            jobs.append(job.id)
        for request in list_requests_of_jobs(city.tx, [job.id]):
            if request.closed_for is ClosingReason.PLOWED:
                reopen_unproved(city.tx, TRACKING, request, (open_job or job).id, city.now)
                requests.append(request.id)
    return tuple(jobs), tuple(requests)
