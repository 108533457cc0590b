"""What people ask, as rows; who they are lies in a table of its own."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import batched
from typing import NamedTuple

from sqlalchemy import func, insert, select, union_all, update

from data.geocode.text.normalization import normal
from data.model import (
    JobId,
    Language,
    RequestId,
    RequestState,
    SegmentId,
    ServiceRequest,
    StormId,
)
from data.requests.phone_number import plain_number
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, reader, records, row_of
from data.store.schema import caller, duplicate, job, request, request_clock

AT_ONCE = 500
"""Ids in one question to the database."""


class Caller(NamedTuple):
    """Who asked; `salt` goes into the digest that the audit log keeps instead.

    Messages go out with `consent` only, in `language`; the city's own where it is empty.
    """

    name: str
    phone: str
    salt: bytes
    email: str = ""
    language: Language = ""
    consent: bool = False


def next_request_id(tx: Tx) -> RequestId:
    """Return the id of the next request; a writing transaction is alone, so nobody takes it."""
    last = tx.execute(select(func.max(request.c.id))).scalar()
    return RequestId((last or 0) + 1)


def add_request(
    tx: Tx, asked: ServiceRequest, idempotency_key: str | None = None, salt: bytes | None = None
) -> None:
    """Add a request under its own id and reference, and start its clock.

    `salt` is that of the digest of its words in the audit log.
    """
    kept = {"id": asked.id, "idempotency_key": idempotency_key, "salt": salt}
    tx.execute(insert(request).values(**kept, **_values(asked)))
    tx.execute(insert(request_clock).values(request_id=asked.id))


def save_request(tx: Tx, asked: ServiceRequest) -> None:
    """Write the request's present state over the old one."""
    tx.execute(update(request).where(request.c.id == asked.id).values(**_values(asked)))


def get_request(tx: Tx, request_id: RequestId) -> ServiceRequest:
    """Return the request."""
    return get_record(
        ServiceRequest,
        tx.execute(select(request).where(request.c.id == request_id)),
        "request",
        request_id,
    )


def find_request_by_reference(tx: Tx, reference: str) -> ServiceRequest | None:
    """Return the request of a reference ("B-0012")."""
    query = select(request).where(request.c.reference == reference)
    return first_record(ServiceRequest, tx.execute(query))


def find_request_by_key(tx: Tx, idempotency_key: str) -> ServiceRequest | None:
    """Return the request that was already stored under this key."""
    query = select(request).where(request.c.idempotency_key == idempotency_key)
    return first_record(ServiceRequest, tx.execute(query))


def list_requests(
    tx: Tx, states: Collection[RequestState] | None = None, limit: int | None = None
) -> list[ServiceRequest]:
    """Return the requests, newest first; of some states where given."""
    query = select(request).order_by(request.c.received_at.desc(), request.c.id.desc())
    if states is not None:
        query = query.where(request.c.state.in_(states))
    return records(ServiceRequest, tx.execute(query.limit(limit)))


def list_requests_by_id(
    tx: Tx, request_ids: Sequence[RequestId]
) -> dict[RequestId, ServiceRequest]:
    """Return these requests by id."""
    found: dict[RequestId, ServiceRequest] = {}
    for ids in batched(request_ids, AT_ONCE, strict=False):
        query = select(request).where(request.c.id.in_(ids))
        found |= {one.id: one for one in records(ServiceRequest, tx.execute(query))}
    return found


def list_requests_of_jobs(tx: Tx, job_ids: Sequence[JobId]) -> list[ServiceRequest]:
    """Return the requests that wait for these jobs, by id."""
    query = select(request).where(request.c.job_id.in_(job_ids)).order_by(request.c.id)
    return records(ServiceRequest, tx.execute(query))


def jobs_asked_for(tx: Tx, storm_id: StormId) -> set[JobId]:
    """Return the jobs of a storm that somebody asked for."""
    mine = select(request.c.job_id).join(job, job.c.id == request.c.job_id)
    found = tx.scalars(mine.where(job.c.storm_id == storm_id).distinct())
    return {JobId(job_id) for job_id in found}


