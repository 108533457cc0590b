"""Alarms of ten simulated storms: which were raised, and which of them were so by the simulator.

The drawn town with its plan, driven by all its trucks as fixes and drivers' taps tell; one truck
forgets its blade for a quarter of an hour, one stands for half an hour, one has a sensor that never
says "down". The watch looks as it does in the server, but every thirty seconds of the storm.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np

from data.model import (
    Actor,
    ActorKind,
    Alert,
    AlertKind,
    DeviceId,
    Job,
    LegKind,
    Plan,
    PlanId,
    Position,
    Route,
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

PLAN_S = 10.0
LOOK = timedelta(seconds=30)
LASTS = timedelta(hours=2.5)
FORGETS, STANDS, DEAD = 0, 1, 2
"""Which trucks do something that should be seen, or have a sensor that says so wrongly."""
FROM, FORGETS_FOR, STANDS_FOR = (timedelta(minutes=m) for m in (60, 15, 30))
FORGOTTEN = 0.03
"""Share of legs that their driver forgets to tap."""
AT_ONCE = 5000
SEEDS = tuple(range(1, 11))
HABITS = TruckBehavior(every_s=10.0, reverse_chance=0.05)
NOW = datetime(2026, 12, 21, tzinfo=UTC)
ACTOR = Actor(ActorKind.SYSTEM, "bench")
FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text("utf-8")
KINDS = (AlertKind.AT_RISK, AlertKind.RELOAD_OVERDUE, AlertKind.HOURS, AlertKind.BLADE_UP)
NEWS = frozenset({AlertKind.NEXT_CYCLE, AlertKind.SHIFTS_OVER})
"""Kinds that tell what the server did or the roster says: they cannot be wrong."""
MOST_FALSE = 0.1
"""Share of alarms that may be false before nobody looks at them any more."""


@dataclass(frozen=True, slots=True)
class _Truck:
    number: int
    route: Route
    truth: Sequence[Traversal]
    device_id: DeviceId
    shift_ends_at: datetime


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield alarms by kind, and how many of them were none; last, those of all storms."""
    warm_up()
    raised, true = Counter[AlertKind](), Counter[AlertKind]()
    with tempfile.TemporaryDirectory() as name:
        for seed in SEEDS:
            folder = Path(name) / str(seed)
            add_city(folder, NewCity(folder.name, TOWN_FILE, timezone="Asia/Tehran"), NOW, ACTOR)
            engine = database_of(folder)
            found = _measured(engine, seed)
            engine.dispose()
            raised.update(found.raised)
            true.update(found.true)
            yield from _told(found, seed)
    known = [kind for kind in raised if kind not in NEWS]
    told, false = (sum(raised[kind] for kind in known), sum(raised[k] - true[k] for k in known))
    share = f"{false} of {told} alarms false" + (f", {false / told:.0%}" if told else "")
    yield f"{len(SEEDS)} storms: all kinds", share, f"{MOST_FALSE:.0%}"
    for kind in sorted(known):
        words = f"{raised[kind]} raised, {raised[kind] - true[kind]} false"
        yield f"{len(SEEDS)} storms: {kind}", words, ""


@dataclass(frozen=True, slots=True)
class _Alarms:
    """Alarms of one storm by kind, and those that the simulator knows to be so."""

    trucks: int
    raised: Counter[AlertKind]
    true: Counter[AlertKind]


def _measured(engine: Database, seed: int) -> _Alarms:
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, FLEET, network, NOW)
        storm = start_storm(tx, ACTOR, "bench", network, get_policy(tx), NOW)
        prepared = prepare(tx, storm.id, network, NOW)
    plan = solve_prepared(prepared, PLAN_S, seed, lambda *_: None, lambda: False)
    with transaction(engine) as tx:
        estimates = Estimates(PublishedPlanCache(), network, prepared.policy)
        plan = publish(tx, ACTOR, store_draft(tx, ACTOR, plan, NOW).id, estimates, NOW)
        ends = {shift.id: shift.ends_at for shift in list_shifts(tx, storm.id)}
        trucks = []
        for number, route in enumerate(one for one in plan.routes if one.legs):
            start_shift(tx, ACTOR, route.shift_id, NOW)
            name = f"box {route.vehicle_id}"
            device = add_device(tx, name, route.vehicle_id, name)
            truth = list(traversals(route, network, NOW, seed, HABITS))
            truth = [_really(number, one) for one in truth]
            trucks.append(_Truck(number, route, truth, device.id, ends[route.shift_id]))
    _drive(engine, network, plan.id, trucks, seed)
    with transaction(engine) as tx:
        alerts, jobs = list_alerts(tx, storm.id), list_jobs(tx, storm.id)
    return _counted(alerts, trucks, plan, jobs)


def _really(number: int, one: Traversal) -> Traversal:
    """Return what a truck did on a street, mishaps included."""
    if number == FORGETS and FROM <= one.started_at - NOW < FROM + FORGETS_FOR:
        return replace(one, blade=False)
    if number == STANDS and one.started_at - NOW >= FROM:
        later = {"started_at": one.started_at + STANDS_FOR, "ended_at": one.ended_at + STANDS_FOR}
        return replace(one, **later)
    return one


