"""Keep people's own names, and which request a repeated one was merged into."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Text

from data.store.schema.base import UtcDateTime, Whole

revision = "0068"
down_revision = "0067"


def upgrade() -> None:
    """Add the column and the table; nobody has a name and nothing is merged yet."""
    op.add_column("user", Column("name", Text, nullable=False, server_default=""))
    op.create_table(
        "duplicate",
        Column("request_id", Whole, ForeignKey("request.id"), primary_key=True),
        Column("kept_id", Whole, ForeignKey("request.id"), nullable=False),
        Column("merged_at", UtcDateTime, nullable=False),
    )
    op.create_index("duplicate_by_kept", "duplicate", ["kept_id"])
