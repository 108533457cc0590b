"""Two servers' connections to one city."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.store.database.city_database import database_of
from data.store.database.engine import Database


@pytest.fixture
def engines(city_folder: Path) -> Iterator[tuple[Database, Database]]:
    """The connections of two servers to one city."""
    two = database_of(city_folder), database_of(city_folder)
    yield two
    for engine in two:
        engine.dispose()
