"""Let a storm have phases, a policy, snowfall, closures, machines and reload sites of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the tables and columns; a storm that has ended is closed, and keeps its moments."""
    op.add_column("storm", sa.Column("opened_at", sa.DateTime(), nullable=True))
    op.add_column("storm", sa.Column("policy", sa.Text(), server_default="", nullable=False))
    op.add_column("storm", sa.Column("quiet", sa.JSON(), server_default="[]", nullable=False))
    _add_phases_and_snow()
    op.create_table(
        "closure",
        _number(),
        _storm(),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("forward", sa.Boolean(), nullable=True),
        sa.Column("from_at", sa.DateTime(), nullable=False),
        sa.Column("until_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
        sa.Column("lifted_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("closure_by_storm", "closure", ["storm_id", "lifted_at"])
    _add_choice("storm_machine", "vehicle", "in_service")
    _add_choice("storm_site", "reload_site", "in_use")
    op.execute("UPDATE storm SET opened_at = started_at")
    op.execute("UPDATE storm SET phase = 'closed' WHERE phase = 'ended'")
    move = "INSERT INTO storm_move (storm_id, phase, at, moved_by) SELECT id, "
    op.execute(f"{move}'active', started_at, '' FROM storm")
    op.execute(f"{move}'closed', ended_at, '' FROM storm WHERE ended_at IS NOT NULL")


def _add_phases_and_snow() -> None:
    op.create_table(
        "storm_move",
        _number(),
        _storm(),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("moved_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "snow_entry",
        _number(),
        _storm(),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("fallen_mm", sa.Float(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.ForeignKeyConstraint(["replaces_id"], ["snow_entry.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _add_choice(name: str, of: str, what: str) -> None:
    op.create_table(
        name,
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column(f"{of}_id", sa.Integer(), nullable=False),
        sa.Column(what, sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.ForeignKeyConstraint([f"{of}_id"], [f"{of}.id"]),
        sa.PrimaryKeyConstraint("storm_id", f"{of}_id"),
    )


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def _storm() -> sa.Column[int]:
    return sa.Column("storm_id", sa.Integer(), nullable=False)
