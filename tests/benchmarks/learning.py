"""Plans that learn: ends of routes before and after five storms, and promises kept.

A town is plowed in ten storms, whose true speeds nobody knows (`true_speeds`). Five of them are
driven by the simulator as its trackers tell, positions become passes, and `learn` proposes from
these. The other five are planned twice, as assumed and as learned, and both plans are driven.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from statistics import median

import numpy as np

from data.model import (
    Actor,
    ActorKind,
    DeviceId,
    JobId,
    JobState,
    LegKind,
    Plan,
    PlanId,
    Position,
    Promise,
    PromiseOutcome,
    RequestId,
    Route,
    ServiceClass,
    Storm,
    VehicleId,
)
from data.model.planning.paces import AS_ASSUMED
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
from fleet.learning.pace_proposals import lessons_of, propose, put_in_force
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import solve_until
from fleet.requests.promises import late_share, track_record, was_kept, widened
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.simulation.simulated_trucks import TruckBehavior, driven, traversals
from fleet.storms.snowfall import Fallen, add_snow
from fleet.storms.storm_start import end_storm, start_storm
from routing.problem.stopping import MaxIterations
from routing.search.warm_up import warm_up
from tests.benchmarks import learned_pass_times
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

FAR_LATER = BEGAN + timedelta(days=365)
NO_CLASS = ServiceClass("P1")
PROMISES = 120
"""Promises to callers in each storm, of streets drawn at random."""


@dataclass(frozen=True, slots=True)
class _Town:
    engine: Database
    network: StreetNetwork
    truth: TrueTown
    devices: dict[VehicleId, DeviceId]


@dataclass(frozen=True, slots=True)
class _Night:
    """One of the storms: when it begins, how deep its snow is, and its seed."""

    number: int
    starts_at: datetime
    depth_mm: float


@dataclass(frozen=True, slots=True)
class _Ended:
    """A route or job: when it was planned to end, and when it truly ended."""

    job_id: int
    planned_at: datetime
    ended_at: datetime

    @property
    def off_min(self) -> float:
        return abs((self.ended_at - self.planned_at) / timedelta(minutes=1))


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield errors before and after learning."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        yield from _ten_storms(Path(name) / "barfabad")
    yield from learned_pass_times.rows()


def nights() -> list[_Night]:
    """Return ten storms of different depths that begin at different hours."""
    chance = np.random.default_rng(2026)
    return [
        _Night(n, BEGAN + timedelta(days=3 * n, hours=float(chance.integers(0, 8))), depth_mm)
        for n, depth_mm in enumerate(chance.uniform(20.0, 160.0, STORMS).round().tolist())
    ]


def _ten_storms(folder: Path) -> Iterator[tuple[str, str, str]]:
    town = _made(folder)
    known, fresh = nights()[:LEARNED_FROM], nights()[LEARNED_FROM:]
    storms = []
    for night in known:
        storm, prepared = _begun(town, night)
        plan = _planned(prepared, night)
        _drive(town, storm, plan, night)
        storms.append(_over(town, storm, night))
    now = fresh[0].starts_at - timedelta(days=1)
    with transaction(town.engine) as tx:
        lessons = lessons_of(tx, storms, town.network, now)
        proposal = propose(tx, ACTOR, lessons, now)
        put_in_force(tx, ACTOR, proposal.id, 0, now)
    drives = sum(one.ratio.drives for one in proposal.learned.movements)
    yield f"{len(storms)} storms, drives along streets", f"{drives:,}", ""
    yield from _compared(town, fresh)


def _compared(town: _Town, fresh: Sequence[_Night]) -> Iterator[tuple[str, str, str]]:
    """Plan each of the other storms as assumed and as learned, and drive both plans.

    Promises are of the learned plans, and their record begins anew with these.
    """
    ends: dict[str, list[_Ended]] = {"assumed": [], "learned": []}
    jobs: dict[str, list[_Ended]] = {"assumed": [], "learned": []}
    told, shown = list[PromiseOutcome](), list[tuple[float, float]]()
    usual: list[float] = []
    for night in fresh:
        storm, prepared = _begun(town, night)
        promised: dict[str, list[PromiseOutcome]] = {}
        ways = {"assumed": replace(prepared, pace=AS_ASSUMED), "learned": prepared}
        for name, each in ways.items():
            plan = _planned(each, night)
            ends[name] += _route_ends(town, plan, night)
            jobs[name] += _job_ends(town, plan, night)
            promised[name] = _promised(town, plan, night, told)
        record = track_record(told, NO_CLASS, night.starts_at)
        usual.append(_kept_share(promised["assumed"]))
        if record is not None:
            shown.append((record.share, _kept_share(promised["learned"])))
        told += promised["learned"]
        _over(town, storm, night)
    for name in ends:
        yield f"ends of routes, {name}", _errors(ends[name]), ""
    cut = 1.0 - _mean_min(ends["learned"]) / _mean_min(ends["assumed"])
    yield "error of ends of routes cut by", f"{cut:.0%}", "50%"
    for name in jobs:
        yield f"ends of streets, {name}", _errors(jobs[name]), ""
    before = f"{float(np.mean(usual)):.0%} kept"
    yield "promises of plans as assumed, windows as wide", before, ""
    said, kept_share = (float(np.mean(each)) for each in zip(*shown, strict=True))
    words = f"{said:.0%} shown, {kept_share:.0%} kept"
    yield "promises kept in the storms after", words, "5 points"
    each = ", ".join(f"{a:.0%}/{b:.0%}" for a, b in shown)
    yield "the same, storm by storm", each, ""


def _errors(ends: Sequence[_Ended]) -> str:
    late = [(one.ended_at - one.planned_at) / timedelta(minutes=1) for one in ends]
    return (
        f"{_mean_min(ends):.1f} min off in the mean of {len(ends)}, "
        f"{median(one.off_min for one in ends):.1f} min median, {np.mean(late):+.1f} min late"
    )


def _mean_min(ends: Sequence[_Ended]) -> float:
    return float(np.mean([one.off_min for one in ends]))


def _made(folder: Path) -> _Town:
    """Make the town with its machines and their trackers."""
    now = BEGAN - timedelta(days=30)
    add_city(folder, NewCity(folder.name, TOWN_FILE, timezone="Asia/Tehran"), now, ACTOR)
    engine = database_of(folder)
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, FLEET, network, now)
        machines = list_vehicles(tx)
        devices = {one.id: add_device(tx, one.name, one.id, one.name).id for one in machines}
    return _Town(engine, network, true_town(network, machines, TOWN_SEED), devices)


def _begun(town: _Town, night: _Night) -> tuple[Storm, Prepared]:
    """Start a storm in which all its snow has fallen."""
    with transaction(town.engine) as tx:
        storm = start_storm(
            tx, ACTOR, f"storm {night.number}", town.network, get_policy(tx), night.starts_at
        )
        fallen = [Fallen(night.starts_at, night.depth_mm)]
        add_snow(tx, ACTOR, storm.id, fallen, SnowSource.HAND, town.network, night.starts_at)
        return storm, prepare(tx, storm.id, town.network, night.starts_at)


def _over(town: _Town, storm: Storm, night: _Night) -> Storm:
    with transaction(town.engine) as tx:
        return end_storm(tx, ACTOR, storm.id, night.starts_at + timedelta(days=1))


def _planned(prepared: Prepared, night: _Night) -> Plan:
    stop = MaxIterations(ITERATIONS)
    return solve_until(prepared, stop, 1 + night.number, lambda *_: None)


def _drive(town: _Town, storm: Storm, plan: Plan, night: _Night) -> None:
    """Publish a plan, send what its trucks' trackers say, and let passes come of it."""
    with transaction(town.engine) as tx:
        published(tx, ACTOR, storm, town.network, plan.routes, night.starts_at)
        policy = get_policy(tx)
    until = night.starts_at + LASTS
    fixes = sorted(
        (
            fix
            for route in _moving(plan)
            for fix in _sent(town, route, night)
            if fix.fixed_at < until
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


def _sent(town: _Town, route: Route, night: _Night) -> Iterator[Position]:
    real = town.truth.driven(route, night.depth_mm)
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


def _times(town: _Town, route: Route, night: _Night) -> list[datetime]:
    """Return when each leg with a way truly ended."""
    real = town.truth.driven(route, night.depth_mm)
    streets = [
        one.ended_at
        for one in traversals(real, town.network, night.starts_at, night.number, HABITS)
    ]
    gone = np.cumsum([len(leg.path) for leg in route.legs if leg.path]) - 1
    return [streets[last] for last in gone.tolist()]


def _route_ends(town: _Town, plan: Plan, night: _Night) -> Iterator[_Ended]:
    for route in _moving(plan):
        planned_at = [leg.ends_at for leg in route.legs if leg.path][-1]
        yield _Ended(0, planned_at, _times(town, route, night)[-1])


def _job_ends(town: _Town, plan: Plan, night: _Night) -> list[_Ended]:
    """Return when the last pass of each job was planned, and truly over."""
    found: dict[int, _Ended] = {}
    for route in _moving(plan):
        legs = [leg for leg in route.legs if leg.path]
        for leg, ended_at in zip(legs, _times(town, route, night), strict=True):
            if leg.kind is not LegKind.WORK:
                continue
            for job_id in leg.job_ids:
                before = found.get(job_id, _Ended(job_id, leg.ends_at, ended_at))
                found[job_id] = _Ended(
                    job_id,
                    max(before.planned_at, leg.ends_at),
                    max(before.ended_at, ended_at),
                )
    return [*found.values()]


def _promised(
    town: _Town, plan: Plan, night: _Night, given: Sequence[PromiseOutcome]
) -> list[PromiseOutcome]:
    """Promise callers some streets at the start of a storm, as the server does, and keep it."""
    jobs = _job_ends(town, plan, night)
    chance = np.random.default_rng(night.number)
    drawn = chance.choice(len(jobs), min(PROMISES, len(jobs)), replace=False).tolist()
    share = late_share(given, night.starts_at)
    return [_outcome(jobs[i], share, night.starts_at) for i in drawn]


def _outcome(job: _Ended, share: float, now: datetime) -> PromiseOutcome:
    window = widened(job.planned_at, share, now)
    promise = Promise(
        request_id=RequestId(job.job_id),
        job_id=JobId(job.job_id),
        plan_id=PlanId(1),
        made_at=now,
        expected_at=window.expected_at,
        from_at=window.from_at,
        to_at=window.to_at,
    )
    return PromiseOutcome(promise, NO_CLASS, JobState.DONE, None, job.ended_at)


def _kept_share(promised: Sequence[PromiseOutcome]) -> float:
    return float(np.mean([was_kept(one, FAR_LATER) is True for one in promised]))
