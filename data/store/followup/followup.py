"""Requests that wait for something, and how those of some time went, as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Result, Select, and_, exists, false, func, or_, select

from data.errors import NotFoundError
from data.model import ClockedRequest, ClosingReason, RequestClock, RequestId, ServiceRequest
from data.store.database.engine import Tx
from data.store.database.records import reader
from data.store.schema import caller, duplicate, request, request_clock, sighting

_MERGED = exists().where(duplicate.c.request_id == request.c.id)
_REACHABLE = and_(or_(caller.c.phone != "", caller.c.email != ""), ~_MERGED)
"""Whether somebody is to be told; what was merged ends with the request that stands for it."""

_ROWS = request.join(request_clock).outerjoin(caller, caller.c.request_id == request.c.id)


def list_followed(tx: Tx) -> list[ClockedRequest]:
    """Return the requests that are not closed, or whose callers do not know it yet, oldest first.

    What a caller has withdrawn needs no answer.
    """
    not_told = and_(
        request_clock.c.told_at.is_(None),
        _REACHABLE,
        request.c.closed_for != ClosingReason.WITHDRAWN,
    )
    query = _query().where(or_(request_clock.c.closed_at.is_(None), not_told))
    return _followed(tx.execute(query))


def list_done_since(tx: Tx, since: datetime) -> list[ClockedRequest]:
    """Return requests that work closed at a time or later, the last first.

    None that somebody of the city has looked at since.
    """
    seen = exists().where(
        sighting.c.request_id == request.c.id, sighting.c.seen_at >= request_clock.c.closed_at
    )
    worked = request.c.closed_for.in_([ClosingReason.PLOWED, ClosingReason.CREW])
    query = _query().where(worked, request_clock.c.closed_at >= since, ~seen)
    return _followed(tx.execute(query))[::-1]


def get_followed(tx: Tx, request_id: RequestId) -> ClockedRequest:
    """Return one request with its clock."""
    found = _followed(tx.execute(_query().where(request.c.id == request_id)))
    if not found:
        raise NotFoundError("request", request_id)
    return found[0]


def list_received_between(tx: Tx, since: datetime, until: datetime) -> list[ClockedRequest]:
    """Return the requests that came in from `since` to before `until`, oldest first."""
    within = (request.c.received_at >= since, request.c.received_at < until)
    return _followed(tx.execute(_query().where(*within)))


def list_closed_between(
    tx: Tx, since: datetime, until: datetime
) -> list[tuple[ClosingReason, datetime]]:
    """Return why and when requests were closed from `since` to before `until`."""
    closed_at = request_clock.c.closed_at
    query = (
        select(request.c.closed_for, closed_at)
        .join(request_clock)
        .where(request.c.closed_for.is_not(None), closed_at >= since, closed_at < until)
    )
    return [(ClosingReason(row.closed_for), row.closed_at) for row in tx.execute(query)]


def _query() -> Select[Any]:
    columns = (*request.c, *request_clock.c, func.coalesce(_REACHABLE, false()).label("reachable"))
    return select(*columns).select_from(_ROWS).order_by(request.c.received_at, request.c.id)


def _followed(rows: Result[Any]) -> list[ClockedRequest]:
    request_of, clock_of = reader(ServiceRequest, rows), reader(RequestClock, rows)
    return [ClockedRequest(request_of(row), clock_of(row), bool(row.reachable)) for row in rows]
