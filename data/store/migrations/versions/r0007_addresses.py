"""Add house numbers by ranges, and how far areas reach."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns, empty until the street file is read again."""
    op.add_column("segment", sa.Column("houses", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("place", sa.Column("reach_m", sa.Float(), server_default="0", nullable=False))
