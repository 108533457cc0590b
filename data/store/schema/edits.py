"""Tables of plans edited by hand, and of what dispatchers ordered for the rest of a storm."""

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, Table, Text

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

hand_draft = Table(
    "hand_draft",
    metadata,
    Column("plan_id", ForeignKey("plan.id"), primary_key=True),
    Column("base_id", ForeignKey("plan.id"), nullable=False, doc="the plan that it began as"),
    Column("begun_by", Text, nullable=False, doc="sign-in name"),
    Column("present", LargeBinary, nullable=False, doc="how the storm stood, compressed JSON"),
    Column(
        "pace", LargeBinary, doc="how long things took then; empty in drafts of former versions"
    ),
)

plan_edit = Table(
    "plan_edit",
    metadata,
    new_id(),
    Column("plan_id", ForeignKey("plan.id"), nullable=False),
    Column("n", Whole, nullable=False, doc="counts from 1 for each draft"),
    Column("kind", Text, nullable=False),
    Column("args", JSON, nullable=False),
    Column("edited_by", Text, nullable=False, doc="sign-in name"),
    Column("edited_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False, doc="done, undone or dropped"),
    Column("totals", JSON, nullable=False, doc="what the draft took before and after"),
    Column("content", LargeBinary, nullable=False, doc="routes before and after, compressed JSON"),
)
Index("plan_edit_by_plan", plan_edit.c.plan_id, plan_edit.c.n)

standing_order = Table(
    "standing_order",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("kind", Text, nullable=False, doc="lock or forbid"),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("segment_id", Whole, doc="empty for the whole route of the vehicle"),
    Column("added_at", UtcDateTime, nullable=False),
    Column("added_by", Text, nullable=False, doc="sign-in name"),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", Text, nullable=False, server_default=""),
)
Index("standing_order_by_storm", standing_order.c.storm_id, standing_order.c.lifted_at)
