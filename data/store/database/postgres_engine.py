"""An engine on a city's schema of a PostgreSQL database."""

import logging
import math
import re
import time
from collections.abc import Callable, Collection
from functools import partial

import psycopg
import sqlalchemy
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, make_url

from data.errors import DiskFullError, InvalidError, NotFoundError
from data.store.database.city_address import PostgresAddress
from data.store.database.write_queue import set_version

WAIT_MS = 15_000
"""How long a writer waits for another one before it gives up."""

POOL_WAIT_S = 5.0
"""How long anybody waits for a connection where all are in use."""

REWRITE_LOCK_MS = 2_000
"""How long the rewriting of a table waits for who uses it; all others wait behind it."""

REWRITE_TRIES, REWRITE_PAUSE_S = 20, 0.2
"""How often it is asked whether readers from before an erasure have ended, and the pause."""

OLDER_READERS = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND age(backend_xmin) > age(%s::xid)
    )
"""

LATE_S = WAIT_MS / 1000 - 0.5
"""Who has less than this left to wait for other writers has waited in this process before."""

POOL, POOL_MOST = 10, 40
"""Connections that a process keeps open, and how many it opens when all threads want one."""

WRITERS = 0x626172
"""First half of the advisory lock of a city's writers; the second is a digest of its schema."""

LEADERS = 0x626C64
"""First half of the advisory lock of a city's leading server; the second is the same digest."""

USERS = 0x626F70
"""First half of the lock that all programs share that have a city open; the second as above."""

LENDERS = 0x626C6E
"""First half of the lock of a province's server that moves lent machines; the second as above."""

UNLOCK = "SELECT pg_advisory_unlock_all()"

TURN = f"""
    WITH turn AS MATERIALIZED (
        SELECT pg_advisory_xact_lock({WRITERS}, hashtext(current_schema()))::text AS came
    )
    SELECT pg_current_xact_id()::text::bigint FROM turn WHERE came IS NOT NULL
"""  # noqa: S608 - numbers of ours
"""Waits for the other writers of the city, and only then numbers the transaction."""

KEEPALIVE = {
    "keepalives_idle": 2,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8_000,
}
"""How we find out that the database's machine is gone: seconds, a count, milliseconds.

Not by the time that a query takes: the kernel of a machine that is there answers for it.
"""

EXPECT_BREAKS = "; ".join(
    f"SET {name.replace('keepalives', 'tcp_keepalives')} = {value}"
    for name, value in KEEPALIVE.items()
)
"""How PostgreSQL finds out that the machine of a connection is gone, and ends its transaction.

By the defaults of Linux a writer whose machine vanished would keep all others waiting for hours.
"""


_log = logging.getLogger(__name__)

_name = psycopg.sql.Identifier


def create_postgres_engine(address: PostgresAddress, *, derived: bool, new: bool) -> Engine:
    """Return an engine whose tables are those of the schema, which it makes where that is `new`.

    `derived` as of `open_database`: such commits do not wait for the disk.
    """
    engine = sqlalchemy.create_engine(
        make_url(address.url).set(drivername="postgresql+psycopg"),
        connect_args=dict(KEEPALIVE),
        hide_parameters=True,
        pool_size=POOL,
        max_overflow=POOL_MOST - POOL,
        pool_pre_ping=True,
        pool_timeout=POOL_WAIT_S,
    )
    listen = sqlalchemy.event.listen
    if new:
        listen(engine, "connect", partial(_make_schema, address.schema))
    listen(engine, "connect", partial(_configure, address=address, derived=derived))
    listen(engine, "begin", _begin)
    listen(engine, "handle_error", _translate)
    return engine


