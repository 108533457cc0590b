"""When a storm's jobs are due and how urgent they are, by the snow that lies on their streets."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from data.model import ClassRule, Coverage, DirectedSegment, Job, JobState, Storm
from data.network import StreetNetwork
from data.policy import Policy
from data.store.coverage import list_coverage
from data.store.engine import Tx
from data.store.jobs import list_jobs, set_job_times
from data.store.requests import list_requests_of_jobs
from fleet.accumulation import Accumulation, accumulation_of
from fleet.coverage import wanted_directions
from fleet.jobs import born_of_request

LEAST_URGENT, MOST_URGENT = 0.5, 2.0
"""What a class's weight is multiplied by at most: twice as much snow as its trigger, or half."""


def timed(
    job: Job, rule: ClassRule, snow: Accumulation, since: datetime | None, now: datetime
) -> Job:
    """Return a job with the time and weight that the snow on its street gives it.

    It is due the deadline of its class after so much lies that work begins, and the more urgent the
    more lies. Without snowfall entries its deadline runs from its start. `since` is when its street
    was last cleared, `None` for not in this storm.
    """
    if snow.told_until is None or rule.trigger_mm <= 0:
        return replace(job, due_at=job.starts_at + rule.deadline, weight=rule.weight)
    share = snow.lying_mm(since, now) / rule.trigger_mm
    urgency = min(max(share, LEAST_URGENT), MOST_URGENT)
    needed_at = max(job.starts_at, snow.needed_at(rule, since))
    weight = round(rule.weight * urgency, 6)
    return replace(job, due_at=needed_at + rule.deadline, weight=weight)


def retime(tx: Tx, storm: Storm, policy: Policy, network: StreetNetwork, now: datetime) -> int:
    """Give the open jobs of a storm their times by the snow of now; return how many changed.

    Jobs that people asked for are never put later, since a promise was made; those that only a
    request made stay as they are.
    """
    rounds = [
        job for job in list_jobs(tx, storm.id, JobState.OPEN) if not born_of_request(job, policy)
    ]
    asked = {one.job_id for one in list_requests_of_jobs(tx, [job.id for job in rounds])}
    known = {DirectedSegment(r.segment_id, r.forward): r for r in list_coverage(tx, storm.id)}
    snow = accumulation_of(storm)
    changed: list[Job] = []
    for job in rounds:
        segment = network.find(job.segment_id)
        if segment is None:
            continue
        rule = policy.rule_of(segment)
        since = cleared_at(wanted_directions(job, segment), known)
        new = timed(job, rule, snow, since, now)
        if job.id in asked:
            new = replace(new, due_at=min(new.due_at, job.due_at))
        if (new.due_at, new.weight) != (job.due_at, job.weight):
            changed.append(new)
    set_job_times(tx, changed)
    return len(changed)


def cleared_at(
    directions: Iterable[DirectedSegment], known: Mapping[DirectedSegment, Coverage]
) -> datetime | None:
    """Return since when all of these directions are clear; `None` where one was never served."""
    times: list[datetime] = []
    for directed in directions:
        row = known.get(directed)
        if row is None or row.last_pass_at is None or row.passes_done < row.passes_needed:
            return None
        times.append(row.last_pass_at)
    return min(times, default=None)
