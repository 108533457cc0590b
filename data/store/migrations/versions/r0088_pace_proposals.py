"""Keep what storms taught of how long things take, and which of it plans use."""

from alembic import op
from sqlalchemy import JSON, Column, LargeBinary, Text

from data.store.schema.base import UtcDateTime, new_id

revision = "0088"
down_revision = "0087"


def upgrade() -> None:
    """Add the table; plans go on to assume what is written down."""
    op.create_table(
        "pace_proposal",
        new_id(),
        Column("made_at", UtcDateTime, nullable=False),
        Column("made_by", Text, nullable=False),
        Column("storm_ids", JSON, nullable=False),
        Column("learned", LargeBinary, nullable=False),
        Column("state", Text, nullable=False),
        Column("decided_at", UtcDateTime),
        Column("decided_by", Text, nullable=False, server_default=""),
    )
