"""What people of the city saw on the spot, as rows."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, insert, or_, select

from data.model import RequestId, SegmentId, Sighting
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records
from data.store.schema import request, sighting

type LastLooks = dict[SegmentId, datetime]
"""When streets were looked at last."""


def add_sighting(tx: Tx, seen: Sighting) -> Sighting:
    """Add a sighting; its id is ignored, the database gives a new one."""
    values = asdict(seen)
    place = seen.location
    values |= {"lon": place.lon if place else None, "lat": place.lat if place else None}
    del values["id"], values["location"]
    return only_record(Sighting, tx.execute(insert(sighting).values(**values).returning(sighting)))


def get_sighting(tx: Tx, sighting_id: int) -> Sighting:
    """Return the sighting."""
    return get_record(
        Sighting,
        tx.execute(select(sighting).where(sighting.c.id == sighting_id)),
        "sighting",
        sighting_id,
    )


def list_sightings(tx: Tx, request_id: RequestId) -> list[Sighting]:
    """Return what was seen about a request, oldest first."""
    query = select(sighting).where(sighting.c.request_id == request_id)
    return records(Sighting, tx.execute(query.order_by(sighting.c.id)))


def list_sightings_on_segment(tx: Tx, segment_id: SegmentId, since: datetime) -> list[Sighting]:
    """Return what was seen of a street since then, whoever asked for it, oldest first."""
    query = select(sighting).outerjoin(request, sighting.c.request_id == request.c.id)
    of_street = or_(request.c.segment_id == segment_id, sighting.c.segment_id == segment_id)
    within = query.where(of_street, sighting.c.seen_at >= since)
    return records(Sighting, tx.execute(within.order_by(sighting.c.id)))


def list_streets_looked_at(tx: Tx, since: datetime, *, clear: bool | None = None) -> LastLooks:
    """Return when streets that nobody asked for were looked at last since a time.

    Of looks that found them `clear`, or not, only, where that is given.
    """
    last_at = func.max(sighting.c.seen_at).label("last_at")
    query = (
        select(sighting.c.segment_id, last_at)
        .where(sighting.c.segment_id.is_not(None), sighting.c.seen_at >= since)
        .group_by(sighting.c.segment_id)
    )
    if clear is not None:
        query = query.where(sighting.c.clear.is_(clear))
    return {SegmentId(row.segment_id): row.last_at for row in tx.execute(query)}
