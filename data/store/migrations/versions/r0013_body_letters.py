"""Add the letters that go to other bodies with what is handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table; what was handed over before was written by hand and has no letter."""
    op.create_table(
        "body_letter",
        sa.Column("hand_over_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_over.id"]),
        sa.PrimaryKeyConstraint("hand_over_id"),
    )
    op.create_index("body_letter_by_state", "body_letter", ["state", "due_at"])
