"""Let machines have a company, a contact, a price and a time to arrive, and be called out."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add the columns and the table."""
    for name in ("company", "contact"):
        op.add_column("vehicle", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("arrive_s", "rate_h"):
        op.add_column("vehicle", sa.Column(name, sa.Float(), server_default="0", nullable=False))
    op.create_table(
        "call_out",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=False),
        sa.Column("called_by", sa.Text(), nullable=False),
        sa.Column("rate_h", sa.Float(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("expected_at", sa.DateTime(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(), nullable=True),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("call_out_by_storm", "call_out", ["storm_id"])
