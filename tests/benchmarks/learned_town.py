"""A town of which storms teach how long things take: its streets, nights, plans and true drives.

Its true speeds nobody knows (`true_speeds`), and of each night how much of the speed ice takes. The
simulator drives plans as its trackers tell, and positions become passes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import takewhile
from pathlib import Path

import numpy as np

from data.model import (
    Actor,
    ActorKind,
    DeviceId,
    LegKind,
    Plan,
    Position,
    Route,
    Storm,
    VehicleId,
)
from data.model.storm_conditions import SnowSource
from data.samples import TOWN_FILE
from data.store.accounts.accounts import add_device
from data.store.database.city_database import database_of
from data.store.database.engine import Database, transaction
from data.store.setup.city import get_policy
from data.store.setup.machines import list_vehicles
from data.store.streets.network import load_network
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.evidence.evidence_pipeline import digest, new_open_tracks
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import solve_until
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.simulation.simulated_trucks import TruckBehavior, driven, traversals
from fleet.storms.snowfall import Fallen, add_snow
from fleet.storms.storm_start import end_storm, start_storm
from routing.problem.stopping import MaxIterations
from tests.benchmarks.planned_city import published
from tests.benchmarks.true_speeds import TrueTown, true_town

FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text("utf-8")
ACTOR = Actor(ActorKind.SYSTEM, "bench")
BEGAN = datetime(2026, 12, 21, 1, tzinfo=UTC)
STORMS, LEARNED_FROM = 10, 5
ITERATIONS = 3_000
AT_ONCE = 5_000
HABITS = TruckBehavior(every_s=15.0, slowest_mps=0.5)
TOWN_SEED = 7
LASTS = timedelta(hours=2)
"""So long each of the first storms is driven."""

MOST_ICE = 0.15
"""Share of the assumed speed that ice takes in the worst night."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town in its database, its true speeds, and its trackers."""

    engine: Database
    network: StreetNetwork
    truth: TrueTown
    devices: dict[VehicleId, DeviceId]


@dataclass(frozen=True, slots=True)
class Night:
    """One of the storms: when it begins, how deep its snow is, what ice takes, and its seed."""

    number: int
    starts_at: datetime
    depth_mm: float
    ice: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A route (0) or job: when it was planned to end, and when it truly ended."""

    job_id: int
    planned_at: datetime
    ended_at: datetime

    @property
    def off_min(self) -> float:
        """Minutes between both."""
        return abs((self.ended_at - self.planned_at) / timedelta(minutes=1))


def nights(count: int = STORMS, first: int = 0) -> list[Night]:
    """Return storms of different depths that begin at different hours, numbered from the first."""
    chance, frost = np.random.default_rng(2026 + first), np.random.default_rng(3026 + first)
    return [
        Night(
            n,
            BEGAN + timedelta(days=3 * n, hours=float(chance.integers(0, 8))),
            depth_mm,
            float(frost.uniform(0.0, MOST_ICE)),
        )
        for n, depth_mm in enumerate(chance.uniform(20.0, 160.0, count).round().tolist(), first)
    ]


def made_in(folder: Path) -> Town:
    """Make the town with its machines and their trackers."""
    now = BEGAN - timedelta(days=30)
    add_city(folder, NewCity(folder.name, TOWN_FILE, timezone="Asia/Tehran"), now, ACTOR)
    engine = database_of(folder)
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, FLEET, network, now)
        machines = list_vehicles(tx)
        devices = {one.id: add_device(tx, one.name, one.id, one.name).id for one in machines}
    return Town(engine, network, true_town(network, machines, TOWN_SEED), devices)


def begun(town: Town, night: Night) -> tuple[Storm, Prepared]:
    """Start a storm in which all its snow has fallen."""
    with transaction(town.engine) as tx:
        storm = start_storm(
            tx, ACTOR, f"storm {night.number}", town.network, get_policy(tx), night.starts_at
        )
        fallen = [Fallen(night.starts_at, night.depth_mm)]
        add_snow(tx, ACTOR, storm.id, fallen, SnowSource.HAND, town.network, night.starts_at)
        return storm, prepare(tx, storm.id, town.network, night.starts_at)


def over(town: Town, storm: Storm, night: Night) -> Storm:
    with transaction(town.engine) as tx:
        return end_storm(tx, ACTOR, storm.id, night.starts_at + timedelta(days=1))


def planned(prepared: Prepared, night: Night, iterations: int = ITERATIONS) -> Plan:
    stop = MaxIterations(iterations)
    return solve_until(prepared, stop, 1 + night.number, lambda *_: None)


def drive(town: Town, storm: Storm, plan: Plan, night: Night) -> None:
    """Publish a plan, send what its trucks' trackers say, and let passes come of it."""
    with transaction(town.engine) as tx:
        published(tx, ACTOR, storm, town.network, plan.routes, night.starts_at)
        policy = get_policy(tx)
    until = night.starts_at + LASTS
    fixes = sorted(
        (
            fix
            for route in _moving(plan)
            for fix in takewhile(lambda each: each.fixed_at < until, _sent(town, route, night))
        ),
        key=lambda fix: fix.received_at,
    )
    tracks = new_open_tracks(town.network)
    for first in range(0, len(fixes) + 1, AT_ONCE):
        batch = fixes[first : first + AT_ONCE]
        now = batch[-1].received_at if batch else until + timedelta(hours=2)
        with transaction(town.engine) as tx:
            add_positions(tx, batch)
            unseen, last = list_unseen(tx, AT_ONCE)
            digest(CityContext(tx, town.network, policy, now), tracks, unseen, storm)
            mark_seen_until(tx, last)


