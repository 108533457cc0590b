"""Keep what people reached in trainings."""

from alembic import op
from sqlalchemy import JSON, Column, Float, Text, UniqueConstraint

from data.store.schema.base import UtcDateTime, new_id

revision = "0091"
down_revision = "0090"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "training_result",
        new_id(),
        Column("login", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("scenario_name", Text, nullable=False),
        Column("began_at", UtcDateTime, nullable=False),
        Column("hours", Float, nullable=False),
        Column("points", Float),
        Column("measures", JSON, nullable=False),
        Column("kept_at", UtcDateTime, nullable=False),
        UniqueConstraint("login", "role", "began_at", name="training_result_is_one"),
    )
