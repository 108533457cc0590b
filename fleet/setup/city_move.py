"""A city's tables taken to another store: SQLite to PostgreSQL, back, or to another database."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from data.errors import BarfrubError, ConflictError
from data.store.audit.audit_log import find_last_line, has_line
from data.store.audit.audit_log_reader import read_audit_log
from data.store.database.city_address import (
    ADDRESS_FILE,
    SQLITE_FILE,
    PostgresAddress,
    address_of,
    find_address,
    save_address,
)
from data.store.database.city_database import drop_database, has_tables, holds_city, new_tables
from data.store.database.city_lock import holding
from data.store.database.engine import (
    Database,
    Tx,
    create_engine,
    open_database,
    reading,
    transaction,
)
from data.store.database.table_copy import compare_rows, copy_rows
from data.store.migrations import require_current
from data.store.migrations.upgrading import upgrade
from data.store.queue.run_queue import queue_of
from fleet.audit.audit_log import audit

BEING_MADE = f".moving-{SQLITE_FILE}"

COMING_FROM, GOING_TO = ".moving-from.toml", ".moving-to.toml"
"""Files that name the schemas of a move while it lasts, so that one that was killed is known."""


class Moved(NamedTuple):
    """What was moved: rows of all tables, and number and hash of the last line of the log."""

    rows: int
    receipt: str


def move_city(
    folder: Path, target: PostgresAddress | None, report: Callable[[str, int], None]
) -> Moved:
    """Copy a city's tables, compare every row, check the audit log there, then use the copy.

    The city stays where it is, whole, until all of that went well; then its old tables are
    deleted. What a move that was killed has left is deleted first. Raises `ConflictError` where
    the city is open in a server, or has tables there already.

    Parameters
    ----------
    target
        Schema of a PostgreSQL database; `None` for a SQLite file in the city's folder.
    report
        Hears each table and how many rows it has, once they are copied and compared.
    """
    with holding(folder, alone=True):
        _clear_killed_move(folder)
        present = address_of(folder)
        if present == (target or folder / SQLITE_FILE):
            raise ConflictError(f"city {folder.name!r} is there already", reason="city_moved")
        source = open_database(present)
        require_current(source)
        with new_tables(target or folder / BEING_MADE) as copy:
            _name_schemas(folder, present, target)
            upgrade(copy)
            with reading(source) as tx:
                moved = _copied(tx, copy, report)
        _use(folder, target)
        drop_database(source)
        source.dispose()
        _remove_files(folder)
        _forget_schemas(folder)
    return moved


def _name_schemas(
    folder: Path, source: Path | PostgresAddress, target: PostgresAddress | None
) -> None:
    if isinstance(source, PostgresAddress):
        save_address(folder, source, COMING_FROM)
    if target is not None:
        save_address(folder, target, GOING_TO)


def _forget_schemas(folder: Path) -> None:
    for name in (COMING_FROM, GOING_TO):
        (folder / name).unlink(missing_ok=True)


def _clear_killed_move(folder: Path) -> None:
    """Delete the copy, or the tables that were left, of a move that was killed."""
    for part in folder.glob(f"{BEING_MADE}*"):
        part.unlink()
    for left in (find_address(folder, name) for name in (COMING_FROM, GOING_TO)):
        if left is not None and left != address_of(folder):
            _drop_copy(left, address_of(folder))
            _remove_files(folder)
    _forget_schemas(folder)


def _drop_copy(left: PostgresAddress, present: Path | PostgresAddress) -> None:
    """Delete a schema whose log is the city's own, up to some line; others stay."""
    here, there = open_database(present), create_engine(left)
    try:
        with reading(here) as tx, reading(there) as other:
            last = find_last_line(other) if holds_city(other) else None
            ours = last is not None and has_line(tx, *last)
            empty = not has_tables(other)
        if ours or empty:
            drop_database(there)
    finally:
        here.dispose()
        there.dispose()


def _remove_files(folder: Path) -> None:
    """Delete the SQLite file of a city that is on PostgreSQL."""
    if isinstance(address_of(folder), PostgresAddress):
        for part in folder.glob(f"{SQLITE_FILE}*"):
            part.unlink()


def _copied(source: Tx, copy: Database, report: Callable[[str, int], None]) -> Moved:
    rows = 0
    with transaction(copy) as tx:
        copy_rows(source, tx)
        queue_of(tx).refill(tx)
    with reading(copy) as tx:
        for table, count in compare_rows(source, tx):
            rows += count
            report(table, count)
        here, there = audit(source, read_audit_log(source)), audit(tx, read_audit_log(tx))
    if here != there:
        raise BarfrubError(f"the audit log reads otherwise there: {there}, and here: {here}")
    return Moved(rows, f"{there.lines}:{there.last_hash}")


def _use(folder: Path, target: PostgresAddress | None) -> None:
    """Say where the tables are from now on; each step leaves a city that opens."""
    if target is not None:
        save_address(folder, target)
        return
    (folder / BEING_MADE).replace(folder / SQLITE_FILE)
    for part in folder.glob(f"{BEING_MADE}-*"):
        part.unlink()
    (folder / ADDRESS_FILE).unlink()
