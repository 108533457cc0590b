"""Which photos belong to which request; the files lie in the city's photo folder."""

from collections.abc import Sequence
from datetime import datetime
from itertools import batched

from sqlalchemy import insert, select

from data.model import RequestId
from data.store.database.engine import Tx
from data.store.requests.requests import AT_ONCE
from data.store.schema import request_photo


def add_request_photo(tx: Tx, request_id: RequestId, name: str, now: datetime) -> None:
    """Say that a file shows what a request is about."""
    tx.execute(insert(request_photo).values(name=name, request_id=request_id, added_at=now))


def find_photographed(tx: Tx, name: str) -> RequestId | None:
    """Return the request that a photo belongs to."""
    query = select(request_photo.c.request_id).where(request_photo.c.name == name)
    found = tx.execute(query).scalar()
    return None if found is None else RequestId(found)


def list_request_photos(tx: Tx, request_ids: Sequence[RequestId]) -> dict[RequestId, list[str]]:
    """Return the files of photos by request, oldest first; requests without any are left out."""
    found: dict[RequestId, list[str]] = {}
    for ids in batched(request_ids, AT_ONCE, strict=False):
        query = select(request_photo).where(request_photo.c.request_id.in_(ids))
        for row in tx.execute(query.order_by(request_photo.c.added_at, request_photo.c.name)):
            found.setdefault(RequestId(row.request_id), []).append(row.name)
    return found
