"""A crew's progress on its list: jobs begun, done, or not possible and why."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from data.errors import ConflictError, ForbiddenError, InvalidError, Need
from data.model import (
    Actor,
    ClosingReason,
    RequestState,
)
from data.model.crews import (
    CannotReason,
    Crew,
    CrewId,
    CrewJob,
    CrewJobId,
    CrewJobState,
)
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import list_crew_jobs_of_crew
from data.store.crews.crew_photos import add_crew_photo, crew_photos, remove_crew_photo
from data.store.database.engine import Tx
from data.store.requests.requests import get_request
from fleet.requests.closing import CLOSABLE, close_by_evidence, reopen_request
from fleet.work.crew_jobs import freed, moved, require_state, subject_of_job

SAID_LETTERS = 500

_MINE = frozenset({CrewJobState.ASSIGNED, CrewJobState.STARTED})
_ENDED = frozenset({CrewJobState.DONE, CrewJobState.CANNOT})


def require_own(job: CrewJob, crew: Crew | None) -> None:
    """Raise `ForbiddenError` for a job of another crew's list; `None` is a dispatcher."""
    if crew is not None and job.crew_id != crew.id:
        raise ForbiddenError("this job is not on your list")


def start_job(
    tx: Tx,
    actor: Actor,
    job_id: CrewJobId,
    crew: Crew | None,
    now: datetime,
    tapped_at: datetime | None = None,
) -> CrewJob:
    """Say that a crew has begun a job; the same again changes nothing.

    `tapped_at` is when the crew said so, where its phone was out of reach then. Raises
    `ConflictError` while the crew is at another one.
    """
    before = require_state(tx, job_id, _MINE)
    require_own(before, crew)
    if before.state is CrewJobState.STARTED:
        return before
    if before.crew_id is not None and _at_work(tx, before, before.crew_id):
        raise ConflictError("the crew is at another job", reason="crew_busy")
    begun = replace(before, state=CrewJobState.STARTED, started_at=_tapped(before, tapped_at, now))
    return moved(tx, actor, before, begun, "started", now)


def finish_job(
    tx: Tx,
    actor: Actor,
    job_id: CrewJobId,
    crew: Crew | None,
    words: str,
    now: datetime,
    tapped_at: datetime | None = None,
) -> CrewJob:
    """Mark a job done and close its request; repeating it changes nothing."""
    before = require_state(tx, job_id, {*_MINE, CrewJobState.DONE})
    require_own(before, crew)
    if before.state is CrewJobState.DONE:
        return before
    ended_at = _tapped(before, tapped_at, now)
    done = replace(
        before,
        state=CrewJobState.DONE,
        started_at=before.started_at or ended_at,
        ended_at=ended_at,
        said=_checked_text(words),
    )
    kept = moved(tx, actor, before, done, "done", now)
    if kept.request_id is not None:
        asked = get_request(tx, kept.request_id)
        if asked.state in CLOSABLE:
            close_by_evidence(tx, actor, asked, ClosingReason.CREW, ended_at, now)
    return kept


class Hindrance(NamedTuple):
    """Why a crew cannot do a job, with words where it is another reason than those listed."""

    reason: CannotReason
    words: str


def leave_job(
    tx: Tx,
    actor: Actor,
    job_id: CrewJobId,
    crew: Crew | None,
    hindrance: Hindrance,
    now: datetime,
    tapped_at: datetime | None = None,
) -> CrewJob:
    """Mark a job as not possible, and why; its request stays open for a dispatcher."""
    reason, words = hindrance.reason, hindrance.words
    before = require_state(tx, job_id, {*_MINE, CrewJobState.CANNOT})
    require_own(before, crew)
    if before.state is CrewJobState.CANNOT:
        return before
    if reason is CannotReason.OTHER and not words.strip():
        raise InvalidError("words", "", Need("a reason in words"))
    left = replace(
        before,
        state=CrewJobState.CANNOT,
        ended_at=_tapped(before, tapped_at, now),
        reason=reason,
        said=_checked_text(words),
    )
    return moved(tx, actor, before, left, "cannot", now)


def photograph_job(
    tx: Tx, actor: Actor, job_id: CrewJobId, crew: Crew | None, photo: str, now: datetime
) -> tuple[CrewJob, str]:
    """Say which file shows how a job ended; return it, and the file that is not needed any more.

    A photo replaces the one of the same end, so that one that is sent again changes nothing.
    """
    job = require_state(tx, job_id, _ENDED)
    require_own(job, crew)
    former = crew_photos(tx, [job_id]).get(job_id, "")
    remove_crew_photo(tx, former)
    add_crew_photo(tx, job_id, photo, now)
    add_event(tx, now, actor, "crew_job.photographed", subject_of_job(job))
    return job, former


def put_back(tx: Tx, actor: Actor, job_id: CrewJobId, now: datetime) -> CrewJob:
    """Reopen a job that a crew ended or began by mistake.

    A request that its "done" closed is opened again, and its caller told.
    """
    ended = {CrewJobState.DONE, CrewJobState.CANNOT, CrewJobState.STARTED}
    before = require_state(tx, job_id, ended)
    kept = moved(tx, actor, before, freed(before, CrewJobState.OPEN), "reopened", now)
    if before.state is CrewJobState.DONE and kept.request_id is not None:
        asked = get_request(tx, kept.request_id)
        if asked.state is RequestState.DONE and asked.closed_for is ClosingReason.CREW:
            reopen_request(tx, actor, asked.id, "", now)
    return kept


def _at_work(tx: Tx, job: CrewJob, crew_id: CrewId) -> bool:
    others = list_crew_jobs_of_crew(tx, job.storm_id, crew_id)
    return any(one.state is CrewJobState.STARTED and one.id != job.id for one in others)


def _tapped(job: CrewJob, tapped_at: datetime | None, now: datetime) -> datetime:
    """Return the time of a crew's tap, clamped to the job's start and now."""
    since = job.started_at or job.added_at
    return tapped_at if tapped_at is not None and since <= tapped_at <= now else now


def _checked_text(words: str) -> str:
    if len(words) > SAID_LETTERS:
        raise InvalidError(
            "words", words, Need("at most {max_length} characters", max_length=SAID_LETTERS)
        )
    return words.strip()
