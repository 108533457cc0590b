"""Count the changes of evidence, so that it can be read before the storm book is written."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the count; what waits has not been read yet."""
    changes = sa.Column("changes", sa.Integer(), server_default="0", nullable=False)
    op.add_column("unsealed", changes)
