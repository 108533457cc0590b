"""Job lists of crews: drafted by the optimizer, edited by dispatchers, published to the crews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from data.errors import ConflictError
from data.model import (
    Actor,
    RequestId,
    StormId,
)
from data.model.crews import (
    Crew,
    CrewDraft,
    CrewId,
    CrewJob,
    CrewJobId,
    CrewJobState,
    CrewPriority,
    CrewShift,
)
from data.policy.crew_rules import CrewRules
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import (
    drop_crew_draft,
    find_crew_draft,
    find_crew_job_of_request,
    list_crew_jobs,
    save_crew_draft,
)
from data.store.crews.crew_register import list_crew_shifts, list_crews
from data.store.database.engine import Tx
from data.store.requests.sla_clocks import mark_one_planned
from data.store.storms.storms import open_storm
from fleet.requests.notices import JobWindow, write_crew_notices
from fleet.work.crew_jobs import ALIVE, WAITING, freed, moved, require_state
from routing.crews import CrewProblem, CrewTask, CrewUnit, CrewVisit, plan_lists

WEIGHTS: Mapping[CrewPriority, float] = {
    CrewPriority.HIGH: 9.0,
    CrewPriority.NORMAL: 3.0,
    CrewPriority.LOW: 1.0,
}
"""How much more a second of lateness of a job counts than that of the least one."""

MARGIN = timedelta(minutes=20)
"""A caller hears of an end that is so much later than the planned one."""


class DraftAction(StrEnum):
    """What a dispatcher does with one job of a draft."""

    UP = "up"
    DOWN = "down"
    TO_CREW = "to_crew"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class CrewStop:
    """A job in a list with its expected times; `over` where the crew is not back in its shift."""

    job: CrewJob
    starts_at: datetime
    ends_at: datetime
    late: timedelta
    over: bool


@dataclass(frozen=True, slots=True)
class CrewDay:
    """A crew with its hours in a storm and what it has to do, in order."""

    crew: Crew
    shift: CrewShift
    stops: tuple[CrewStop, ...]


@dataclass(frozen=True, slots=True)
class _Present:
    """A storm's crews on duty with their units, and its jobs that are not over."""

    duty: Mapping[CrewId, tuple[Crew, CrewShift]]
    jobs: Mapping[CrewJobId, CrewJob]
    problem: CrewProblem
    now: datetime


def draft_lists(
    tx: Tx, actor: Actor, storm_id: StormId, rules: CrewRules, now: datetime
) -> CrewDraft:
    """Make lists for all crews on duty from how things stand, as a draft.

    What a crew has begun stays with it. Raises `ConflictError` where no crew is on duty.
    """
    open_storm(tx, storm_id)
    present = _present(tx, storm_id, rules, now)
    if not present.duty:
        raise ConflictError("no crew is on duty", reason="no_crew")
    lists = {
        CrewId(crew): tuple(CrewJobId(job) for job in keys)
        for crew, keys in plan_lists(present.problem).items()
    }
    return _kept(tx, actor, storm_id, lists, "drafted", now)


def move_in_draft(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    job_id: CrewJobId,
    step: DraftAction,
    crew_id: CrewId | None,
    now: datetime,
) -> CrewDraft:
    """Move a job one place up or down, to the end of another crew's list, or off all lists.

    Without a draft one begins from the published lists.
    """
    open_storm(tx, storm_id)
    require_state(tx, job_id, WAITING)
    lists = dict(lists_of(tx, storm_id))
    had = next((crew for crew, jobs in lists.items() if job_id in jobs), None)
    if step in {DraftAction.UP, DraftAction.DOWN}:
        if had is None:
            raise ConflictError("no list has this job", reason="crew_job_unlisted")
        lists[had] = _shifted(lists[had], job_id, -1 if step is DraftAction.UP else 1)
    else:
        lists = {crew: tuple(j for j in jobs if j != job_id) for crew, jobs in lists.items()}
        if step is DraftAction.TO_CREW:
            _require_duty(tx, storm_id, crew_id, now)
            lists[_given(crew_id)] = (*lists.get(_given(crew_id), ()), job_id)
    return _kept(tx, actor, storm_id, lists, "moved", now)


def discard_draft(tx: Tx, actor: Actor, storm_id: StormId, now: datetime) -> None:
    """Forget a draft; the published lists stay."""
    drop_crew_draft(tx, storm_id)
    add_event(tx, now, actor, "crew_plan.discarded", _subject(storm_id))


