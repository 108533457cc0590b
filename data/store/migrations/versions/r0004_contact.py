"""Add how callers want to be told: by e-mail, in which language, and whether at all."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns to callers; who called before gave no consent."""
    for name in ("email", "language"):
        op.add_column("caller", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column(
        "caller", sa.Column("consent", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
