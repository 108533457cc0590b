"""Keep what drivers check of their machine before a shift, and what they find."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Text

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0072"
down_revision = "0071"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "vehicle_check",
        new_id(),
        Column("shift_id", Whole, ForeignKey("shift.id"), nullable=False),
        Column("vehicle_id", Whole, ForeignKey("vehicle.id"), nullable=False),
        Column("checked_at", UtcDateTime, nullable=False),
        Column("checked_by", Text, nullable=False),
        Column("points", Whole, nullable=False),
    )
    op.create_index("vehicle_check_by_shift", "vehicle_check", ["shift_id"])
    op.create_table(
        "vehicle_fault",
        Column("check_id", Whole, ForeignKey("vehicle_check.id"), primary_key=True),
        Column("code", Text, primary_key=True),
        Column("names", JSON, nullable=False),
        Column("grave", Boolean, nullable=False),
        Column("text", Text, nullable=False),
    )
