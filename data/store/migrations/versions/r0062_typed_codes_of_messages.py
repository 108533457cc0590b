"""Count wrong codes: those of messages without a link are short enough to be typed, and guessed."""

from alembic import op
from sqlalchemy import Column

from data.store.schema.base import Whole

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    """Add the count; nobody has guessed so far."""
    op.add_column(
        "phone_confirmation", Column("wrong_codes", Whole, nullable=False, server_default="0")
    )
