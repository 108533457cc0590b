"""Tables of storms, requests, jobs, plans and what drivers report."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    false,
)

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

storm = Table(
    "storm",
    metadata,
    new_id(),
    Column("name", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("snowfall", JSON, nullable=False, doc="[time, mm] of the entries that hold, in order"),
    Column("opened_at", UtcDateTime, doc="when it was first spoken of"),
    Column("policy", Text, nullable=False, server_default="", doc="policy.toml; empty: the city's"),
    Column("quiet", JSON, nullable=False, server_default="[]", doc="[from, until] without snow"),
)

shift = Table(
    "shift",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("driver_id", ForeignKey("user.id")),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
)

job = Table(
    "job",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("segment_id", Whole, nullable=False),
    Column("directions", Text, nullable=False),
    Column("treatment", Text, nullable=False),
    Column("passes", Whole, nullable=False),
    Column("service_class", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("done_at", UtcDateTime),
    Column("planned_at", UtcDateTime, doc="since when the published plan has it"),
)
Index("job_by_segment", job.c.storm_id, job.c.segment_id, job.c.treatment)

request = Table(
    "request",
    metadata,
    new_id(),
    Column("reference", Text, nullable=False, unique=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("channel", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("segment_id", Whole),
    Column("side", Text),
    Column("offset_m", Float),
    Column("distance_m", Float),
    Column("job_id", ForeignKey("job.id")),
    Column("idempotency_key", Text, unique=True),
    Column("salt", LargeBinary, doc="of the digest of its words in the event chain"),
    Column("sought", Text, nullable=False, server_default="", doc="its words in one spelling"),
    Column("dangers", JSON, nullable=False, server_default="[]"),
    Column("closed_for", Text, doc="why, once it is closed"),
)
Index("request_by_state", request.c.state, request.c.received_at)
Index("request_by_segment", request.c.segment_id)
Index("request_by_place", request.c.state, request.c.lat, request.c.lon)

caller = Table(
    "caller",
    metadata,
    Column("request_id", ForeignKey("request.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("number", Text, nullable=False, server_default="", doc="the phone in plain digits"),
    Column("salt", LargeBinary, nullable=False, doc="of the digest in the event chain"),
    Column("email", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("consent", Boolean, nullable=False, server_default=false(), doc="messages wanted"),
)
Index("caller_by_number", caller.c.number)

plan_run = Table(
    "plan_run",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("best", Float),
    Column("bound", Float),
    Column("unserved", Whole),
    Column("iterations", Whole, nullable=False, default=0),
    Column("elapsed_s", Float, nullable=False, default=0.0),
    Column("stop_requested", Boolean, nullable=False, default=False),
    Column("plan_id", ForeignKey("plan.id")),
    Column("error", Text, nullable=False, default=""),
    Column("tries", Whole, nullable=False, server_default="0", doc="how often it was leased"),
    Column("kind", Text, nullable=False, server_default="plan"),
    Column("options", JSON, nullable=False, server_default="{}"),
    Column(
        "curve", JSON, nullable=False, server_default="[]", doc="seconds, best, bound, unserved"
    ),
    Column("fault", JSON, nullable=False, server_default="[]", doc="msgid and values, or nothing"),
    Column("digest", Text, nullable=False, server_default="", doc="situation that is answered for"),
    Column("answer", JSON, doc="what a run found beside its plan, if any"),
    Column("parent_id", Whole, doc="run of the whole plan that this one plans a sector of"),
)
Index("plan_run_by_parent", plan_run.c.parent_id)

run_file = Table(
    "run_file",
    metadata,
    Column("run_id", ForeignKey("plan_run.id"), primary_key=True),
    Column("part", Whole, primary_key=True, autoincrement=False, doc="from 0 on"),
    Column("content", LargeBinary, nullable=False),
)

plan_worker = Table(
    "plan_worker",
    metadata,
    Column("name", Text, primary_key=True, doc="made up by the process"),
    Column("kinds", JSON, nullable=False, doc="of runs that it solves"),
    Column("seen_at", UtcDateTime, nullable=False, doc="in real time, not the storm's"),
)

plan = Table(
    "plan",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("parent_id", ForeignKey("plan.id")),
    Column("revision", Whole, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("network_version", Text, nullable=False),
    Column("unserved", JSON, nullable=False),
    Column("cost", JSON, nullable=False),
    Column("bound", Float, nullable=False),
    Column("solver", Text, nullable=False),
    Column("seed", Whole, nullable=False),
    Column("state", Text, nullable=False),
    Column("options", JSON, nullable=False, server_default="{}", doc="what it is for"),
    Column("aside", JSON, nullable=False, server_default="{}", doc="jobs that it is not for"),
    Column("proofs", JSON, nullable=False, server_default="[]", doc="what no plan can do"),
    Column("counts_from", UtcDateTime, doc="since when work counts for it; else when made"),
    Column("published_at", UtcDateTime, doc="when trucks got its routes; a draft has none"),
)

cycle = Table(
    "cycle",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("service_class", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("jobs", Whole, nullable=False, doc="how many streets it is for"),
)

route = Table(
    "route",
    metadata,
    Column("plan_id", ForeignKey("plan.id"), primary_key=True),
    Column("shift_id", ForeignKey("shift.id"), primary_key=True),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("legs", LargeBinary, nullable=False, doc="gzipped JSON list of legs"),
)

leg_progress = Table(
    "leg_progress",
    metadata,
    Column("plan_id", ForeignKey("plan.id"), primary_key=True),
    Column("shift_id", ForeignKey("shift.id"), primary_key=True),
    Column("leg", Whole, primary_key=True),
    Column("state", Text, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("reason", Text, nullable=False),
    Column("proved", Boolean, nullable=False, server_default=false(), doc="became evidence"),
    Column("at_end", Boolean, nullable=False, server_default=false(), doc="a word, no evidence"),
)

blockage = Table(
    "blockage",
    metadata,
    new_id(),
    Column("storm_id", ForeignKey("storm.id"), nullable=False),
    Column("segment_id", Whole, nullable=False),
    Column("vehicle_id", ForeignKey("vehicle.id"), nullable=False),
    Column("shift_id", ForeignKey("shift.id"), nullable=False),
    Column("reported_at", UtcDateTime, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("photo", Text, nullable=False, doc="file in the photo folder, or empty"),
    Column("cleared_at", UtcDateTime),
    Column("reason", Text, nullable=False, server_default="blocked", doc="`SkipReason`"),
    Column("accuracy_m", Float, doc="of the place, where the phone told it"),
    Column("plan_id", Whole, doc="whose legs were left out"),
    Column("leg", Whole, doc="the first leg that was left out"),
    Column("last", Whole, doc="the last one"),
    Column("voice", Text, nullable=False, server_default="", doc="file in the photo folder"),
)

pace_proposal = Table(
    "pace_proposal",
    metadata,
    new_id(),
    Column("made_at", UtcDateTime, nullable=False),
    Column("made_by", Text, nullable=False, doc="sign-in name"),
    Column("storm_ids", JSON, nullable=False, doc="that it was learned from"),
    Column("learned", LargeBinary, nullable=False, doc="gzipped JSON of `LearnedPace`"),
    Column("state", Text, nullable=False, doc="`PaceState`"),
    Column("decided_at", UtcDateTime),
    Column("decided_by", Text, nullable=False, server_default=""),
)
