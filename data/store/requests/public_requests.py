"""Requests as the world may ask for them: by number, kind, state and time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from sqlalchemy import Select, func, select

from data.model import Event, RequestId, RequestKind, RequestState, ServiceRequest
from data.store.database.engine import Tx
from data.store.database.records import record, records
from data.store.requests.requests import AT_ONCE
from data.store.schema import event, request

SUBJECT = "request:"


@dataclass(frozen=True, slots=True)
class PublicRequestFilter:
    """Which requests are asked for; `references` stand above everything else."""

    references: tuple[str, ...] = ()
    kinds: tuple[RequestKind, ...] = ()
    states: tuple[RequestState, ...] = ()
    start: datetime | None = None
    end: datetime | None = None


def find_requests(
    tx: Tx, wanted: PublicRequestFilter, limit: int, offset: int
) -> list[ServiceRequest]:
    """Return the requests that are asked for, newest first."""
    query = select(request).order_by(request.c.received_at.desc(), request.c.id.desc())
    rows = tx.execute(_narrowed(query, wanted).limit(limit).offset(offset))
    return records(ServiceRequest, rows)


def last_changes(tx: Tx, request_ids: Sequence[RequestId]) -> dict[RequestId, datetime]:
    """Return when something was last written of each request."""
    found: dict[RequestId, datetime] = {}
    for ids in batched(request_ids, AT_ONCE, strict=False):
        subjects = [f"{SUBJECT}{one}" for one in ids]
        query = select(event.c.subject, func.max(event.c.at).label("at")).where(
            event.c.subject.in_(subjects)
        )
        rows = tx.execute(query.group_by(event.c.subject))
        found |= {_request_id(row.subject): row.at for row in rows}
    return found


def list_request_events(
    tx: Tx,
    verbs: Collection[str],
    start: datetime,
    end: datetime,
    limit: int,
    offset: int,
) -> list[tuple[RequestId, Event]]:
    """Return what happened to requests in a time, oldest first, of these verbs only."""
    during = event.c.verb.in_(verbs) & (event.c.at >= start) & (event.c.at <= end)
    query = select(event).where(during, event.c.subject.startswith(SUBJECT)).order_by(event.c.id)
    rows = tx.execute(query.limit(limit).offset(offset))
    return [(_request_id(row.subject), record(Event, row)) for row in rows]


def list_notes(
    tx: Tx, request_ids: Sequence[RequestId], verbs: Collection[str]
) -> dict[RequestId, list[Event]]:
    """Return what happened to each of these requests, oldest first, of these verbs only."""
    found: dict[RequestId, list[Event]] = {}
    for ids in batched(request_ids, AT_ONCE, strict=False):
        subjects = [f"{SUBJECT}{one}" for one in ids]
        query = select(event).where(event.c.subject.in_(subjects), event.c.verb.in_(verbs))
        for row in tx.execute(query.order_by(event.c.id)):
            found.setdefault(_request_id(row.subject), []).append(record(Event, row))
    return found


def _narrowed(
    query: Select[tuple[object, ...]], wanted: PublicRequestFilter
) -> Select[tuple[object, ...]]:
    if wanted.references:
        return query.where(request.c.reference.in_(wanted.references))
    if wanted.kinds:
        query = query.where(request.c.kind.in_(wanted.kinds))
    if wanted.states:
        query = query.where(request.c.state.in_(wanted.states))
    if wanted.start is not None:
        query = query.where(request.c.received_at >= wanted.start)
    if wanted.end is not None:
        query = query.where(request.c.received_at <= wanted.end)
    return query


def _request_id(subject: str) -> RequestId:
    return RequestId(int(subject.removeprefix(SUBJECT)))
