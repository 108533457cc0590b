"""Reassignment of a storm's work to changed streets: jobs, requests, blockages, the plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.model import (
    Actor,
    Job,
    JobState,
    PlanState,
    RequestState,
    RunState,
    SegmentId,
    ServiceRequest,
    Storm,
    Treatment,
)
from data.policy.city_policy import Policy
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plan_runs import list_runs
from data.store.planning.plans import find_published_plan_id, set_plan_state
from data.store.requests.requests import list_requests
from data.store.setup.machines import list_vehicles
from data.store.shifts.blockages import list_open_blockages, set_blocked_street, set_cleared
from data.store.storms.closures import add_closure, list_closures, set_lifted
from data.store.storms.storms import find_active_storm, list_coming_storms
from data.store.work import (
    add_jobs,
    list_jobs,
    set_job_directions,
    set_job_state,
    set_planned,
)
from fleet.context import CityContext
from fleet.planning.plan_lifecycle import request_stop
from fleet.requests.placing import back_to_waiting, likeliest, place_again
from fleet.streets.street_succession import Difference
from fleet.work.jobs import directions_of, first_jobs, typical_blade_m

STILL_ASKED = frozenset({RequestState.NEW, RequestState.OPEN})


@dataclass(frozen=True, slots=True)
class Reassigned:
    """Counts of reassigned work.

    Of requests on vanished streets, `placed` stand on another street by their pins and `waiting`
    ones need a human.
    """

    jobs_cancelled: int = 0
    jobs_added: int = 0
    requests_placed: int = 0
    requests_waiting: int = 0
    plan_superseded: bool = False


@dataclass(frozen=True, slots=True)
class Affected:
    """Work on streets that would vanish: open jobs, and requests placed there."""

    jobs: tuple[Job, ...]
    requests: tuple[ServiceRequest, ...]


def affected_by(tx: Tx, difference: Difference) -> Affected:
    """Return the work that would be left without a street."""
    storm = find_active_storm(tx)
    gone = {each.segment.id for each in difference.gone}
    jobs = list_jobs(tx, storm.id, JobState.OPEN) if storm else []
    requests = list_requests(tx, STILL_ASKED)
    return Affected(
        tuple(job for job in jobs if job.segment_id in gone),
        tuple(each for each in requests if each.snap and each.snap.segment_id in gone),
    )


def reassign(
    tx: Tx, actor: Actor, difference: Difference, policy: Policy, now: datetime, *, replan: bool
) -> Reassigned:
    """Move the active storm's work and all waiting requests to the streets of a newer file.

    Streets that are new, or changed and had none, get jobs as at the start of a storm, due no later
    than the jobs of the streets whose place they take. With `replan` the published plan ends and
    running ones stop.
    """
    storm = find_active_storm(tx)
    affected = affected_by(tx, difference)

    set_job_state(tx, [job.id for job in affected.jobs], JobState.CANCELLED)
    added = 0
    if storm is not None:
        added = _add_jobs(tx, storm, difference, affected.jobs, policy, now)
        _turn_jobs(tx, storm, difference)
        _move_blockages(tx, actor, storm, difference, now)
    for one in (storm, *list_coming_storms(tx)):
        if one is not None:
            _move_closures(tx, actor, one, difference, now)
    superseded = storm is not None and replan and _end_plan(tx, actor, storm, now)

    placed = [
        _place(tx, actor, request, difference, policy, now)
        for request in reversed(affected.requests)
    ]
    waiting = sum(request.snap is None for request in placed)
    return Reassigned(
        len(affected.jobs), added, len(placed) - waiting, waiting, plan_superseded=superseded
    )


def _add_jobs(
    tx: Tx,
    storm: Storm,
    difference: Difference,
    cancelled: Iterable[Job],
    policy: Policy,
    now: datetime,
) -> int:
    served = {job.segment_id for job in list_jobs(tx, storm.id)}
    streets = [
        difference.network.segment(each)
        for each in (*difference.new, *difference.changed)
        if each not in served
    ]
    blade_m = typical_blade_m(list_vehicles(tx))
    before = _predecessors(difference, cancelled)
    jobs = [
        _no_later(job, before.get(job.segment_id, ()))
        for job in first_jobs(storm.id, streets, policy, blade_m, now)
    ]
    add_jobs(tx, jobs)
    return len(jobs)


def _predecessors(
    difference: Difference, cancelled: Iterable[Job]
) -> Mapping[SegmentId, Sequence[Job]]:
    """Return the cancelled plow jobs whose place each new street takes."""
    jobs = {job.segment_id: job for job in cancelled if job.treatment is Treatment.PLOW}
    found: dict[SegmentId, list[Job]] = defaultdict(list)
    for vanished in difference.gone:
        if vanished.segment.id in jobs:
            for successor in vanished.successors:
                found[successor].append(jobs[vanished.segment.id])
    return found


def _no_later(job: Job, before: Sequence[Job]) -> Job:
    """Return the job with the earliest times of those it replaces: a split grants no delay."""
    if not before:
        return job
    starts_at = min(each.starts_at for each in before)
    return replace(
        job, starts_at=starts_at, due_at=min(job.due_at, *(each.due_at for each in before))
    )


def _turn_jobs(tx: Tx, storm: Storm, difference: Difference) -> None:
    """Set the directions of open jobs to those that signs allow now."""
    changed = set(difference.changed)
    turned = defaultdict(list)
    for job in list_jobs(tx, storm.id, JobState.OPEN):
        if job.segment_id in changed:
            wanted = directions_of(difference.network.segment(job.segment_id))
            if wanted is not job.directions:
                turned[wanted].append(job.id)
    for directions, job_ids in turned.items():
        set_job_directions(tx, job_ids, directions)


def _move_blockages(
    tx: Tx, actor: Actor, storm: Storm, difference: Difference, now: datetime
) -> None:
    """Move blockages of vanished streets to the streets there now; drop those away from any."""
    successors = {each.segment.id: each.successors for each in difference.gone}
    for blocked in list_open_blockages(tx, storm.id):
        if blocked.segment_id not in successors:
            continue
        likely = successors[blocked.segment_id]
        snap = likeliest(difference.network, blocked.location, likely)
        before: dict[str, object] = {"segment": blocked.segment_id}
        subject = f"blockage:{blocked.id}"
        if snap is not None:
            set_blocked_street(tx, blocked.id, snap.segment_id)
            after = {"segment": snap.segment_id}
            add_event(tx, now, actor, "blockage.moved", subject, before, after)
        else:
            set_cleared(tx, blocked.id, now)
            add_event(tx, now, actor, "blockage.cleared", subject, before)


def _move_closures(
    tx: Tx, actor: Actor, storm: Storm, difference: Difference, now: datetime
) -> None:
    """Move closures of vanished streets to all streets there now, both directions.

    Which of their directions was meant is not known; nobody is sent where nobody may drive.
    """
    successors = {each.segment.id: each.successors for each in difference.gone}
    for closed in list_closures(tx, storm.id, now):
        if closed.segment_id not in successors:
            continue
        before: dict[str, object] = {"segment": closed.segment_id}
        subject, likely = f"closure:{closed.id}", successors[closed.segment_id]
        set_lifted(tx, closed.id, now, actor.id)
        add_event(tx, now, actor, "closure.lifted", subject, before)
        for segment_id in likely:
            follower = add_closure(tx, replace(closed, segment_id=segment_id, forward=None))
            after = {"segment": segment_id, "instead_of": closed.id}
            add_event(tx, now, actor, "closure.added", f"closure:{follower.id}", after=after)


def _end_plan(tx: Tx, actor: Actor, storm: Storm, now: datetime) -> bool:
    """Supersede the driven plan and stop runs: both are for the old streets."""
    for run in list_runs(tx, storm.id):
        if run.state is RunState.RUNNING and not run.stop_requested:
            request_stop(tx, actor, run.id, now)
    plan_id = find_published_plan_id(tx, storm.id)
    if plan_id is None:
        return False
    set_plan_state(tx, plan_id, PlanState.SUPERSEDED)
    set_planned(tx, storm.id, (), now)
    after = {"state": PlanState.SUPERSEDED, "reason": "streets_changed"}
    add_event(
        tx, now, actor, "plan.superseded", f"plan:{plan_id}", {"state": PlanState.PUBLISHED}, after
    )
    return True


def _place(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    difference: Difference,
    policy: Policy,
    now: datetime,
) -> ServiceRequest:
    waiting = back_to_waiting(tx, actor, asked, now) if asked.state is RequestState.OPEN else asked
    street = asked.snap.segment_id if asked.snap else None
    likely = next((each.successors for each in difference.gone if each.segment.id == street), ())
    city = CityContext(tx, difference.network, policy, now)
    return place_again(city, actor, waiting, likely)
