"""What is known about people, taken out of the tables once its time is over."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched

from sqlalchemy import delete, exists, func, or_, select, update

from data.model import LonLat, RequestId, SegmentId
from data.store.database.engine import Tx
from data.store.requests.requests import AT_ONCE
from data.store.schema import (
    blockage,
    call_attempt,
    caller,
    crew_job,
    crew_job_photo,
    device_command,
    handover_note,
    message,
    partner_report,
    partner_update,
    phone_confirmation,
    referral,
    request,
    request_comment,
    request_photo,
    route_answer,
    sighting,
    street_watch,
    tracking_code,
)

WORDED = (
    blockage,
    call_attempt,
    caller,
    crew_job,
    crew_job_photo,
    device_command,
    handover_note,
    message,
    partner_report,
    partner_update,
    phone_confirmation,
    referral,
    request,
    request_comment,
    request_photo,
    route_answer,
    sighting,
    street_watch,
    tracking_code,
)
"""Tables from which words of people are erased, here and with crews, messages and shifts."""


def requests_with_people(tx: Tx, before: datetime) -> list[RequestId]:
    """Return the requests received before a moment that still say something about people."""
    known = exists().where(caller.c.request_id == request.c.id)
    worded = or_(request.c.text != "", request.c.address != "", request.c.sought != "", known)
    query = select(request.c.id).where(request.c.received_at < before, worded)
    return [RequestId(one) for one in tx.execute(query.order_by(request.c.id)).scalars()]


def list_caller_names(tx: Tx) -> dict[RequestId, str]:
    """Return the name of every caller by request."""
    rows = tx.execute(select(caller.c.request_id, caller.c.name).where(caller.c.name != ""))
    return {RequestId(row.request_id): row.name for row in rows}


def requests_of_number(tx: Tx, number: str) -> list[RequestId]:
    """Return the requests of a phone; the number as `plain_number` writes it."""
    query = select(caller.c.request_id).where(caller.c.number == number)
    return [RequestId(one) for one in tx.scalars(query.order_by(caller.c.request_id))]


def requests_of_email(tx: Tx, email: str) -> list[RequestId]:
    """Return the requests of an e-mail address, however it is capitalized."""
    query = select(caller.c.request_id).where(func.lower(caller.c.email) == email.lower())
    return [RequestId(one) for one in tx.scalars(query.order_by(caller.c.request_id))]


def list_reached_by(tx: Tx, request_ids: Sequence[RequestId]) -> tuple[set[str], set[str]]:
    """Return the numbers in plain digits, and the addresses, that callers of requests gave."""
    numbers, emails = set[str](), set[str]()
    for ids in batched(request_ids, AT_ONCE, strict=False):
        query = select(caller.c.number, caller.c.email).where(caller.c.request_id.in_(ids))
        for row in tx.execute(query):
            numbers.add(row.number)
            emails.add(row.email)
    return numbers, emails


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
        words = {"text": "", "address": "", "sought": "", "idempotency_key": None, "salt": None}
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


def erase_street_sightings(tx: Tx, before: datetime) -> int:
    """Take words and place off inspections of streets without a request; return of how many.

    Those of requests go with the request.
    """
    said = (sighting.c.text != "") | sighting.c.lon.is_not(None)
    old = sighting.c.request_id.is_(None) & (sighting.c.seen_at < before) & said
    return tx.execute(update(sighting).where(old).values(text="", lon=None, lat=None)).rowcount


def move_pins(tx: Tx, places: Iterable[tuple[RequestId, LonLat]]) -> None:
    """Put the pins of requests elsewhere."""
    for request_id, place in places:
        moved = update(request).where(request.c.id == request_id)
        tx.execute(moved.values(lon=place.lon, lat=place.lat))


def forget_photos_of(tx: Tx, request_ids: Sequence[RequestId]) -> list[str]:
    """Forget the photos of these requests and of sightings of them; return the names of files."""
    names: list[str] = []
    for ids in batched(request_ids, AT_ONCE, strict=False):
        old = delete(request_photo).where(request_photo.c.request_id.in_(ids))
        names += tx.execute(old.returning(request_photo.c.name)).scalars()
        shown = sighting.c.request_id.in_(ids) & (sighting.c.photo != "")
        names += tx.execute(select(sighting.c.photo).where(shown)).scalars()
        tx.execute(update(sighting).where(shown).values(photo=""))
    return sorted(names)


def forget_photos(tx: Tx, before: datetime) -> list[str]:
    """Forget photos and voice notes taken in before a moment; return the names of their files."""
    names: list[str] = []
    for rows in (request_photo, crew_job_photo):
        old = delete(rows).where(rows.c.added_at < before)
        names += tx.execute(old.returning(rows.c.name)).scalars()
    for column, taken_at in (
        (sighting.c.photo, sighting.c.seen_at),
        (blockage.c.photo, blockage.c.reported_at),
        (blockage.c.voice, blockage.c.reported_at),
    ):
        shown = (taken_at < before) & (column != "")
        names += tx.execute(select(column).where(shown)).scalars()
        tx.execute(update(column.table).where(shown).values({column: ""}))
    return sorted(names)


def list_photos(tx: Tx) -> set[str]:
    """Return the names of the files of all photos and voice notes."""
    names: set[str] = set()
    for column in (
        request_photo.c.name,
        crew_job_photo.c.name,
        sighting.c.photo,
        blockage.c.photo,
        blockage.c.voice,
    ):
        names |= set(tx.scalars(select(column).where(column != "")))
    return names
