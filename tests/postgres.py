"""PostgreSQL of the tests: databases copied from templates, as quick as copies of a file.

`scripts/test` starts a server of its own and names it in BARFRUB_TEST_POSTGRES;
BARFRUB_TEST_STORE=postgresql has the tests use it in place of SQLite.
"""

import os
from collections.abc import Callable
from itertools import count

import psycopg
from sqlalchemy import Engine

from data.store.database.city_address import PostgresAddress
from data.store.database.engine import create_engine, momentary

SERVER = os.environ.get("BARFRUB_TEST_POSTGRES", "")
"""URL of a server that the tests may make databases in, without a database's name."""

WANTED = os.environ.get("BARFRUB_TEST_STORE") == "postgresql"
"""Whether the tests keep their cities there."""

SCHEMA = "village"

_FILES = """
    SELECT string_agg(pg_read_binary_file(pg_relation_filepath(pg_class.oid), true), '')
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname IN (current_schema(), 'pg_toast') AND pg_relation_size(pg_class.oid) > 0
"""

_numbers = count(1)
_templates: dict[str, PostgresAddress] = {}
_copies: list[str] = []
_opened: list[Engine] = []


def template(name: str, fill: Callable[[Engine], None]) -> PostgresAddress:
    """Return the database that `fill` has filled, in this process once for each name."""
    if name not in _templates:
        database = f"{name}_{os.getpid()}"
        _run(f'CREATE DATABASE "{database}" TEMPLATE template0')
        _templates[name] = PostgresAddress(f"{SERVER}/{database}", SCHEMA)
        engine = create_engine(_templates[name])
        fill(engine)
        engine.dispose()
        _run(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')  # who writes, writes in a copy
    return _templates[name]


def copy(made: PostgresAddress, *, shared: bool = False) -> PostgresAddress:
    """Return a new database like one that nobody has open.

    One that tests have `shared` stays until the server is gone, others until `drop_copies`.
    """
    source = made.url.rpartition("/")[2]
    database = f"{source}_{next(_numbers)}"
    # File by file, a quarter sooner than through the log, which nobody reads here.
    _run(f'CREATE DATABASE "{database}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    if not shared:
        _copies.append(database)
    return PostgresAddress(f"{SERVER}/{database}", made.schema)


def url_for_new_cities(*, shared: bool = False) -> str:
    """Return the URL of a new database that cities can be made in, "" where they are files.

    One that tests have `shared` stays until the server is gone, others until `drop_copies`.
    """
    if not WANTED:
        return ""
    database = f"cities_{os.getpid()}_{next(_numbers)}"
    _run(f'CREATE DATABASE "{database}" TEMPLATE template0')
    if not shared:
        _copies.append(database)
    return f"{SERVER}/{database}"


def opened(address: PostgresAddress) -> Engine:
    """Return the engine of a copy, which `drop_copies` closes."""
    _opened.append(create_engine(address))
    return _opened[-1]


def bytes_of_tables(engine: Engine) -> bytes:
    """Return what the files of a city's tables and indexes hold, as a thief of the disk does."""
    with momentary(engine) as tx:
        tx.exec_driver_sql("CHECKPOINT")
        found: bytes = tx.exec_driver_sql(_FILES).scalar_one()
    return bytes(found)


def drop_copies() -> None:
    """Drop the databases that a test has used."""
    for engine in _opened:
        engine.dispose()
    for database in _copies:
        _run(f'DROP DATABASE "{database}" WITH (FORCE)')
    _opened.clear()
    _copies.clear()


def _run(order: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(order)
