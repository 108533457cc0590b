"""The table of machines that were called for a storm."""

from sqlalchemy import Column, Float, ForeignKey, Index, Table, Text

from data.store.schema.base import UtcDateTime, metadata, new_id

call_out = Table(
    "call_out",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("called_at", UtcDateTime, nullable=False),
    Column("called_by", Text, nullable=False),
    Column("rate_h", Float, nullable=False, doc="price of an hour, as agreed"),
    Column("note", Text, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("expected_at", UtcDateTime),
    Column("arrived_at", UtcDateTime),
    Column("released_at", UtcDateTime),
)
Index("call_out_by_storm", call_out.c.storm_id)
