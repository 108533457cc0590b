"""Tables of streets, levels of service and machines."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

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
    Column("revision", Whole, nullable=False, server_default="0"),
)

segment = Table(
    "segment",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=False),
    Column("osm_way_id", Whole, nullable=False),
    Column("from_node", Whole, nullable=False),
    Column("to_node", Whole, nullable=False),
    Column("nth", Whole, nullable=False),
    Column("start", Whole, nullable=False),
    Column("end", Whole, nullable=False),
    Column("geometry", LargeBinary, nullable=False, doc="WKB line, lon-lat"),
    Column("length_m", Float, nullable=False),
    Column("road_class", Text, nullable=False),
    Column("names", JSON, nullable=False),
    Column("drive_speed_mps", Float, nullable=False),
    Column("oneway", Text, nullable=False),
    Column("lanes", Whole, nullable=False),
    Column("width_m", Float, nullable=False),
    Column("surface", Text, nullable=False),
    Column("layer", Whole, nullable=False),
    Column("access", Text, nullable=False),
    Column("incline", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("roundabout", Boolean, nullable=False),
    Column("bus", Boolean, nullable=False, server_default=false()),
    Column(
        "houses", JSON, nullable=False, server_default="[]", doc="[side, first, last, mixed] each"
    ),
    UniqueConstraint("osm_way_id", "from_node", "to_node", "nth", name="segment_key"),
)

service_way = Table(
    "service_way",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=False, doc="negative"),
    Column("osm_way_id", Whole, nullable=False),
    Column("start", Whole, nullable=False),
    Column("end", Whole, nullable=False),
    Column("geometry", LargeBinary, nullable=False, doc="WKB line, lon-lat"),
    Column("oneway", Text, nullable=False),
)

former_segment = Table(
    "former_segment",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=False),
    Column("osm_way_id", Whole, nullable=False),
    Column("from_node", Whole, nullable=False),
    Column("to_node", Whole, nullable=False),
    Column("nth", Whole, nullable=False),
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
    new_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("names", JSON, nullable=False),
    Column("polygon", Text, doc="WKT; NULL where only the name is known"),
    Column("inhabitants", Whole, doc="NULL where nobody said it"),
)

segment_override = Table(
    "segment_override",
    metadata,
    Column("segment_id", Whole, primary_key=True, autoincrement=False),
    Column("service_class", Text, nullable=False),
    Column("cycle_s", Float),
    Column("note", Text, nullable=False),
)

segment_level = Table(
    "segment_level",
    metadata,
    Column("segment_id", Whole, primary_key=True, autoincrement=False),
    Column("service_class", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("cycle_s", Float),
)
"""Levels of streets where the road class alone does not decide, made again when a rule changes."""

restriction = Table(
    "restriction",
    metadata,
    new_id(),
    Column("from_segment", Whole, nullable=False),
    Column("via", Whole, nullable=False),
    Column("to_segment", Whole, nullable=False),
    Column("kind", Text, nullable=False),
)

place = Table(
    "place",
    metadata,
    new_id(),
    Column("kind", Text, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("names", JSON, nullable=False),
    Column("street", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("reach_m", Float, nullable=False, server_default="0"),
    Column("gates", JSON, nullable=False, server_default="[]", doc="[lon, lat] each"),
)

depot = Table(
    "depot",
    metadata,
    new_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("assumed", Boolean, nullable=False),
    Column("radius_m", Float, nullable=False, server_default="100"),
    Column("polygon", JSON, nullable=False, server_default="[]", doc="[lon, lat] each"),
)

reload_site = Table(
    "reload_site",
    metadata,
    new_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("fill_s", Float, nullable=False),
    Column("materials", JSON, nullable=False),
    Column("radius_m", Float, nullable=False, server_default="60"),
    Column("polygon", JSON, nullable=False, server_default="[]", doc="[lon, lat] each"),
)

vehicle = Table(
    "vehicle",
    metadata,
    new_id(),
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
    Column("company", Text, nullable=False, server_default=""),
    Column("contact", Text, nullable=False, server_default=""),
    Column("arrive_s", Float, nullable=False, server_default="0"),
    Column("rate_h", Float, nullable=False, server_default="0"),
)

loan = Table(
    "loan",
    metadata,
    new_id(),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("borrower", Text, nullable=False, doc="name of the other city's folder"),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("lent_by", Text, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Text, nullable=False, server_default=""),
    Column("guest_id", Integer, doc="the machine in the borrower's database"),
)
"""Machines of this city that another one of the province has for a while."""
