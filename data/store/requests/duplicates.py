"""Which requests were merged into another one that asks for the same, as rows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from data.model import RequestId, ServiceRequest
from data.store.database.engine import Tx
from data.store.database.records import first_record, records
from data.store.schema import duplicate, request


def add_duplicate(tx: Tx, request_id: RequestId, kept_id: RequestId, now: datetime) -> None:
    """Say that a request is a duplicate of the one that is kept, and so are its own duplicates."""
    mine = update(duplicate).where(duplicate.c.kept_id == request_id)
    tx.execute(mine.values(kept_id=kept_id))
    row = {"request_id": request_id, "kept_id": kept_id, "merged_at": now}
    tx.execute(insert(duplicate).values(row))


def remove_duplicate(tx: Tx, request_id: RequestId) -> None:
    """Say that a request stands for itself."""
    tx.execute(delete(duplicate).where(duplicate.c.request_id == request_id))


def take_out_duplicate(tx: Tx, request_id: RequestId, own: Collection[RequestId]) -> None:
    """Say that a request stands for itself, and for its own duplicates that it had taken along."""
    kept_id = kept_ids(tx, [request_id]).get(request_id)
    remove_duplicate(tx, request_id)
    taken_along = duplicate.c.request_id.in_(own) & (duplicate.c.kept_id == kept_id)
    tx.execute(update(duplicate).where(taken_along).values(kept_id=request_id))


def find_kept(tx: Tx, request_id: RequestId) -> ServiceRequest | None:
    """Return the request that a duplicate was merged into."""
    query = select(request).join(duplicate, duplicate.c.kept_id == request.c.id)
    return first_record(
        ServiceRequest, tx.execute(query.where(duplicate.c.request_id == request_id))
    )


def kept_ids(tx: Tx, request_ids: Collection[RequestId]) -> dict[RequestId, RequestId]:
    """Return into which requests those of these that are duplicates were merged."""
    query = select(duplicate).where(duplicate.c.request_id.in_(request_ids))
    return {RequestId(row.request_id): RequestId(row.kept_id) for row in tx.execute(query)}


def duplicate_ids(
    tx: Tx, request_ids: Collection[RequestId]
) -> dict[RequestId, tuple[RequestId, ...]]:
    """Return which requests were merged into these, by number."""
    query = select(duplicate).where(duplicate.c.kept_id.in_(request_ids))
    found: dict[RequestId, tuple[RequestId, ...]] = {}
    for row in tx.execute(query.order_by(duplicate.c.request_id)):
        kept_id = RequestId(row.kept_id)
        found[kept_id] = (*found.get(kept_id, ()), RequestId(row.request_id))
    return found


def list_duplicates(tx: Tx, kept_id: RequestId) -> list[ServiceRequest]:
    """Return the requests that were merged into one, by number."""
    query = select(request).join(duplicate, duplicate.c.request_id == request.c.id)
    found = query.where(duplicate.c.kept_id == kept_id).order_by(request.c.id)
    return records(ServiceRequest, tx.execute(found))
