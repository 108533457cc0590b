"""What commands at the console share: the city's database and who the storm book names."""

from pathlib import Path

from data.model import Actor, ActorKind
from data.store.engine import Database, open_database

CONSOLE = Actor(ActorKind.SYSTEM, "console")
"""Who acts where somebody types a command on the server."""


def open_city_database(folder: Path) -> Database:
    """Return the database in a city's folder."""
    return open_database(folder / "barfrub.sqlite")
