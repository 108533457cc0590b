"""Keep what a note says in other languages, as a training's scenario has it."""

from alembic import op
from sqlalchemy import JSON, Column

revision = "0096"
down_revision = "0095"


def upgrade() -> None:
    """Add the column, empty for the notes that there are: they were written in one language."""
    column = Column("texts", JSON, nullable=False, server_default="{}")
    op.add_column("handover_note", column)
