"""Keep which machine of the borrower's fleet a lent one is, whatever it is called there."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0049"
down_revision = "0041"


def upgrade() -> None:
    """Add a column; guests of loans of before are known by their names."""
    op.add_column("loan", Column("guest_id", Integer))
