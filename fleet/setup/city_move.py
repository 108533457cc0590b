"""A city's tables taken to another store: SQLite to PostgreSQL, back, or to another database."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import batched, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Row, Table, Text, func, insert, select

from data.errors import BarfrubError, ConflictError
from data.store.audit.audit_log_reader import read_audit_log
from data.store.database.city_address import (
    ADDRESS_FILE,
    SQLITE_FILE,
    PostgresAddress,
    address_of,
    save_address,
)
from data.store.database.city_database import drop_database, new_tables
from data.store.database.city_lock import holding
from data.store.database.engine import Database, Tx, create_engine, reading, transaction
from data.store.migrations import require_current, upgrade
from data.store.schema import metadata
from fleet.audit.audit_log import audit

AT_ONCE = 2_000
"""Rows that are read and written together."""

BEING_MADE = f".moving-{SQLITE_FILE}"


class Moved(NamedTuple):
    """What was moved: rows of all tables, and number and hash of the last line of the log."""

    rows: int
    receipt: str


def move_city(
    folder: Path, target: PostgresAddress | None, report: Callable[[str, int], None]
) -> Moved:
    """Copy a city's tables, compare every row, check the audit log there, then use the copy.

    The city stays where it is, whole, until all of that went well; then its old tables are
    deleted. Raises `ConflictError` where the city is open in a server, or has tables there already.

    Parameters
    ----------
    target
        Schema of a PostgreSQL database; `None` for a SQLite file in the city's folder.
    report
        Hears each table and how many rows it has, once they are copied and compared.
    """
    present = address_of(folder)
    if present == (target or folder / SQLITE_FILE):
        raise ConflictError(f"city {folder.name!r} is there already", reason="city_moved")
    with holding(folder, alone=True):
        (folder / BEING_MADE).unlink(missing_ok=True)  # of a move that was killed
        source = create_engine(present)
        require_current(source)
        with new_tables(target or folder / BEING_MADE) as copy:
            upgrade(copy)
            with reading(source) as tx:
                moved = _copied(tx, copy, report)
        _use(folder, target)
        drop_database(source)
        source.dispose()
        if isinstance(present, Path):
            for part in folder.glob(f"{SQLITE_FILE}*"):
                part.unlink()
    return moved


def _copied(source: Tx, copy: Database, report: Callable[[str, int], None]) -> Moved:
    rows = 0
    with transaction(copy) as tx:
        for table in metadata.sorted_tables:
            for part in batched(_rows_of(source, table), AT_ONCE, strict=False):
                tx.execute(insert(table), [dict(row._mapping) for row in part])  # noqa: SLF001
            _number_from_there(tx, table)
    with reading(copy) as tx:
        for table in metadata.sorted_tables:
            count = _compared(source, tx, table)
            rows += count
            report(table.name, count)
        here, there = audit(source, read_audit_log(source)), audit(tx, read_audit_log(tx))
    if here != there:
        raise BarfrubError(f"the audit log reads otherwise there: {there}, and here: {here}")
    return Moved(rows, f"{there.lines}:{there.last_hash}")


def _rows_of(tx: Tx, table: Table) -> Iterator[Row[Any]]:
    keys = [_in_order_of_bytes(tx, one) for one in table.primary_key.columns]
    query = select(table).order_by(*keys)
    return iter(tx.execution_options(yield_per=AT_ONCE).execute(query))


def _in_order_of_bytes(tx: Tx, column: Column[Any]) -> ColumnElement[Any]:
    text = tx.dialect.name == "postgresql" and isinstance(column.type, Text)
    return column.collate("C") if text else column


def _compared(source: Tx, copy: Tx, table: Table) -> int:
    count = 0
    with closing(source.execute(select(func.count()).select_from(table))) as counted:
        wanted = counted.scalar_one()
    for one, other in zip_longest(_rows_of(source, table), _rows_of(copy, table)):
        if one is None or other is None or tuple(one) != tuple(other):
            raise BarfrubError(f"a row of {table.name} differs there: {other}, and here: {one}")
        count += 1
    if count != wanted:
        raise BarfrubError(f"{table.name} has {wanted} rows, and {count} there")
    return count


def _number_from_there(tx: Tx, table: Table) -> None:
    """Let the database go on with the numbers of a table where the rows end."""
    column = table.autoincrement_column
    if tx.dialect.name != "postgresql" or column is None:
        return
    sequence = tx.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', column.name)))
    last = tx.scalar(select(func.max(column)))
    if sequence is not None and last is not None:
        tx.execute(select(func.setval(sequence, last)))


def _use(folder: Path, target: PostgresAddress | None) -> None:
    """Say where the tables are from now on; each step leaves a city that opens."""
    if target is not None:
        save_address(folder, target)
        return
    (folder / BEING_MADE).replace(folder / SQLITE_FILE)
    for part in folder.glob(f"{BEING_MADE}-*"):
        part.unlink()
    (folder / ADDRESS_FILE).unlink()
