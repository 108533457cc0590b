"""Tables of other systems that bring us requests, of photos of requests, and of their quota."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

api_key = Table(
    "api_key",
    metadata,
    new_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("contact", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

partner_report = Table(
    "partner_report",
    metadata,
    Column("request_id", ForeignKey("request.id"), primary_key=True),
    Column("key_id", ForeignKey("api_key.id"), nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("media_urls", JSON, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
)

partner_update = Table(
    "partner_update",
    metadata,
    Column("event_id", ForeignKey("event.id"), primary_key=True, autoincrement=False),
    Column("request_id", ForeignKey("request.id"), nullable=False),
    Column("key_id", ForeignKey("api_key.id"), nullable=False),
    Column("update_id", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("media_url", Text, nullable=False),
    UniqueConstraint("key_id", "update_id"),
)

request_photo = Table(
    "request_photo",
    metadata,
    Column("name", Text, primary_key=True, doc="file in the photo folder"),
    Column("request_id", ForeignKey("request.id"), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)
Index("request_photo_by_request", request_photo.c.request_id)

photo_quota = Table(
    "photo_quota",
    metadata,
    Column("source", Text, primary_key=True, doc="who sends: from outside, or signed in"),
    Column("day", Text, nullable=False, doc="the last one on which photos came, in UTC"),
    Column("stored_bytes", Whole, nullable=False, doc="of that day"),
)
