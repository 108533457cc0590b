"""What people of the city noted about requests, as rows."""

from datetime import datetime

from sqlalchemy import insert, select

from data.model import Comment, RequestId
from data.store.database.engine import Tx
from data.store.database.records import records
from data.store.schema import request_comment


def add_comment(tx: Tx, request_id: RequestId, author: str, text: str, now: datetime) -> None:
    """Keep what somebody noted."""
    row = {"request_id": request_id, "at": now, "author": author, "text": text}
    tx.execute(insert(request_comment).values(row))


def list_comments(tx: Tx, request_id: RequestId) -> list[Comment]:
    """Return what was noted about a request, oldest first."""
    query = select(request_comment).where(request_comment.c.request_id == request_id)
    rows = tx.execute(query.order_by(request_comment.c.id))
    return records(Comment, rows)
