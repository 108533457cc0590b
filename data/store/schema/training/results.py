"""Table of what people reached in trainings, in the city that was rehearsed."""

from sqlalchemy import JSON, Column, Float, Table, Text, UniqueConstraint

from data.store.schema.base import UtcDateTime, metadata, new_id

training_result = Table(
    "training_result",
    metadata,
    new_id(),
    Column("login", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("scenario_name", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False, doc="of the storm, by the training's clock"),
    Column("hours", Float, nullable=False, doc="that were played"),
    Column("points", Float, doc="0 to 100; empty where nothing was measured"),
    Column("measures", JSON, nullable=False, doc="values by the names of their rules"),
    Column("kept_at", UtcDateTime, nullable=False, doc="real time"),
    UniqueConstraint("login", "role", "began_at", name="training_result_is_one"),
)
