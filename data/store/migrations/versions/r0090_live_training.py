"""Keep who plays what in a rehearsal, its calls, and what an instructor adds and notes."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Text

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0090"
down_revision = "0089"


def upgrade() -> None:
    """Add the tables, which only sandboxes fill."""
    op.create_table(
        "training_seat",
        Column("user_id", Whole, ForeignKey("user.id"), primary_key=True),
        Column("role", Text, primary_key=True),
        Column("taken_at", UtcDateTime, nullable=False),
        Column("vehicle_id", Whole, ForeignKey("vehicle.id"), unique=True),
        Column("going", Boolean, nullable=False),
        Column("blade", Boolean, nullable=False),
    )
    op.create_table(
        "training_event",
        new_id(),
        Column("at", UtcDateTime, nullable=False),
        Column("kind", Text, nullable=False),
        Column("details", JSON, nullable=False),
        Column("made_by", Text, nullable=False),
    )
    op.create_table(
        "training_note",
        new_id(),
        Column("at", UtcDateTime, nullable=False),
        Column("words", Text, nullable=False),
        Column("made_by", Text, nullable=False),
    )
    op.create_table(
        "training_call",
        new_id(),
        Column("rang_at", UtcDateTime, nullable=False),
        Column("kind", Text, nullable=False),
        Column("words", Text, nullable=False),
        Column("address", Text, nullable=False),
        Column("lon", Float, nullable=False),
        Column("lat", Float, nullable=False),
        Column("segment_id", Whole, nullable=False),
        Column("event_id", Whole, ForeignKey("training_event.id")),
        Column("taken_at", UtcDateTime),
        Column("taken_by", Text, nullable=False),
        Column("ended_at", UtcDateTime),
        Column("request_id", Whole, ForeignKey("request.id")),
    )
    op.create_index("training_call_by_end", "training_call", ["ended_at"])
