"""Every table, with values that stores keep differently, copied to the other store and back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Engine, Float, LargeBinary, Text, insert, text

from data.errors import BarfrubError
from data.store.database.city_address import PostgresAddress
from data.store.database.engine import create_engine, reading, transaction
from data.store.database.table_copy import compare_rows, copy_rows
from data.store.schema import metadata
from data.store.schema.base import UtcDateTime
from tests import postgres

MANY = 3
"""Rows of each table."""

NEWEST = datetime(2026, 12, 31, 23, 59, 59, 999_999, UTC)

CHANGES = {
    "UPDATE position SET lon = lon + 1e-9 WHERE id = 2": "row 2 of position",
    "UPDATE request SET text = text || ' ' WHERE id = 3": "row 3 of request",
    "DELETE FROM position WHERE id = 3": "row 3 of position",
    "INSERT INTO rewrite_owed (name) VALUES ('zebra')": "row 4 of rewrite_owed",
}
"""What may be otherwise in a copy, and how that is named."""


def a_value(column: Column[Any], number: int) -> object:
    """Return a value of a column's kind, another one in each row."""
    kind = column.type
    if column.foreign_keys:
        return None if column.nullable and number == 1 else number
    if isinstance(kind, UtcDateTime):
        return NEWEST + timedelta(days=number)
    if isinstance(kind, LargeBinary):
        return bytes(range(256)) * number
    if isinstance(kind, JSON):
        return {"برف\u200cروب": [number, 0.1, 1e-300, None, True, {"\U0001f69c": "\\ \"'\n"}]}
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Float):
        return (0.1 + 0.2) ** (number * 60)
    if isinstance(kind, Text):
        return f"{number} ي ی \u200c\u202e \U0001f69c Z\u0301 '\"\\\n\t "
    return number


def fill(engine: Engine) -> None:
    """Give each table some rows."""
    with transaction(engine) as tx:
        for table in metadata.sorted_tables:
            columns = table.columns
            rows = [
                {column.name: a_value(column, number) for column in columns}
                for number in range(1, MANY + 1)
            ]
            tx.execute(insert(table), rows)


@pytest.fixture
def engines() -> Iterator[list[Engine]]:
    """A full city on SQLite; an empty one on the tests' store, and one more on SQLite."""
    url = postgres.url_for_new_cities()
    there = create_engine(PostgresAddress(url, "city_there")) if url else sqlite()
    three = [sqlite(), there, sqlite()]
    for engine in three:
        metadata.create_all(engine)
    fill(three[0])
    yield three
    for engine in three:
        engine.dispose()


def sqlite() -> Engine:
    return create_engine(None)


def copied(source: Engine, target: Engine) -> dict[str, int]:
    """Copy all rows; return how many of each table were compared."""
    with reading(source) as here, transaction(target) as there:
        copy_rows(here, there)
    return compared(source, target)


def compared(source: Engine, target: Engine) -> dict[str, int]:
    with reading(source) as here, reading(target) as there:
        return dict(compare_rows(here, there))


def test_every_table_comes_to_the_other_store_and_back(engines: list[Engine]) -> None:
    here, there, back = engines
    rows = copied(here, there)
    assert rows.keys() == metadata.tables.keys()
    assert {name for name, count in rows.items() if count < MANY} == set()
    assert copied(there, back) == rows
    assert compared(here, back) == rows


@pytest.mark.parametrize(("order", "named"), CHANGES.items())
def test_a_row_that_is_missing_added_or_changed_is_named(
    engines: list[Engine], order: str, named: str
) -> None:
    here, there, _ = engines
    copied(here, there)
    with transaction(there) as tx:
        assert tx.execute(text(order)).rowcount > 0
    with pytest.raises(BarfrubError, match=f"{named} differs there"):
        compared(here, there)


def test_text_of_before_that_the_other_store_refuses_is_named_by_its_table(
    engines: list[Engine],
) -> None:
    here, there, _ = engines
    with transaction(here) as tx:  # what SQLite makes of it itself, no sender's text
        tx.execute(text("UPDATE request SET text = 'School' || char(0) WHERE id = 2"))
    with pytest.raises(BarfrubError, match="a row of request cannot be kept there"):
        copied(here, there)
