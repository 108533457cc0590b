"""Tables of what drivers say of their routes, and of what one dispatcher leaves to the next."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from data.store.schema.base import UtcDateTime, metadata, new_id

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

handover_note = Table(
    "handover_note",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("written_by", Text, nullable=False, doc="sign-in name"),
    Column("text", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False, doc="of the digest of its text in the event chain"),
    Column("read_at", UtcDateTime, doc="empty until somebody takes over"),
    Column("read_by", Text, nullable=False, server_default="", doc="sign-in name"),
)
Index("handover_note_by_storm", handover_note.c.storm_id)
