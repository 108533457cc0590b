"""Keep what a sandbox rehearses, and the moments that it may be set back to."""

from alembic import op
from sqlalchemy import Column, Text

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0089"
down_revision = "0086"


def upgrade() -> None:
    """Add the tables, which only sandboxes fill."""
    op.create_table(
        "training",
        Column("id", Whole, primary_key=True, autoincrement=False),
        Column("city", Text, nullable=False),
        Column("scenario_name", Text, nullable=False),
        Column("scenario", Text, nullable=False),
        Column("seed", Whole, nullable=False),
        Column("began_at", UtcDateTime, nullable=False),
        Column("started_by", Text, nullable=False),
    )
    op.create_table(
        "training_mark",
        new_id(),
        Column("at", UtcDateTime, nullable=False),
        Column("label", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("made_by", Text, nullable=False),
        Column("file", Text, nullable=False, unique=True),
    )
