"""What commands share: opening a city's database, and their actor in the audit log."""

from pathlib import Path

from data.model import Actor, ActorKind
from data.store.database.city_database import database_of
from data.store.database.engine import Database
from data.store.migrations import require_current

CONSOLE = Actor(ActorKind.SYSTEM, "console")
"""The actor of commands typed on the server."""


def open_city_database(folder: Path, *, derived: bool = False) -> Database:
    """Return the database in a city's folder; raise `ConflictError` unless it is up to date.

    `derived` as of `open_database`.
    """
    engine = database_of(folder, derived=derived)
    require_current(engine)
    return engine
