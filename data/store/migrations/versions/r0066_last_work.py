"""Keep when work on a direction ended last, and when all its passes were last complete."""

from alembic import op
from sqlalchemy import Column

from data.store.schema.base import UtcDateTime

revision = "0066"
down_revision = "0064"


def upgrade() -> None:
    """Add the columns; for what was stored before, the last whole pass stands for both."""
    for name in ("worked_at", "cleared_at"):
        op.add_column("coverage", Column(name, UtcDateTime))
    op.execute("UPDATE coverage SET worked_at = last_pass_at")
    op.execute("UPDATE coverage SET cleared_at = last_pass_at WHERE passes_done >= passes_needed")
