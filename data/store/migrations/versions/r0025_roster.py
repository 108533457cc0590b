"""Keep why machines are out of service, what drivers say of routes, and handover notes."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the columns and the tables; machines that are out already have no reason."""
    op.add_column("storm_machine", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("storm_machine", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "route_answer",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"]),
        sa.PrimaryKeyConstraint("plan_id", "shift_id"),
    )
    op.create_table(
        "handover_note",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("read_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("handover_note_by_storm", "handover_note", ["storm_id"])
