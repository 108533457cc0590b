"""Let runs have a kind, options and a curve of progress, and plans say what they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

TEXTS = {"kind": "plan", "digest": ""}
RUN_JSON = {"options": "{}", "curve": "[]", "fault": "[]"}
PLAN_JSON = {"options": "{}", "aside": "{}", "proofs": "[]"}


def upgrade() -> None:
    """Add the columns; runs and plans of before are for everything."""
    for name, default in TEXTS.items():
        text = sa.Column(name, sa.Text(), server_default=default, nullable=False)
        op.add_column("plan_run", text)
    for table, columns in (("plan_run", RUN_JSON), ("plan", PLAN_JSON)):
        for name, default in columns.items():
            op.add_column(table, sa.Column(name, sa.JSON(), server_default=default, nullable=False))
    op.add_column("plan_run", sa.Column("answer", sa.JSON(), nullable=True))
