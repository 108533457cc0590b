"""Keep what ended subscriptions used up of a day's messages, and find the promises of a storm."""

from alembic import op
from sqlalchemy import Boolean, Column, Text

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0085"
down_revision = "0083"


def upgrade() -> None:
    """Add the table and an index; what was used up before is not known."""
    op.create_table(
        "ended_watch",
        new_id(),
        Column("reader", Text, nullable=False),
        Column("by_phone", Boolean, nullable=False),
        Column("day_at", UtcDateTime, nullable=False),
        Column("told", Whole, nullable=False),
    )
    op.create_index("promise_by_making", "promise", ["made_at"])
