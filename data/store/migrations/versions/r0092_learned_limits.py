"""Keep which streets and turns machines never took, as storms show, beside what drivers say."""

from alembic import op
from sqlalchemy import Column, Integer

from data.store.schema.base import Whole

revision = "0092"
down_revision = "0091"


def upgrade() -> None:
    """Add the counts; what storms showed has no driver's report."""
    with op.batch_alter_table("machine_limit") as changed:
        changed.alter_column("blockage_id", existing_type=Integer(), nullable=True)
        changed.add_column(Column("chances", Whole, nullable=False, server_default="0"))
        changed.add_column(Column("drivers", Whole, nullable=False, server_default="0"))
