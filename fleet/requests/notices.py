"""Messages to callers and agencies, written in the transaction of the event.

Nothing is sent from here: `fleet.requests.outbox` says what may go out when, and `api` sends it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from data.model import (
    ClosingReason,
    JobId,
    Notice,
    NoticeKind,
    NoticeState,
    Referral,
    RequestId,
    ServiceRequest,
)
from data.model.crews import (
    CrewJob,
)
from data.store.database.engine import Tx
from data.store.requests.notices import (
    NewNotice,
    add_new_notices,
    add_notice,
    count_notices,
    drop_notice,
    find_last_notices,
    list_agency_messages,
    list_expecting,
    list_notices,
    list_unsent,
    set_notice,
)
from data.store.requests.promises import list_last_promises
from data.store.requests.requests import find_caller
from data.store.work import find_done_at, get_job, segments_of_jobs

STALE_AFTER: Mapping[NoticeKind, timedelta] = {
    NoticeKind.ACKNOWLEDGED: timedelta(hours=2),
    NoticeKind.PLANNED: timedelta(hours=12),
    NoticeKind.DONE: timedelta(hours=24),
    NoticeKind.REOPENED: timedelta(hours=6),
    NoticeKind.HANDED_OVER: timedelta(hours=48),
    NoticeKind.CLOSED: timedelta(hours=48),
    NoticeKind.LETTER: timedelta(days=365),
}
"""After this time a message says nothing that its reader does not know; then it is not sent."""

REPEATED = frozenset({NoticeKind.REOPENED, NoticeKind.HANDED_OVER})
"""What may happen to a request again and again, and is told each time."""

ENDS = frozenset({NoticeKind.DONE, NoticeKind.HANDED_OVER, NoticeKind.CLOSED})
"""What says that a request has ended."""

LISTED_FOR = timedelta(days=7)
"""How long the complaints office sees what was not sent."""

MOVED = timedelta(minutes=30)
"""A promise that moves later by less is not worth a second message."""


class JobWindow(NamedTuple):
    """The time window in which a caller is told to expect a job."""

    starts_at: datetime
    ends_at: datetime


def write_notice(
    tx: Tx, request_id: RequestId, kind: NoticeKind, facts: Mapping[str, str], now: datetime
) -> None:
    """Write a message to a caller with consent; repeating it changes nothing.

    A request that was opened again is told again what becomes of it.
    """
    who = find_caller(tx, request_id)
    if who is None or not who.consent:
        return
    counted = kind if kind in REPEATED else NoticeKind.REOPENED
    acknowledged = kind is NoticeKind.ACKNOWLEDGED
    nth = 1 if acknowledged else count_notices(tx, request_id, counted) + 1
    add_notice(tx, request_id, kind, nth, facts, now, now + STALE_AFTER[kind])


def unsent_messages(tx: Tx, now: datetime) -> list[Notice]:
    """Return the messages to callers of the last days that did not go out, the newest first."""
    return list_unsent(tx, now - LISTED_FOR)


def write_agency_message(tx: Tx, one: Referral, now: datetime) -> None:
    """Write the message to the agency that a request was referred to."""
    stale_at = now + STALE_AFTER[NoticeKind.LETTER]
    add_notice(tx, one.request_id, NoticeKind.LETTER, one.id, {}, now, stale_at)


def drop_agency_message(tx: Tx, one: Referral) -> None:
    """Drop an agency's message that was not sent yet; its request is ours again."""
    letter = list_agency_messages(tx, [one]).get(one.id)
    if letter is not None and letter.state is NoticeState.WAITING:
        set_notice(tx, letter.id, NoticeState.UNWANTED, letter.due_at)


def write_end_notice(tx: Tx, closed: ServiceRequest, ended_at: datetime, now: datetime) -> None:
    """Tell the caller how the request was closed: work and time, or the reason without work."""
    reason = closed.closed_for
    if reason is ClosingReason.PLOWED and closed.job_id is not None:
        write_notice(tx, closed.id, NoticeKind.DONE, _done_facts(tx, closed.job_id, ended_at), now)
    elif reason in {ClosingReason.INSPECTED, ClosingReason.CREW}:
        facts = {"reason": reason.value, "at": ended_at.isoformat(), "kind": closed.kind.value}
        write_notice(tx, closed.id, NoticeKind.DONE, facts, now)
    elif reason is ClosingReason.HANDED_OVER:
        write_notice(tx, closed.id, NoticeKind.HANDED_OVER, {}, now)
    elif reason is not None:
        write_notice(tx, closed.id, NoticeKind.CLOSED, {"reason": reason.value}, now)


