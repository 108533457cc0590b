"""Rolling horizon: while it snows, the jobs of a class are made again at the end of its cycle.

Their jobs are made, and a replan with the present state is asked for. Its draft waits for a
dispatcher: nothing is published by itself. A draft that has waited too long is made again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.model import (
    Actor,
    ActorKind,
    ClassRule,
    Job,
    JobId,
    JobState,
    Plan,
    PlanRun,
    ReplanCause,
    ReplanWish,
    ServiceClass,
    Storm,
    StormPhase,
    Treatment,
)
from data.policy.city_policy import Policy
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plan_runs import list_recent_runs
from data.store.planning.plans import find_published_plan, find_published_plan_id, get_plan
from data.store.reports import list_served_marks
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.cycles import add_cycle, last_cycles
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import find_active_storm
from data.store.work import add_jobs, list_jobs_by_id, list_open_segments
from data.streets.network import StreetNetwork
from fleet.coverage.snow_accumulation import Accumulation, accumulation_of
from fleet.coverage.street_coverage import wanted_directions
from fleet.planning.draft_validity import WaitingDraft, find_waiting_draft
from fleet.planning.plan_lifecycle import discard
from fleet.planning.plan_options import in_service
from fleet.planning.remaining_routes import jobs_of
from fleet.replanning.draft_renewal import plan_again
from fleet.replanning.replan_requests import FEW_TRUCKS, ask_for_replan
from fleet.storms.due_times import cleared_at
from fleet.work.jobs import new_job, typical_blade_m

CLOCKWORK = Actor(ActorKind.SYSTEM, "cycles")
"""Who the audit log names where a cycle begins by itself."""

RECENT = timedelta(hours=3)
"""It still snows where entries show more snow than so long ago."""


def snowing(storm: Storm, now: datetime) -> bool:
    """Whether it snows in an active storm, as far as snowfall entries reach."""
    if storm.phase is not StormPhase.ACTIVE:
        return False
    snow = accumulation_of(storm)
    if snow.known_until is None:
        return True
    return snow.fallen_mm(now) > snow.fallen_mm(now - RECENT)


def ended_cycles(
    storm: Storm,
    rules: Mapping[ServiceClass, ClassRule],
    began: Mapping[ServiceClass, datetime],
    now: datetime,
) -> list[ServiceClass]:
    """Return the classes whose cycle has ended; `began` is the start of each's last cycle."""
    return [
        service_class
        for service_class, rule in rules.items()
        if rule.cycle is not None and began.get(service_class, storm.snow_at) + rule.cycle <= now
    ]


def next_cycle_due(tx: Tx, storm: Storm, policy: Policy, now: datetime) -> list[ServiceClass]:
    """Return the classes that are due for their next cycle; none once the snow has stopped."""
    if not snowing(storm, now):
        return []
    return ended_cycles(storm, policy.rules, last_cycles(tx, storm.id), now)


def begin_cycles(tx: Tx, network: StreetNetwork, now: datetime) -> PlanRun | None:
    """Make the jobs of due cycles, and queue a replan where trucks are out.

    Returns its run; `None` where no cycle is due, or nobody is there to replan for.
    """
    storm = find_active_storm(tx)
    if storm is None:
        return None
    policy = get_storm_policy(tx, storm.id)
    due = next_cycle_due(tx, storm, policy, now)
    made = _begin(tx, CLOCKWORK, storm, network, policy, due, now)
    out = any(in_service(shift, now) for shift in list_shifts(tx, storm.id))
    if not made or not out or find_published_plan_id(tx, storm.id) is None:
        return None
    wish = ReplanWish(ReplanCause.CYCLE, FEW_TRUCKS)
    return ask_for_replan(tx, CLOCKWORK, storm.id, wish, now)


def snow_again(
    tx: Tx, actor: Actor, storm: Storm, network: StreetNetwork, wish: ReplanWish, now: datetime
) -> PlanRun:
    """Begin a cycle of every class when it snows again, and queue a replan.

    Raises `ConflictError` as `ask_for_replan` does.
    """
    policy = get_storm_policy(tx, storm.id)
    classes = [name for name, rule in policy.rules.items() if rule.cycle is not None]
    run = ask_for_replan(tx, actor, storm.id, wish, now)
    _begin(tx, actor, storm, network, policy, classes, now)
    return run


