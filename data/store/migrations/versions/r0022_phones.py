"""Give users a number under which they are called: a dispatcher calls drivers."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the column; nobody of before has a number."""
    op.add_column("user", sa.Column("phone", sa.Text(), server_default="", nullable=False))
