"""Let passes follow from half hours of positions, and number what changes after a storm."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add columns and tables; passes of earlier versions stay as they are until a rebuild."""
    op.add_column("pass", sa.Column("window", sa.Integer(), nullable=True))
    op.create_index("pass_by_window", "pass", ["vehicle_id", "window"])
    op.add_column("coverage", sa.Column("plowed_at", sa.DateTime(), nullable=True))
    op.add_column("coverage", sa.Column("salted_at", sa.DateTime(), nullable=True))
    op.create_table(
        "open_window",
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"]),
        sa.PrimaryKeyConstraint("vehicle_id", "window"),
    )
    op.create_table(
        "coverage_revision",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("network_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("storm_id", "number", name="coverage_revision_key"),
    )
    op.create_table(
        "coverage_change",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("forward", sa.Boolean(), nullable=False),
        sa.Column("passes_before", sa.Integer(), nullable=False),
        sa.Column("passes_after", sa.Integer(), nullable=False),
        sa.Column("last_pass_before", sa.DateTime(), nullable=True),
        sa.Column("last_pass_after", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["revision_id"], ["coverage_revision.id"]),
        sa.PrimaryKeyConstraint("revision_id", "segment_id", "forward"),
    )
    op.create_index("coverage_change_by_segment", "coverage_change", ["segment_id"])
