"""Keep positions whose time has not come by the server's clock, which may be wrong."""

from alembic import op
from sqlalchemy import JSON, Column, DateTime, ForeignKey, Integer, Text, UniqueConstraint

from data.store.schema.base import new_id

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "early_position",
        new_id(),
        Column("device_id", Integer, ForeignKey("device.id"), nullable=False),
        Column("vehicle_id", Integer, ForeignKey("vehicle.id"), nullable=False),
        Column("source", Text, nullable=False),
        Column("fixed_at", DateTime, nullable=False),
        Column("received_at", DateTime, nullable=False),
        Column("said", JSON, nullable=False),
        UniqueConstraint("vehicle_id", "fixed_at", "source", name="early_position_key"),
    )
    op.create_index("early_position_by_device", "early_position", ["device_id"])