def publish_lists(
    tx: Tx, actor: Actor, storm_id: StormId, rules: CrewRules, now: datetime
) -> list[CrewJob]:
    """Give every crew its list of the draft, and return the jobs that changed.

    A job that is on no list any more is open again; callers hear when somebody comes.
    """
    open_storm(tx, storm_id)
    draft = find_crew_draft(tx, storm_id)
    if draft is None:
        raise ConflictError("there is no draft", reason="no_crew_draft")
    wanted: dict[CrewJobId, CrewJob] = {}
    for day in days_of(tx, storm_id, draft.lists, rules, now):
        for nth, stop in enumerate(day.stops, 1):
            wanted[stop.job.id] = replace(
                stop.job,
                state=stop.job.state if stop.job.started_at else CrewJobState.ASSIGNED,
                crew_id=day.crew.id,
                nth=nth,
                from_at=stop.starts_at,
                until_at=stop.ends_at,
            )
    changed = []
    for job in list_crew_jobs(tx, storm_id, ALIVE):
        free = job if job.state is CrewJobState.STARTED else freed(job, CrewJobState.OPEN)
        after = wanted.get(job.id, free)
        if after == job:
            continue
        verb = "assigned" if after.crew_id is not None else "unassigned"
        changed.append(moved(tx, actor, job, after, verb, now))
        if after.crew_id is not None and after.request_id is not None:
            mark_one_planned(tx, after.request_id, now)
    drop_crew_draft(tx, storm_id)
    after_lists = {str(crew): list(jobs) for crew, jobs in draft.lists.items()}
    add_event(tx, now, actor, "crew_plan.published", _subject(storm_id), after=after_lists)
    write_crew_notices(tx, _windows(changed), now)
    return changed


def crew_window(tx: Tx, request_id: RequestId) -> tuple[datetime, datetime] | None:
    """Return the expected time window of a crew for a request, where a list has it."""
    job = find_crew_job_of_request(tx, request_id)
    if job is None or job.state.over or job.from_at is None or job.until_at is None:
        return None
    return job.from_at, job.until_at + MARGIN


def lists_of(tx: Tx, storm_id: StormId) -> Mapping[CrewId, tuple[CrewJobId, ...]]:
    """Return the lists of the draft, or the published ones where there is none."""
    draft = find_crew_draft(tx, storm_id)
    return draft.lists if draft else published_lists(tx, storm_id)


def published_lists(tx: Tx, storm_id: StormId) -> Mapping[CrewId, tuple[CrewJobId, ...]]:
    """Return each crew's published jobs not begun yet, in order."""
    found: dict[CrewId, tuple[CrewJobId, ...]] = {}
    given = list_crew_jobs(tx, storm_id, {CrewJobState.ASSIGNED})
    for job in sorted(given, key=lambda one: (one.nth, one.id)):
        if job.crew_id is not None:
            found[job.crew_id] = (*found.get(job.crew_id, ()), job.id)
    return found


def days_of(
    tx: Tx,
    storm_id: StormId,
    lists: Mapping[CrewId, Sequence[CrewJobId]],
    rules: CrewRules,
    now: datetime,
) -> list[CrewDay]:
    """Return every crew on duty with its list and when it does what, from now on."""
    present = _present(tx, storm_id, rules, now)
    units = {CrewId(unit.key): unit for unit in present.problem.units}
    days = []
    for crew_id, (crew, shift) in present.duty.items():
        begun = [_begun(job, units[crew_id], now) for job in _started(present.jobs, crew_id)]
        keys = [
            job_id
            for job_id in lists.get(crew_id, ())
            if job_id in present.jobs and present.jobs[job_id].state in WAITING
        ]
        visits = present.problem.visits(units[crew_id], keys)
        stops = [_stop(present.jobs, visit, now) for visit in visits]
        days.append(CrewDay(crew, shift, (*begun, *stops)))
    return days


