"""Keep when a plan was published, so that legs done before are not taken for its order."""

from alembic import op
from sqlalchemy import Column

from data.store.schema.base import UtcDateTime

revision = "0070"
down_revision = "0069"


def upgrade() -> None:
    """Add the column; plans that were published before are judged as they were till now."""
    op.add_column("plan", Column("published_at", UtcDateTime))
