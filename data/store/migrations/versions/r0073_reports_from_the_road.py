"""Keep why a driver left a stage out, where that was to which accuracy, and what he said of it."""

from alembic import op
from sqlalchemy import Column, Float, Text

from data.store.schema.base import Whole

revision = "0073"
down_revision = "0072"


def upgrade() -> None:
    """Add the columns; what was reported before were blocked streets."""
    for column in (
        Column("reason", Text, nullable=False, server_default="blocked"),
        Column("accuracy_m", Float),
        Column("plan_id", Whole),
        Column("leg", Whole),
        Column("last", Whole),
        Column("voice", Text, nullable=False, server_default=""),
    ):
        op.add_column("blockage", column)
