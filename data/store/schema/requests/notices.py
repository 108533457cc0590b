"""Tables of messages to callers and agencies, and of the codes that open a request's page."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Table, Text, UniqueConstraint

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
