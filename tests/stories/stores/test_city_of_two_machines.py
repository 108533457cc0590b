"""A city on PostgreSQL that two machines know, each by a folder of its own."""

from pathlib import Path
from threading import Event

import pytest

from data.errors import ConflictError
from data.store.database import city_lock
from data.store.database.city_address import PostgresAddress, address_of
from data.store.database.city_database import join_city
from data.store.database.city_lock import holding
from data.store.database.postgres_engine import USERS, connect_to
from tests import postgres

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

USING = f"""
    FROM pg_locks JOIN pg_database ON database = pg_database.oid
    WHERE datname = current_database() AND classid = {USERS} AND granted
"""


@pytest.fixture
def elsewhere(city_folder: Path, tmp_path: Path) -> Path:
    """Return the folder of the city on another machine."""
    folder = tmp_path / "elsewhere" / city_folder.name
    join_city(folder, address(city_folder))
    return folder


def address(folder: Path) -> PostgresAddress:
    found = address_of(folder)
    assert isinstance(found, PostgresAddress)
    return found


def test_no_command_has_a_city_alone_that_another_machine_has_open(
    city_folder: Path, elsewhere: Path
) -> None:
    with holding(elsewhere), holding(city_folder):  # none of them needs to lead
        pass
    with holding(elsewhere), pytest.raises(ConflictError, match="open in another program"):
        holding(city_folder, alone=True).__enter__()
    with holding(city_folder, alone=True):
        pass


def test_nothing_starts_on_another_machine_while_a_command_has_the_city_alone(
    city_folder: Path, elsewhere: Path
) -> None:
    with (
        holding(city_folder, alone=True),
        pytest.raises(ConflictError, match="open in another program"),
    ):
        holding(elsewhere).__enter__()
    with holding(elsewhere):
        pass


def test_who_lost_the_connection_has_the_city_open_again_soon(
    city_folder: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city_lock, "CHECK_S", 0.02)
    with holding(elsewhere), connect_to(address(city_folder).url) as other:
        assert other.execute(f"SELECT pg_terminate_backend(pid, 1000) {USING}").rowcount == 1
        pause = Event()
        while not other.execute(f"SELECT 1 {USING}").rowcount:
            pause.wait(0.02)
        with pytest.raises(ConflictError):
            holding(city_folder, alone=True).__enter__()
