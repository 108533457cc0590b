"""Alarms of simulated storms: which were raised, which were false, and what was missed.

A town with one published plan, driven in each storm anew by all its trucks as fixes and
drivers' taps tell; one truck forgets its blade for a quarter of an hour, one stands for half an
hour, one has a sensor that never says "down", others in each storm. The monitor looks as it does
in the server, but every thirty seconds of the storm.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from statistics import median

import numpy as np

from data.model import (
    Actor,
    ActorKind,
    Alert,
    AlertId,
    AlertKind,
    DeviceId,
    LegKind,
    Plan,
    PlanId,
    Position,
    ShiftId,
    VehicleId,
)
from data.samples import TOWN_FILE
from data.store.accounts.accounts import add_device
from data.store.alerts import list_alerts
from data.store.coverage.coverage import find_newest_pass, list_streets_with_passes_since
from data.store.database.city_database import database_of
from data.store.database.engine import Database, transaction
from data.store.setup.city import get_policy
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.alerts.alert_monitor import AlertMonitor
from fleet.context import CityContext
from fleet.evidence.driver_confirmations import prove_taps, taps_wait
from fleet.evidence.evidence_pipeline import digest, new_open_tracks
from fleet.planning.plan_lifecycle import publish, store_draft
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.shifts.shift_progress import Legs, complete_legs, start_shift
from fleet.simulation.simulated_faults import SensorFault, broken
from fleet.simulation.simulated_trucks import Fix, Traversal, TruckBehavior, driven, traversals
from fleet.storms.storm_start import start_storm
from fleet.tracking.live_fleet import LiveFleet
from routing.search.warm_up import warm_up
from tests.benchmarks.alarm_truth import STANDS_FOR, STANDS_FROM, AlarmTruth, Event, Truck

PLAN_S, PLAN_SEED = 10.0, 1
LOOK = timedelta(seconds=30)
LASTS = timedelta(hours=2.5)
JUDGED_EVERY = 2
"""Looks between those at which drivers' taps become evidence."""
FORGOTTEN = 0.03
"""Share of legs that their driver forgets to tap."""
AT_ONCE = 5000
JUDGED = tuple(range(61, 66))
"""Seeds that judge the rules, once; up to 58 they were looked at."""
HABITS = TruckBehavior(every_s=10.0, reverse_chance=0.05)
NOW = datetime(2026, 12, 21, tzinfo=UTC)
ACTOR = Actor(ActorKind.SYSTEM, "bench")
FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text("utf-8")
WITH_PLACES = ("[[depot]]", "[[reload]]")
SHARED = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data"))
NEWS = frozenset({AlertKind.NEXT_CYCLE, AlertKind.SHIFTS_OVER})
"""Kinds that tell what the server did or the roster says: they cannot be wrong."""
MOST_FALSE = 0.1
"""Share of alarms that may be false before nobody looks at them any more."""


@dataclass(frozen=True, slots=True)
class TownFiles:
    """A town's name, its streets, and its machines as a `fleet.toml`."""

    name: str
    streets: Path
    fleet: str


def machines_alone(fleet: str) -> str:
    """Return a `fleet.toml` without its places, which a town that has none assumes."""
    tables = re.split(r"(?m)^(?=\[\[)", fleet)
    kept = "".join(each for each in tables if not each.startswith(WITH_PLACES))
    return re.sub(r"(?m)^depot = .*\n", "", kept)


TOWNS = (
    TownFiles("Barfabad", TOWN_FILE, FLEET),
    TownFiles("Botoșani", SHARED / "osm" / "botosani.osm.pbf", machines_alone(FLEET)),
)
"""The drawn town, on which the rules were looked at, and one that they had not seen."""


@dataclass(frozen=True, slots=True)
class Town:
    """A city in a storm with its published plan, ready to be driven; `plan_id` is the plan's."""

    folder: Path
    network: StreetNetwork
    plan: Plan
    devices: Mapping[VehicleId, DeviceId]
    shift_ends: Mapping[ShiftId, datetime]


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm, when it was raised, and whether it was so by the simulator."""

    alert: Alert
    at: datetime
    true: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What the monitor raised in a storm, and when it raised what should be seen, if it did."""

    seed: int
    raised: Sequence[Raised]
    events: Sequence[tuple[Event, datetime | None]]


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield alarms by kind of fitted and of other storms, and what was missed."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        for town in TOWNS:
            made = made_town(Path(name) / town.name, town.streets, town.fleet)
            found = [driven_storm(made, seed) for seed in JUDGED]
            yield from told(f"{town.name}, seeds {JUDGED[0]}-{JUDGED[-1]}", found)


