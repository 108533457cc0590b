"""The database of the city in a folder, wherever it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, inspect

from data.errors import ConflictError
from data.store.database.city_address import address_of
from data.store.database.engine import create_engine, open_database


def database_of(folder: Path, *, derived: bool = False) -> Engine:
    """Return the engine of the city in a folder; `derived` and errors as of `open_database`."""
    return open_database(address_of(folder), derived=derived)


@contextmanager
def new_database(folder: Path) -> Iterator[Engine]:
    """Yield the database, without any table, of the city that is being made in a folder.

    An error takes it away again. Raises `ConflictError` where its schema has tables already.
    """
    address = address_of(folder)
    engine = create_engine(address)
    try:
        if inspect(engine).get_table_names():
            raise ConflictError(
                f"{address} has tables already", reason="city_exists", city=folder.name
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
        with engine.begin() as tx:
            schema = tx.dialect.identifier_preparer.quote(inspect(tx).default_schema_name or "")
            tx.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
