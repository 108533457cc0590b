"""Let people of a province sign in at its cities, each with roles of their own there."""

from alembic import op
from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, Text, false

revision = "0045"
down_revision = "0038"


def upgrade() -> None:
    """Add a column and a table; nobody known is of a province."""
    op.add_column("user", Column("of_province", Boolean, nullable=False, server_default=false()))
    op.create_table(
        "city_role",
        Column("user_id", Integer, ForeignKey("user.id"), primary_key=True),
        Column("city", Text, primary_key=True),
        Column("roles", JSON, nullable=False),
    )
