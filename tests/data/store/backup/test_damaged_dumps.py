"""Damaged backups of a city on PostgreSQL: refused, and nothing of them stays in the database.

A bit that says when the file was made may be otherwise: then the city is restored whole.
"""

import os
import shutil
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from data.errors import BarfrubError
from data.store.backup import postgres_copy
from data.store.backup.backup import write_backup
from data.store.backup.postgres_copy import dump, load
from data.store.backup.restore import restore_city
from data.store.database.city_address import PostgresAddress, address_of, save_address
from data.store.database.city_database import remove_database
from tests import postgres
from tests import village as v
from tests.mutations import MANY, mutations
from tests.village_database import make_city_database

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

DUMPS = max(1, MANY // 5)
"""Damaged dumps alone: for each, a database is made and dropped."""


OURS = f"{os.getpid():08x}"
"""What names of databases begin with that this process restores in: others restore beside it."""


@pytest.fixture(autouse=True)
def _ours(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count()
    names = SimpleNamespace(token_hex=lambda _: f"{OURS}{next(numbers):08x}")
    monkeypatch.setattr(postgres_copy, "secrets", names)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    drawn = tmp_path / "drawn"
    drawn.mkdir()
    make_city_database(drawn, "")
    save_address(drawn, postgres.copy(address_of(drawn)))
    return drawn


@pytest.fixture
def url() -> str:
    """A database that cities are restored into."""
    return postgres.url_for_new_cities()


def left_over(url: str) -> list[str]:
    """Schemas of cities in this database, and databases that a restore has made beside it."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'village%%'"
            " UNION ALL SELECT datname FROM pg_database WHERE datname LIKE %s",
            [f"barfrub_restoring_{OURS}%"],
        )
        return [name for (name,) in found]


def test_a_damaged_backup_is_refused_and_leaves_no_schema(
    city: Path, url: str, tmp_path: Path
) -> None:
    backup, cities, refused = tmp_path / "village.tar.gz", tmp_path / "cities", 0
    cities.mkdir()
    write_backup(city, backup, v.NOW)
    for each in mutations("backup on PostgreSQL", backup.read_bytes()):
        backup.write_bytes(each)
        try:
            restore_city(backup, cities / "village", database_url=url)
        except BarfrubError:
            refused += 1
        else:
            remove_database(cities / "village")
            shutil.rmtree(cities / "village")
        assert list(cities.iterdir()) == []
    assert refused >= MANY - 5
    assert left_over(url) == []


def test_a_damaged_dump_is_refused_and_leaves_no_schema(
    city: Path, url: str, tmp_path: Path
) -> None:
    file, there, refused = tmp_path / "dump", address_of(city), 0
    assert isinstance(there, PostgresAddress)
    dump(there, file)
    for each in mutations("dump", file.read_bytes(), DUMPS):
        file.write_bytes(each)
        try:
            load(file, PostgresAddress(url, "village_restored"))
        except BarfrubError:
            refused += 1
        else:
            with psycopg.connect(url) as connection:
                connection.execute("DROP SCHEMA village_restored CASCADE")
        assert left_over(url) == []
    assert refused > DUMPS // 2