def made_town(folder: Path, streets: Path, fleet: str) -> Town:
    """Make a city in a storm with a published plan, whose shifts have begun."""
    add_city(folder, NewCity(folder.name, streets, timezone="Asia/Tehran"), NOW, ACTOR)
    engine = database_of(folder)
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, fleet, network, NOW)
        storm = start_storm(tx, ACTOR, "bench", network, get_policy(tx), NOW)
        prepared = prepare(tx, storm.id, network, NOW)
    plan = solve_prepared(prepared, PLAN_S, PLAN_SEED, lambda *_: None, lambda: False)
    devices = {}
    with transaction(engine) as tx:
        estimates = Estimates(PublishedPlanCache(), network, prepared.policy)
        plan = publish(tx, ACTOR, store_draft(tx, ACTOR, plan, NOW).id, estimates, NOW)
        for route in (one for one in plan.routes if one.legs):
            start_shift(tx, ACTOR, route.shift_id, NOW)
            name = f"box {route.vehicle_id}"
            devices[route.vehicle_id] = add_device(tx, name, route.vehicle_id, name).id
        ends = {shift.id: shift.ends_at for shift in list_shifts(tx, storm.id)}
    engine.dispose()
    return Town(folder, network, plan, devices, ends)


def driven_storm(town: Town, seed: int) -> Found:
    """Drive a copy of the town's storm and return what was raised."""
    folder = town.folder.with_name(f"{town.folder.name}-{seed}")
    shutil.copytree(town.folder, folder)
    engine = database_of(folder)
    trucks = list(_trucks(town, seed))
    opened = _drive(engine, town, trucks, seed)
    with transaction(engine) as tx:
        storm = find_active_storm(tx)
        alerts = list_alerts(tx, storm.id) if storm else []
        jobs = list_jobs(tx, storm.id) if storm else []
        rules = get_policy(tx).alerts
    engine.dispose()
    shutil.rmtree(folder)
    truth = AlarmTruth(town.network, town.plan, trucks, jobs)
    mine = [one for one in alerts if one.kind not in NEWS]
    raised = [Raised(one, opened[one.id], truth.holds(one, rules, NOW + LASTS)) for one in mine]
    events = [event for truck in trucks for event in truth.events(truck, rules, NOW + LASTS)]
    return Found(seed, raised, [(one, _raised_at(one, raised)) for one in events])


def _raised_at(event: Event, raised: Sequence[Raised]) -> datetime | None:
    """Return when an event was seen, or `None` where it was missed."""
    times = [
        one.at
        for one in raised
        if (one.alert.kind, one.alert.vehicle_id) == (event.kind, event.vehicle_id)
        and event.from_at <= one.at <= event.until
    ]
    return min(times, default=None)


def _trucks(town: Town, seed: int) -> Iterator[Truck]:
    """Yield the trucks of a storm; something else is wrong with others in each."""
    routes = [route for route in town.plan.routes if route.legs]
    forgets, stands, dead = ((seed + nth) % len(routes) for nth in (0, 1, 2))
    for number, route in enumerate(routes):
        truck = Truck(
            route,
            list(traversals(route, town.network, NOW, seed, HABITS)),
            town.devices[route.vehicle_id],
            town.shift_ends[route.shift_id],
            forgets=number == forgets,
            stands=number == stands,
            dead=number == dead,
        )
        yield replace(truck, truth=[_really(truck, one) for one in truck.truth])


def _really(truck: Truck, one: Traversal) -> Traversal:
    """Return what a truck did on a street, mishaps included."""
    if truck.stands and one.started_at >= STANDS_FROM:
        later = {"started_at": one.started_at + STANDS_FOR, "ended_at": one.ended_at + STANDS_FOR}
        return replace(one, **later)
    return one


