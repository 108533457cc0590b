"""Tables of positions and what they prove."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.event import listens_for
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

FIRST_MONTH = "2020-01-01"
"""Fixes before it share one partition on PostgreSQL; later ones have one each month."""


class _IdInPartitions(PrimaryKeyConstraint):
    """The id; on PostgreSQL with the column of the partitions, which each key there needs."""


@compiles(_IdInPartitions, "postgresql")
def _with_time(_key: _IdInPartitions, _compiler: DDLCompiler, **_words: object) -> str:
    return "PRIMARY KEY (id, fixed_at)"


position = Table(
    "position",
    metadata,
    new_id(),
    Column("device_id", ForeignKey("device.id"), nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("fixed_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("speed_mps", Float),
    Column("heading_deg", Float),
    Column("accuracy_m", Float),
    Column("blade", Boolean),
    Column("spreader", Boolean),
    Column("material", Text, nullable=False),
    Column("rate_gm2", Float),
    Column("alarm", Text, nullable=False),
    Column("attributes", JSON, nullable=False),
    Column("seen", Boolean, nullable=False, default=False, doc="went through matching"),
    Column("fault", Text, nullable=False, server_default="", doc="why it was set aside"),
    _IdInPartitions("id"),
    UniqueConstraint("vehicle_id", "fixed_at", "source", name="position_key"),
    postgresql_partition_by="RANGE (fixed_at)",
)
_UNSEEN = position.c.seen.is_(False)
Index("position_unseen", position.c.id, sqlite_where=_UNSEEN, postgresql_where=_UNSEEN)


@listens_for(position, "after_create")
def _first_partition(_table: Table, connection: Connection, **_words: object) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE TABLE position_before PARTITION OF position"
            f" FOR VALUES FROM (MINVALUE) TO ('{FIRST_MONTH}')"
        )


early_position = Table(
    "early_position",
    metadata,
    new_id(),
    Column("device_id", ForeignKey("device.id"), nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("fixed_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("said", JSON, nullable=False, doc="the other fields of the position"),
    UniqueConstraint("vehicle_id", "fixed_at", "source", name="early_position_key"),
)
Index("early_position_by_device", early_position.c.device_id)

passage = Table(
    "pass",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("segment_id", Whole, nullable=False),
    Column("forward", Boolean, nullable=False),
    Column("from_m", Float, nullable=False),
    Column("to_m", Float, nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), doc="none where somebody saw it on the spot"),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("treatment", Text),
    Column("evidence_kind", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("material_kg", Float, nullable=False),
    Column("window", Whole, doc="half hour of positions that it follows from; else told"),
)
Index("pass_by_segment", passage.c.storm_id, passage.c.segment_id, passage.c.forward)
Index("pass_by_vehicle", passage.c.storm_id, passage.c.vehicle_id, passage.c.ended_at)
Index("pass_by_window", passage.c.vehicle_id, passage.c.window)

open_window = Table(
    "open_window",
    metadata,
    Column("vehicle_id", ForeignKey("vehicle.id"), primary_key=True),
    Column("window", Whole, primary_key=True),
)

evidence_part = Table(
    "evidence_part",
    metadata,
    Column("part", Whole, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False, doc="process: machine, number, start"),
)
"""Which process digests the positions of which part of the vehicles."""

unsealed = Table(
    "unsealed",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("changes", Whole, nullable=False, server_default="0"),
)
"""Evidence that has changed since the audit log last wrote down what it is."""

coverage = Table(
    "coverage",
    metadata,
    Column("storm_id", ForeignKey("storm.id"), primary_key=True),
    Column("segment_id", Whole, primary_key=True),
    Column("forward", Boolean, primary_key=True),
    Column("passes_done", Whole, nullable=False),
    Column("passes_needed", Whole, nullable=False),
    Column("last_pass_at", UtcDateTime),
    Column("driven_at", UtcDateTime),
    Column("evidence_kind", Text),
    Column("confidence", Float),
    Column("plowed_at", UtcDateTime),
    Column("salted_at", UtcDateTime),
    Column("worked_at", UtcDateTime),
    Column("cleared_at", UtcDateTime),
)

coverage_revision = Table(
    "coverage_revision",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("number", Whole, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("cause", Text, nullable=False),
    Column("network_version", Text, nullable=False),
    UniqueConstraint("storm_id", "number", name="coverage_revision_key"),
)

coverage_change = Table(
    "coverage_change",
    metadata,
    Column("revision_id", ForeignKey("coverage_revision.id"), primary_key=True),
    Column("segment_id", Whole, primary_key=True),
    Column("forward", Boolean, primary_key=True),
    Column("passes_before", Whole, nullable=False),
    Column("passes_after", Whole, nullable=False),
    Column("last_pass_before", UtcDateTime),
    Column("last_pass_after", UtcDateTime),
)
Index("coverage_change_by_segment", coverage_change.c.segment_id)
