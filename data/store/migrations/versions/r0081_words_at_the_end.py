"""Keep which legs a driver called done only at the end of his shift."""

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0081"
down_revision = "0080"


def upgrade() -> None:
    """Add the column; nobody was asked before."""
    column = Column("at_end", Boolean, nullable=False, server_default=false())
    op.add_column("leg_progress", column)
