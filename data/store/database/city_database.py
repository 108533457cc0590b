"""The database of the city in a folder, wherever it is."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Engine, inspect, select

from data.errors import BarfrubError, ConflictError
from data.store.database.city_address import PostgresAddress, address_of, save_address
from data.store.database.engine import Tx, create_engine, open_database, reading, transaction
from data.store.database.postgres_engine import connect_to
from data.store.schema import city


def database_of(folder: Path, *, derived: bool = False) -> Engine:
    """Return the engine of the city in a folder; `derived` and errors as of `open_database`."""
    return open_database(address_of(folder), derived=derived)


_SIZE = """
    SELECT sum(pg_total_relation_size(oid)) FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
"""


_CITIES = """
    SELECT nspname FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid
    WHERE relname = 'alembic_version' ORDER BY nspname
"""

_OF_CITY = re.compile(r"city_(.+?)(?:_[0-9a-f]{8})?")
"""The schema of a city; a restored one has eight digits more."""

PROVINCE_SCHEMA = "province"
"""The schema of the people of a province."""

_OF_PROVINCE = re.compile(rf"{PROVINCE_SCHEMA}(_[0-9a-f]{{8}})?")


def new_database(folder: Path) -> AbstractContextManager[Engine]:
    """Return the database, without any table, of the city that is being made in a folder.

    As of `new_tables`.
    """
    return new_tables(address_of(folder))


@contextmanager
def new_tables(address: Path | PostgresAddress) -> Iterator[Engine]:
    """Yield a database without any table; an error takes it away again.

    Tables that a killed process has left on PostgreSQL before a city was in them are deleted.
    Raises `ConflictError` where there are others.
    """
    engine = create_engine(address)
    try:
        with transaction(engine) as tx:
            _drop_left_behind(tx)
            if has_tables(tx):
                raise ConflictError(
                    f"{address} has tables already", reason="city_exists", city=str(address)
                )
        try:
            yield engine
        except BaseException:
            drop_database(engine)
            raise
    finally:
        engine.dispose()


def remove_database(folder: Path) -> None:
    """Delete the tables of the city in a folder that is being removed; a file goes with it."""
    engine = create_engine(address_of(folder))
    drop_database(engine)
    engine.dispose()


def drop_database(engine: Engine) -> None:
    """Delete all tables of a city on PostgreSQL; those of a file go with its folder."""
    if engine.dialect.name == "postgresql":
        with transaction(engine) as tx:
            tx.exec_driver_sql(f"DROP SCHEMA {_schema(tx)} CASCADE")


def holds_city(tx: Tx) -> bool:
    """Whether there are tables with a city in them."""
    return inspect(tx).has_table(city.name) and tx.scalar(select(city.c.name)) is not None


def has_tables(tx: Tx) -> bool:
    """Whether there is any table."""
    return bool(inspect(tx).get_table_names())


def _drop_left_behind(tx: Tx) -> None:
    """Delete tables without a city: cities are stored with their rows in one transaction."""
    if tx.dialect.name != "postgresql" or not inspect(tx).has_table(city.name):
        return
    if not holds_city(tx):
        schema = _schema(tx)
        tx.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        tx.exec_driver_sql(f"CREATE SCHEMA {schema}")


def _schema(tx: Tx) -> str:
    name = tx.exec_driver_sql("SELECT current_schema()").scalar_one()
    return tx.dialect.identifier_preparer.quote(name)


def size_bytes(engine: Engine) -> int:
    """Return how much disk the tables of a city take, with indexes and SQLite's log."""
    if engine.dialect.name == "postgresql":
        with reading(engine) as tx:
            return schema_bytes(tx)
    file = Path(engine.url.database or "")
    return sum(part.stat().st_size for part in file.parent.glob(f"{file.name}*"))


def schema_bytes(tx: Tx) -> int:
    """Return how much disk the tables of a city on PostgreSQL take, 0 for those of a file."""
    if tx.dialect.name != "postgresql":
        return 0
    return int(tx.exec_driver_sql(_SIZE).scalar() or 0)


def list_cities_in(url: str) -> list[tuple[str, PostgresAddress]]:
    """Return the names of the cities in a PostgreSQL database, sorted, and where each is."""
    found = [(_OF_CITY.fullmatch(schema), schema) for schema in _schemas(url)]
    return [(name[1], PostgresAddress(url, schema)) for name, schema in found if name is not None]


def province_in(url: str) -> PostgresAddress | None:
    """Return where the people of a province are in a PostgreSQL database, `None` without any.

    Raises `BarfrubError` where there are several: only a person knows which of them count.
    """
    found = [*filter(_OF_PROVINCE.fullmatch, _schemas(url))]
    if len(found) > 1:
        raise BarfrubError(
            f"{' and '.join(found)} all have people of a province: drop the schemas of those who "
            "do not count"
        )
    return PostgresAddress(url, found[0]) if found else None


def _schemas(url: str) -> list[str]:
    with connect_to(url) as connection:
        return [schema for (schema,) in connection.execute(_CITIES).fetchall()]


def join_city(folder: Path, address: PostgresAddress) -> None:
    """Make the folder with which this machine knows a city that another one serves."""
    folder.mkdir(mode=0o700, parents=True)
    save_address(folder, address)
