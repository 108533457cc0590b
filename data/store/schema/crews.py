"""Tables of crews, their shifts in storms, their jobs, and lists not yet published."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Table, Text, false

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

crew = Table(
    "crew",
    metadata,
    new_id(),
    Column("name", Text, nullable=False, unique=True),
    Column("size", Whole, nullable=False),
    Column("works", JSON, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("base_name", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("drives", Boolean, nullable=False),
    Column("shift_h", Float, nullable=False),
    Column("rate_h", Float, nullable=False, doc="of one person"),
    Column("user_id", ForeignKey("user.id"), doc="who signs in for it"),
    Column("retired", Boolean, nullable=False, server_default=false()),
)

crew_shift = Table(
    "crew_shift",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("crew_id", ForeignKey("crew.id"), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
Index("crew_shift_by_storm", crew_shift.c.storm_id)

crew_job = Table(
    "crew_job",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("work", Text, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("size", Float, nullable=False, doc="metres, steps or m3, by the work"),
    Column("labour_s", Float, nullable=False, doc="of one person"),
    Column("priority", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("words", Text, nullable=False, doc="of the place, where no request has them"),
    Column("segment_id", Whole),
    Column("request_id", ForeignKey("request.id")),
    Column("crew_id", ForeignKey("crew.id")),
    Column("nth", Whole, nullable=False),
    Column("from_at", UtcDateTime),
    Column("until_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("changed_by", Text, nullable=False, doc="sign-in name"),
    Column("reason", Text),
    Column("said", Text, nullable=False, doc="by the crew, of the work"),
)
Index("crew_job_by_storm", crew_job.c.storm_id, crew_job.c.state)
Index("crew_job_by_request", crew_job.c.request_id)

crew_job_photo = Table(
    "crew_job_photo",
    metadata,
    Column("name", Text, primary_key=True),
    Column("job_id", ForeignKey("crew_job.id"), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)
Index("crew_job_photo_by_job", crew_job_photo.c.job_id)

crew_draft = Table(
    "crew_draft",
    metadata,
    Column("storm_id", ForeignKey("storm.id"), primary_key=True),
    Column("lists", JSON, nullable=False, doc="[crew, [jobs in order]] each"),
    Column("made_by", Text, nullable=False, doc="sign-in name"),
    Column("made_at", UtcDateTime, nullable=False),
)
