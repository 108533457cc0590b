"""Keep why a message did not go out, and which phone numbers have answered."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

from data.store.schema import UtcDateTime

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """Add a column and a table; nothing is known of older messages."""
    op.add_column("notice", Column("fault", Text, nullable=False, server_default=""))
    op.create_table(
        "phone_confirmation",
        Column("request_id", Integer, ForeignKey("request.id"), primary_key=True),
        Column("code", Text, nullable=False),
        Column("confirmed_at", UtcDateTime),
    )
