"""Keep how weather feeds answered, so that a restart asks them no sooner."""

from alembic import op
from sqlalchemy import Column, Text

from data.store.schema.base import UtcDateTime, Whole

revision = "0087"
down_revision = "0085"


def upgrade() -> None:
    """Add the table; no feed has been asked before."""
    op.create_table(
        "weather_feed",
        Column("kind", Text, primary_key=True),
        Column("address", Text, nullable=False),
        Column("since", UtcDateTime, nullable=False),
        Column("asked_at", UtcDateTime, nullable=False),
        Column("not_before", UtcDateTime),
        Column("read_at", UtcDateTime),
        Column("etag", Text, nullable=False),
        Column("modified", Text, nullable=False),
        Column("tries", Whole, nullable=False),
        Column("fault", Text),
        Column("detail", Text, nullable=False),
    )
