"""An engine on a city's SQLite file."""

import shutil
import time
from collections.abc import Collection
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy
from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine
from sqlalchemy.pool import StaticPool

from data.errors import DiskFullError, InvalidError
from data.store.database.write_queue import ASK_S, set_version

BUSY_MS = 15_000
"""How long a writer waits for another one before it gives up."""

EMPTY_MS, EMPTY_TRIES = 200, 20
"""How long one try to empty the write-ahead log waits for readers, and how many there are."""

LEAST_FREE_BYTES = 64 * 1024
"""With less free, the cause of an error of input or output is taken to be the full disk."""

CHECKPOINT_PAGES, DERIVED_CHECKPOINT_PAGES = 10_000, 1_000
"""Length of the write-ahead log from which a commit carries it over into the database, in pages of
4 kB: who stores what can be derived again does it first, so that nobody else waits for it."""


def create_sqlite_engine(path: Path | None, *, derived: bool) -> Engine:
    """Return an engine on a file, which may be new, or in memory for `None`.

    Write-ahead log, foreign keys on. `derived` as of `create_engine`.
    """
    if path is None:
        engine = sqlalchemy.create_engine(
            "sqlite://",
            module=dbapi2,
            poolclass=StaticPool,
            connect_args={"check_same_thread": False},
        )
    else:
        # Errors are logged, and what callers said must not be.
        engine = sqlalchemy.create_engine(f"sqlite:///{path}", module=dbapi2, hide_parameters=True)
    sqlalchemy.event.listen(engine, "connect", partial(_configure, derived=derived))
    sqlalchemy.event.listen(engine, "begin", _begin)
    sqlalchemy.event.listen(engine, "before_cursor_execute", _require_text)
    sqlalchemy.event.listen(engine, "handle_error", partial(_translate, path))
    return engine


def empty_write_log(engine: Engine) -> bool:
    """Carry the write-ahead log into the file and empty it; return whether that was possible.

    What was overwritten in the file would else stay readable in the log. Others wait for a writer
    that waits for readers, so each try is short.
    """
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={EMPTY_MS}")
        try:
            for _ in range(EMPTY_TRIES):
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                row = cursor.fetchone()
                if row is not None and not row[0]:  # nobody was in the way
                    return True
                time.sleep(EMPTY_MS / 1000)
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            cursor.close()
    return False


def _require_text(
    _connection: Connection,
    _cursor: object,
    _statement: str,
    parameters: Collection[Any],
    _context: object,
    _executemany: bool,
) -> None:
    """Raise `InvalidError` for text with a character zero.

    SQLite would keep it, and no city with it could move to PostgreSQL, which refuses it.
    """
    if _has_zero(parameters):
        raise InvalidError("text", "", "text without control characters")


def _has_zero(parameters: Collection[Any]) -> bool:
    """Whether a text among values, of one row or of many, has a character zero."""
    values = parameters.values() if isinstance(parameters, dict) else parameters
    for value in values:
        if isinstance(value, str):
            if "\0" in value:
                return True
        elif isinstance(value, tuple | list | dict) and _has_zero(value):
            return True
    return False


def _translate(path: Path | None, context: sqlalchemy.ExceptionContext) -> None:
    """Turn an integer that no column can hold, and a full disk, into errors of ours."""
    error = context.original_exception
    if isinstance(error, OverflowError):
        raise InvalidError("number", "", "a smaller number")
    if isinstance(error, dbapi2.OperationalError) and _is_full(path, str(error)):
        raise DiskFullError


def _is_full(path: Path | None, text: str) -> bool:
    """Whether an error of SQLite comes from a full disk.

    Where the index of the write-ahead log cannot grow, SQLite says no more than "disk I/O error".
    """
    if "disk is full" in text:
        return True
    if path is None or "disk I/O error" not in text:
        return False
    return shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES


def _configure(connection: dbapi2.Connection, _record: object, *, derived: bool) -> None:
    # The driver's own BEGIN comes late and breaks read-then-write, so we send ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL, not NORMAL: what was acknowledged must survive a power cut, not only a killed process.
    # What is derived reaches the disk with whatever is acknowledged next.
    cursor.execute(f"PRAGMA synchronous={'NORMAL' if derived else 'FULL'}")
    pages = DERIVED_CHECKPOINT_PAGES if derived else CHECKPOINT_PAGES
    cursor.execute(f"PRAGMA wal_autocheckpoint={pages}")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is erased must not stay readable in free pages of the file.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    driver: dbapi2.Connection = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if not _begun(driver, connection.get_execution_options().get("until_s")):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises what our callers know
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    set_version(connection)


def _begun(driver: dbapi2.Connection, until_s: float | None) -> bool:
    """Begin to write as soon as no other process does; return whether that was in time."""
    until_s = time.monotonic() + BUSY_MS / 1000 if until_s is None else until_s
    while time.monotonic() < until_s:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except dbapi2.OperationalError as error:
            if "locked" not in str(error):
                return False
            time.sleep(ASK_S)
        else:
            return True
    return False
