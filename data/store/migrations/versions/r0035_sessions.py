"""Keep sessions on the server; until now cookies held all of them."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

from data.store.schema import UtcDateTime
from data.store.schema.base import new_id

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Make the table; people sign in once more."""
    op.create_table(
        "session",
        new_id(),
        Column("digest", Text, nullable=False, unique=True),
        Column("user_id", Integer, ForeignKey("user.id"), nullable=False),
        Column("method", Text, nullable=False),
        Column("begun_at", UtcDateTime, nullable=False),
        Column("used_at", UtcDateTime, nullable=False),
        Column("expires_at", UtcDateTime, nullable=False),
        Column("address", Text, nullable=False),
        Column("browser", Text, nullable=False),
    )
    op.create_index("session_by_user", "session", ["user_id"])
