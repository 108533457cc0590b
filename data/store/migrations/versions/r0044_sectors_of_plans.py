"""Let a plan run be a part of another one, and say which workers there are."""

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, Integer, Text

from data.store.schema import UtcDateTime

revision = "0044"
down_revision = "0049"


def upgrade() -> None:
    """Add a column with its index, and a table; no run so far is a part of another."""
    number = BigInteger().with_variant(Integer, "sqlite")
    op.add_column("plan_run", Column("parent_id", number))
    op.create_index("plan_run_by_parent", "plan_run", ["parent_id"])
    op.create_table(
        "plan_worker",
        Column("name", Text, primary_key=True),
        Column("kinds", JSON, nullable=False),
        Column("seen_at", UtcDateTime, nullable=False),
    )
