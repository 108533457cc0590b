"""The database of a province's people, beside the cities."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.store.database.city_address import address_of, has_city, save_address
from data.store.database.city_database import province_in
from data.store.database.city_lock import holding
from data.store.database.engine import Database, create_engine
from data.store.migrations import require_known
from data.store.migrations.upgrade import upgrade


def open_province(folder: Path, database_url: str = "") -> Database:
    """Return the database of a province's people, made if it is missing, else brought up to date.

    It has the tables of a city's, of which accounts, sessions and the audit log are used. A
    `database.toml` in the folder puts it on PostgreSQL.

    Parameters
    ----------
    database_url
        The PostgreSQL database of a province whose folder has none yet; else it is a SQLite file.
    """
    _make_folder(folder)
    if database_url and not has_city(folder):
        save_address(folder, province_in(database_url))
    engine = create_engine(address_of(folder))
    require_known(engine)
    upgrade(engine)
    return engine


@contextmanager
def province_held(folder: Path, database_url: str = "") -> Iterator[Database]:
    """Give the database of a province's people, which nobody replaces meanwhile."""
    engine = open_province(folder, database_url)
    with holding(folder):
        yield engine


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
