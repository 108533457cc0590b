"""Keep how far from its street a photo of a sighting was taken."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; earlier sightings stay without."""
    op.add_column("sighting", sa.Column("away_m", sa.Float(), nullable=True))
