"""Share what was put off among all boards, and keep who handed an alert over."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Text, UniqueConstraint

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    """Make the table and add the column; what browsers kept for themselves is shown again."""
    op.create_table(
        "alert_snooze",
        new_id(),
        Column("storm_id", Whole, ForeignKey("storm.id"), nullable=False),
        Column("cause", Text, nullable=False),
        Column("weight", Whole, nullable=False),
        Column("severity", Whole, nullable=False),
        Column("until", UtcDateTime, nullable=False),
        Column("snoozed_by", Text, nullable=False),
        UniqueConstraint("storm_id", "cause"),
    )
    op.add_column("alert", Column("given_by", Text, nullable=False, server_default=""))
