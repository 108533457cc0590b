"""Say how far depots and reload sites reach, and keep what vehicles did by quarters of an hour."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add columns and table; the log of what is already there is read when somebody asks."""
    for table, usual_m in (("depot", "100"), ("reload_site", "60")):
        radius = sa.Column("radius_m", sa.Float(), server_default=usual_m, nullable=False)
        op.add_column(table, radius)
        polygon = sa.Column("polygon", sa.JSON(), server_default="[]", nullable=False)
        op.add_column(table, polygon)
    op.create_table(
        "log_part",
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("spells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"]),
        sa.PrimaryKeyConstraint("vehicle_id", "starts_at"),
    )
    op.create_index("log_part_newest", "log_part", ["position_id"])
    stale = sa.text("stale IS 1")
    op.create_index("log_part_stale", "log_part", ["starts_at"], sqlite_where=stale)
