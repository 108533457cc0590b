"""Tables of what drivers say of routes and machines, and of a dispatcher's notes to the next."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

route_answer = Table(
    "route_answer",
    metadata,
    Column("plan_id", ForeignKey("plan.id"), primary_key=True),
    Column("shift_id", ForeignKey("shift.id"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, doc="why it was declined"),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False, doc="sign-in name"),
)

vehicle_check = Table(
    "vehicle_check",
    metadata,
    new_id(),
    Column("shift_id", ForeignKey("shift.id"), nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("checked_by", Text, nullable=False, doc="sign-in name"),
    Column("points", Whole, nullable=False, doc="how many were checked"),
)
Index("vehicle_check_by_shift", vehicle_check.c.shift_id)

vehicle_fault = Table(
    "vehicle_fault",
    metadata,
    Column("check_id", ForeignKey("vehicle_check.id"), primary_key=True),
    Column("code", Text, primary_key=True, doc="of the point in the city's list"),
    Column("names", JSON, nullable=False, doc="what the point was called, by language"),
    Column("grave", Boolean, nullable=False, doc="the machine is not to go out"),
    Column("text", Text, nullable=False, doc="the driver's words"),
)

driver_rest = Table(
    "driver_rest",
    metadata,
    new_id(),
    Column("shift_id", ForeignKey("shift.id"), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, doc="empty while it goes on"),
    Column("told_by", Text, nullable=False, doc="sign-in name"),
)
Index("driver_rest_by_shift", driver_rest.c.shift_id)
machine_limit = Table(
    "machine_limit",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False, doc="in which it was proposed"),
    Column("blockage_id", ForeignKey("blockage.id"), doc="the driver's report, if one said so"),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False, doc="his machine"),
    Column("came", JSON, doc="[segment, forward] before a turn; empty for streets"),
    Column("ways", JSON, nullable=False, doc="[[segment, forward], …]"),
    Column("both_ways", Boolean, nullable=False),
    Column("types", JSON, nullable=False, doc="of the machines that are kept off"),
    Column("chances", Whole, nullable=False, server_default="0", doc="that storms showed"),
    Column("drivers", Whole, nullable=False, server_default="0", doc="who had them"),
    Column("note", Text, nullable=False, doc="of the planner"),
    Column("state", Text, nullable=False, doc="`LimitState`"),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("proposed_by", Text, nullable=False, doc="sign-in name"),
    Column("until_at", UtcDateTime, doc="empty until somebody takes it back"),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text, nullable=False, doc="sign-in name, or empty"),
)
Index("machine_limit_by_state", machine_limit.c.state)
Index("machine_limit_by_blockage", machine_limit.c.blockage_id)

order_preference = Table(
    "order_preference",
    metadata,
    new_id(),
    Column("machine", Text, nullable=False, doc="type of the machines whose drivers prefer it"),
    Column("sooner", JSON, nullable=False, doc="segments that they do first"),
    Column("later", JSON, nullable=False, doc="segments that plans had first"),
    Column("times", Whole, nullable=False, doc="that they did so"),
    Column("chances", Whole, nullable=False, doc="of which that many times"),
    Column("drivers", Whole, nullable=False, doc="who did so"),
    Column("storms", Whole, nullable=False, doc="in which they did so"),
    Column("state", Text, nullable=False, doc="`LimitState`"),
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("proposed_by", Text, nullable=False, doc="sign-in name"),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text, nullable=False, doc="sign-in name, or empty"),
)

handover_note = Table(
    "handover_note",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("written_by", Text, nullable=False, doc="sign-in name"),
    Column("text", Text, nullable=False),
    Column("texts", JSON, nullable=False, server_default="{}", doc="the same by language, if told"),
    Column("salt", LargeBinary, nullable=False, doc="of the digest of its text in the event chain"),
    Column("read_at", UtcDateTime, doc="empty until somebody takes over"),
    Column("read_by", Text, nullable=False, server_default="", doc="sign-in name"),
)
Index("handover_note_by_storm", handover_note.c.storm_id)
