"""All rows of a city's tables copied into another database, and compared."""

from collections.abc import Iterator, Mapping
from itertools import batched, zip_longest
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, Text, func, insert, select

from data.errors import BarfrubError, InvalidError
from data.store.database.engine import Tx
from data.store.database.position_months import make_months, months_of
from data.store.schema import metadata, position

AT_ONCE = 2_000
"""Rows that are read and written together."""


def copy_rows(source: Tx, copy: Tx) -> None:
    """Copy all rows into tables without any; new rows go on from there with their numbers.

    Raises `BarfrubError` for a table with what the other store refuses: text with a character zero,
    which SQLite files of before may hold.
    """
    for table in metadata.sorted_tables:
        copy_table(source, copy, table)


def copy_table(
    source: Tx, copy: Tx, table: Table, given: Mapping[str, object] = MappingProxyType({})
) -> None:
    """Copy all rows of a table, with values that are `given` in place of what they say.

    Errors as of `copy_rows`.
    """
    names = table.columns.keys()
    for part in batched(_rows_of(source, table), AT_ONCE, strict=False):
        if table is position and copy.dialect.name == "postgresql":
            make_months(copy, months_of(row.fixed_at for row in part))
        rows = [{**dict(zip(names, row, strict=True)), **given} for row in part]
        try:
            copy.execute(insert(table), rows)
        except InvalidError as error:
            raise BarfrubError(f"a row of {table.name} cannot be kept there: {error}") from error
    _number_from_there(copy, table)


def compare_rows(source: Tx, copy: Tx) -> Iterator[tuple[str, int]]:
    """Yield the name of each table and its number of rows, all of which are the same in both.

    Raises `BarfrubError` at the first that is not.
    """
    for table in metadata.sorted_tables:
        count = 0
        for one, other in zip_longest(_rows_of(source, table), _rows_of(copy, table)):
            if one is None or other is None or tuple(one) != tuple(other):
                raise BarfrubError(f"row {count + 1} of {table.name} differs there")
            count += 1
        yield table.name, count


def _rows_of(tx: Tx, table: Table) -> Iterator[Row[Any]]:
    keys = [_in_order_of_bytes(tx, one) for one in table.primary_key.columns]
    query = select(table).order_by(*keys)
    return iter(tx.execution_options(yield_per=AT_ONCE).execute(query))


def _in_order_of_bytes(tx: Tx, column: Column[Any]) -> ColumnElement[Any]:
    text = tx.dialect.name == "postgresql" and isinstance(column.type, Text)
    return column.collate("C") if text else column


def _number_from_there(tx: Tx, table: Table) -> None:
    """Let the database go on with the numbers of a table where the rows end."""
    column = table.autoincrement_column
    if tx.dialect.name != "postgresql" or column is None:
        return
    sequence = tx.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
    last = tx.scalar(select(func.max(column)))
    if sequence is not None and last is not None:
        tx.execute(select(func.setval(sequence, last)))
