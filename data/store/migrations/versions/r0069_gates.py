"""Keep where a place that is an area is entered."""

from alembic import op
from sqlalchemy import JSON, Column

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    """Add the column; gates come with the next update of a city's streets."""
    op.add_column("place", Column("gates", JSON, nullable=False, server_default="[]"))
