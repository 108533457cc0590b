"""Messages to callers and agencies as rows: what is said, when, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, cast, delete, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from data.model import (
    JobId,
    Notice,
    NoticeId,
    NoticeKind,
    NoticeState,
    Referral,
    ReferralId,
    RequestId,
    RequestState,
)
from data.requests.phone_number import plain_number
from data.store.database.engine import Tx
from data.store.database.records import records
from data.store.requests.requests import Caller
from data.store.schema import caller, notice, request

AT_ONCE = 500
"""Ids in one question to the database."""

ONGOING = (NoticeState.SENDING, NoticeState.SENT, NoticeState.LOST)
"""What has reached a person, or may have."""


class NewNotice(NamedTuple):
    """A message that is written with many others of its kind."""

    request_id: RequestId
    nth: int
    facts: Mapping[str, str]
    stale_at: datetime


def add_notice(
    tx: Tx,
    request_id: RequestId,
    kind: NoticeKind,
    nth: int,
    facts: Mapping[str, str],
    now: datetime,
    stale_at: datetime,
) -> None:
    """Write a message down, due at once, unless the same one is there."""
    row = insert(notice).values(
        request_id=request_id,
        kind=kind,
        nth=nth,
        facts=dict(facts),
        state=NoticeState.WAITING,
        written_at=now,
        due_at=now,
        stale_at=stale_at,
    )
    tx.execute(row.on_conflict_do_nothing())


def add_new_notices(tx: Tx, kind: NoticeKind, new: Sequence[NewNotice], now: datetime) -> None:
    """Write messages of one kind down, due at once; each is the next of its request and kind."""
    rows = [
        {
            "request_id": one.request_id,
            "kind": kind,
            "nth": one.nth,
            "facts": dict(one.facts),
            "state": NoticeState.WAITING,
            "written_at": now,
            "due_at": now,
            "stale_at": one.stale_at,
        }
        for one in new
    ]
    if rows:
        tx.execute(insert(notice), rows)


def list_due_notices(tx: Tx, now: datetime, limit: int) -> list[Notice]:
    """Return the messages that may go out, longest waiting first."""
    query = select(notice).where(notice.c.state == NoticeState.WAITING, notice.c.due_at <= now)
    return records(Notice, tx.execute(query.order_by(notice.c.due_at, notice.c.id).limit(limit)))


def list_notices(tx: Tx, request_id: RequestId) -> list[Notice]:
    """Return the messages about a request, in the order they were written."""
    query = select(notice).where(notice.c.request_id == request_id).order_by(notice.c.id)
    return records(Notice, tx.execute(query))


def list_agency_messages(tx: Tx, given: Collection[Referral]) -> dict[ReferralId, Notice]:
    """Return the letters of these referrals that have one: those that did not go by paper."""
    wanted = {one.id for one in given}
    found: dict[ReferralId, Notice] = {}
    for ids in batched(sorted({one.request_id for one in given}), AT_ONCE, strict=False):
        query = select(notice).where(
            notice.c.kind == NoticeKind.LETTER, notice.c.request_id.in_(ids)
        )
        for one in records(Notice, tx.execute(query)):
            if one.nth in wanted:
                found[ReferralId(one.nth)] = one
    return found


def list_sending(tx: Tx, until: datetime) -> list[Notice]:
    """Return the messages that went to a gateway until then and have no outcome, oldest first."""
    query = select(notice).where(notice.c.state == NoticeState.SENDING, notice.c.told_at <= until)
    return records(Notice, tx.execute(query.order_by(notice.c.id)))


def count_notices(tx: Tx, request_id: RequestId, kind: NoticeKind) -> int:
    """Return how many messages of a kind were written about a request."""
    query = select(func.count()).where(notice.c.request_id == request_id, notice.c.kind == kind)
    return int(tx.execute(query).scalar_one())


def count_reaching(tx: Tx, who: Caller, since: datetime) -> int:
    """Return how many messages went to a person since then, whatever they asked for."""
    same = [same_number(who)] if who.phone else []
    if who.email:
        same.append(caller.c.email == who.email)
    to_a_person = notice.c.kind != NoticeKind.LETTER
    query = (
        select(func.count())
        .select_from(notice.join(caller, caller.c.request_id == notice.c.request_id))
        .where(
            or_(false(), *same),
            to_a_person,
            notice.c.state.in_(ONGOING),
            notice.c.told_at > since,
        )
    )
    return int(tx.execute(query).scalar_one())


def find_last_notices(
    tx: Tx, request_ids: Sequence[RequestId], kind: NoticeKind
) -> dict[RequestId, Notice]:
    """Return the newest message of a kind about each of these requests, where there is one."""
    found: dict[RequestId, Notice] = {}
    for ids in batched(request_ids, AT_ONCE, strict=False):
        query = select(notice).where(notice.c.kind == kind, notice.c.request_id.in_(ids))
        for one in records(Notice, tx.execute(query.order_by(notice.c.nth))):
            found[one.request_id] = one
    return found


def list_expecting(tx: Tx, job_ids: Collection[JobId]) -> dict[RequestId, JobId]:
    """Return the open requests of these jobs whose callers want messages, with their jobs."""
    found: dict[RequestId, JobId] = {}
    for ids in batched(sorted(job_ids), AT_ONCE, strict=False):
        query = (
            select(request.c.id, request.c.job_id)
            .join(caller, caller.c.request_id == request.c.id)
            .where(
                request.c.job_id.in_(ids),
                request.c.state == RequestState.OPEN,
                caller.c.consent,
            )
        )
        found |= {RequestId(row.id): JobId(row.job_id) for row in tx.execute(query)}
    return found


def list_unpromised(tx: Tx) -> list[JobId]:
    """Return the jobs of open requests whose callers want messages and had no promise of it yet."""
    promised = select(notice.c.id).where(
        notice.c.request_id == request.c.id,
        notice.c.kind == NoticeKind.PLANNED,
        notice.c.facts["job"].as_string() == cast(request.c.job_id, Text),
    )
    query = (
        select(request.c.job_id)
        .join(caller, caller.c.request_id == request.c.id)
        .where(
            request.c.state == RequestState.OPEN,
            request.c.job_id.is_not(None),
            caller.c.consent,
            ~promised.exists(),
        )
        .distinct()
    )
    return [JobId(job_id) for job_id in tx.execute(query).scalars()]


def set_notice(
    tx: Tx, notice_id: NoticeId, state: NoticeState, due_at: datetime, fault: str = ""
) -> None:
    """Put a message into a state, with why it did not go; one that waits goes out at `due_at`."""
    change = update(notice).where(notice.c.id == notice_id)
    tx.execute(change.values(state=state, due_at=due_at, fault=fault))


def drop_notice(tx: Tx, notice_id: NoticeId) -> None:
    """Remove a message that nobody got: what it tells did not happen."""
    tx.execute(delete(notice).where(notice.c.id == notice_id))


def set_sending(tx: Tx, notice_id: NoticeId, tries: int, now: datetime) -> None:
    """Say that a message goes to a gateway now."""
    change = update(notice).where(notice.c.id == notice_id)
    tx.execute(change.values(state=NoticeState.SENDING, tries=tries, told_at=now))


def list_unsent(tx: Tx, since: datetime) -> list[Notice]:
    """Return the messages to callers that did not go out and say why, the newest first."""
    query = select(notice).where(
        notice.c.fault != "", notice.c.kind != NoticeKind.LETTER, notice.c.written_at > since
    )
    return records(Notice, tx.execute(query.order_by(notice.c.id.desc())))


def look_again_at(tx: Tx, request_id: RequestId, fault: str, now: datetime) -> None:
    """Let messages about a request that waited for this reason be looked at now."""
    waiting = (notice.c.request_id == request_id) & (notice.c.state == NoticeState.WAITING)
    change = update(notice).where(waiting, notice.c.fault == fault)
    tx.execute(change.values(due_at=now))


def same_number(who: Caller) -> ColumnElement[bool]:
    """Return the condition that a row of `caller` has this number, however it is written."""
    number = plain_number(who.phone)
    return caller.c.number == number if number else caller.c.phone == who.phone
