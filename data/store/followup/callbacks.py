"""Callbacks to make: callers without messages whose request has news."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
)

from data.model import (
    CallAttempt,
    Callback,
    CallbackReason,
    CallOutcome,
    ClosingReason,
    ReferralState,
    RequestId,
    RequestState,
    ServiceRequest,
)
from data.store.database.engine import Tx
from data.store.database.records import record, records, row_of
from data.store.schema import (
    UtcDateTime,
    call_attempt,
    caller,
    duplicate,
    job,
    promise,
    referral,
    request,
    request_clock,
)

MOST_TRIES = 3
"""A caller who did not answer so often is not called about the same news again."""

RETRY = timedelta(minutes=20)
"""How long after nobody answered one tries again."""

_standing = request.alias("standing")
"""The request itself, or the one that a duplicate was merged into."""

NO_NEWS = (ClosingReason.WITHDRAWN, ClosingReason.DUPLICATE)
"""Endings that the caller knows of, or hears of with another request."""


def list_callbacks(tx: Tx, now: datetime, limit: int) -> list[Callback]:
    """Return the calls to make now, the oldest news first."""
    waiting = _waiting(now).subquery()
    query = (
        select(waiting, _standing, request.c.reference.label("own_reference"), caller.c.language)
        .join(request, request.c.id == waiting.c.request_id)
        .join(_standing, _standing.c.id == waiting.c.standing_id)
        .join(caller, caller.c.request_id == request.c.id)
        .order_by(waiting.c.since, request.c.id)
        .limit(limit)
    )
    return [record(Callback, row, request=_called_about(row)) for row in tx.execute(query)]


def _called_about(row: Row[Any]) -> ServiceRequest:
    """Return what became of a request under its own number, for a duplicate of its kept one."""
    standing = record(ServiceRequest, row)
    return replace(standing, id=RequestId(row.request_id), reference=row.own_reference)


def count_callbacks(tx: Tx, now: datetime) -> int:
    """Return how many calls are to be made now."""
    return tx.execute(select(func.count()).select_from(_waiting(now).subquery())).scalar_one()


def add_call_attempt(tx: Tx, attempt: CallAttempt) -> None:
    """Keep that somebody called, and what came of it."""
    tx.execute(insert(call_attempt).values(row_of(attempt, call_attempt)))


def list_call_attempts(tx: Tx, request_id: RequestId) -> list[CallAttempt]:
    """Return the calls to the caller of a request, oldest first."""
    query = select(call_attempt).where(call_attempt.c.request_id == request_id)
    return records(CallAttempt, tx.execute(query.order_by(call_attempt.c.id)))


def _waiting(now: datetime) -> Select[Any]:
    """Return request, its kept one, reason, since, tries and last try of each callback to make."""
    news = _news(now).subquery()
    again = and_(
        call_attempt.c.request_id == news.c.request_id,
        call_attempt.c.news == news.c.news,
        call_attempt.c.at >= news.c.since,
    )
    tried_at = func.max(call_attempt.c.at)
    settled = func.sum(case((call_attempt.c.outcome != CallOutcome.NO_ANSWER, 1), else_=0))
    tries = func.count(call_attempt.c.id)
    return (
        select(
            news.c.request_id,
            news.c.standing_id,
            news.c.news,
            news.c.since,
            tries.label("tries"),
            tried_at.label("tried_at"),
        )
        .select_from(news.outerjoin(call_attempt, again))
        .group_by(news.c.request_id, news.c.standing_id, news.c.news, news.c.since)
        .having(
            settled == 0,
            tries < MOST_TRIES,
            or_(tried_at.is_(None), tried_at <= now - RETRY),
        )
    )


def _news(now: datetime) -> CompoundSelect[Any]:
    ended = request_clock.c.closed_at
    done = _standing.c.state == RequestState.DONE
    closed = and_(
        _standing.c.state == RequestState.CANCELLED, _standing.c.closed_for.not_in(NO_NEWS)
    )
    given = _standing.c.state == RequestState.HANDED_OVER
    wanted_at = func.coalesce(_promised_until(), job.c.due_at, type_=UtcDateTime())
    late = and_(_standing.c.state == RequestState.OPEN, wanted_at < now)
    answered = and_(given, referral.c.state == ReferralState.DONE)
    return union_all(
        _of(CallbackReason.DONE, ended, done),
        _of(CallbackReason.CLOSED, ended, closed),
        _of(CallbackReason.HANDED_OVER, ended, given),
        _of(CallbackReason.LATE, wanted_at, late),
        _of(CallbackReason.ANSWERED, referral.c.answered_at, answered),
    )


def _promised_until() -> ScalarSelect[Any]:
    """Return the end of the last window promised to the caller."""
    query = select(promise.c.to_at).where(promise.c.request_id == _standing.c.id)
    return query.order_by(promise.c.id.desc()).limit(1).scalar_subquery()


def _of(
    news: CallbackReason, since: ColumnElement[Any], condition: ColumnElement[bool]
) -> Select[Any]:
    tables = (
        request.join(caller, caller.c.request_id == request.c.id)
        .outerjoin(duplicate, duplicate.c.request_id == request.c.id)
        .join(_standing, _standing.c.id == func.coalesce(duplicate.c.kept_id, request.c.id))
        .join(request_clock, request_clock.c.request_id == _standing.c.id)
        .outerjoin(job, job.c.id == _standing.c.job_id)
        .outerjoin(referral, referral.c.request_id == _standing.c.id)
    )
    return (
        select(
            request.c.id.label("request_id"),
            _standing.c.id.label("standing_id"),
            literal(news.value).label("news"),
            since.label("since"),
        )
        .select_from(tables)
        .where(condition, caller.c.phone != "", caller.c.consent.is_(False), since.is_not(None))
        .distinct()
    )
