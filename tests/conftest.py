import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.access.auth import hash_password
from api.config.settings import Settings, prepare_numba
from data.store.database.engine import Tx, transaction
from tests import postgres
from tests.village_database import a_village_database

PASSWORD = "winter-is-long"
ROOT = Path(__file__).parent.parent

prepare_numba(Settings(var=ROOT / "var"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(os.environ.get("BARFRUB_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no development data at {folder}")
    return folder


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture(autouse=True)
def _copies_dropped() -> Iterator[None]:
    yield
    postgres.drop_copies()


@pytest.fixture
def tx() -> Iterator[Tx]:
    """A transaction on the drawn village."""
    with transaction(a_village_database()) as tx:
        yield tx
