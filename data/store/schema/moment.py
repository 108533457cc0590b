"""Tables of the moment, on PostgreSQL alone: what the servers of one city share.

Unlogged: quick, emptied by a crash of the database, part of no backup and of no move. Everything in
them is known again from other tables, or a minute later of no use.
"""

from sqlalchemy import Boolean, Column, Connection, DateTime, Float, Index, MetaData, Table, Text
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


@listens_for(metadata, "after_create")
def _make_beside(_metadata: MetaData, connection: Connection, **_words: object) -> None:
    if connection.dialect.name == "postgresql":
        moment.create_all(connection)