def _sent(truck: _Truck, network: StreetNetwork, seed: int) -> Iterator[Position]:
    fault = SensorFault.DEAD if truck.number == DEAD else None
    fixes = broken(driven(truck.route, network, NOW, seed, habits=HABITS), fault, seed)
    for fix in (_as_it_was(truck.number, one) for one in fixes):
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


def _as_it_was(number: int, fix: Fix) -> Fix:
    gone = fix.fixed_at - NOW
    if number == FORGETS and FROM <= gone < FROM + FORGETS_FOR:
        return replace(fix, blade=False)
    if number == STANDS and gone >= FROM:
        times = {"fixed_at": fix.fixed_at + STANDS_FOR, "sent_at": fix.sent_at + STANDS_FOR}
        return replace(fix, **times)
    return fix


def _taps(truck: _Truck) -> Iterator[tuple[datetime, _Truck, int]]:
    """Yield when a driver taps each work leg as done: soon after it, if not forgotten."""
    chance = np.random.default_rng(truck.route.vehicle_id)
    gone = 0
    for number, leg in enumerate(truck.route.legs):
        gone += len(leg.path)
        if leg.kind is LegKind.WORK and chance.random() >= FORGOTTEN and gone <= len(truck.truth):
            late = timedelta(seconds=float(chance.uniform(0, 60)))
            yield truck.truth[gone - 1].ended_at + late, truck, number


def _drive(
    engine: Database, network: StreetNetwork, plan: PlanId, trucks: Sequence[_Truck], seed: int
) -> None:
    """Let the storm go by: fixes and taps come in, tracking digests them, the watch looks."""
    sent = (fix for truck in trucks for fix in _sent(truck, network, seed))
    fixes = sorted(sent, key=lambda fix: fix.received_at)
    taps = sorted((tap for truck in trucks for tap in _taps(truck)), key=lambda tap: tap[0])
    tracks, watch, live = new_open_tracks(network), AlertMonitor(), LiveFleet()
    with transaction(engine) as tx:
        live.meet(list_vehicles(tx))
    now, done, tapped, newest = NOW, 0, 0, 0
    while now < NOW + LASTS:
        now += LOOK
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
            while tapped < len(taps) and taps[tapped][0] <= now:
                at, truck, leg = taps[tapped]
                complete_legs(tx, ACTOR, Legs(plan, truck.route.shift_id, leg, leg), at)
                shifts.add(truck.route.shift_id)
                tapped += 1
            live.see(fixes[first:done], now)
            live.fall_silent(now)
            streets = list_streets_with_passes_since(tx, storm.id, newest)
            newest = find_newest_pass(tx)
            look = watch.check(
                CityContext(tx, network, policy, now), storm, live.picture(), streets, shifts
            )
            watch.store(tx, look, policy.alerts, now)


def _counted(
    alerts: Sequence[Alert], trucks: Sequence[_Truck], plan: Plan, jobs: Sequence[Job]
) -> _Alarms:
    by_vehicle = {truck.route.vehicle_id: truck for truck in trucks}
    late = _late(trucks, jobs)
    raised, true = Counter[AlertKind](), Counter[AlertKind]()
    for one in alerts:
        raised[one.kind] += 1
        truck = by_vehicle.get(one.vehicle_id) if one.vehicle_id is not None else None
        if truck is None:  # streets that no truck is planned for
            true[one.kind] += one.kind is AlertKind.AT_RISK and bool(plan.unserved)
        else:
            true[one.kind] += _holds(one, truck, late)
    return _Alarms(len(trucks), raised, true)


def _told(found: _Alarms, seed: int) -> Iterator[tuple[str, str, str]]:
    raised, true = found.raised, found.true
    for kind in KINDS:
        told = f"{raised[kind]} raised, {true[kind]} true, {raised[kind] - true[kind]} false"
        yield f"{found.trucks} trucks, seed {seed}: {kind}", told, ""
    others = ", ".join(f"{kind} {n}" for kind, n in raised.items() if kind not in KINDS)
    yield f"{found.trucks} trucks, seed {seed}: other kinds raised", others or "none", ""


def _holds(alert: Alert, truck: _Truck, late: Mapping[VehicleId, Sequence[datetime]]) -> bool:
    """Whether the simulator knows that what an alarm says is so."""
    if alert.kind is AlertKind.BLADE_UP:
        return truck.number == FORGETS and FROM <= alert.since - NOW < FROM + FORGETS_FOR
    if alert.kind is AlertKind.LONG_STOP:
        return truck.number == STANDS and alert.since - NOW >= FROM
    if alert.kind is AlertKind.HOURS:
        return truck.truth[-1].ended_at > truck.shift_ends_at
    if alert.kind is AlertKind.AT_RISK:
        return any(due_at >= alert.since for due_at in late[truck.route.vehicle_id])
    return False  # every truck loads where its route says


def _late(trucks: Sequence[_Truck], jobs: Sequence[Job]) -> dict[VehicleId, list[datetime]]:
    """Return when work was due that each truck did too late, or not at all by then."""
    due = {job.id: job.due_at for job in jobs}
    found: dict[VehicleId, list[datetime]] = {}
    for truck in trucks:
        mine = found.setdefault(truck.route.vehicle_id, [])
        gone = 0
        for leg in truck.route.legs:
            gone += len(leg.path)
            ends_at = truck.truth[min(gone, len(truck.truth)) - 1].ended_at
            mine += [due[job_id] for job_id in leg.job_ids if ends_at > due[job_id]]
    return found
