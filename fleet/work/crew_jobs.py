"""Life of crew jobs: of requests, added by dispatchers, and cancelled with their storm."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, Need
from data.model import (
    Actor,
    LonLat,
    RequestId,
    RequestKind,
    Segment,
    ServiceRequest,
    StormId,
)
from data.model.crews import (
    CrewJob,
    CrewJobId,
    CrewJobState,
    CrewPriority,
    CrewWork,
)
from data.policy.city_policy import Policy
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import (
    add_crew_job,
    drop_crew_draft,
    find_crew_job_of_request,
    get_crew_job,
    list_crew_jobs,
    save_crew_job,
)
from data.store.crews.crew_register import list_crew_shifts, save_crew_shift
from data.store.database.engine import Tx
from data.store.storms.storms import open_storm
from fleet.context import CityContext

NOT_YET = CrewJobId(0)
"""Id of a job that the database has not numbered yet."""

STREET_M = 200.0
"""A place farther than this from every street is a mistake."""

WORDS_LETTERS = 300

CREW_KINDS: Mapping[RequestKind, CrewWork] = {
    RequestKind.SIDEWALK: CrewWork.SIDEWALK,
    RequestKind.HAUL: CrewWork.HAUL,
}
"""What crews do of what callers ask for; stairs are told from sidewalks by the caller's words."""

STAIRS_WORDS = ("stair", "steps", "پله")
"""Words of callers that mean stairs."""

WAITING = frozenset({CrewJobState.OPEN, CrewJobState.ASSIGNED})
"""Not begun: may be put into a list, moved and changed."""

ALIVE = WAITING | {CrewJobState.STARTED}
"""Not over."""

LATEST = timedelta(days=7)
"""No crew job is wanted later than that."""


@dataclass(frozen=True, slots=True)
class CrewJobWish:
    """A crew job to add; the policy fills what is left open.

    `size` in the unit of the work, `minutes` that one person takes, in place of the rate's.
    """

    work: CrewWork
    place: LonLat
    words: str = ""
    size: float | None = None
    minutes: float | None = None
    priority: CrewPriority = CrewPriority.NORMAL
    due_at: datetime | None = None


def add_job_by_hand(
    city: CityContext, actor: Actor, storm_id: StormId, wish: CrewJobWish
) -> CrewJob:
    """Add a crew job without a request; by default it is due by the street's class."""
    open_storm(city.tx, storm_id)
    near = city.network.nearest(wish.place, STREET_M)
    if near is None:
        raise InvalidError(
            "location", tuple(wish.place), f"a place within {STREET_M:.0f} m of a street"
        )
    segment = city.network.segment(near.segment_id)
    job = CrewJob(
        id=NOT_YET,
        storm_id=storm_id,
        work=wish.work,
        place=wish.place,
        size=_size(wish, city.policy),
        labour_s=_labour_s(wish, city.policy),
        priority=wish.priority,
        due_at=_due_at(wish.due_at, city.now) or city.now + city.policy.rule_of(segment).deadline,
        state=CrewJobState.OPEN,
        added_at=city.now,
        words=_words(wish.words),
        segment_id=segment.id,
        changed_by=actor.id,
    )
    return _added(city.tx, actor, job, city.now)


def job_of_request(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    storm_id: StormId,
    segment: Segment,
    policy: Policy,
    now: datetime,
) -> CrewJob | None:
    """Return the crew job of a placed request, added where its kind is crews' work.

    A job that was cancelled with it in this storm is opened again, where the request is now.
    """
    if asked.kind not in CREW_KINDS:
        return None
    return crew_job_for(tx, actor, asked, storm_id, segment, policy, now)


