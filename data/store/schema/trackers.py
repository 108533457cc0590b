"""Tables of what trackers send besides positions, and of senders that nobody knows."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Table, Text

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

device_fault = Table(
    "device_fault",
    metadata,
    Column("device_id", ForeignKey("device.id"), primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("times", Whole, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

device_word = Table(
    "device_word",
    metadata,
    new_id(),
    Column("device_id", ForeignKey("device.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
    Column("body", JSON, nullable=False),
)
Index("device_word_by_device", device_word.c.device_id)

device_command = Table(
    "device_command",
    metadata,
    new_id(),
    Column("device_id", ForeignKey("device.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
)
Index("device_command_by_device", device_command.c.device_id)

unknown_tracker = Table(
    "unknown_tracker",
    metadata,
    Column("name", Text, primary_key=True),
    Column("protocol", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("times", Whole, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
)
