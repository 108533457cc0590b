"""A city appears whole or not at all, even when the process is killed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import ConflictError
from data.model import Role
from data.store.accounts.accounts import list_users
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from fleet.accounts.accounts import enroll
from fleet.setup.atomic_folder import scaffold
from fleet.setup.city_setup import STEPS, NewCity, add_city
from tests.data.osm.osm_files import a_way, nodes, write_osm
from tests.postgres import url_for_new_cities
from tests.village import NOW
from tests.village_database import DISPATCHER

ROOT = Path(__file__).parents[3]

KILLED_AT = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from data.model import Actor, ActorKind
from fleet.setup.city_setup import NewCity, add_city

def die(tx):
    os.kill(os.getpid(), signal.SIGKILL)

folder, file, step, url = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
add_city(
    folder, NewCity("town", file, database_url=url),
    datetime.now(UTC), Actor(ActorKind.SYSTEM, "test"),
    report=lambda now_at: now_at == step and die(None),
    **({"arrange": die} if step == "arrange" else {}),
)
"""


@pytest.fixture
def street_file(tmp_path: Path) -> Path:
    return write_osm(tmp_path / "town.osm", [*nodes(), a_way(10, [1, 2, 3]), a_way(11, [4, 2, 5])])


@pytest.mark.parametrize("step", [*STEPS, "arrange"])
def test_a_kill_at_any_step_leaves_no_city_and_the_next_try_nothing_else(
    tmp_path: Path, street_file: Path, step: str
) -> None:
    folder, url = tmp_path / "cities" / "town", url_for_new_cities()
    words = [sys.executable, "-c", KILLED_AT, str(folder), str(street_file), step, url]
    killed = subprocess.run(words, cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not folder.exists()

    add_city(folder, NewCity("town", street_file, database_url=url), NOW, DISPATCHER)
    assert [path.name for path in folder.parent.iterdir()] == ["town"]
    assert folder.stat().st_mode & 0o077 == 0  # nobody else reads what callers said


def test_the_first_administrator_comes_with_the_city(tmp_path: Path, street_file: Path) -> None:
    folder = tmp_path / "town"
    add_city(
        folder,
        NewCity("town", street_file, database_url=url_for_new_cities()),
        NOW,
        DISPATCHER,
        arrange=lambda tx: enroll(tx, DISPATCHER, "reza", [Role.ADMINISTRATOR], "fa", "x", NOW),
    )
    with reading(database_of(folder)) as tx:
        assert [user.login for user in list_users(tx)] == ["reza"]


def test_what_another_process_is_building_is_left_alone(tmp_path: Path) -> None:
    with scaffold(tmp_path / "one") as first:
        (first / "half").touch()
        with scaffold(tmp_path / "two"):
            pass
        assert (first / "half").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConflictError), scaffold(tmp_path / "town"):
        raise ConflictError("no", reason="city_exists")
    assert list(tmp_path.iterdir()) == []