def crew_job_for(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    storm_id: StormId,
    segment: Segment,
    policy: Policy,
    now: datetime,
) -> CrewJob:
    """Return the crew job of a request of any kind: a dispatcher may send a crew."""
    place = asked.location or segment.geometry[0]
    known = find_crew_job_of_request(tx, asked.id)
    if known is not None and known.storm_id == storm_id:
        if known.state in ALIVE:
            return known
        if known.state is CrewJobState.CANCELLED:
            return _reopened(tx, actor, replace(known, place=place, segment_id=segment.id), now)
    wish = CrewJobWish(_work_of(asked), place)
    rule = policy.rule_of(segment)
    target = policy.followup.work_target(
        asked.kind, rule.service_class, rule.deadline, danger=bool(asked.dangers)
    )
    job = CrewJob(
        id=NOT_YET,
        storm_id=storm_id,
        work=wish.work,
        place=place,
        size=_size(wish, policy),
        labour_s=_labour_s(wish, policy),
        priority=CrewPriority.HIGH if asked.dangers else CrewPriority.NORMAL,
        due_at=now + target,
        state=CrewJobState.OPEN,
        added_at=now,
        segment_id=segment.id,
        request_id=asked.id,
        changed_by=actor.id,
    )
    return _added(tx, actor, job, now)


def reopen_job_of_request(
    tx: Tx, actor: Actor, asked: ServiceRequest, storm_id: StormId, now: datetime
) -> None:
    """Add a crew job for a reopened request; a done one stays as it is."""
    known = find_crew_job_of_request(tx, asked.id)
    if known is None or known.state in ALIVE:
        return
    if known.storm_id == storm_id and known.state is not CrewJobState.DONE:
        _reopened(tx, actor, known, now)
        return
    again = replace(
        freed(known, CrewJobState.OPEN),
        id=NOT_YET,
        storm_id=storm_id,
        added_at=now,
        due_at=now + (known.due_at - known.added_at),
    )
    _added(tx, actor, again, now)


def change_job(
    tx: Tx, actor: Actor, job_id: CrewJobId, wish: CrewJobWish, policy: Policy, now: datetime
) -> CrewJob:
    """Change a job that nobody has begun; its place stays."""
    before = require_state(tx, job_id, WAITING)
    sized = before.size if wish.size is None and wish.work is before.work else _size(wish, policy)
    wanted = replace(wish, size=sized)
    same = (sized, wish.work) == (before.size, before.work) and wish.minutes is None
    after = replace(
        before,
        work=wish.work,
        size=sized,
        labour_s=before.labour_s if same else _labour_s(wanted, policy),
        priority=wish.priority,
        due_at=_due_at(wish.due_at, now) or before.due_at,
        words=_words(wish.words),
        changed_by=actor.id,
    )
    return moved(tx, actor, before, after, "changed", now)


def cancel_job(tx: Tx, actor: Actor, job_id: CrewJobId, now: datetime) -> CrewJob:
    """Cancel a job; raise `ConflictError` where it is over."""
    before = require_state(tx, job_id, ALIVE)
    return moved(tx, actor, before, freed(before, CrewJobState.CANCELLED), "cancelled", now)


def drop_job_of_request(tx: Tx, actor: Actor, request_id: RequestId, now: datetime) -> None:
    """Cancel the crew job of a request that nobody needs to go to any more."""
    job = find_crew_job_of_request(tx, request_id)
    if job is not None and not job.state.over:
        moved(tx, actor, job, freed(job, CrewJobState.CANCELLED), "cancelled", now)


def end_crew_work(tx: Tx, actor: Actor, storm_id: StormId, now: datetime) -> list[RequestId]:
    """Cancel the open crew jobs of a storm that ends, and end the crews' shifts.

    Returns the requests that wait again.
    """
    left = list_crew_jobs(tx, storm_id, ALIVE)
    for job in left:
        moved(tx, actor, job, freed(job, CrewJobState.CANCELLED), "cancelled", now)
    for shift in list_crew_shifts(tx, storm_id):
        if shift.ended_at is None:
            ended_at = min(max(now, shift.starts_at), shift.ends_at)
            save_crew_shift(tx, replace(shift, ended_at=ended_at))
    drop_crew_draft(tx, storm_id)
    return [job.request_id for job in left if job.request_id is not None]


