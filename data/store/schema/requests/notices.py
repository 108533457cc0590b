"""Tables of messages to callers and agencies, and of the codes that open a request's page."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
)

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

notice = Table(
    "notice",
    metadata,
    new_id(),
    Column("request_id", ForeignKey("request.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("nth", Whole, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("stale_at", UtcDateTime, nullable=False),
    Column("tries", Whole, nullable=False, server_default="0"),
    Column("told_at", UtcDateTime, doc="last time that it went to a gateway"),
    Column("fault", Text, nullable=False, server_default="", doc="why it did not go out"),
    UniqueConstraint("request_id", "kind", "nth"),
)
Index("notice_by_state", notice.c.state, notice.c.due_at)

phone_confirmation = Table(
    "phone_confirmation",
    metadata,
    Column("request_id", ForeignKey("request.id"), primary_key=True),
    Column("code", Text, nullable=False, doc="in messages only: in a link, or to be typed"),
    Column("confirmed_at", UtcDateTime, doc="when the link was opened or the code typed"),
    Column("wrong_codes", Whole, nullable=False, server_default="0"),
)

tracking_code = Table(
    "tracking_code",
    metadata,
    Column("request_id", ForeignKey("request.id"), primary_key=True),
    Column("code", Text, nullable=False),
)

street_watch = Table(
    "street_watch",
    metadata,
    new_id(),
    Column("segment_id", Whole, nullable=False),
    Column("offset_m", Float, nullable=False),
    Column("phone", Text, nullable=False),
    Column("number", Text, nullable=False, doc="the phone in plain digits"),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("code", Text, nullable=False, unique=True, doc="in messages only: confirms, and ends"),
    Column("every_storm", Boolean, nullable=False),
    Column("storm_id", ForeignKey("storm.id"), doc="the storm that it is about, once one is on"),
    Column("made_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("look_at", UtcDateTime, nullable=False, doc="when there may be something to say"),
    Column("cleared_at", UtcDateTime, doc="the last clearing that was told"),
    Column("from_at", UtcDateTime, doc="the last window that was told"),
    Column("to_at", UtcDateTime),
    Column("told_at", UtcDateTime, doc="when the last message went out"),
    Column("day_at", UtcDateTime, doc="since when the messages of a day are counted"),
    Column("told", Whole, nullable=False, server_default="0", doc="messages since then"),
    Column("tries", Whole, nullable=False, server_default="0", doc="of the message that failed"),
    Column("endpoint", Text, nullable=False, server_default="", doc="of a browser, else empty"),
    Column("push_key", Text, nullable=False, server_default=""),
    Column("push_secret", Text, nullable=False, server_default=""),
)
"""Who is told when a street was cleared, or its window moved; without a name."""
ended_watch = Table(
    "ended_watch",
    metadata,
    new_id(),
    Column("reader", Text, nullable=False, doc="digest of number and address, with the secret"),
    Column("by_phone", Boolean, nullable=False),
    Column("day_at", UtcDateTime, nullable=False, doc="since when its messages were counted"),
    Column("told", Whole, nullable=False, doc="messages since then"),
)
"""What an ended subscription used up of the limits of a day; it does not say who had it."""

Index("street_watch_by_look", street_watch.c.look_at)
Index("street_watch_by_number", street_watch.c.number)
Index("street_watch_by_endpoint", street_watch.c.endpoint)
