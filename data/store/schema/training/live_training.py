"""Tables of a rehearsal while it runs: seats, calls, and what an instructor adds and notes."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Table, Text

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

training_seat = Table(
    "training_seat",
    metadata,
    Column("user_id", ForeignKey("user.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), unique=True, doc="of a driver's seat"),
    Column("going", Boolean, nullable=False),
    Column("blade", Boolean, nullable=False, doc="whether the driver has lowered it"),
)

training_event = Table(
    "training_event",
    metadata,
    new_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False, doc="key of one of the scenario's tables"),
    Column("details", JSON, nullable=False, doc="the table, as the scenario's file has it"),
    Column("made_by", Text, nullable=False, doc="sign-in name"),
)

training_note = Table(
    "training_note",
    metadata,
    new_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("words", Text, nullable=False),
    Column("made_by", Text, nullable=False, doc="sign-in name"),
)

training_call = Table(
    "training_call",
    metadata,
    new_id(),
    Column("rang_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, doc="when the caller wanted to ring, of whom it is known"),
    Column("kind", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("address", Text, nullable=False, doc="how the caller says where"),
    Column("lon", Float, nullable=False, doc="where the caller truly is"),
    Column("lat", Float, nullable=False),
    Column("segment_id", Whole, nullable=False),
    Column("event_id", ForeignKey("training_event.id")),
    Column("taken_at", UtcDateTime),
    Column("taken_by", Text, nullable=False, doc="sign-in name; empty where nobody did"),
    Column("ended_at", UtcDateTime),
    Column("request_id", ForeignKey("request.id")),
)
Index("training_call_by_end", training_call.c.ended_at)
