"""Let a pass have no vehicle: somebody saw on the spot that the street was clear."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

INDEXES = {
    "pass_by_segment": ["storm_id", "segment_id", "forward"],
    "pass_by_vehicle": ["storm_id", "vehicle_id", "ended_at"],
    "pass_by_window": ["vehicle_id", "window"],
}


def upgrade() -> None:
    """Make the table anew, since SQLite cannot loosen a column; passes of before all have one."""
    for name in INDEXES:
        op.drop_index(name, "pass")
    op.rename_table("pass", "pass_before")
    op.create_table(
        "pass",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("forward", sa.Boolean(), nullable=False),
        sa.Column("from_m", sa.Float(), nullable=False),
        sa.Column("to_m", sa.Float(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=False),
        sa.Column("treatment", sa.Text(), nullable=True),
        sa.Column("evidence_kind", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("material_kg", sa.Float(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(
        "INSERT INTO pass (id, storm_id, segment_id, forward, from_m, to_m, vehicle_id, started_at,"
        " ended_at, treatment, evidence_kind, confidence, material_kg, window)"
        " SELECT id, storm_id, segment_id, forward, from_m, to_m, vehicle_id, started_at,"
        " ended_at, treatment, evidence_kind, confidence, material_kg, window FROM pass_before"
    )
    op.drop_table("pass_before")
    for name, columns in INDEXES.items():
        op.create_index(name, "pass", columns)
