"""The database of a province's people, beside the cities."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.store.database.city_address import PostgresAddress, address_of, has_city, save_address
from data.store.database.city_database import PROVINCE_SCHEMA, province_in
from data.store.database.city_lock import holding
from data.store.database.engine import Database, create_engine, open_database
from data.store.migrations import require_known
from data.store.migrations.upgrading import upgrade


def open_province(folder: Path, database_url: str = "") -> Database:
    """Return the database of a province's people, made if it is missing, else brought up to date.

    It has the tables of a city's, of which accounts, sessions and the audit log are used. A
    `database.toml` in the folder puts it on PostgreSQL. Raises `NotFoundError` where that names a
    schema which is not there: an old address makes no empty province.

    Parameters
    ----------
    database_url
        The PostgreSQL database of a province whose folder has none yet; else it is a SQLite file.
        One that has people of a province already is opened.
    """
    _make_folder(folder)
    if has_city(folder):
        return _current(open_database(address_of(folder)))
    if not database_url:
        return _current(create_engine(address_of(folder)))
    present = province_in(database_url)
    address = present or PostgresAddress(database_url, PROVINCE_SCHEMA)
    engine = _current(open_database(address) if present else create_engine(address))
    save_address(folder, address)
    return engine


@contextmanager
def province_held(folder: Path, database_url: str = "") -> Iterator[Database]:
    """Give the database of a province's people, which nobody replaces meanwhile."""
    engine = open_province(folder, database_url)
    with holding(folder):
        yield engine


def _current(engine: Database) -> Database:
    """Bring the tables up to date; an address is saved once they are there."""
    require_known(engine)
    upgrade(engine)
    return engine


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
