import pytest

from data.model import Storm
from data.store.database.engine import Tx
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY


@pytest.fixture
def storm(tx: Tx) -> Storm:
    """The village's first storm, which has just begun."""
    return start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
