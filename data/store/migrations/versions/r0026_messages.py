"""Let dispatchers and drivers write to each other, and say who sees to an alert."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the table and the columns; who acknowledged an alert sees to it."""
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.Column("from_driver", sa.Boolean(), nullable=False),
        sa.Column("text_fa", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("command_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["command_id"], ["device_command.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"]),
        sa.ForeignKeyConstraint(["storm_id"], ["storm.id"]),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("message_by_storm", "message", ["storm_id", "vehicle_id"])
    op.create_index("message_by_shift", "message", ["shift_id"])
    for table, column in (
        ("alert", sa.Column("owner", sa.Text(), server_default="", nullable=False)),
        (
            "device",
            sa.Column("shows_texts", sa.Boolean(), server_default=sa.false(), nullable=False),
        ),
    ):
        op.add_column(table, column)
    op.execute("update alert set owner = acknowledged_by")
