"""Tables of what a storm is met with: its phases, snow and weather, closures, machines, sites."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Table, Text

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

storm_move = Table(
    "storm_move",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("phase", Text, nullable=False, doc="that the storm came into"),
    Column("at", UtcDateTime, nullable=False),
    Column("moved_by", Text, nullable=False, doc="sign-in name"),
)

snow_entry = Table(
    "snow_entry",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("fallen_mm", Float, nullable=False, doc="in all since the snowfall began"),
    Column("source", Text, nullable=False),
    Column("replaces_id", ForeignKey("snow_entry.id"), doc="the entry that this one corrects"),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("entered_by", Text, nullable=False, doc="sign-in name"),
    Column("withdrawn_at", UtcDateTime, doc="empty while the entry holds"),
    Column("withdrawn_by", Text, nullable=False, server_default=""),
)

closure = Table(
    "closure",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("segment_id", Whole, nullable=False),
    Column("forward", Boolean, doc="the direction that is closed; empty for the whole street"),
    Column("from_at", UtcDateTime, nullable=False),
    Column("until_at", UtcDateTime, doc="empty until somebody lifts it"),
    Column("reason", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", Text, nullable=False, doc="sign-in name"),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", Text, nullable=False, server_default=""),
)
Index("closure_by_storm", closure.c.storm_id, closure.c.lifted_at)

storm_machine = Table(
    "storm_machine",
    metadata,
    Column("storm_id", ForeignKey("storm.id"), primary_key=True),
    Column("vehicle_id", ForeignKey("vehicle.id"), primary_key=True),
    Column("in_service", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False, doc="sign-in name"),
    Column("reason", Text, doc="why it is out of service"),
    Column("note", Text, nullable=False, server_default=""),
)

storm_site = Table(
    "storm_site",
    metadata,
    Column("storm_id", ForeignKey("storm.id"), primary_key=True),
    Column("reload_site_id", ForeignKey("reload_site.id"), primary_key=True),
    Column("in_use", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False, doc="sign-in name"),
)

forecast = Table(
    "forecast",
    metadata,
    new_id(),
    Column("source", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False, doc="by its source"),
    Column("received_at", UtcDateTime, nullable=False),
    Column("received_by", Text, nullable=False, doc="sign-in name"),
    Column("hours", JSON, nullable=False, doc="of each hour the snow, air and wind"),
)
Index("forecast_by_time", forecast.c.made_at)

road_weather = Table(
    "road_weather",
    metadata,
    Column("station", Text, primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("road_c", Float),
    Column("air_c", Float),
    Column("state", Text),
    Column("snow_mm", Float, doc="depth of snow that lies"),
)
Index("road_weather_by_time", road_weather.c.at)

weather_feed = Table(
    "weather_feed",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False, doc="when this address was first asked"),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, doc="when it may be asked again by its own words"),
    Column("read_at", UtcDateTime, doc="when it last answered well"),
    Column("etag", Text, nullable=False),
    Column("modified", Text, nullable=False, doc="its Last-Modified"),
    Column("tries", Whole, nullable=False, doc="that failed alike, one after the other"),
    Column("fault", Text, doc="of the last try"),
    Column("detail", Text, nullable=False, doc="what came then"),
)