def _sent(town: Town, route: Route, night: Night) -> Iterator[Position]:
    real = town.truth.driven(route, night.depth_mm, night.ice)
    for fix in driven(real, town.network, night.starts_at, night.number, habits=HABITS):
        yield Position(
            device_id=town.devices[route.vehicle_id],
            vehicle_id=route.vehicle_id,
            source="bench",
            fixed_at=fix.fixed_at,
            received_at=fix.sent_at,
            location=fix.location,
            speed_mps=fix.speed_mps,
            heading_deg=fix.heading_deg,
            accuracy_m=fix.accuracy_m,
            blade=fix.blade,
            spreader=fix.spreader,
        )


def _moving(plan: Plan) -> list[Route]:
    return [route for route in plan.routes if any(leg.path for leg in route.legs)]


def _times(town: Town, route: Route, night: Night) -> list[datetime]:
    """Return when each leg with a way truly ended."""
    real = town.truth.driven(route, night.depth_mm, night.ice)
    streets = [
        one.ended_at
        for one in traversals(real, town.network, night.starts_at, night.number, HABITS)
    ]
    gone = np.cumsum([len(leg.path) for leg in route.legs if leg.path]) - 1
    return [streets[last] for last in gone.tolist()]


def route_ends(town: Town, plan: Plan, night: Night) -> Iterator[Ended]:
    for route in _moving(plan):
        planned_at = [leg.ends_at for leg in route.legs if leg.path][-1]
        yield Ended(0, planned_at, _times(town, route, night)[-1])


def job_ends(town: Town, plan: Plan, night: Night) -> list[Ended]:
    """Return when the last pass of each job was planned, and truly over."""
    found: dict[int, Ended] = {}
    for route in _moving(plan):
        legs = [leg for leg in route.legs if leg.path]
        for leg, ended_at in zip(legs, _times(town, route, night), strict=True):
            if leg.kind is not LegKind.WORK:
                continue
            for job_id in leg.job_ids:
                before = found.get(job_id, Ended(job_id, leg.ends_at, ended_at))
                found[job_id] = Ended(
                    job_id,
                    max(before.planned_at, leg.ends_at),
                    max(before.ended_at, ended_at),
                )
    return [*found.values()]
