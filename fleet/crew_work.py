"""What a crew tells of its list: begun, done, or why it cannot be done."""

from dataclasses import replace
from datetime import datetime

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
from data.store.crew_jobs import list_crew_jobs_of_crew
from data.store.engine import Tx
from data.store.requests import get_request
from fleet.closing import CLOSABLE, close_by_evidence, reopen_request
from fleet.crew_jobs import freed, moved, require_state

SAID_LETTERS = 500

_MINE = frozenset({CrewJobState.ASSIGNED, CrewJobState.STARTED})


def require_own(job: CrewJob, crew: Crew | None) -> None:
    """Raise `ForbiddenError` for a job that is not on the crew's own list; `None` may all."""
    if crew is not None and job.crew_id != crew.id:
        raise ForbiddenError("this job is not on your list")


def start_job(tx: Tx, actor: Actor, job_id: CrewJobId, crew: Crew | None, now: datetime) -> CrewJob:
    """Say that a crew has begun a job; the same again changes nothing.

    Raises `ConflictError` while the crew is at another one.
    """
    before = require_state(tx, job_id, _MINE)
    require_own(before, crew)
    if before.state is CrewJobState.STARTED:
        return before
    if before.crew_id is not None and _at_work(tx, before, before.crew_id):
        raise ConflictError("the crew is at another job", reason="crew_busy")
    begun = replace(before, state=CrewJobState.STARTED, started_at=now)
    return moved(tx, actor, before, begun, "started", now)


def finish_job(
    tx: Tx, actor: Actor, job_id: CrewJobId, crew: Crew | None, words: str, now: datetime
) -> CrewJob:
    """Say that a job is done, which closes the request that asked for it; again changes nothing."""
    before = require_state(tx, job_id, {*_MINE, CrewJobState.DONE})
    require_own(before, crew)
    if before.state is CrewJobState.DONE:
        return before
    done = replace(
        before,
        state=CrewJobState.DONE,
        started_at=before.started_at or now,
        ended_at=now,
        said=_said(words),
    )
    kept = moved(tx, actor, before, done, "done", now)
    if kept.request_id is not None:
        asked = get_request(tx, kept.request_id)
        if asked.state in CLOSABLE:
            close_by_evidence(tx, actor, asked, ClosingReason.CREW, now, now)
    return kept


def leave_job(
    tx: Tx,
    actor: Actor,
    job_id: CrewJobId,
    crew: Crew | None,
    reason: CannotReason,
    words: str,
    now: datetime,
) -> CrewJob:
    """Say that a job cannot be done, and why; its request stays open for a dispatcher."""
    before = require_state(tx, job_id, {*_MINE, CrewJobState.CANNOT})
    require_own(before, crew)
    if before.state is CrewJobState.CANNOT:
        return before
    if reason is CannotReason.OTHER and not words.strip():
        raise InvalidError("words", "", Need("words that say why"))
    left = replace(
        before, state=CrewJobState.CANNOT, ended_at=now, reason=reason, said=_said(words)
    )
    return moved(tx, actor, before, left, "cannot", now)


def put_back(tx: Tx, actor: Actor, job_id: CrewJobId, now: datetime) -> CrewJob:
    """Put a job that a crew ended, or began by mistake, on the list of open work again.

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


def _said(words: str) -> str:
    if len(words) > SAID_LETTERS:
        raise InvalidError(
            "words", words, Need("at most {max_length} letters", max_length=SAID_LETTERS)
        )
    return words.strip()
