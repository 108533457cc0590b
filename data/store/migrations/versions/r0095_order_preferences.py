"""Keep in which order drivers prefer to do streets, as storms show."""

from alembic import op
from sqlalchemy import JSON, Column, Text

from data.store.schema.base import UtcDateTime, Whole, new_id

revision = "0095"
down_revision = "0094"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "order_preference",
        new_id(),
        Column("machine", Text, nullable=False),
        Column("sooner", JSON, nullable=False),
        Column("later", JSON, nullable=False),
        Column("times", Whole, nullable=False),
        Column("chances", Whole, nullable=False),
        Column("drivers", Whole, nullable=False),
        Column("storms", Whole, nullable=False),
        Column("state", Text, nullable=False),
        Column("proposed_at", UtcDateTime, nullable=False),
        Column("proposed_by", Text, nullable=False),
        Column("decided_at", UtcDateTime),
        Column("decided_by", Text, nullable=False),
    )