def _make_schema(schema: str, connection: psycopg.Connection, _record: object) -> None:
    name = psycopg.sql.Identifier(schema)
    connection.execute(psycopg.sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    connection.commit()


def _configure(
    connection: psycopg.Connection, _record: object, *, address: PostgresAddress, derived: bool
) -> None:
    """Use the city's schema; raise `NotFoundError` where it was moved away or removed."""
    name = psycopg.sql.Identifier(address.schema)
    connection.autocommit = True
    connection.execute(psycopg.sql.SQL("SET search_path TO {}").format(name))
    if connection.execute("SELECT current_schema()").fetchone() == (None,):
        raise NotFoundError("database", str(address))
    connection.execute(f"SET lock_timeout = {WAIT_MS}")
    connection.execute("SET timezone = 'UTC'")
    if derived:
        connection.execute("SET synchronous_commit = off")
    _expect_breaks(connection)
    connection.autocommit = False


def connect_to(url: str) -> psycopg.Connection:
    """Return a connection without an engine and without transactions, for its caller to close."""
    connection = psycopg.connect(make_conninfo(url, **KEEPALIVE), autocommit=True)
    _expect_breaks(connection)
    return connection


def own_connection(engine: Engine) -> psycopg.Connection:
    """Return a connection outside the pool, without transactions, for its caller to close.

    Either end notices within some seconds that the other's machine is gone.
    """
    pooled = engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    if not isinstance(connection, psycopg.Connection):
        raise TypeError(f"expected a connection of PostgreSQL, got {connection!r}")
    connection.autocommit = True
    return connection


def rewrite_tables(
    engine: Engine, names: Collection[str], may_lock: Callable[[], bool]
) -> list[str]:
    """Write tables anew, without changed and deleted rows; return those where none of them is left.

    PostgreSQL keeps such rows for its own vacuum, which frees their space and leaves their bytes
    there. Rows that somebody may still read would be kept, so readers from before get some seconds
    to end. A table is locked while it is written: `may_lock` is asked before each. One that is in
    use, or too large for the disk, is left out.
    """
    written: list[str] = []
    connection = own_connection(engine)
    try:
        connection.execute(f"SET lock_timeout = {REWRITE_LOCK_MS}")
        now = connection.execute("SELECT pg_current_xact_id()::xid").fetchone()
        if not _ended_soon(connection, now):
            return written
        for name in names:
            if not may_lock() or connection.closed:
                break
            if _rewritten(connection, name):
                written.append(name)
    finally:
        connection.close()
    return written


def _rewritten(connection: psycopg.Connection, name: str) -> bool:
    """Write a table anew; return whether none of its dead rows was kept for a reader.

    Who is just connecting, even to another database, may hold them for a moment.
    """
    kept: list[int] = []

    def note(message: psycopg.errors.Diagnostic) -> None:
        kept.extend(map(int, re.findall(r"^\d+", message.message_detail or "")))

    statement = psycopg.sql.SQL("VACUUM (FULL, VERBOSE) {}").format(_name(name))
    connection.add_notice_handler(note)
    try:
        for _ in range(REWRITE_TRIES):
            kept.clear()
            connection.execute(statement)
            if not any(kept):
                return True
            time.sleep(REWRITE_PAUSE_S)
    except psycopg.Error as error:
        _log.warning("%s could not be written anew: %s", name, error.diag.message_primary)
    finally:
        connection.remove_notice_handler(note)
    return False


def _ended_soon(connection: psycopg.Connection, now: tuple[object, ...] | None) -> bool:
    """Wait until nobody reads a state from before a transaction; return whether that came soon."""
    for _ in range(REWRITE_TRIES):
        if connection.execute(OLDER_READERS, now).fetchone() == (False,):
            return True
        time.sleep(REWRITE_PAUSE_S)
    return False


def _expect_breaks(connection: psycopg.Connection) -> None:
    """Have PostgreSQL notice soon that this machine is gone, and free the locks of a connection."""
    connection.execute(EXPECT_BREAKS)


def _begin(connection: Connection) -> None:
    """Read one state of all tables, or write as the only writer of the city.

    As on SQLite: who writes has read what no other writer changes meanwhile. Transactions on
    unlogged tables wait for nobody.
    """
    options = connection.get_execution_options()
    if options.get("momentary"):
        return
    if options.get("read_only"):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        left_s = options.get("until_s", math.inf) - time.monotonic()
        if left_s < LATE_S:
            left_ms = max(int(1000 * left_s), 1)
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {left_ms}")
        set_version(connection, connection.exec_driver_sql(TURN).scalar_one())


def _translate(context: sqlalchemy.ExceptionContext) -> None:
    """Turn what no column can hold, and a full disk, into errors of ours.

    Other errors lose what PostgreSQL adds to them: that quotes rows, and errors are logged.
    """
    error = context.original_exception
    if isinstance(error, psycopg.errors.NumericValueOutOfRange):
        raise InvalidError("number", "", "a smaller number")
    if isinstance(error, psycopg.DataError):  # a character zero, say, which SQLite keeps
        raise InvalidError("text", "", "text without control characters")
    if isinstance(error, psycopg.errors.DiskFull):
        raise DiskFullError
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        error.args = (error.diag.message_primary,)
        if context.sqlalchemy_exception is not None:
            name = type(error).__name__
            context.sqlalchemy_exception.args = (f"({name}) {error.diag.message_primary}",)
