"""Keep second factors of people, and the recovery codes that do instead."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

from data.store.schema import UtcDateTime

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Make the tables; nobody has a second factor yet."""
    op.create_table(
        "second_factor",
        Column("user_id", Integer, ForeignKey("user.id"), primary_key=True, autoincrement=False),
        Column("salt", Text, nullable=False),
        Column("begun_at", UtcDateTime, nullable=False),
        Column("confirmed_at", UtcDateTime),
        Column("last_step", Integer, nullable=False),
    )
    op.create_table(
        "recovery_code",
        Column("digest", Text, primary_key=True),
        Column("user_id", Integer, ForeignKey("user.id"), nullable=False),
    )
