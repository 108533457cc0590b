"""The database of a province's people, beside the cities."""

from pathlib import Path

from data.store.database.city_address import SQLITE_FILE, has_city
from data.store.database.city_database import database_of
from data.store.database.engine import Database, create_engine
from data.store.migrations import require_known, upgrade


def open_province(folder: Path) -> Database:
    """Return the database of a province's people, made if it is missing, else brought up to date.

    It has the tables of a city's, of which accounts, sessions and the audit log are used. A
    `database.toml` in the folder puts it on PostgreSQL.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = database_of(folder) if has_city(folder) else create_engine(folder / SQLITE_FILE)
    require_known(engine)
    upgrade(engine)
    return engine
