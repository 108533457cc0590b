import pytest

from data.model import Storm
from data.store.accounts.accounts import add_device
from data.store.database.engine import Tx
from data.store.storms.storms import add_storm
from tests import village as v


@pytest.fixture
def storm(tx: Tx) -> Storm:
    """A storm without work of its own, and two trucks with trackers."""
    return a_storm_with_trackers(tx)


def a_storm_with_trackers(tx: Tx) -> Storm:
    for vehicle in (1, 2):
        add_device(tx, f"truck-{vehicle}", v.a_vehicle(vehicle).id, f"hash-{vehicle}")
    return add_storm(tx, "First snow", "active", v.NOW)