def _sent(truck: Truck, network: StreetNetwork, seed: int) -> Iterator[Position]:
    fault = SensorFault.DEAD if truck.dead else None
    fixes = broken(driven(truck.route, network, NOW, seed, habits=HABITS), fault, seed)
    for fix in _as_it_was(truck, fixes):
        yield Position(
            device_id=truck.device_id,
            vehicle_id=truck.route.vehicle_id,
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


def _as_it_was(truck: Truck, fixes: Iterable[Fix]) -> Iterator[Fix]:
    """Yield what a truck's tracker sent, mishaps included: one that stands goes on sending."""
    before: Fix | None = None
    for fix in fixes:
        if truck.stands and fix.fixed_at >= STANDS_FROM:
            if before is not None and before.fixed_at < STANDS_FROM:
                yield from _standing(before)
            later = {"fixed_at": fix.fixed_at + STANDS_FOR, "sent_at": fix.sent_at + STANDS_FOR}
            yield replace(fix, **later)
        else:
            yield replace(fix, blade=False) if truck.forgetting(fix.fixed_at) else fix
        before = fix


def _standing(fix: Fix) -> Iterator[Fix]:
    every = timedelta(seconds=HABITS.every_s)
    for nth in range(1, int(STANDS_FOR / every) + 1):
        at = fix.fixed_at + nth * every
        yield replace(fix, fixed_at=at, sent_at=at, speed_mps=0.0)


def _taps(truck: Truck, seed: int) -> Iterator[tuple[datetime, Truck, int]]:
    """Yield when a driver taps each work leg as done: soon after it, if not forgotten."""
    chance = np.random.default_rng([seed, truck.route.vehicle_id])
    gone = 0
    for number, leg in enumerate(truck.route.legs):
        gone += len(leg.path)
        if leg.kind is LegKind.WORK and chance.random() >= FORGOTTEN and gone <= len(truck.truth):
            late = timedelta(seconds=float(chance.uniform(0, 60)))
            yield truck.truth[gone - 1].ended_at + late, truck, number


def _in_runs(
    plan_id: PlanId, taps: Sequence[tuple[datetime, Truck, int]]
) -> Iterator[tuple[datetime, Legs]]:
    """Yield the taps between two looks, legs of a truck that follow each other as one tap."""
    ordered = sorted(taps, key=lambda tap: (tap[1].route.shift_id, tap[2]))
    for (shift_id, _), run in groupby(
        enumerate(ordered), lambda one: (one[1][1].route.shift_id, one[1][2] - one[0])
    ):
        mine = [tap for _, tap in run]
        yield max(at for at, *_ in mine), Legs(plan_id, shift_id, mine[0][2], mine[-1][2])


def _drive(
    engine: Database, town: Town, trucks: Sequence[Truck], seed: int
) -> dict[AlertId, datetime]:
    """Let the storm go by: fixes and taps come in, tracking digests them, the monitor looks.

    Returns when each alarm was raised.
    """
    network, plan_id = town.network, town.plan.id
    sent = (fix for truck in trucks for fix in _sent(truck, network, seed))
    fixes = sorted(sent, key=lambda fix: fix.received_at)
    taps = sorted((tap for one in trucks for tap in _taps(one, seed)), key=lambda tap: tap[0])
    tracks, monitor, live = new_open_tracks(network), AlertMonitor(), LiveFleet()
    with transaction(engine) as tx:
        live.meet(list_vehicles(tx))
    opened: dict[AlertId, datetime] = {}
    now, done, tapped, newest = NOW, 0, 0, 0
    for looks in range(1, LASTS // LOOK + 1):
        now = NOW + looks * LOOK
        first = done
        while done < len(fixes) and fixes[done].received_at <= now:
            done += 1
        shifts = set()
        with transaction(engine) as tx:
            storm, policy = find_active_storm(tx), get_policy(tx)
            if storm is None:
                raise RuntimeError("expected a storm, found none")
            add_positions(tx, fixes[first:done])
            unseen, last = list_unseen(tx, AT_ONCE)
            digest(CityContext(tx, network, policy, now), tracks, unseen, storm)
            mark_seen_until(tx, last)
            before = tapped
            while tapped < len(taps) and taps[tapped][0] <= now:
                tapped += 1
            for at, legs in _in_runs(plan_id, taps[before:tapped]):
                complete_legs(tx, ACTOR, legs, at)
                shifts.add(legs.shift_id)
            city = CityContext(tx, network, policy, now)
            if looks % JUDGED_EVERY == 0 and taps_wait(tx, storm, now):
                prove_taps(city, storm)
            live.see(fixes[first:done], now)
            live.fall_silent(now)
            streets = list_streets_with_passes_since(tx, storm.id, newest)
            newest = find_newest_pass(tx)
            look = monitor.check(city, storm, live.picture(), streets, shifts)
            for alert in monitor.store(tx, look, policy.alerts, now):
                opened.setdefault(alert.id, now)
    return opened


def told(what: str, storms: Sequence[Found]) -> Iterator[tuple[str, str, str]]:
    """Yield how many alarms of some storms were false, by kind, and what was missed."""
    raised = [one for storm in storms for one in storm.raised]
    false = sum(not one.true for one in raised)
    share = f", {false / len(raised):.0%}" if raised else ""
    yield f"{what}: all kinds", f"{false} of {len(raised)} alarms false{share}", f"{MOST_FALSE:.0%}"
    events = [one for storm in storms for one in storm.events]
    kinds = {one.alert.kind for one in raised} | {event.kind for event, _ in events}
    for kind in sorted(kinds):
        mine = [one.true for one in raised if one.alert.kind is kind]
        words = f"{len(mine)} raised, {mine.count(False)} false"
        waits = [at and at - event.since for event, at in events if event.kind is kind]
        seen = [one / timedelta(minutes=1) for one in waits if one is not None]
        words += f"; {len(waits) - len(seen)} of {len(waits)} missed" if waits else ""
        words += f", raised {_when(median(seen), kind)} (median)" if seen else ""
        yield f"{what}: {kind}", words, ""


def _when(minutes: float, kind: AlertKind) -> str:
    if kind is AlertKind.AT_RISK:
        return f"{-minutes:.0f} min before the street is due"
    return f"{minutes:.1f} min after it began"
