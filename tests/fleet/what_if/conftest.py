from datetime import timedelta

import pytest

from data.model import Storm
from data.store.database.engine import Tx
from fleet.planning.plan_preparation import Prepared, prepare
from tests import village as v

LATER = v.NOW + timedelta(minutes=2)


@pytest.fixture
def prepared(tx: Tx, storm: Storm) -> Prepared:
    """The storm as a search gets it."""
    return prepare(tx, storm.id, v.village(), LATER)
