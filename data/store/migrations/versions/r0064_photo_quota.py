"""Count what photos of a day take in the database, where restarts and other servers find it."""

from alembic import op
from sqlalchemy import Column, Text

from data.store.schema.base import Whole

revision = "0064"
down_revision = "0062"


def upgrade() -> None:
    """Make the table; the day begins anew."""
    op.create_table(
        "photo_quota",
        Column("source", Text, primary_key=True),
        Column("day", Text, nullable=False),
        Column("stored_bytes", Whole, nullable=False),
    )
