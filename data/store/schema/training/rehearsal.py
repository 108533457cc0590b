"""Tables of a rehearsal; in the database of a real city they are empty."""

from sqlalchemy import Column, Table, Text

from data.store.schema.base import UtcDateTime, Whole, metadata, new_id

training = Table(
    "training",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=False, doc="always 1: one row at most"),
    Column("city", Text, nullable=False, doc="name of the folder that was copied"),
    Column("scenario_name", Text, nullable=False),
    Column("scenario", Text, nullable=False, doc="TOML as it was when the rehearsal was made"),
    Column("seed", Whole, nullable=False),
    Column("began_at", UtcDateTime, nullable=False, doc="hour 0 of the scenario, by its own clock"),
    Column("started_by", Text, nullable=False, doc="sign-in name"),
)

training_mark = Table(
    "training_mark",
    metadata,
    new_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("label", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("made_by", Text, nullable=False, doc="sign-in name; empty where nobody did"),
    Column("file", Text, nullable=False, unique=True, doc="name of the copy of the database"),
)
