"""Tables of other agencies and what was handed over, of calling back, and of changes in bulk."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Table, Text, false

from data.store.schema.base import UtcDateTime, metadata, new_id

body = Table(
    "body",
    metadata,
    new_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("retired", Boolean, nullable=False, server_default=false()),
)

hand_over = Table(
    "hand_over",
    metadata,
    new_id(),
    Column("request_id", ForeignKey("request.id"), nullable=False),
    Column("body_id", ForeignKey("body.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("way", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("with_caller", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", UtcDateTime),
)
Index("hand_over_by_request", hand_over.c.request_id)
Index("hand_over_by_state", hand_over.c.state, hand_over.c.at)

call_attempt = Table(
    "call_attempt",
    metadata,
    new_id(),
    Column("request_id", ForeignKey("request.id"), nullable=False),
    Column("news", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("note", Text, nullable=False),
)
Index("call_attempt_by_request", call_attempt.c.request_id, call_attempt.c.news)

queue_change = Table(
    "queue_change",
    metadata,
    new_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("steps", JSON, nullable=False, doc="per request: what it was and what it became"),
    Column("undone_at", UtcDateTime),
)
"""Changes of many requests at once, kept so that they can be taken back."""
