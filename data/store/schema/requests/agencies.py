"""Tables of agencies, referrals, callbacks, and changes of many requests."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Table, Text, false

from data.store.schema.base import UtcDateTime, metadata, new_id

agency = Table(
    "agency",
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

referral = Table(
    "referral",
    metadata,
    new_id(),
    Column("request_id", ForeignKey("request.id"), nullable=False),
    Column("agency_id", ForeignKey("agency.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("way", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("with_caller", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answered_at", UtcDateTime),
)
Index("referral_by_request", referral.c.request_id)
Index("referral_by_state", referral.c.state, referral.c.at)

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
