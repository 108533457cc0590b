"""What callers were promised, as rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, insert, select

from data.model import (
    ClosingReason,
    JobId,
    JobState,
    PlanId,
    Promise,
    PromiseOutcome,
    RequestId,
    ServiceClass,
)
from data.store.engine import Tx
from data.store.schema import job, promise, request

ASKED_AT_ONCE = 500
"""Requests named in one question: SQLite takes some thousand variables."""


def add_promise(tx: Tx, given: Promise) -> None:
    """Keep what a caller was promised; the caller of this writes the event."""
    tx.execute(
        insert(promise).values(
            request_id=given.request_id,
            job_id=given.job_id,
            plan_id=given.plan_id,
            made_at=given.made_at,
            expected_at=given.expected_at,
            from_at=given.from_at,
            to_at=given.to_at,
        )
    )


def find_promise(tx: Tx, request_id: RequestId) -> Promise | None:
    """Return what was promised last for a request."""
    return list_last_promises(tx, [request_id]).get(request_id)


def list_last_promises(tx: Tx, request_ids: Collection[RequestId]) -> dict[RequestId, Promise]:
    """Return what was promised last for each of these requests that was promised anything."""
    ids, found = sorted(request_ids), dict[RequestId, Promise]()
    for i in range(0, len(ids), ASKED_AT_ONCE):
        chosen = promise.c.request_id.in_(ids[i : i + ASKED_AT_ONCE])
        for row in tx.execute(select(promise).where(chosen).order_by(promise.c.id)):
            found[RequestId(row.request_id)] = _promise(row)
    return found


def list_promise_outcomes(tx: Tx, limit: int) -> list[PromiseOutcome]:
    """Return the promises given last, newest first, and what evidence says of each.

    A request that got another job meanwhile is measured by that one too.
    """
    later = job.alias("later_job")
    query = (
        select(
            promise,
            job.c.service_class,
            job.c.state.label("job_state"),
            request.c.closed_for,
            func.coalesce(job.c.done_at, later.c.done_at).label("done_at"),
        )
        .join(job, job.c.id == promise.c.job_id)
        .join(request, request.c.id == promise.c.request_id)
        .outerjoin(later, later.c.id == request.c.job_id)
        .order_by(promise.c.id.desc())
        .limit(limit)
    )
    return [_outcome(row) for row in tx.execute(query)]


def _promise(row: Row[Any]) -> Promise:
    return Promise(
        request_id=RequestId(row.request_id),
        job_id=JobId(row.job_id),
        plan_id=PlanId(row.plan_id),
        made_at=row.made_at,
        expected_at=row.expected_at,
        from_at=row.from_at,
        to_at=row.to_at,
    )


def _outcome(row: Row[Any]) -> PromiseOutcome:
    return PromiseOutcome(
        promise=_promise(row),
        service_class=ServiceClass(row.service_class),
        job_state=JobState(row.job_state),
        closed_for=None if row.closed_for is None else ClosingReason(row.closed_for),
        done_at=row.done_at,
    )
