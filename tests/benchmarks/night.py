"""What a look at positions costs at the end of a night: the same streets, more and more passes.

The history is made: over each direction of some streets a truck comes every six minutes, as a
thousand of them do that wander about Gothenburg. Then streets get new passes and are looked at.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import numpy as np
from sqlalchemy import insert

from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import (
    Actor,
    ActorKind,
    Evidence,
    EvidenceKind,
    Pass,
    SegmentId,
    Storm,
    Treatment,
    VehicleId,
)
from data.policy.city_policy import Policy
from data.store.coverage.coverage import pass_row
from data.store.database.engine import Tx, transaction
from data.store.schema import passage
from data.store.setup.city import get_policy
from data.store.setup.machines import list_vehicles
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.coverage.coverage_cache import CoverageCache
from fleet.coverage.track_windows import number_at
from fleet.evidence.proof_store import refresh
from fleet.storms.storm_start import start_storm
from tests.benchmarks.planned_city import city_with_fleet

STREETS, LOOKS = 300, 20
EVERY = timedelta(minutes=6)
HOURS = (1, 4, 8, 12)
START = datetime(2026, 12, 21, 18, tzinfo=UTC)
ACTOR = Actor(ActorKind.SYSTEM, "bench")


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the processor's time of looks at some streets, by how long the night was."""
    folder = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data"))
    file = folder / "osm" / "tehran-d6-south.osm.pbf"
    city = file if file.is_file() else DEMO_CITY_FILE
    with tempfile.TemporaryDirectory() as name:
        engine = city_with_fleet(Path(name) / "city", city, START, ACTOR, "Asia/Tehran")
        with transaction(engine) as tx:
            network, policy = load_network(tx), get_policy(tx)
            storm = start_storm(tx, ACTOR, "bench", network, policy, START)
            vehicles = [vehicle.id for vehicle in list_vehicles(tx)]
        chosen = np.random.default_rng(1).choice(len(network.segments), STREETS, replace=False)
        streets = [network.segments[i].id for i in sorted(chosen.tolist())]
        cache, until = CoverageCache(), START
        for hours in HOURS:
            while until < START + timedelta(hours=hours):
                with transaction(engine) as tx:
                    _plow(tx, storm, network, vehicles, streets, until)
                until += EVERY
            what = f"{STREETS} streets looked at after {hours} h"
            for kept in (None, cache):
                with transaction(engine) as tx:
                    seconds = list(_looks(tx, storm, network, policy, streets, until, kept))
                how = "all passes read" if kept is None else "later passes read"
                if kept is not None:
                    yield f"{what}, {how}, the first time", f"{seconds[0] * 1000:,.0f} ms", ""
                usual = float(np.median(seconds[1:]))
                yield f"{what}, {how}", f"{usual * 1000:,.0f} ms", ""
        engine.dispose()


def _looks(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    streets: Sequence[SegmentId],
    now: datetime,
    cache: CoverageCache | None,
) -> Iterator[float]:
    """Yield the processor's time of each of some looks."""
    for _ in range(LOOKS):
        begun_s = process_time()
        refresh(CityContext(tx, network, policy, now), storm, streets, ACTOR, cache)
        yield process_time() - begun_s


def _plow(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    vehicles: Sequence[VehicleId],
    streets: Sequence[SegmentId],
    at: datetime,
) -> None:
    """Store that each direction of the streets was plowed once, some time from now on."""
    chance = np.random.default_rng(int(at.timestamp()))
    made = []
    for street in streets:
        for forward in (True, False):
            began = at + EVERY * float(chance.random())
            one = Pass(
                segment_id=street,
                forward=forward,
                from_m=0.0,
                to_m=network.segment(street).length_m,
                vehicle_id=vehicles[int(chance.integers(len(vehicles)))],
                started_at=began,
                ended_at=began + timedelta(seconds=10),
                treatment=Treatment.PLOW,
                evidence=Evidence(EvidenceKind.BLADE, 0.8),
            )
            made.append(pass_row(storm.id, one, number_at(began)))
    tx.execute(insert(passage), made)
