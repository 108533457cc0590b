from datetime import timedelta

import pytest

from data.model.training.rehearsal import Training
from data.store.database.engine import transaction
from data.store.training.rehearsal import set_training
from data.training import shipped_text
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY

BEGAN = v.NOW - timedelta(hours=1)


@pytest.fixture
def rehearsed(app):
    """The served city is a sandbox whose storm began an hour ago."""
    text = shipped_text("first-night")
    training = Training("village", "first-night", text, 7, BEGAN, "administrator")
    with transaction(app.engine) as tx:
        start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, BEGAN)
        set_training(tx, training)
    return training
