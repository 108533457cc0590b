"""Create the first tables."""

from alembic import op

from data.store.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    metadata.create_all(op.get_bind(), checkfirst=False)
