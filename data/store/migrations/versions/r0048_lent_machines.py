"""Keep which machines other cities of the province have for a while."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

from data.store.schema import UtcDateTime
from data.store.schema.base import new_id

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    """Make the table; nothing is lent yet."""
    op.create_table(
        "loan",
        new_id(),
        Column("vehicle_id", Integer, ForeignKey("vehicle.id"), nullable=False),
        Column("borrower", Text, nullable=False),
        Column("starts_at", UtcDateTime, nullable=False),
        Column("ends_at", UtcDateTime, nullable=False),
        Column("state", Text, nullable=False),
        Column("lent_by", Text, nullable=False),
        Column("ended_at", UtcDateTime),
        Column("ended_by", Text, nullable=False, server_default=""),
    )
