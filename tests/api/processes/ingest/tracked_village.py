"""The drawn village with trucks that have trackers, and the task that publishes where they are."""

from dataclasses import replace
from typing import Any

from api.processes.city_state import CityStateHolder
from api.processes.ingest.live_positions import Consumer
from data.store.accounts.accounts import add_device
from data.store.database.engine import Database, transaction
from data.store.setup.machines import save_fleet
from fleet.tracking.live_fleet import Hub, LiveFleet, Subscription
from tests.api.conftest import StillClock
from tests.village import a_vehicle
from tests.village_database import FLEET, a_village_database


def a_tracked_village(trucks: int = 2) -> Database:
    """Return a new database of the village with trucks 1, 2, …, and a tracker on each."""
    engine, vehicles = a_village_database(), [a_vehicle(one) for one in range(1, trucks + 1)]
    with transaction(engine) as tx:
        save_fleet(tx, replace(FLEET, vehicles=tuple(vehicles)))
        for one in vehicles:
            add_device(tx, f"truck-{one.id}", one.id, f"hash-{one.id}")
    return engine


def a_consumer(engine: Database, clock: StillClock, hub: Hub) -> Consumer:
    """Return the task of a server that digests in a thread of its own."""
    return Consumer(engine, clock, CityStateHolder(engine), hub, LiveFleet())


def told(heard: Subscription) -> dict[str, list[Any]]:
    """Return what was published since the last time, by kind."""
    return dict(heard.take())
