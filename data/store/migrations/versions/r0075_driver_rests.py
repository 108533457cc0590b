"""Keep when drivers rested."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Text

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0075"
down_revision = "0074"


def upgrade() -> None:
    """Add the table; nobody rests yet."""
    op.create_table(
        "driver_rest",
        new_id(),
        Column("shift_id", Whole, ForeignKey("shift.id"), nullable=False),
        Column("begun_at", UtcDateTime, nullable=False),
        Column("ended_at", UtcDateTime),
        Column("told_by", Text, nullable=False),
    )
    op.create_index("driver_rest_by_shift", "driver_rest", ["shift_id"])
