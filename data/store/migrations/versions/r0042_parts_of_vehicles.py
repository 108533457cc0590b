"""Keep which process digests which part of the vehicles."""

from alembic import op
from sqlalchemy import Column, Text

from data.store.schema.base import Whole

revision = "0042"
down_revision = "0048"


def upgrade() -> None:
    """Make the table; what was seen of positions is marked on each, and stays."""
    op.create_table(
        "evidence_part",
        Column("part", Whole, primary_key=True, autoincrement=False),
        Column("holder", Text, nullable=False),
    )
