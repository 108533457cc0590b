"""Tables of what needs or needed a dispatcher, and of what was put off."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Table, Text, UniqueConstraint

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

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
    Column("given_by", Text, nullable=False, server_default="", doc="who made that the owner"),
)
Index("alert_by_storm", alert.c.storm_id, alert.c.until)

alert_snooze = Table(
    "alert_snooze",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("cause", Text, nullable=False, doc="what boards group alerts by"),
    Column("weight", Whole, nullable=False, doc="how much it was then"),
    Column("severity", Whole, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("snoozed_by", Text, nullable=False, doc="sign-in name"),
    UniqueConstraint("storm_id", "cause"),
)
