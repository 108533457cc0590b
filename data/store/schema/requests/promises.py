"""Table of what callers were promised."""

from sqlalchemy import Column, ForeignKey, Index, Table

from data.store.schema.base import UtcDateTime, metadata, new_id

promise = Table(
    "promise",
    metadata,
    new_id(),
    Column("request_id", ForeignKey("request.id"), nullable=False),
    Column("job_id", ForeignKey("job.id"), nullable=False),
    Column("plan_id", ForeignKey("plan.id"), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expected_at", UtcDateTime, nullable=False, doc="by the plan and the truck's delay"),
    Column("from_at", UtcDateTime, nullable=False),
    Column("to_at", UtcDateTime, nullable=False),
)
Index("promise_by_request", promise.c.request_id)
Index("promise_by_making", promise.c.made_at)
