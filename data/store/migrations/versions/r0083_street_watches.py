"""Keep who wants to be told when a street was cleared, or its window moved."""

from alembic import op
from sqlalchemy import Boolean, Column, Float, ForeignKey, Text, UniqueConstraint

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0083"
down_revision = "0082"


def upgrade() -> None:
    """Add the table; nobody has asked before."""
    op.create_table(
        "street_watch",
        new_id(),
        Column("segment_id", Whole, nullable=False),
        Column("offset_m", Float, nullable=False),
        Column("phone", Text, nullable=False),
        Column("number", Text, nullable=False),
        Column("email", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("every_storm", Boolean, nullable=False),
        Column("storm_id", Whole, ForeignKey("storm.id")),
        Column("made_at", UtcDateTime, nullable=False),
        Column("confirmed_at", UtcDateTime),
        Column("look_at", UtcDateTime, nullable=False),
        Column("cleared_at", UtcDateTime),
        Column("from_at", UtcDateTime),
        Column("to_at", UtcDateTime),
        Column("told_at", UtcDateTime),
        Column("day_at", UtcDateTime),
        Column("told", Whole, nullable=False, server_default="0"),
        Column("tries", Whole, nullable=False, server_default="0"),
        UniqueConstraint("code"),
    )
    op.create_index("street_watch_by_look", "street_watch", ["look_at"])
    op.create_index("street_watch_by_number", "street_watch", ["number"])
