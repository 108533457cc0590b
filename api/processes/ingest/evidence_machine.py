"""Evidence processes on any machine that reaches the database, without a server beside them."""

import time
from pathlib import Path
from threading import Event

from api.config.clock import Clock
from api.config.console import open_city_database
from api.processes.city_state import CityStateHolder
from api.processes.cluster.change_bridge import ChangeBridge
from api.processes.ingest.evidence_process import Apart
from api.processes.ingest.live_positions import ANNOUNCED, Consumer
from data.errors import InvalidError
from data.store.database.city_lock import holding
from data.store.database.engine import is_shared
from fleet.tracking.live_fleet import Hub, LiveFleet

LOOK_S = 1.0
"""How often the sign of life is given."""

QUIET_S = 60.0
"""After so long without a successful run of each process there is no sign of life."""


def digest_until(
    folder: Path, clock: Clock, processes: int, stopped: Event, alive: Path | None = None
) -> None:
    """Digest a share of a city's positions in some processes until the event is set.

    Servers of the city publish what changed; the share is by how many processes there are on all
    machines. The file `alive` is touched while all processes go on. Raises `InvalidError` for a
    city on SQLite, which one server has to itself.
    """
    engine = open_city_database(folder)
    if not is_shared(engine):
        engine.dispose()
        raise InvalidError("BARFRUB_DATABASE", folder.name, "a city on PostgreSQL")
    hub, live = Hub(), LiveFleet()
    place = Apart(folder, processes)
    consumer = Consumer(engine, clock, CityStateHolder(engine), hub, live, place)
    handlers = {ANNOUNCED: consumer.take_announced}
    bridge = ChangeBridge(engine, hub, live, handlers, consumer.take_places, lambda: None)
    with holding(folder):
        bridge.start()
        consumer.lead()
        while not stopped.wait(LOOK_S):
            if alive is not None and time.monotonic() - consumer.digested_s < QUIET_S:
                alive.touch()
        consumer.stop()
        bridge.stop()
    engine.dispose()
