"""Tables of the moment, on PostgreSQL alone: what the servers of one city share.

Unlogged: quick, emptied by a crash of the database, part of no backup and of no move. Everything in
them is known again from other tables, or a minute later of no use.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Double,
    Float,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import func as sql
from sqlalchemy.event import listens_for

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

moment = MetaData()

hub_change = Table(
    "hub_change",
    moment,
    new_id(),
    Column("server", Text, nullable=False, doc="who published it"),
    Column("changes", Text, nullable=False, doc="JSON: items by kind"),
    Column("made_at", DateTime, nullable=False, server_default=sql.localtimestamp()),
    Index("hub_change_by_time", "made_at"),
    prefixes=["UNLOGGED"],
)

last_place = Table(
    "last_place",
    moment,
    Column("vehicle_id", Whole, primary_key=True, autoincrement=False),
    Column("fixed_at", UtcDateTime, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("heading_deg", Float),
    Column("speed_mps", Float),
    Column("state", Text, nullable=False),
    Column("blade", Boolean),
    prefixes=["UNLOGGED"],
)

rate_bucket = Table(
    "rate_bucket",
    moment,
    Column("key", Text, primary_key=True, doc="digest of limit and sender"),
    Column("burst", Double, nullable=False),
    Column("per_s", Double, nullable=False),
    Column("locks", Boolean, nullable=False),
    Column("tokens", Double, nullable=False),
    Column("at_s", Double, nullable=False, doc="by the clock of the database"),
    Column("locked", Boolean, nullable=False),
    prefixes=["UNLOGGED"],
)

known_address = Table(
    "known_address",
    moment,
    Column("key", Text, primary_key=True, doc="digest of account and address"),
    Column("used_at", DateTime, nullable=False, doc="by the clock of the database"),
    prefixes=["UNLOGGED"],
)

open_board = Table(
    "open_board",
    moment,
    new_id(),
    Column("login", Text, nullable=False),
    Column("tab", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("editing", Boolean, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("lease_until", DateTime, nullable=False, doc="by the clock of the database"),
    UniqueConstraint("login", "tab", name="open_board_key"),
    prefixes=["UNLOGGED"],
)


@listens_for(metadata, "after_create")
def _make_beside(_metadata: MetaData, connection: Connection, **_words: object) -> None:
    if connection.dialect.name == "postgresql":
        moment.create_all(connection)
