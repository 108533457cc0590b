"""Let a person of a province enter a town without signing in again, by a ticket used once."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

from data.store.schema import UtcDateTime

revision = "0054"
down_revision = "0052"


def upgrade() -> None:
    """Add a column and a table; every session of before began by itself."""
    op.add_column("session", Column("begun_from", Integer))
    op.create_table(
        "entry_ticket",
        Column("digest", Text, primary_key=True),
        Column("session_id", Integer, ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
        Column("city", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
    )
