"""What people of the city saw on the spot, as rows."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from data.errors import NotFoundError
from data.model import LonLat, RequestId, SegmentId, Sighting
from data.store.database.engine import Tx
from data.store.schema import request, sighting


def add_sighting(tx: Tx, seen: Sighting) -> Sighting:
    """Add a sighting; its id is ignored, the database gives a new one."""
    values = asdict(seen)
    place = seen.location
    values |= {"lon": place.lon if place else None, "lat": place.lat if place else None}
    del values["id"], values["location"]
    return _sighting(tx.execute(insert(sighting).values(**values).returning(sighting)).one())


def get_sighting(tx: Tx, sighting_id: int) -> Sighting:
    """Return the sighting."""
    row = tx.execute(select(sighting).where(sighting.c.id == sighting_id)).first()
    if row is None:
        raise NotFoundError("sighting", sighting_id)
    return _sighting(row)


def list_sightings(tx: Tx, request_id: RequestId) -> list[Sighting]:
    """Return what was seen about a request, oldest first."""
    query = select(sighting).where(sighting.c.request_id == request_id)
    return [_sighting(row) for row in tx.execute(query.order_by(sighting.c.id))]


def list_sightings_on_segment(tx: Tx, segment_id: SegmentId, since: datetime) -> list[Sighting]:
    """Return what was seen of a street since then, whoever asked for it, oldest first."""
    query = select(sighting).join(request).where(request.c.segment_id == segment_id)
    within = query.where(sighting.c.seen_at >= since)
    return [_sighting(row) for row in tx.execute(within.order_by(sighting.c.id))]


def _sighting(row: Row[Any]) -> Sighting:
    return Sighting(
        id=row.id,
        request_id=RequestId(row.request_id),
        seen_at=row.seen_at,
        author=row.author,
        clear=row.clear,
        photo=row.photo,
        location=None if row.lon is None else LonLat(row.lon, row.lat),
        away_m=row.away_m,
        text=row.text,
    )