@dataclass(frozen=True, slots=True)
class WaitingCycle:
    """A draft of a next cycle that is neither published nor discarded, and since when it is."""

    draft: WaitingDraft
    asked_at: datetime


def waiting_cycle(tx: Tx, storm: Storm) -> WaitingCycle | None:
    """Return the newest draft of a next cycle that waits, also where it is not good any more."""
    for run in list_recent_runs(tx, storm.id, 0):
        draft = find_waiting_draft(tx, run) if is_cycle(run) else None
        if draft is not None:
            return WaitingCycle(draft, run.asked_at)
    return None


def is_cycle(run: PlanRun) -> bool:
    """Whether a run is to plan a next cycle."""
    return run.options.get("cause") == ReplanCause.CYCLE


def stale_cycle(tx: Tx, storm: Storm, now: datetime) -> WaitingDraft | None:
    """Return the draft of a next cycle that cannot be published any more as it is."""
    waiting = waiting_cycle(tx, storm)
    return waiting.draft if waiting and not waiting.draft.is_good(now) else None


def is_overtaken(tx: Tx, storm: Storm, draft: WaitingDraft, now: datetime) -> bool:
    """Whether a next cycle whose draft cannot be published need not be planned again.

    The driven plan has its work by now, but for what is done; or no plan is driven, or no shift has
    time left.
    """
    driven = find_published_plan(tx, storm.id)
    out = any(in_service(shift, now) for shift in list_shifts(tx, storm.id))
    if driven is None or not out:
        return True
    others = _named(get_plan(tx, draft.plan_id)) - _named(driven)
    return not any(job.state is JobState.OPEN for job in list_jobs_by_id(tx, others))


def renew_cycle(tx: Tx, storm: Storm, draft: WaitingDraft, now: datetime) -> PlanRun | None:
    """Discard the draft of a next cycle, and queue another one from now on, unless overtaken."""
    if is_overtaken(tx, storm, draft, now):
        discard(tx, CLOCKWORK, draft.plan_id, now)
        return None
    return plan_again(tx, CLOCKWORK, draft.plan_id, now)


def _named(plan: Plan) -> set[JobId]:
    """Return the jobs that a plan does, and those that it says it leaves undone."""
    return jobs_of(plan.routes) | {left.job_id for left in plan.unserved}


def _begin(
    tx: Tx,
    actor: Actor,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    classes: Iterable[ServiceClass],
    now: datetime,
) -> int:
    """Begin a cycle of some classes, and return the number of streets with new jobs."""
    made, wanted = 0, list(classes)
    found = _jobs(tx, storm, network, policy, wanted, now) if wanted else []
    for service_class in wanted:
        jobs = [job for job in found if job.service_class == service_class]
        add_jobs(tx, jobs)
        add_cycle(tx, storm.id, service_class, now, len(jobs))
        after: dict[str, object] = {"class": service_class, "jobs": len(jobs)}
        add_event(tx, now, actor, "cycle.began", f"storm:{storm.id}", after=after)
        made += len(jobs)
    return made


def _jobs(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    classes: Collection[ServiceClass],
    now: datetime,
) -> list[Job]:
    """Return a job for each street of some classes that becomes due before its next cycle ends.

    Streets that are still to be cleared have theirs.
    """
    waiting = list_open_segments(tx, storm.id, Treatment.PLOW)
    served = {mark.directed: mark.last_pass_at for mark in list_served_marks(tx, storm.id)}
    blade_m, snow = typical_blade_m(list_vehicles(tx)), accumulation_of(storm)
    jobs = []
    for segment in network.segments:
        rule = policy.rule_of(segment)
        if rule.service_class not in classes or segment.id in waiting:
            continue
        job = new_job(storm.id, segment, policy, blade_m, Treatment.PLOW, now)
        due_at = _due_at(rule, snow, cleared_at(wanted_directions(job, segment), served), now)
        if due_at is not None:
            jobs.append(replace(job, due_at=due_at))
    return jobs


def _due_at(
    rule: ClassRule, snow: Accumulation, since: datetime | None, now: datetime
) -> datetime | None:
    """Return when a street cleared `since` is due again; `None` if not before the cycle ends."""
    if rule.cycle is None:
        return None
    due_at = snow.ages(rule, since).due_at
    if due_at is None or due_at > now + rule.cycle:
        return None
    return max(due_at, now)
