"""Keep how many people live in a district, and which one a council member looks at first."""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"


def upgrade() -> None:
    """Add the columns; what nobody said stays unknown."""
    op.add_column("district", sa.Column("inhabitants", sa.Integer))
    district = sa.Column("district", sa.Text, nullable=False, server_default="")
    op.add_column("user", district)
