"""Codes that open the page of one request, as rows."""

from sqlalchemy import Text, cast, insert, select

from data.model import RequestId, RequestState, ServiceRequest
from data.store.database.engine import Tx
from data.store.database.records import record
from data.store.schema import event, request, tracking_code


def add_tracking_code(tx: Tx, request_id: RequestId, code: str) -> None:
    """Give a request its code."""
    tx.execute(insert(tracking_code).values(request_id=request_id, code=code))


def find_tracking_code(tx: Tx, request_id: RequestId) -> str | None:
    """Return the code of a request; requests from before there were codes have none."""
    query = select(tracking_code.c.code).where(tracking_code.c.request_id == request_id)
    return tx.execute(query).scalar()


def find_tracked(tx: Tx, reference: str) -> tuple[ServiceRequest, str] | None:
    """Return the request of a reference and its code, where it has one."""
    query = (
        select(request, tracking_code.c.code)
        .join(tracking_code, tracking_code.c.request_id == request.c.id)
        .where(request.c.reference == reference)
    )
    row = tx.execute(query).first()
    return None if row is None else (record(ServiceRequest, row), str(row.code))


def list_unplaced(tx: Tx, channel: str) -> list[RequestId]:
    """Return the new requests of a channel that nobody has tried to place yet, oldest first."""
    tried = select(event.c.id).where(
        event.c.subject == "request:" + cast(request.c.id, Text), event.c.verb == "request.waits"
    )
    query = select(request.c.id).where(
        request.c.state == RequestState.NEW,
        request.c.channel == channel,
        request.c.segment_id.is_(None),
        ~tried.exists(),
    )
    return [RequestId(found) for found in tx.execute(query.order_by(request.c.id)).scalars()]
