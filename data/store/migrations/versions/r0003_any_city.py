"""Add what a city sets for itself: districts, classes of streets, codes, blockages, re-imports."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns and tables."""
    _add_columns()
    _create_former_segment()
    _create_district()
    _create_levels()
    _create_sign_in_code()
    _create_tap()
    _create_blockage()


def _add_columns() -> None:
    op.add_column("city", sa.Column("boundary", sa.Text(), nullable=True))
    op.add_column("city", sa.Column("language", sa.Text(), server_default="", nullable=False))
    op.add_column("city", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    for table, column in (("segment", "bus"), ("user", "disabled"), ("leg_progress", "proved")):
        op.add_column(
            table, sa.Column(column, sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.add_column("position", sa.Column("fault", sa.Text(), server_default="", nullable=False))
    op.add_column("plan_run", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))


def _create_former_segment() -> None:
    op.create_table(
        "former_segment",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("osm_way_id", sa.Integer(), nullable=False),
        sa.Column("from_node", sa.Integer(), nullable=False),
        sa.Column("to_node", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.Column("length_m", sa.Float(), nullable=False),
        sa.Column("road_class", sa.Text(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("gone_at", sa.DateTime(), nullable=False),
        sa.Column("successors", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_district() -> None:
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("polygon", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )


def _create_levels() -> None:
    op.create_table(
        "segment_override",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service_class", sa.Text(), nullable=False),
        sa.Column("cycle_s", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("segment_id"),
    )
    op.create_table(
        "segment_level",
        sa.Column("segment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service_class", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("cycle_s", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("segment_id"),
    )


def _create_sign_in_code() -> None:
    op.create_table(
        "sign_in_code",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"]),
        sa.PrimaryKeyConstraint("digest"),
    )


def _create_tap() -> None:
    op.create_table(
        "tap",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.PrimaryKeyConstraint("key"),
    )


def _create_blockage() -> None:
    op.create_table(
        "blockage",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo", sa.Text(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"]),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
