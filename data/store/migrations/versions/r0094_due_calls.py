"""Keep when a caller wanted to call, who rang later because many did: so nobody is forgotten."""

from alembic import op
from sqlalchemy import Column

from data.store.schema.base import UtcDateTime

revision = "0094"
down_revision = "0093"


def upgrade() -> None:
    """Add the column, empty for the calls that there are: they rang in time."""
    op.add_column("training_call", Column("due_at", UtcDateTime))
