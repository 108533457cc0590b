"""Tables of the follow-up: each request's clock, what was said about it, who looked."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Table, Text

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

request_clock = Table(
    "request_clock",
    metadata,
    Column("request_id", ForeignKey("request.id"), primary_key=True),
    Column("placed_at", UtcDateTime),
    Column("planned_at", UtcDateTime, doc="first time that a published plan had its job"),
    Column("done_at", UtcDateTime, doc="served, as evidence says; empty where nobody came"),
    Column("closed_at", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("due_at", UtcDateTime, doc="decided by a supervisor in place of the target"),
    Column("reopened_at", UtcDateTime),
    Column("reopened", Whole, nullable=False, server_default="0", doc="how often"),
    Column("unproved", Whole, nullable=False, server_default="0", doc="of these, proof gone"),
    Column("assigned_to", Text, nullable=False, server_default="", doc="sign-in name"),
    Column("escalated_at", UtcDateTime),
)
Index("request_clock_by_target", request_clock.c.due_at)
Index("request_clock_by_closing", request_clock.c.closed_at)

rewrite_owed = Table(
    "rewrite_owed",
    metadata,
    Column("name", Text, primary_key=True, doc="a table with bytes of erased rows in its files"),
    Column("erasures", Whole, nullable=False, server_default="1", doc="since it was written anew"),
)

duplicate = Table(
    "duplicate",
    metadata,
    Column("request_id", ForeignKey("request.id"), primary_key=True),
    Column("kept_id", ForeignKey("request.id"), nullable=False),
    Column("merged_at", UtcDateTime, nullable=False),
)
"""Requests that ask for the same as another one, which stands for them."""
Index("duplicate_by_kept", duplicate.c.kept_id)

request_comment = Table(
    "request_comment",
    metadata,
    new_id(),
    Column("request_id", ForeignKey("request.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
)
Index("request_comment_by_request", request_comment.c.request_id)

sighting = Table(
    "sighting",
    metadata,
    new_id(),
    Column("request_id", ForeignKey("request.id")),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("author", Text, nullable=False),
    Column("clear", Boolean, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("away_m", Float, doc="from the street that it is about"),
    Column("text", Text, nullable=False),
    Column("photo", Text, nullable=False, doc="file in the photo folder"),
    Column("segment_id", Whole, doc="of a street that nobody asked for"),
    Column("faults", JSON, nullable=False, server_default="[]"),
)
Index("sighting_by_request", sighting.c.request_id)
Index("sighting_by_segment", sighting.c.segment_id, sighting.c.seen_at)
