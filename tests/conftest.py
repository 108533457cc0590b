import gc
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from api.access import auth
from api.access.auth import hash_password
from api.config.settings import Settings, prepare_numba
from api.server import app
from data.files import spoken_clips
from data.store.database import engine
from data.store.database.engine import Tx, transaction
from maps.pages.scripts import scripts_dir
from tests import postgres
from tests.village_database import a_village_database

PASSWORD = "winter-is-long"
ROOT = Path(__file__).parent.parent

prepare_numba(Settings(var=ROOT / "var"))
spoken_clips.PROGRAM = "no-voice-in-tests"  # where one is installed, every phone would render it

# The same examples each time, however slow the machine: a change fails by its own fault alone.
# `pytest --hypothesis-profile=default` tries others.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def pytest_collection() -> None:
    """Search for no garbage while tests are found, a third of that time: what is made stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave what stays to the end out of every later search for garbage."""
    gc.freeze()
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    if postgres.WANTED:  # its driver, unlike SQLite's, complains when a test leaves an engine open
        told = "(?s).*(psycopg|BaseConnection)"
        for category in ("ResourceWarning", "pytest.PytestUnraisableExceptionWarning"):
            config.addinivalue_line("filterwarnings", f"ignore:{told}:{category}")
        warnings.filterwarnings("ignore", told, pytest.PytestUnraisableExceptionWarning)  # at exit


@pytest.fixture(scope="session", autouse=True)
def _scripts_are_compared_once() -> Iterator[None]:
    """Read all scripts of the pages for one server, not for each of the thousands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "scripts_dir", cache(scripts_dir))
        yield


class _SharedStatements(dict[tuple[Any, ...], Any]):
    """Statements as SQL, by what they are and the kind of database, not by the database."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        dialect, *rest = key
        return super().get((dialect.name, *rest), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        dialect, *rest = key
        super().__setitem__((dialect.name, *rest), compiled)


def _sharing(make: Callable[..., Engine], statements: _SharedStatements) -> Callable[..., Engine]:
    def made(*args: Any, **options: Any) -> Engine:
        database = make(*args, **options)
        database.update_execution_options(compiled_cache=statements)
        return database

    return made


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """Keep statements as SQL for all databases, since nearly each test has one of its own."""
    statements = _SharedStatements()
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("create_sqlite_engine", "create_postgres_engine"):
            patch.setattr(engine, kind, _sharing(getattr(engine, kind), statements))
        yield


@pytest.fixture
def espeak_ng(monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed (apt install espeak-ng)")
    monkeypatch.setattr(spoken_clips, "PROGRAM", "espeak-ng")


@pytest.fixture(autouse=True)
def _sqlite_only(request: pytest.FixtureRequest) -> None:
    if postgres.WANTED and request.node.get_closest_marker("sqlite"):
        pytest.skip("about a city's SQLite file")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(os.environ.get("BARFRUB_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no development data at {folder}")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _passwords_hashed_quickly() -> Iterator[None]:
    """Hash passwords with Argon2's least work, not a tenth of a second each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def password_hash(_passwords_hashed_quickly: None) -> str:
    return hash_password(PASSWORD)


@pytest.fixture(autouse=True)
def _copies_dropped() -> Iterator[None]:
    yield
    postgres.drop_copies()


@pytest.fixture
def new_cities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands and servers make new cities in the store that the tests run on."""
    monkeypatch.setenv("BARFRUB_DATABASE", postgres.url_for_new_cities())


@pytest.fixture
def tx() -> Iterator[Tx]:
    """A transaction on the drawn village."""
    with transaction(a_village_database()) as tx:
        yield tx