def require_state(tx: Tx, job_id: CrewJobId, states: Collection[CrewJobState]) -> CrewJob:
    """Return a job of an open storm in one of these states, else raise `ConflictError`."""
    job = get_crew_job(tx, job_id)
    open_storm(tx, job.storm_id)
    if job.state not in states:
        raise ConflictError(
            f"crew job {job_id} is {job.state}", reason="crew_job_state", crew_job=str(job.state)
        )
    return job


def moved(
    tx: Tx, actor: Actor, before: CrewJob, after: CrewJob, verb: str, now: datetime
) -> CrewJob:
    """Store a job's new state, with its line in the audit log; texts are no part of that."""
    kept = replace(after, changed_by=actor.id)
    save_crew_job(tx, kept)
    add_event(
        tx, now, actor, f"crew_job.{verb}", subject_of_job(kept), job_facts(before), job_facts(kept)
    )
    return kept


def job_facts(job: CrewJob) -> dict[str, object]:
    """Return the fields of a job that the audit log records."""
    facts: dict[str, object] = {
        "state": job.state,
        "work": job.work,
        "size": round(job.size, 1),
        "priority": job.priority,
        "crew": job.crew_id,
        "request": job.request_id,
    }
    return facts if job.reason is None else {**facts, "reason": job.reason}


def subject_of_job(job: CrewJob) -> str:
    """Return the subject of a job in the audit log."""
    return f"crew_job:{job.id}"


def _added(tx: Tx, actor: Actor, new: CrewJob, now: datetime) -> CrewJob:
    job = add_crew_job(tx, new)
    after = {**job_facts(job), "storm": job.storm_id, "segment": job.segment_id}
    add_event(tx, now, actor, "crew_job.added", subject_of_job(job), after=after)
    return job


def _reopened(tx: Tx, actor: Actor, job: CrewJob, now: datetime) -> CrewJob:
    return moved(tx, actor, job, freed(job, CrewJobState.OPEN), "reopened", now)


def freed(job: CrewJob, state: CrewJobState) -> CrewJob:
    """Return a job off all lists; open again as if nobody had begun it."""
    free = replace(job, state=state, nth=0, from_at=None, until_at=None)
    if state is CrewJobState.OPEN:
        return replace(free, crew_id=None, started_at=None, ended_at=None, reason=None, said="")
    return free


def _work_of(asked: ServiceRequest) -> CrewWork:
    work = CREW_KINDS.get(asked.kind, CrewWork.SIDEWALK)
    words = f"{asked.text} {asked.address}".casefold()
    stairs = any(word in words for word in STAIRS_WORDS)
    return CrewWork.STAIRS if work is CrewWork.SIDEWALK and stairs else work


def _size(wish: CrewJobWish, policy: Policy) -> float:
    if wish.size is None:
        return policy.crews.usual_size(wish.work)
    if not 0 < wish.size <= 100_000:
        raise InvalidError("size", wish.size, "a size above 0")
    return wish.size


def _labour_s(wish: CrewJobWish, policy: Policy) -> float:
    if wish.minutes is None:
        return policy.crews.labour_s(wish.work, _size(wish, policy))
    if not 0 < wish.minutes <= 10_000:
        raise InvalidError("minutes", wish.minutes, "minutes above 0")
    return wish.minutes * 60.0


def _due_at(due_at: datetime | None, now: datetime) -> datetime | None:
    if due_at is not None and not now - LATEST <= due_at <= now + LATEST:
        raise InvalidError("due_at", due_at.isoformat(), "a time within a week")
    return due_at


def _words(text: str) -> str:
    if len(text) > WORDS_LETTERS:
        raise InvalidError(
            "words", text, Need("at most {max_length} characters", max_length=WORDS_LETTERS)
        )
    return text.strip()