def retract_end_notice(tx: Tx, request_id: RequestId, since: datetime, now: datetime) -> None:
    """Retract a message about a closing since a moment that was a mistake, where not sent yet.

    Where the message is gone already, the caller hears that the request is open again.
    """
    said = [
        one
        for one in list_notices(tx, request_id)
        if one.kind in ENDS | {NoticeKind.REOPENED} and one.written_at >= since
    ]
    if not said or said[-1].kind is NoticeKind.REOPENED:
        return
    if said[-1].state is NoticeState.WAITING:
        drop_notice(tx, said[-1].id)
    else:
        write_notice(tx, request_id, NoticeKind.REOPENED, {}, now)


def write_planned_notices(tx: Tx, job_ids: Collection[JobId], now: datetime) -> int:
    """Tell callers their promises, and return how many messages that makes.

    Who was told already is told again only where the promise has moved later: silence would
    break it. Who was promised nothing hears nothing.
    """
    expecting = list_expecting(tx, job_ids)
    notices = find_last_notices(tx, sorted(expecting), NoticeKind.PLANNED)
    promises = list_last_promises(tx, expecting)
    segments = segments_of_jobs(tx, set(expecting.values()))
    new = []
    for request_id, job_id in expecting.items():
        given = promises.get(request_id)
        if given is None or given.job_id != job_id or given.to_at <= now:
            continue
        window = JobWindow(given.from_at, given.to_at)
        last = notices.get(request_id)
        if last is not None and not _moved(last, str(job_id), window):
            continue
        if last is not None and last.state is NoticeState.WAITING:
            set_notice(tx, last.id, NoticeState.STALE, last.due_at)
        facts = {
            "job": str(job_id),
            "segment": str(segments[job_id]),
            "from": window.starts_at.isoformat(),
            "until": window.ends_at.isoformat(),
        }
        nth = last.nth + 1 if last else 1
        stale_at = min(window.ends_at, now + STALE_AFTER[NoticeKind.PLANNED])
        new.append(NewNotice(request_id, nth, facts, stale_at))
    add_new_notices(tx, NoticeKind.PLANNED, new, now)
    return len(new)


def write_crew_notices(tx: Tx, windows: Iterable[tuple[CrewJob, JobWindow]], now: datetime) -> None:
    """Tell callers when a crew comes; again where it moved later, as `write_planned_notices` does.

    A job that no request asked for tells nobody.
    """
    for job, window in windows:
        if job.request_id is None or window.ends_at <= now:
            continue
        who = find_caller(tx, job.request_id)
        if who is None or not who.consent:
            continue
        key = f"crew:{job.id}"
        last = find_last_notices(tx, [job.request_id], NoticeKind.PLANNED).get(job.request_id)
        if last is not None and not _moved(last, key, window):
            continue
        if last is not None and last.state is NoticeState.WAITING:
            set_notice(tx, last.id, NoticeState.STALE, last.due_at)
        facts = {
            "job": key,
            "segment": "" if job.segment_id is None else str(job.segment_id),
            "from": window.starts_at.isoformat(),
            "until": window.ends_at.isoformat(),
        }
        nth = last.nth + 1 if last else 1
        stale_at = min(window.ends_at, now + STALE_AFTER[NoticeKind.PLANNED])
        add_new_notices(
            tx, NoticeKind.PLANNED, [NewNotice(job.request_id, nth, facts, stale_at)], now
        )


def _moved(last: Notice, job: str, window: JobWindow) -> bool:
    told_until = datetime.fromisoformat(last.facts["until"])
    return last.facts["job"] != job or window.ends_at > told_until + MOVED


def _done_facts(tx: Tx, job_id: JobId, ended_at: datetime) -> dict[str, str]:
    job = get_job(tx, job_id)
    return {
        "reason": ClosingReason.PLOWED.value,
        "segment": str(job.segment_id),
        "at": (find_done_at(tx, job.id) or ended_at).isoformat(),
        "directions": job.directions.value,
        "treatment": job.treatment.value,
    }
