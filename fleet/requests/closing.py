"""Closing and reopening of requests, each closing with a true reason."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from data.errors import ConflictError
from data.model import (
    Actor,
    ClosingReason,
    Job,
    JobId,
    JobState,
    NoticeKind,
    RequestId,
    RequestState,
    ServiceRequest,
    Storm,
)
from data.model.crews import (
    CrewJobState,
)
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import find_crew_job_of_request
from data.store.database.engine import Tx
from data.store.followup.comments import add_comment
from data.store.followup.sightings import list_sightings
from data.store.requests.duplicates import add_duplicate, list_duplicates, remove_duplicate
from data.store.requests.requests import get_request, list_requests_of_jobs, save_request
from data.store.requests.sla_clocks import (
    asked_since,
    get_clock,
    let_clock_run,
    stop_clock,
    wind_clock,
)
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import find_active_storm
from data.store.streets.network import has_segment
from data.store.work import add_job, find_done_at, find_open_job, get_job, set_job_state
from fleet.requests.intake import TREATMENTS, subject_of, wrong_state
from fleet.requests.notices import retract_end_notice, write_end_notice, write_notice
from fleet.work.crew_jobs import drop_job_of_request, reopen_job_of_request
from fleet.work.jobs import NOT_YET, born_of_request

CLOSED_AS: Mapping[ClosingReason, RequestState] = {
    ClosingReason.PLOWED: RequestState.DONE,
    ClosingReason.INSPECTED: RequestState.DONE,
    ClosingReason.CREW: RequestState.DONE,
    ClosingReason.HANDED_OVER: RequestState.HANDED_OVER,
    ClosingReason.WITHDRAWN: RequestState.CANCELLED,
    ClosingReason.MELTED: RequestState.CANCELLED,
    ClosingReason.NOTHING_FOUND: RequestState.CANCELLED,
    ClosingReason.OUTSIDE_CITY: RequestState.CANCELLED,
    ClosingReason.NOT_OURS: RequestState.CANCELLED,
    ClosingReason.UNPLACEABLE: RequestState.CANCELLED,
    ClosingReason.DUPLICATE: RequestState.CANCELLED,
}
"""The state that each reason ends in: only what somebody proved is done."""

UNPROVED = "unproved"
"""Why the audit log says that something is open again whose evidence was taken back."""

STILL_OPEN = frozenset({RequestState.NEW, RequestState.OPEN})
"""Waits for us."""

OF_ONE_CALLER = frozenset({ClosingReason.WITHDRAWN, ClosingReason.DUPLICATE})
"""Endings that say nothing to the callers of requests that were merged into this one."""

CLOSABLE = STILL_OPEN | {RequestState.HANDED_OVER}
"""May be closed; what another agency has may still turn out to be something else."""


def close_request(
    tx: Tx,
    actor: Actor,
    request_id: RequestId,
    reason: ClosingReason,
    note: str,
    now: datetime,
) -> ServiceRequest:
    """Close a request; a job that only it asked for is cancelled.

    Where it ends for its own caller alone, those that were merged into it are open again. The note
    becomes a comment, and is no part of the audit log. Raises `ConflictError` where the request is
    closed already, or where nothing proves what the reason says.
    """
    asked = get_request(tx, request_id)
    state = CLOSED_AS[reason]
    require_closable(asked, reason)
    _require_proof(tx, asked, reason)
    handed_at = get_clock(tx, asked.id).closed_at
    closed = _close(tx, actor, asked, reason, now if state is RequestState.DONE else None, now)
    if note.strip():
        add_comment(tx, asked.id, actor.id, note.strip(), now)
    if reason in OF_ONE_CALLER:
        for each in list_duplicates(tx, asked.id):
            _stand_alone(tx, actor, each, now)
            if handed_at is not None:
                retract_end_notice(tx, each.id, handed_at, now)
    drop_unwanted_job(tx, actor, asked, now)
    return closed


def require_closable(asked: ServiceRequest, reason: ClosingReason) -> None:
    """Raise `ConflictError` where a request is closed already."""
    if asked.state not in CLOSABLE or asked.state is CLOSED_AS[reason]:
        raise wrong_state(asked)


def cancel_request(
    tx: Tx, actor: Actor, request_id: RequestId, note: str, now: datetime
) -> ServiceRequest:
    """Close a request that the caller withdrew."""
    return close_request(tx, actor, request_id, ClosingReason.WITHDRAWN, note, now)


def close_by_evidence(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    reason: ClosingReason,
    served_at: datetime,
    now: datetime,
) -> ServiceRequest:
    """Close a request by evidence that the calling function has."""
    return _close(tx, actor, asked, reason, served_at, now)


def reopen_request(
    tx: Tx, actor: Actor, request_id: RequestId, why: str, now: datetime
) -> ServiceRequest:
    """Reopen a closed request: its job is due again from now, or it waits for a place.

    `why` becomes a comment. Raises `ConflictError` where it is not closed.
    """
    asked = get_request(tx, request_id)
    if asked.state in STILL_OPEN:
        raise wrong_state(asked)
    again = _waiting_again(tx, actor, asked, now)
    if why.strip():
        add_comment(tx, asked.id, actor.id, why.strip(), now)
    return _reopened(tx, actor, asked, again, now, unproved=False)


def reopen_unproved(
    tx: Tx, actor: Actor, asked: ServiceRequest, job_id: JobId, now: datetime
) -> ServiceRequest:
    """Reopen a request whose job is not proved done any more."""
    again = replace(asked, state=RequestState.OPEN, job_id=job_id, closed_for=None)
    return _reopened(tx, actor, asked, again, now, unproved=True)


def _reopened(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    again: ServiceRequest,
    now: datetime,
    *,
    unproved: bool,
) -> ServiceRequest:
    why = {"reason": UNPROVED} if unproved else {}
    _save_open(tx, actor, asked, again, why, now)
    wind_clock(tx, asked.id, now, unproved=unproved)
    for each in (asked, *list_duplicates(tx, asked.id)):
        write_notice(tx, each.id, NoticeKind.REOPENED, {}, now)
    return again


def merge(
    tx: Tx, actor: Actor, asked: ServiceRequest, kept: ServiceRequest, now: datetime
) -> ServiceRequest:
    """Close a request as a duplicate of one that is open; its caller hears how that one ends."""
    require_closable(asked, ClosingReason.DUPLICATE)
    add_duplicate(tx, asked.id, kept.id, now)  # first: its own duplicates go along
    closed = close_request(tx, actor, asked.id, ClosingReason.DUPLICATE, "", now)
    retract_end_notice(tx, asked.id, now, now)
    after = {"into": kept.id, "reference": kept.reference}
    add_event(tx, now, actor, "request.merged", subject_of(asked), after=after)
    return closed


def _stand_alone(tx: Tx, actor: Actor, asked: ServiceRequest, now: datetime) -> None:
    """Open a duplicate again whose kept request ended for its own caller alone.

    Nothing had ended for the caller of the duplicate: its clock goes on, and no message is written.
    """
    _save_open(tx, actor, asked, _waiting_again(tx, actor, asked, now), {}, now)
    let_clock_run(tx, asked.id)


def _save_open(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    again: ServiceRequest,
    why: Mapping[str, str],
    now: datetime,
) -> None:
    """Save a closed request as open again, which stands for itself from now on."""
    save_request(tx, again)
    remove_duplicate(tx, asked.id)
    before = {"state": asked.state, "reason": asked.closed_for, "job": asked.job_id}
    after = {"state": again.state, "job": again.job_id, **why}
    add_event(tx, now, actor, "request.reopened", subject_of(asked), before, after)


def _close(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    reason: ClosingReason,
    done_at: datetime | None,
    now: datetime,
) -> ServiceRequest:
    closed = replace(asked, state=CLOSED_AS[reason], closed_for=reason)
    save_request(tx, closed)
    stop_clock(tx, asked.id, now, done_at)
    before = {"state": asked.state, "job": asked.job_id}
    after = {"state": closed.state, "reason": reason}
    add_event(tx, now, actor, f"request.{closed.state}", subject_of(asked), before, after)
    write_end_notice(tx, closed, done_at or now, now)
    told_too = [] if reason in OF_ONE_CALLER else list_duplicates(tx, asked.id)
    for each in told_too:
        write_end_notice(tx, replace(closed, id=each.id), done_at or now, now)
    return closed


def _require_proof(tx: Tx, asked: ServiceRequest, reason: ClosingReason) -> None:
    """Raise `ConflictError` where a reason claims work or a visit without evidence."""
    if reason is ClosingReason.PLOWED:
        done_at = None if asked.job_id is None else find_done_at(tx, asked.job_id)
        proved = done_at is not None and done_at >= asked_since(tx, asked)
    elif reason is ClosingReason.INSPECTED:
        since = asked_since(tx, asked)
        seen = [each for each in list_sightings(tx, asked.id) if each.seen_at >= since]
        proved = bool(seen) and seen[-1].clear
    elif reason is ClosingReason.CREW:
        done = find_crew_job_of_request(tx, asked.id)
        proved = done is not None and done.state is CrewJobState.DONE
    else:
        return
    if not proved:
        raise ConflictError(
            f"nothing proves that request {asked.reference} was {reason}",
            reason="closing_unproved",
            reference=asked.reference,
        )


def _waiting_again(tx: Tx, actor: Actor, asked: ServiceRequest, now: datetime) -> ServiceRequest:
    """Return a closed request with a job in the active storm, or waiting."""
    storm = find_active_storm(tx)
    waiting = replace(asked, state=RequestState.NEW, job_id=None, closed_for=None)
    return waiting if storm is None else _asked_again(tx, actor, asked, waiting, storm, now)


def _asked_again(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    waiting: ServiceRequest,
    storm: Storm,
    now: datetime,
) -> ServiceRequest:
    """Return the request on the open job of its street, or on a new one like its old job."""
    if waiting.snap is None or not has_segment(tx, waiting.snap.segment_id):
        return waiting
    treatment = TREATMENTS.get(waiting.kind)
    if treatment is None:
        reopen_job_of_request(tx, actor, waiting, storm.id, now)
        return replace(waiting, state=RequestState.OPEN)
    job = find_open_job(tx, storm.id, waiting.snap.segment_id, treatment)
    if job is None and asked.job_id is not None:
        former = replace(get_job(tx, asked.job_id), segment_id=waiting.snap.segment_id)
        job = _job_again(tx, actor, former, storm, now)
    if job is None:
        return waiting
    return replace(waiting, state=RequestState.OPEN, job_id=job.id)


def _job_again(tx: Tx, actor: Actor, former: Job, storm: Storm, now: datetime) -> Job:
    """Add a job like a former one, due from now within the same time."""
    wanted = replace(
        former,
        id=NOT_YET,
        storm_id=storm.id,
        starts_at=now,
        due_at=now + (former.due_at - former.starts_at),
        state=JobState.OPEN,
    )
    job = add_job(tx, wanted)
    born = {
        "segment": job.segment_id,
        "treatment": job.treatment,
        "passes": job.passes,
        "service_class": job.service_class,
        "again": former.id,
    }
    add_event(tx, now, actor, "job.added", f"job:{job.id}", after=born)
    return job


def drop_unwanted_job(tx: Tx, actor: Actor, asked: ServiceRequest, now: datetime) -> None:
    """Cancel the job that a request left, where no other request wants it.

    A crew's job goes with its request in any case.
    """
    drop_job_of_request(tx, actor, asked.id, now)
    if asked.job_id is None:
        return
    job = get_job(tx, asked.job_id)
    others = [
        each for each in list_requests_of_jobs(tx, [job.id]) if each.state is RequestState.OPEN
    ]
    if (
        job.state is not JobState.OPEN
        or others
        or not born_of_request(job, get_storm_policy(tx, job.storm_id))
    ):
        return
    set_job_state(tx, [job.id], JobState.CANCELLED)
    change = ({"state": job.state}, {"state": JobState.CANCELLED})
    add_event(tx, now, actor, "job.cancelled", f"job:{job.id}", *change)
