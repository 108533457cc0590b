"""Table of what vehicles did, by quarters of an hour: derived from positions, never edited."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Table

from data.store.schema.base import UtcDateTime, Whole, metadata

log_part = Table(
    "log_part",
    metadata,
    Column("vehicle_id", ForeignKey("vehicle.id"), primary_key=True),
    Column("starts_at", UtcDateTime, primary_key=True),
    Column("position_id", Whole, nullable=False, doc="newest fix that bears on it"),
    Column("stale", Boolean, nullable=False, doc="fixes came that it does not count yet"),
    Column("read_at", UtcDateTime),
    Column("spells", JSON, nullable=False),
)
Index("log_part_newest", log_part.c.position_id)
_STALE = log_part.c.stale.is_(True)
Index("log_part_stale", log_part.c.starts_at, sqlite_where=_STALE, postgresql_where=_STALE)
