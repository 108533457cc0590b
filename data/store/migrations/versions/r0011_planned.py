"""Say since when the published plan has a job."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the column; jobs of earlier plans stay without."""
    op.add_column("job", sa.Column("planned_at", sa.DateTime(), nullable=True))
