"""The times of requests, as rows: one for each request, made with it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from data.model import RequestClock, RequestId, RequestState, ServiceRequest
from data.store.database.engine import Tx
from data.store.database.records import get_record, records
from data.store.schema import job, request, request_clock


def get_clock(tx: Tx, request_id: RequestId) -> RequestClock:
    """Return the times of a request."""
    return get_record(
        RequestClock,
        tx.execute(select(request_clock).where(request_clock.c.request_id == request_id)),
        "request",
        request_id,
    )


def asked_since(tx: Tx, asked: ServiceRequest) -> datetime:
    """Return when somebody last asked for a request.

    What the system alone opened again, since its proof was gone, was asked for when it came.
    """
    clock = get_clock(tx, asked.id)
    again = clock.reopened_at if clock.asked_again else None
    return again or asked.received_at


def list_clocks(tx: Tx, request_ids: Collection[RequestId]) -> dict[RequestId, RequestClock]:
    """Return the times of these requests."""
    query = select(request_clock).where(request_clock.c.request_id.in_(request_ids))
    return {clock.request_id: clock for clock in records(RequestClock, tx.execute(query))}


def let_clock_run(tx: Tx, request_id: RequestId) -> None:
    """Forget that a request was closed: it never should have been."""
    change = update(request_clock).where(request_clock.c.request_id == request_id)
    tx.execute(change.values(closed_at=None, done_at=None, told_at=None))


def mark_placed(tx: Tx, request_id: RequestId, now: datetime) -> None:
    """Note when a request was first known to be somewhere."""
    _first(tx, [request_id], "placed_at", now)


def mark_planned(tx: Tx, now: datetime) -> None:
    """Note of open requests when a published plan first had their jobs."""
    planned = (
        select(request.c.id)
        .join(job, request.c.job_id == job.c.id)
        .where(request.c.state == RequestState.OPEN, job.c.planned_at.is_not(None))
    )
    unset = request_clock.c.planned_at.is_(None)
    change = update(request_clock).where(request_clock.c.request_id.in_(planned), unset)
    tx.execute(change.values(planned_at=now))


def mark_one_planned(tx: Tx, request_id: RequestId, now: datetime) -> None:
    """Note that a request joined a job which the published plan has."""
    _first(tx, [request_id], "planned_at", now)


def set_escalated(tx: Tx, request_id: RequestId, escalated_at: datetime | None) -> None:
    """Say since when a request is the supervisor's, or that it is not."""
    _set(tx, request_id, escalated_at=escalated_at)


def set_assigned(tx: Tx, request_id: RequestId, login: str, due_at: datetime | None) -> None:
    """Say who looks after a request, and by when it is to be done where the target is too far."""
    _set(tx, request_id, assigned_to=login, due_at=due_at)


def mark_caller_told(tx: Tx, request_ids: Collection[RequestId], now: datetime) -> None:
    """Note when the callers first heard how their requests ended."""
    _first(tx, request_ids, "told_at", now)


def stop_clock(tx: Tx, request_id: RequestId, now: datetime, done_at: datetime | None) -> None:
    """Note that a request was closed, and since when it is done where somebody did it."""
    _set(tx, request_id, closed_at=now, done_at=done_at)


def wind_clock(tx: Tx, request_id: RequestId, now: datetime, *, unproved: bool) -> None:
    """Let the clock of a closed request run again; it counts how often, and why.

    `unproved` says that what had proved it was taken back, and nobody had to ask.
    """
    _set(
        tx,
        request_id,
        planned_at=None,
        done_at=None,
        closed_at=None,
        told_at=None,
        due_at=None,
        reopened_at=now,
        reopened=request_clock.c.reopened + 1,
        unproved=request_clock.c.unproved + int(unproved),
        escalated_at=None,
    )


def _set(tx: Tx, request_id: RequestId, **values: object) -> None:
    change = update(request_clock).where(request_clock.c.request_id == request_id)
    tx.execute(change.values(values))


def _first(tx: Tx, request_ids: Collection[RequestId], column: str, now: datetime) -> None:
    unset = request_clock.c[column].is_(None)
    change = update(request_clock).where(request_clock.c.request_id.in_(request_ids), unset)
    tx.execute(change.values({column: now}))
