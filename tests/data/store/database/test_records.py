from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from sqlalchemy import JSON, Column, Float, MetaData, Table, Text, insert, select

from data.errors import NotFoundError
from data.model import Actor, ActorKind, LonLat, SegmentId, Treatment
from data.store.database.engine import Tx, create_engine, transaction
from data.store.database.records import (
    first_record,
    get_record,
    only_record,
    record,
    records,
    row_of,
)
from data.store.schema import UtcDateTime
from data.store.schema.base import new_id

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
metadata = MetaData()
note = Table(
    "note",
    metadata,
    new_id(),
    Column("at", UtcDateTime, nullable=False),
    Column("treatment", Text),
    Column("lon", Float),
    Column("lat", Float),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("speeds", JSON, nullable=False),
    Column("curve", JSON, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Note:
    """A record with every way in which a field comes out of a row."""

    id: SegmentId
    at: datetime
    actor: Actor
    treatment: Treatment | None
    location: LonLat | None
    facts: Mapping[str, float | str]
    speeds: Mapping[Treatment, float]
    curve: tuple[tuple[datetime, float], ...]


class Head(NamedTuple):
    """Less than a row has, under other names."""

    id: SegmentId
    words: str


NOTE = Note(
    id=SegmentId(1),
    at=NOON,
    actor=Actor(ActorKind.USER, "sara"),
    treatment=Treatment.PLOW,
    location=LonLat(45.1, 37.5),
    facts={"late_s": 40, "street": "Mill Lane"},
    speeds={Treatment.SALT: 8.5},
    curve=((NOON, 1.5),),
)
ROW = {
    "at": NOON,
    "treatment": "plow",
    "lon": 45.1,
    "lat": 37.5,
    "actor_kind": "user",
    "actor_id": "sara",
    "facts": {"late_s": 40, "street": "Mill Lane"},
    "speeds": {"salt": 8.5},
    "curve": [[NOON.isoformat(), 1.5]],
}


@pytest.fixture
def tx() -> Iterator[Tx]:
    engine = create_engine(None)
    metadata.create_all(engine)
    with transaction(engine) as tx:
        tx.execute(insert(note).values(**ROW))
        yield tx


def test_fields_take_the_columns_of_their_names(tx: Tx) -> None:
    assert records(Note, tx.execute(select(note))) == [NOTE]
    assert only_record(Note, tx.execute(select(note))).curve[0][0].tzinfo is not None


def test_plain_values_of_json_stay_as_they_are(tx: Tx) -> None:
    (found,) = records(Note, tx.execute(select(note)))
    assert [type(value) for value in found.facts.values()] == [int, str]


def test_an_empty_column_is_none_and_so_is_a_record_that_begins_with_one(tx: Tx) -> None:
    tx.execute(note.update().values(treatment=None, lon=None))
    (found,) = records(Note, tx.execute(select(note)))
    assert (found.treatment, found.location) == (None, None)


def test_a_given_field_is_not_read(tx: Tx) -> None:
    row = tx.execute(select(note)).one()
    assert record(Head, row, words=row.actor_id) == Head(SegmentId(1), "sara")


def test_other_columns_in_another_order_make_the_same_record(tx: Tx) -> None:
    columns = [*reversed(note.columns), note.c.treatment.label("words")]
    assert records(Note, tx.execute(select(*columns))) == [NOTE]
    assert records(Head, tx.execute(select(*columns))) == [Head(SegmentId(1), "plow")]


def test_a_field_without_a_column_is_a_fault_of_the_query(tx: Tx) -> None:
    with pytest.raises(TypeError, match=r"Head\.words: expected one of the columns"):
        records(Head, tx.execute(select(note)))


def test_a_value_that_no_member_has_is_refused(tx: Tx) -> None:
    tx.execute(note.update().values(treatment="sweep"))
    with pytest.raises(ValueError, match="'sweep' is not a valid Treatment"):
        records(Note, tx.execute(select(note)))


def test_an_answer_without_rows_is_no_record(tx: Tx) -> None:
    none = select(note).where(note.c.id == 2)
    assert first_record(Note, tx.execute(none)) is None
    with pytest.raises(NotFoundError, match="there is no note 2"):
        get_record(Note, tx.execute(none), "note", 2)


def test_a_record_goes_back_into_the_columns_that_it_came_from(tx: Tx) -> None:
    row = row_of(NOTE, note)
    assert "id" not in row
    tx.execute(insert(note).values(row))
    assert records(Note, tx.execute(select(note))) == [NOTE, replace(NOTE, id=SegmentId(2))]


def test_a_record_without_an_optional_one_leaves_its_columns_empty() -> None:
    row = row_of(replace(NOTE, location=None), note)
    assert (row["lon"], row["lat"], row["actor_id"]) == (None, None, "sara")


def test_a_field_that_the_table_has_no_column_for_is_a_fault_of_the_query() -> None:
    with pytest.raises(TypeError, match=r"Head\.words: expected a column of note"):
        row_of(Head(SegmentId(1), "plow"), note)
