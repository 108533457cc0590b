"""Due times and weights of a storm's jobs by the snow on their streets."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from data.model import ClassRule, DirectedSegment, JobId, JobState, Storm
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.reports import list_served_marks
from data.store.requests.requests import jobs_asked_for
from data.store.work import list_jobs, set_job_times
from data.streets.network import StreetNetwork
from fleet.coverage.snow_accumulation import Accumulation, accumulation_of
from fleet.coverage.street_coverage import wanted_directions
from fleet.work.jobs import born_of_request

LEAST_URGENT, MOST_URGENT = 0.5, 2.0
"""What a class's weight is multiplied by at most: twice as much snow as its trigger, or half."""


class Times(NamedTuple):
    """Due time of a job, and the weight of an hour of its lateness."""

    due_at: datetime
    weight: float


def times_of(
    starts_at: datetime,
    rule: ClassRule,
    snow: Accumulation,
    since: datetime | None,
    now: datetime,
) -> Times:
    """Return due time and weight of a job that starts at a time, by the snow on its street.

    It is due the deadline of its class after so much lies that work begins, and the more urgent the
    more lies. Without snowfall entries its deadline runs from its start. `since` is when its street
    was last cleared, `None` for not in this storm.
    """
    if snow.known_until is None or rule.trigger_mm <= 0:
        return Times(starts_at + rule.deadline, rule.weight)
    share = snow.lying_mm(since, now) / rule.trigger_mm
    urgency = min(max(share, LEAST_URGENT), MOST_URGENT)
    needed_at = max(starts_at, snow.needed_at(rule, since))
    return Times(needed_at + rule.deadline, round(rule.weight * urgency, 6))


def retime(tx: Tx, storm: Storm, policy: Policy, network: StreetNetwork, now: datetime) -> int:
    """Update times of the open jobs of a storm by the present snow; return how many changed.

    Jobs that people asked for are never put later, since a promise was made; those that only a
    request made stay as they are.
    """
    asked, snow = jobs_asked_for(tx, storm.id), accumulation_of(storm)
    served = {mark.directed: mark.last_pass_at for mark in list_served_marks(tx, storm.id)}
    visited = {directed.segment_id for directed in served}
    known: dict[object, Times] = {}  # streets that nobody came to have it in common
    changed: defaultdict[Times, list[JobId]] = defaultdict(list)
    for job in list_jobs(tx, storm.id, JobState.OPEN):
        segment = network.find(job.segment_id)
        if segment is None or born_of_request(job, policy):
            continue
        rule = policy.rule_of(segment)
        ways = wanted_directions(job, segment) if job.segment_id in visited else ()
        since = cleared_at(ways, served)
        key = (job.starts_at, rule.service_class, since)
        times = known.get(key)
        if times is None:
            times = known[key] = times_of(job.starts_at, rule, snow, since, now)
        if job.id in asked and job.due_at < times.due_at:
            times = times._replace(due_at=job.due_at)
        if times != (job.due_at, job.weight):
            changed[times].append(job.id)
    for times, job_ids in changed.items():
        set_job_times(tx, job_ids, times.due_at, times.weight)
    return sum(map(len, changed.values()))


def cleared_at(
    directions: Sequence[DirectedSegment], served: Mapping[DirectedSegment, datetime]
) -> datetime | None:
    """Return since when all directions are clear; `None` where one was never served."""
    times = [served[each] for each in directions if each in served]
    return min(times) if times and len(times) == len(directions) else None
