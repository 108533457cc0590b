"""Keep which streets and turns are impossible for which machines, as drivers say."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Text

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0076"
down_revision = "0075"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "machine_limit",
        new_id(),
        Column("storm_id", Whole, ForeignKey("storm.id"), nullable=False),
        Column("blockage_id", Whole, ForeignKey("blockage.id"), nullable=False),
        Column("vehicle_id", Whole, ForeignKey("vehicle.id"), nullable=False),
        Column("came", JSON),
        Column("ways", JSON, nullable=False),
        Column("both_ways", Boolean, nullable=False),
        Column("types", JSON, nullable=False),
        Column("note", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("proposed_at", UtcDateTime, nullable=False),
        Column("proposed_by", Text, nullable=False),
        Column("until_at", UtcDateTime),
        Column("decided_at", UtcDateTime),
        Column("decided_by", Text, nullable=False),
    )
    op.create_index("machine_limit_by_state", "machine_limit", ["state"])
