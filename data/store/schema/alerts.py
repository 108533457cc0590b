"""Table of what needs or needed a dispatcher."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Table, Text

from data.store.schema.base import UtcDateTime, metadata, new_id

alert = Table(
    "alert",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), doc="empty where it concerns the fleet"),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, doc="empty while it lasts"),
    Column("lon", Float),
    Column("lat", Float),
    Column("facts", JSON, nullable=False),
    Column("acknowledged_by", Text, nullable=False, server_default="", doc="sign-in name"),
    Column("acknowledged_at", UtcDateTime),
    Column("owner", Text, nullable=False, server_default="", doc="sign-in name"),
)
Index("alert_by_storm", alert.c.storm_id, alert.c.until)
