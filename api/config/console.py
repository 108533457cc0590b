"""What commands share: opening a city's database, and their actor in the audit log."""

from pathlib import Path

from api.config.settings import Settings, chosen_city
from data.model import Actor, ActorKind
from data.store.database.city_database import database_of, join_city, list_cities_in
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


def joined_city(settings: Settings, name: str | None) -> Path:
    """Return the folder of a command's city; it is made where only its database is known.

    So a machine needs nothing but BARFRUB_DATABASE to work for a city that another one serves.
    Errors as of `chosen_city`.
    """
    wanted = name or settings.city
    for city, address in list_cities_in(settings.database) if settings.database else ():
        folder = settings.city_folder(city)
        if wanted in {"", city} and not folder.exists():
            join_city(folder, address)
    return chosen_city(settings, name)
