from typing import Any

import pytest

from data.model import Device, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import transaction
from fleet.accounts.accounts import token_digest

TOKEN = "a-long-secret-word"


@pytest.fixture
def device(app: Any) -> Device:
    """The first truck's tracker."""
    with transaction(app.engine) as tx:
        return add_device(tx, "truck-1", VehicleId(1), token_digest(TOKEN))