def list_requests_on_segment(tx: Tx, segment_id: SegmentId, limit: int) -> list[ServiceRequest]:
    """Return what was asked about a street, newest first."""
    query = select(request).where(request.c.segment_id == segment_id)
    query = query.order_by(request.c.received_at.desc(), request.c.id.desc()).limit(limit)
    return records(ServiceRequest, tx.execute(query))


def list_open_within(
    tx: Tx, west: float, south: float, east: float, north: float, at: datetime | None = None
) -> list[ServiceRequest]:
    """Return what waits for work within a rectangle, by id; what did at a moment, where given."""
    inside = request.c.lon.between(west, east) & request.c.lat.between(south, north)
    waits = request.c.state.in_((RequestState.NEW, RequestState.OPEN))
    query = select(request).where(waits, inside)
    if at is not None:  # ids of either first: else all that waits in the city is looked through
        closed = request_clock.c.closed_at > at
        of_clock = request_clock.c.request_id == request.c.id
        waited = select(request.c.id).join(request_clock, of_clock).where(closed, inside)
        either = union_all(select(request.c.id).where(waits, inside), waited)
        query = select(request).where(request.c.id.in_(either), request.c.received_at <= at)
    return records(ServiceRequest, tx.execute(query.order_by(request.c.id)))


def list_requests_of_number(tx: Tx, number: str, limit: int) -> list[ServiceRequest]:
    """Return what was asked from a phone, newest first; the number as `plain_number` writes it."""
    query = select(request).join(caller, caller.c.request_id == request.c.id)
    query = query.where(caller.c.number == number)
    query = query.order_by(request.c.received_at.desc(), request.c.id.desc()).limit(limit)
    return records(ServiceRequest, tx.execute(query))


def count_requests_of_job(tx: Tx, job_id: JobId, before: RequestId | None = None) -> int:
    """Return how many requests wait for a job, duplicates of open ones too.

    Only those before one, where it is given.
    """
    waiting = (request.c.job_id == job_id) & (request.c.state == RequestState.OPEN)
    own = select(request.c.id).where(waiting)
    merged = select(duplicate.c.request_id).join(request, request.c.id == duplicate.c.kept_id)
    ids = union_all(own, merged.where(waiting)).subquery()
    query = select(func.count()).select_from(ids)
    return tx.execute(query if before is None else query.where(ids.c.id < before)).scalar_one()


def add_caller(tx: Tx, request_id: RequestId, who: Caller) -> None:
    """Keep who asked."""
    number = plain_number(who.phone)
    tx.execute(insert(caller).values(request_id=request_id, number=number, **who._asdict()))


def find_caller(tx: Tx, request_id: RequestId) -> Caller | None:
    """Return who asked, where it was said and not erased."""
    return first_record(Caller, tx.execute(select(caller).where(caller.c.request_id == request_id)))


def set_consent(tx: Tx, request_id: RequestId, *, consent: bool) -> None:
    """Say whether a caller wants messages."""
    tx.execute(update(caller).where(caller.c.request_id == request_id).values(consent=consent))


def list_callers(tx: Tx, request_ids: Sequence[RequestId]) -> dict[RequestId, Caller]:
    """Return who asked, by request, where it was said and not erased."""
    found: dict[RequestId, Caller] = {}
    for ids in batched(request_ids, AT_ONCE, strict=False):
        query = select(caller).where(caller.c.request_id.in_(ids))
        rows = tx.execute(query)
        caller_of = reader(Caller, rows)
        found |= {RequestId(row.request_id): caller_of(row) for row in rows}
    return found


def _values(asked: ServiceRequest) -> dict[str, object]:
    words = normal(f"{asked.reference} {asked.address} {asked.text}")
    return row_of(asked, request, sought=words)
