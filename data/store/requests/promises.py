"""What callers were promised, as rows."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, or_, select

from data.model import (
    ClosingReason,
    JobId,
    JobState,
    Promise,
    PromiseOutcome,
    RequestId,
    RequestState,
)
from data.model.requests.promises import KeptCount
from data.store.audit.changed_rows import mark_added
from data.store.database.engine import Tx
from data.store.database.records import records, row_of
from data.store.schema import job, pace_proposal, promise, request

ASKED_AT_ONCE = 500
"""Requests named in one question: SQLite takes some thousand variables."""

_later_job = job.alias("later_job")
_DONE_AT: ColumnElement[Any] = func.coalesce(
    *(case((of.c.done_at >= request.c.received_at, of.c.done_at)) for of in (job, _later_job))
)
"""When the work was done; what was done before the request came is no answer to it."""


class AwaitingPromise(NamedTuple):
    """An open request with its job; `until` ends what was promised last for that job."""

    request_id: RequestId
    job_id: JobId
    until: datetime | None


def add_promises(tx: Tx, given: Iterable[Promise]) -> None:
    """Keep what callers were promised; the caller of this writes the event."""
    rows = [row_of(one, promise) for one in given]
    if rows:
        mark_added(tx, promise, tx.scalars(insert(promise).returning(promise.c.id), rows))


def list_awaiting_promise(tx: Tx) -> list[AwaitingPromise]:
    """Return the open requests that have a job, by id, and until when each was promised it."""
    last = (
        select(func.max(promise.c.id))
        .where(promise.c.request_id == request.c.id)
        .correlate(request)
        .scalar_subquery()
    )
    same = and_(promise.c.id == last, promise.c.job_id == request.c.job_id)
    query = (
        select(request.c.id.label("request_id"), request.c.job_id, promise.c.to_at.label("until"))
        .select_from(request.outerjoin(promise, same))
        .where(request.c.state == RequestState.OPEN, request.c.job_id.is_not(None))
        .order_by(request.c.id)
    )
    return records(AwaitingPromise, tx.execute(query))


def find_promise(tx: Tx, request_id: RequestId) -> Promise | None:
    """Return what was promised last for a request."""
    return list_last_promises(tx, [request_id]).get(request_id)


def list_last_promises(tx: Tx, request_ids: Collection[RequestId]) -> dict[RequestId, Promise]:
    """Return what was promised last for each of these requests that was promised anything."""
    ids, found = sorted(request_ids), dict[RequestId, Promise]()
    for i in range(0, len(ids), ASKED_AT_ONCE):
        chosen = promise.c.request_id.in_(ids[i : i + ASKED_AT_ONCE])
        query = select(promise).where(chosen).order_by(promise.c.id)
        found |= {one.request_id: one for one in records(Promise, tx.execute(query))}
    return found


def list_promise_outcomes(tx: Tx, limit: int, now: datetime) -> list[PromiseOutcome]:
    """Return the newest promises that are decided, newest first, and what evidence says of each.

    Those of before plans were told other durations of work are left out: they say nothing of the
    plans of now.
    """
    return of_present_plans(tx, list_all_outcomes(tx, limit, now))


def of_present_plans(tx: Tx, outcomes: Iterable[PromiseOutcome]) -> list[PromiseOutcome]:
    """Return those of promises that were made since plans are told the durations of now."""
    told_at = tx.scalar(select(func.max(pace_proposal.c.decided_at)))
    return [one for one in outcomes if told_at is None or one.promise.made_at >= told_at]


def list_all_outcomes(tx: Tx, limit: int, now: datetime) -> list[PromiseOutcome]:
    """Return the newest promises that are decided, newest first, and what evidence says of each.

    Those that may still be kept are left out: a plan makes thousands at once, and they would hide
    all history. A request that got another job meanwhile is measured by that one too.
    """
    decided = (_DONE_AT.is_not(None), promise.c.to_at < now, job.c.state == JobState.CANCELLED)
    query = _outcomes().where(or_(*decided)).order_by(promise.c.id.desc()).limit(limit)
    return records(PromiseOutcome, tx.execute(query))


def list_promises_of_request(tx: Tx, request_id: RequestId) -> list[PromiseOutcome]:
    """Return all that was promised for a request, oldest first, and what evidence says of each."""
    query = _outcomes().where(promise.c.request_id == request_id).order_by(promise.c.id)
    return records(PromiseOutcome, tx.execute(query))


def count_kept_promises(
    tx: Tx, since: datetime, at: datetime, void: Collection[ClosingReason]
) -> KeptCount:
    """Count the promises made since a moment that were decided by another one, and those kept.

    One whose work is not proved is decided by the end of its window, unless its request was closed
    for a reason that makes it void.
    """
    proved = and_(_DONE_AT.is_not(None), at >= _DONE_AT)
    counts = or_(request.c.closed_for.is_(None), request.c.closed_for.not_in(void))
    decided = or_(proved, and_(promise.c.to_at < at, counts))
    query = _with_work(
        select(
            func.count().filter(and_(proved, promise.c.to_at >= _DONE_AT)),
            func.count().filter(decided),
        ).select_from(promise)
    ).where(promise.c.made_at >= since)
    return KeptCount(*tx.execute(query).one())


def _outcomes() -> Select[Any]:
    return _with_work(
        select(
            promise,
            job.c.service_class,
            job.c.state.label("job_state"),
            request.c.closed_for,
            _DONE_AT.label("done_at"),
        )
    )


def _with_work[*Columns](query: Select[*Columns]) -> Select[*Columns]:
    """Return a question about promises with their jobs, requests, and the jobs that these have."""
    return (
        query.join(job, job.c.id == promise.c.job_id)
        .join(request, request.c.id == promise.c.request_id)
        .outerjoin(_later_job, _later_job.c.id == request.c.job_id)
    )
