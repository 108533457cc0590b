"""Keep how long things took when a draft by hand began, so that it goes on by that."""

from alembic import op
from sqlalchemy import Column, LargeBinary

revision = "0093"
down_revision = "0092"


def upgrade() -> None:
    """Add the column, empty for the drafts that there are."""
    op.add_column("hand_draft", Column("pace", LargeBinary))
