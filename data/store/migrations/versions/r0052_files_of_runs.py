"""Keep the file that a run of the queue has made."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary

revision = "0052"
down_revision = "0044"


def upgrade() -> None:
    """Add a table; no run so far has made a file."""
    number = BigInteger().with_variant(Integer, "sqlite")
    op.create_table(
        "run_file",
        Column("run_id", number, ForeignKey("plan_run.id"), primary_key=True),
        Column("part", number, primary_key=True, autoincrement=False),
        Column("content", LargeBinary, nullable=False),
    )
