"""Make the tables that several servers of one city share, on PostgreSQL alone."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Float, Text, func

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """Make unlogged tables; a city on SQLite has one server, which keeps all this in memory."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table(
        "hub_change",
        Column("id", BigInteger, primary_key=True, autoincrement=True),
        Column("server", Text, nullable=False),
        Column("changes", Text, nullable=False),
        Column("made_at", DateTime, nullable=False, server_default=func.localtimestamp()),
        prefixes=["UNLOGGED"],
    )
    op.create_index("hub_change_by_time", "hub_change", ["made_at"])
    op.create_table(
        "last_place",
        Column("vehicle_id", BigInteger, primary_key=True, autoincrement=False),
        Column("fixed_at", DateTime, nullable=False),
        Column("lon", Float, nullable=False),
        Column("lat", Float, nullable=False),
        Column("heading_deg", Float),
        Column("speed_mps", Float),
        Column("state", Text, nullable=False),
        Column("blade", Boolean),
        prefixes=["UNLOGGED"],
    )