def _present(tx: Tx, storm_id: StormId, rules: CrewRules, now: datetime) -> _Present:
    jobs = {job.id: job for job in list_crew_jobs(tx, storm_id, ALIVE)}
    crews = {crew.id: crew for crew in list_crews(tx)}
    duty: dict[CrewId, tuple[Crew, CrewShift]] = {}
    for shift in list_crew_shifts(tx, storm_id):
        if shift.ended_at is None and shift.ends_at > now:
            duty.setdefault(shift.crew_id, (crews[shift.crew_id], shift))
    tasks = [_task(job, now) for job in jobs.values() if job.state in WAITING]
    units = [_unit(*duty[crew_id], jobs, rules, now) for crew_id in duty]
    return _Present(duty, jobs, CrewProblem(tasks, units, rules.detour), now)


def _task(job: CrewJob, now: datetime) -> CrewTask:
    return CrewTask(
        key=job.id,
        work=job.work,
        place=job.place,
        labour_s=job.labour_s,
        due_s=(job.due_at - now).total_seconds(),
        weight=WEIGHTS[job.priority],
    )


def _unit(
    crew: Crew,
    shift: CrewShift,
    jobs: Mapping[CrewJobId, CrewJob],
    rules: CrewRules,
    now: datetime,
) -> CrewUnit:
    unit = CrewUnit(
        key=crew.id,
        works=frozenset(crew.works),
        start=crew.base,
        base=crew.base,
        ready_s=max((shift.starts_at - now).total_seconds(), 0.0),
        end_s=(shift.ends_at - now).total_seconds(),
        size=crew.size,
        speed_mps=rules.speed_mps(drives=crew.drives),
        setup_s=rules.setup_s,
    )
    for job in _started(jobs, crew.id):
        ready_s = (_begun(job, unit, now).ends_at - now).total_seconds()
        unit = replace(unit, start=job.place, ready_s=max(ready_s, unit.ready_s))
    return unit


def _started(jobs: Mapping[CrewJobId, CrewJob], crew_id: CrewId) -> list[CrewJob]:
    return [
        job for job in jobs.values() if job.state is CrewJobState.STARTED and job.crew_id == crew_id
    ]


def _begun(job: CrewJob, unit: CrewUnit, now: datetime) -> CrewStop:
    """Return the job that a crew is at, which lasts as planned or at least until now."""
    began = job.started_at or now
    stay = timedelta(seconds=unit.stay_s(_task(job, now)))
    ends_at = max(began + stay, now)
    return CrewStop(job, began, ends_at, max(ends_at - job.due_at, timedelta()), over=False)


def _stop(jobs: Mapping[CrewJobId, CrewJob], visit: CrewVisit, now: datetime) -> CrewStop:
    return CrewStop(
        job=jobs[CrewJobId(visit.key)],
        starts_at=now + timedelta(seconds=round(visit.starts_s)),
        ends_at=now + timedelta(seconds=round(visit.ends_s)),
        late=timedelta(seconds=round(visit.late_s)),
        over=visit.over,
    )


def _windows(jobs: Sequence[CrewJob]) -> list[tuple[CrewJob, JobWindow]]:
    return [
        (job, JobWindow(job.from_at, job.until_at + MARGIN))
        for job in jobs
        if job.request_id is not None and job.from_at is not None and job.until_at is not None
    ]


def _shifted(jobs: Sequence[CrewJobId], job_id: CrewJobId, by: int) -> tuple[CrewJobId, ...]:
    found = list(jobs)
    at = found.index(job_id)
    to = min(max(at + by, 0), len(found) - 1)
    found.insert(to, found.pop(at))
    return tuple(found)


def _given(crew_id: CrewId | None) -> CrewId:
    return crew_id if crew_id is not None else CrewId(0)


def _require_duty(tx: Tx, storm_id: StormId, crew_id: CrewId | None, now: datetime) -> None:
    shifts = list_crew_shifts(tx, storm_id)
    if not any(
        one.crew_id == crew_id and one.ended_at is None and one.ends_at > now for one in shifts
    ):
        raise ConflictError("this crew is not on duty", reason="crew_off_duty")


def _kept(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    lists: Mapping[CrewId, tuple[CrewJobId, ...]],
    verb: str,
    now: datetime,
) -> CrewDraft:
    draft = CrewDraft(storm_id, lists, actor.id, now)
    save_crew_draft(tx, draft)
    after = {str(crew): list(jobs) for crew, jobs in lists.items()}
    add_event(tx, now, actor, f"crew_plan.{verb}", _subject(storm_id), after=after)
    return draft


def _subject(storm_id: StormId) -> str:
    return f"crew_plan:{storm_id}"
