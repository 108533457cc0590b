"""A copy of a city's SQLite file while others write into it."""

from contextlib import closing
from pathlib import Path

from pysqlite3 import dbapi2

from data.errors import BarfrubError
from data.store.backup.database_facts import (
    CITY_QUERY,
    LAST_LINE_QUERY,
    REVISION_QUERY,
    DatabaseFacts,
    city_row,
    receipt_text,
)

LOOK_MS, LOOKS = 50, 300
"""How long to wait for writers at once, and how often: a quarter of a minute altogether."""


def copy_database(source: Path, copy: Path) -> DatabaseFacts:
    """Copy in one step: that sees one state, and no writer waits for it."""
    live, saved = _connect(source), dbapi2.connect(str(copy))
    try:
        saved.execute("PRAGMA synchronous=OFF")
        live.backup(saved, pages=-1)
        found = saved.execute("PRAGMA quick_check(1)").fetchone()[0]
        return _facts(saved) if found == "ok" else _refuse(source, found)
    except dbapi2.OperationalError as error:
        raise BarfrubError(f"{source} cannot be copied beside its city: {error}") from error
    except dbapi2.DatabaseError as error:
        return _refuse(source, str(error))
    finally:
        saved.close()
        live.close()


def is_whole(database: Path) -> bool:
    """Whether a file is a database with tables, of which nothing is damaged."""
    try:
        with closing(_connect(database)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            return found == "ok" and connection.execute(REVISION_QUERY).fetchone() is not None
    except dbapi2.DatabaseError:
        return False


def settled_city(database: Path) -> tuple[object, ...] | None:
    """Return the row of the city once nobody writes, or `None` where somebody always does."""
    connection = _connect(database)
    connection.isolation_level = None
    try:
        # SQLite looks less and less often, and so misses the short pauses of a city that writes a
        # lot; many short waits look as often at the end as in the beginning.
        connection.execute(f"PRAGMA busy_timeout={LOOK_MS}")
        if not any(_nobody_writes(connection) for _ in range(LOOKS)):
            return None
        return city_row(connection.execute(CITY_QUERY).fetchone())
    finally:
        connection.close()


def _refuse(source: Path, found: str) -> DatabaseFacts:
    raise BarfrubError(f"{source} is damaged ({found}): keep your older backups")


def _facts(connection: dbapi2.Connection) -> DatabaseFacts:
    return DatabaseFacts(
        city_row(connection.execute(CITY_QUERY).fetchone()),
        str(connection.execute(REVISION_QUERY).fetchone()[0]),
        receipt_text(connection.execute(LAST_LINE_QUERY).fetchone()),
    )


def _connect(path: Path) -> dbapi2.Connection:
    connection = dbapi2.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)
    connection.execute("PRAGMA busy_timeout=15000")
    return connection


def _nobody_writes(connection: dbapi2.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except dbapi2.OperationalError as error:
        if error.sqlite_errorcode != dbapi2.SQLITE_BUSY:
            raise
        return False
    connection.rollback()
    return True
