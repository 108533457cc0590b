"""What is known about people, taken out of the tables once its time is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from sqlalchemy import delete, exists, or_, select, update

from data.model import LonLat, RequestId, SegmentId
from data.store.database.engine import Tx
from data.store.requests.requests import AT_ONCE
from data.store.schema import (
    blockage,
    call_attempt,
    caller,
    crew_job_photo,
    partner_report,
    partner_update,
    phone_confirmation,
    referral,
    request,
    request_comment,
    request_photo,
    sighting,
    tracking_code,
)


def requests_with_people(tx: Tx, before: datetime) -> list[RequestId]:
    """Return the requests received before a moment that still say something about people."""
    known = exists().where(caller.c.request_id == request.c.id)
    worded = or_(request.c.text != "", request.c.address != "", known)
    query = select(request.c.id).where(request.c.received_at < before, worded)
    return [RequestId(one) for one in tx.execute(query.order_by(request.c.id)).scalars()]


def placed_offsets(
    tx: Tx, request_ids: Sequence[RequestId]
) -> dict[RequestId, tuple[SegmentId, float]]:
    """Return where on its street each of these requests lies, where it was placed."""
    found: dict[RequestId, tuple[SegmentId, float]] = {}
    columns = (request.c.id, request.c.segment_id, request.c.offset_m)
    for ids in batched(request_ids, AT_ONCE, strict=False):
        query = select(*columns).where(request.c.id.in_(ids), request.c.segment_id.is_not(None))
        rows = tx.execute(query)
        found |= {RequestId(row.id): (SegmentId(row.segment_id), row.offset_m) for row in rows}
    return found


def erase_people(tx: Tx, request_ids: Sequence[RequestId]) -> int:
    """Take callers, words, notes and codes of these requests away; return how many callers.

    What was asked, where on the street, when, and what was done stays.
    """
    callers = 0
    for ids in batched(request_ids, AT_ONCE, strict=False):
        callers += tx.execute(delete(caller).where(caller.c.request_id.in_(ids))).rowcount
        for table in (request_comment, tracking_code, phone_confirmation):
            tx.execute(delete(table).where(table.c.request_id.in_(ids)))
        words = {"text": "", "address": "", "idempotency_key": None, "salt": None}
        tx.execute(update(request).where(request.c.id.in_(ids)).values(words))
        sent = {"attributes": {}, "media_urls": [], "account_id": "", "device_id": ""}
        for table, blank in (
            (partner_report, sent),
            (partner_update, {"description": "", "media_url": ""}),
            (sighting, {"text": ""}),
            (referral, {"note": "", "answer": ""}),
            (call_attempt, {"note": ""}),
        ):
            tx.execute(update(table).where(table.c.request_id.in_(ids)).values(blank))
    return callers


def move_pins(tx: Tx, places: Iterable[tuple[RequestId, LonLat]]) -> None:
    """Put the pins of requests elsewhere."""
    for request_id, place in places:
        moved = update(request).where(request.c.id == request_id)
        tx.execute(moved.values(lon=place.lon, lat=place.lat))


def forget_photos(tx: Tx, before: datetime) -> list[str]:
    """Forget the photos taken in before a moment and return the names of their files."""
    names: list[str] = []
    for rows in (request_photo, crew_job_photo):
        old = delete(rows).where(rows.c.added_at < before)
        names += tx.execute(old.returning(rows.c.name)).scalars()
    for table, taken_at in ((sighting, sighting.c.seen_at), (blockage, blockage.c.reported_at)):
        shown = (taken_at < before) & (table.c.photo != "")
        names += tx.execute(select(table.c.photo).where(shown)).scalars()
        tx.execute(update(table).where(shown).values(photo=""))
    return sorted(names)
