"""Tables of a city's database; every time goes in and comes out as aware UTC."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive values, stores UTC, returns aware (SQLite would drop the zone)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to naive UTC for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware time, got {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


city = Table(
    "city",
    metadata,
    Column("name", Text, primary_key=True),
    Column("timezone", Text, nullable=False),
    Column("bounds", JSON, nullable=False),
    Column("network_version", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("policy", Text, nullable=False, doc="policy.toml as last set"),
    Column("fleet", Text, nullable=False, doc="fleet.toml as last set"),
    Column("report", JSON, nullable=False, doc="what `city show` prints"),
    Column("boundary", Text, doc="WKT polygon that clipped the file"),
    Column("language", Text, nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default="0"),
)

segment = Table(
    "segment",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("osm_way_id", Integer, nullable=False),
    Column("from_node", Integer, nullable=False),
    Column("to_node", Integer, nullable=False),
    Column("nth", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("geometry", LargeBinary, nullable=False, doc="WKB line, lon-lat"),
    Column("length_m", Float, nullable=False),
    Column("road_class", Text, nullable=False),
    Column("names", JSON, nullable=False),
    Column("drive_speed_mps", Float, nullable=False),
    Column("oneway", Text, nullable=False),
    Column("lanes", Integer, nullable=False),
    Column("width_m", Float, nullable=False),
    Column("surface", Text, nullable=False),
    Column("layer", Integer, nullable=False),
    Column("access", Text, nullable=False),
    Column("incline", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("roundabout", Boolean, nullable=False),
    Column("bus", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("osm_way_id", "from_node", "to_node", "nth", name="segment_key"),
)

former_segment = Table(
    "former_segment",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("osm_way_id", Integer, nullable=False),
    Column("from_node", Integer, nullable=False),
    Column("to_node", Integer, nullable=False),
    Column("nth", Integer, nullable=False),
    Column("geometry", LargeBinary, nullable=False, doc="WKB line, lon-lat"),
    Column("length_m", Float, nullable=False),
    Column("road_class", Text, nullable=False),
    Column("names", JSON, nullable=False),
    Column("gone_at", UtcDateTime, nullable=False),
    Column("successors", JSON, nullable=False, doc="ids of segments that lie where it was"),
)

district = Table(
    "district",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("names", JSON, nullable=False),
    Column("polygon", Text, doc="WKT; NULL where only the name is known"),
)

segment_override = Table(
    "segment_override",
    metadata,
    Column("segment_id", Integer, primary_key=True, autoincrement=False),
    Column("service_class", Text, nullable=False),
    Column("cycle_s", Float),
    Column("note", Text, nullable=False),
)

segment_level = Table(
    "segment_level",
    metadata,
    Column("segment_id", Integer, primary_key=True, autoincrement=False),
    Column("service_class", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("cycle_s", Float),
)
"""Levels of streets where the road class alone does not decide, made anew when a rule changes."""

restriction = Table(
    "restriction",
    metadata,
    _id(),
    Column("from_segment", Integer, nullable=False),
    Column("via", Integer, nullable=False),
    Column("to_segment", Integer, nullable=False),
    Column("kind", Text, nullable=False),
)

place = Table(
    "place",
    metadata,
    _id(),
    Column("kind", Text, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("names", JSON, nullable=False),
    Column("street", Text, nullable=False),
    Column("number", Text, nullable=False),
)

depot = Table(
    "depot",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("assumed", Boolean, nullable=False),
)

reload_site = Table(
    "reload_site",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("fill_s", Float, nullable=False),
    Column("materials", JSON, nullable=False),
)

vehicle = Table(
    "vehicle",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("capabilities", JSON, nullable=False),
    Column("blade_m", Float, nullable=False),
    Column("min_street_m", Float, nullable=False),
    Column("hopper_kg", Float, nullable=False),
    Column("drive_speed_mps", Float, nullable=False),
    Column("work_speed_mps", JSON, nullable=False),
    Column("depot_id", ForeignKey("depot.id"), nullable=False),
    Column("shift_h", Float, nullable=False),
    Column("assumed", Boolean, nullable=False),
    Column("retired", Boolean, nullable=False, default=False, doc="left the fleet file"),
)

storm = Table(
    "storm",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("snowfall", JSON, nullable=False),
)

shift = Table(
    "shift",
    metadata,
    _id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("driver_id", ForeignKey("user.id")),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
)

job = Table(
    "job",
    metadata,
    _id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("segment_id", Integer, nullable=False),
    Column("directions", Text, nullable=False),
    Column("treatment", Text, nullable=False),
    Column("passes", Integer, nullable=False),
    Column("service_class", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("done_at", UtcDateTime),
)
Index("job_by_segment", job.c.storm_id, job.c.segment_id, job.c.treatment)

request = Table(
    "request",
    metadata,
    _id(),
    Column("reference", Text, nullable=False, unique=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("channel", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("segment_id", Integer),
    Column("side", Text),
    Column("offset_m", Float),
    Column("distance_m", Float),
    Column("job_id", ForeignKey("job.id")),
    Column("idempotency_key", Text, unique=True),
)
Index("request_by_state", request.c.state, request.c.received_at)

caller = Table(
    "caller",
    metadata,
    Column("request_id", ForeignKey("request.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False, doc="of the digest in the event chain"),
)

plan_run = Table(
    "plan_run",
    metadata,
    _id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("best", Float),
    Column("bound", Float),
    Column("unserved", Integer),
    Column("iterations", Integer, nullable=False, default=0),
    Column("elapsed_s", Float, nullable=False, default=0.0),
    Column("stop_requested", Boolean, nullable=False, default=False),
    Column("plan_id", ForeignKey("plan.id")),
    Column("error", Text, nullable=False, default=""),
)

plan = Table(
    "plan",
    metadata,
    _id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("parent_id", ForeignKey("plan.id")),
    Column("revision", Integer, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("network_version", Text, nullable=False),
    Column("unserved", JSON, nullable=False),
    Column("cost", JSON, nullable=False),
    Column("bound", Float, nullable=False),
    Column("solver", Text, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("state", Text, nullable=False),
)

route = Table(
    "route",
    metadata,
    Column("plan_id", ForeignKey("plan.id"), primary_key=True),
    Column("shift_id", ForeignKey("shift.id"), primary_key=True),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("legs", LargeBinary, nullable=False, doc="gzipped JSON list of legs"),
)

leg_progress = Table(
    "leg_progress",
    metadata,
    Column("plan_id", ForeignKey("plan.id"), primary_key=True),
    Column("shift_id", ForeignKey("shift.id"), primary_key=True),
    Column("leg", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("reason", Text, nullable=False),
)

user = Table(
    "user",
    metadata,
    _id(),
    Column("login", Text, nullable=False, unique=True),
    Column("roles", JSON, nullable=False),
    Column("language", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=false()),
)

sign_in_code = Table(
    "sign_in_code",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("user_id", ForeignKey("user.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("shift_id", ForeignKey("shift.id")),
)

tap = Table(
    "tap",
    metadata,
    Column("key", Text, primary_key=True),
    Column("user_id", ForeignKey("user.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("answer", JSON, nullable=False),
)
"""Orders that phones may send twice, by the key they came with, and what was answered."""

blockage = Table(
    "blockage",
    metadata,
    _id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("segment_id", Integer, nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("shift_id", ForeignKey("shift.id"), nullable=False),
    Column("reported_at", UtcDateTime, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("photo", Text, nullable=False, doc="file in the photo folder, or empty"),
    Column("cleared_at", UtcDateTime),
)

device = Table(
    "device",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True, doc="`id` of the OsmAnd protocol"),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
)

position = Table(
    "position",
    metadata,
    _id(),
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
    UniqueConstraint("vehicle_id", "fixed_at", "source", name="position_key"),
)
Index("position_unseen", position.c.id, sqlite_where=position.c.seen.is_(False))

passage = Table(
    "pass",
    metadata,
    _id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("segment_id", Integer, nullable=False),
    Column("forward", Boolean, nullable=False),
    Column("from_m", Float, nullable=False),
    Column("to_m", Float, nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("treatment", Text),
    Column("evidence_kind", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("material_kg", Float, nullable=False),
)
Index("pass_by_segment", passage.c.storm_id, passage.c.segment_id, passage.c.forward)

coverage = Table(
    "coverage",
    metadata,
    Column("storm_id", ForeignKey("storm.id"), primary_key=True),
    Column("segment_id", Integer, primary_key=True),
    Column("forward", Boolean, primary_key=True),
    Column("passes_done", Integer, nullable=False),
    Column("passes_needed", Integer, nullable=False),
    Column("last_pass_at", UtcDateTime),
    Column("driven_at", UtcDateTime),
    Column("evidence_kind", Text),
    Column("confidence", Float),
)

event = Table(
    "event",
    metadata,
    _id(),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)
Index("event_by_subject", event.c.subject)
