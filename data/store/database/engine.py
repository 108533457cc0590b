"""Opening a city's database and one transaction on it."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from weakref import WeakKeyDictionary

import psycopg
from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from data.errors import DiskFullError, NotFoundError
from data.store.database.city_address import PostgresAddress
from data.store.database.postgres_engine import create_postgres_engine, rewrite_tables
from data.store.database.sqlite_engine import (
    BUSY_MS,
    create_sqlite_engine,
    empty_write_log,
)
from data.store.database.write_queue import WriteQueue, version_of

Database = Engine
"""A city's opened database."""

Tx = Connection
"""An open transaction: what every function of `data.store` takes first."""

DatabaseUnavailable = (OperationalError, NoConnectionError, DiskFullError)
"""What is raised where the database is locked, full or gone, or where others have all connections:
nobody's mistake, so try again."""

DatabaseUnreadable = DatabaseError
"""What is raised where a file is no database, or a damaged one, besides where it is unavailable."""

_turns: WeakKeyDictionary[Engine, WriteQueue] = WeakKeyDictionary()
"""Where the writers of each database stand in line."""

_written: ContextVar[int | None] = ContextVar("written", default=None)


def open_database(address: Path | PostgresAddress | None, *, derived: bool = False) -> Engine:
    """Return the engine of an existing database, or of a new one in memory for `None`.

    What is stored through it is `derived` where it may be missing after a power cut and is then
    derived again. Raises `NotFoundError` where the file is missing, and each connection does where
    the schema is: neither a typing error nor an old address may make an empty city.
    """
    if isinstance(address, Path) and not address.exists():
        raise NotFoundError("database", str(address))
    return _engine(address, derived=derived, new=False)


def create_engine(address: Path | PostgresAddress | None, *, derived: bool = False) -> Engine:
    """Return an engine on SQLite or PostgreSQL, as the address says; the database may be new."""
    return _engine(address, derived=derived, new=True)


def _engine(address: Path | PostgresAddress | None, *, derived: bool, new: bool) -> Engine:
    if isinstance(address, PostgresAddress):
        engine = create_postgres_engine(address, derived=derived, new=new)
        _turns[engine] = WriteQueue(None)  # writers of other processes wait in the database
    else:
        engine = create_sqlite_engine(address, derived=derived)
        _turns[engine] = WriteQueue(address)
    return engine


def is_unavailable(error: Exception) -> bool:
    """Whether the database is locked or gone, or others have all connections to it.

    Its driver for SQLite says mistakes of ours, a table that is missing, by the same class.
    """
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, dbapi2.OperationalError):
        return "locked" in str(cause)
    return isinstance(error, NoConnectionError) or isinstance(cause, psycopg.OperationalError)


def is_shared(engine: Engine) -> bool:
    """Whether several servers may serve the city: on PostgreSQL."""
    return engine.dialect.name == "postgresql"


@contextmanager
def transaction(engine: Engine) -> Iterator[Tx]:
    """Yield a writing transaction: committed at the end, rolled back on any error.

    All waiting for other writers, in this process and elsewhere, ends after `BUSY_MS`; on
    PostgreSQL it may wait for a connection as well, for `POOL_WAIT_S`.
    """
    until_s = time.monotonic() + BUSY_MS / 1000
    with (
        _turns[engine].turn(until_s),
        engine.connect().execution_options(until_s=until_s) as tx,
        tx.begin(),
    ):
        _written.set(version_of(tx))
        yield tx


def written_version() -> int | None:
    """Return the version of the city that this request, or step of a task, has written last.

    It grows with each transaction that writes to the city, in all its servers. What is read in the
    transaction or after it is at least as new. `None` where nothing was written.
    """
    return _written.get()


def forget_overwritten(
    engine: Engine, names: Collection[str], may_lock: Callable[[], bool]
) -> list[str]:
    """Make what was erased from tables unreadable in the files too; return the tables where it is.

    SQLite's write-ahead log is emptied; on PostgreSQL the tables are written anew, each as long as
    it `may_lock` them.
    """
    if is_shared(engine):
        return rewrite_tables(engine, names, may_lock)
    return [*names] if empty_write_log(engine) else []


@contextmanager
def reading(engine: Engine) -> Iterator[Tx]:
    """Yield a transaction that only reads and never waits for a writer."""
    with engine.connect().execution_options(read_only=True) as tx, tx.begin():
        yield tx


@contextmanager
def momentary(engine: Engine) -> Iterator[Tx]:
    """Yield a transaction on the tables of `data.store.schema.moment`, on PostgreSQL alone.

    It waits for no other writer of the city, and sees what others commit meanwhile.
    """
    with engine.connect().execution_options(momentary=True) as tx, tx.begin():
        yield tx


@contextmanager
def savepoint(tx: Tx) -> Iterator[None]:
    """Yield a part of a transaction that an error takes back alone."""
    with tx.begin_nested():
        yield
