"""Fixtures of digestion: a village with trackers, a storm, and who hears what is published."""

from collections.abc import Iterator

import pytest

from data.model import Storm
from data.store.database.engine import Database, transaction
from data.store.storms.storms import add_storm
from fleet.tracking.live_fleet import Hub, Subscription
from tests import village as v
from tests.api.processes.ingest.tracked_village import a_tracked_village


@pytest.fixture
def engine() -> Iterator[Database]:
    engine = a_tracked_village()
    yield engine
    engine.dispose()


@pytest.fixture
def storm(engine: Database) -> Storm:
    with transaction(engine) as tx:
        return add_storm(tx, "First snow", "active", v.NOW)


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def heard(hub: Hub) -> Subscription:
    return hub.subscribe(lambda: None)
