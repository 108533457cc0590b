from collections.abc import Iterator

import pytest

from data.store.database.engine import Tx, transaction
from tests.village_database import a_village_database


@pytest.fixture
def tx() -> Iterator[Tx]:
    with transaction(a_village_database()) as tx:
        yield tx
