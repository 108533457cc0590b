"""Table of what dispatchers and drivers write to each other."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text

from data.store.schema.base import UtcDateTime, metadata, new_id

message = Table(
    "message",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), doc="empty where it is a crew's"),
    Column("shift_id", ForeignKey("shift.id"), doc="empty where it went to a tracker alone"),
    Column("from_driver", Boolean, nullable=False),
    Column("texts", JSON, nullable=False, doc="text by language; empty once erased"),
    Column("salt", LargeBinary, doc="of the digest in the audit log; goes with the words"),
    Column("sent_by", Text, nullable=False, doc="sign-in name"),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("seen_at", UtcDateTime),
    Column(
        "command_id",
        ForeignKey("device_command.id", ondelete="SET NULL"),
        doc="the text for a tracker",
    ),
    Column("crew_shift_id", ForeignKey("crew_shift.id", name="message_crew_shift")),
)
Index("message_by_storm", message.c.storm_id, message.c.vehicle_id)
Index("message_by_shift", message.c.shift_id)
Index("message_by_crew_shift", message.c.crew_shift_id)
