"""Alerts in a simulated storm: how many of sound trucks, and what is wrong with others found?

Half of the trucks drive their plan as trucks do; with the others something is wrong that we know.
Their fixes go through tracking and watch like any tracker's, ten seconds at a time.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.random import Generator

from api.demo_city import DEMO_CITY_FILE
from data.fleet_file import URMIA_FLEET
from data.model import (
    Actor,
    ActorKind,
    Alert,
    AlertKind,
    DeviceId,
    JobId,
    Leg,
    LegKind,
    PlanState,
    Position,
    Route,
    SegmentId,
    Storm,
    VehicleId,
)
from data.network import StreetNetwork
from data.policy import Policy
from data.store.alerts import list_alerts
from data.store.cities import get_policy
from data.store.engine import Database, open_database, transaction
from data.store.fleet import list_vehicles
from data.store.jobs import list_jobs
from data.store.network import load_network
from data.store.people import add_device
from data.store.plans import add_plan, set_plan_state
from data.store.positions import add_positions, list_unseen, mark_seen_until
from data.store.shifts import list_shifts
from fleet.cities import add_city, set_fleet
from fleet.live import LiveFleet
from fleet.simulation import driven, quickest
from fleet.storms import start_storm
from fleet.tracking import digest, new_track_book
from fleet.watch import Watch
from tests.village_plan import a_plan

NOW = datetime(2026, 12, 21, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TRUCKS, HOURS, OF_A_KIND = 40, 2.0, 4
LOOK = timedelta(seconds=10)
FAULTS = (
    AlertKind.SILENT,
    AlertKind.LONG_STOP,
    AlertKind.OFF_ROUTE,
    AlertKind.SPEEDING,
    AlertKind.BLADE_DOWN,
)
"""What is wrong with four trucks each, named by the alert that should tell of it."""

WORK_MPS, DRIVE_MPS, FASTEST_MPS = 4.0, 10.0, 35.0
WORK_RUN = 12
"""Streets that a truck works on before it drives somewhere else."""

SEED = 2026
ACTOR = Actor(ActorKind.SYSTEM, "bench")


@dataclass(frozen=True, slots=True)
class _Truck:
    vehicle_id: VehicleId
    device_id: DeviceId
    fault: AlertKind | None
    planned: Route
    driven: Route


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the alerts of sound trucks, and for each fault how many of its trucks were told of."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        add_city(folder, "bench", DEMO_CITY_FILE, NOW, ACTOR, timezone="Europe/Stockholm")
        engine = open_database(folder / "barfrub.sqlite")
        with transaction(engine) as tx:
            network, policy = load_network(tx), get_policy(tx)
            set_fleet(tx, ACTOR, URMIA_FLEET, network, NOW)
            storm = start_storm(tx, ACTOR, "bench", network, policy, NOW)
        trucks = _trucks(engine, network, storm)
        _publish(engine, network, storm, trucks)
        alerts = _watched(engine, network, policy, storm, trucks)
    yield from _told(trucks, alerts)


def _told(trucks: Sequence[_Truck], alerts: Sequence[Alert]) -> Iterator[tuple[str, str, str]]:
    faults = {truck.vehicle_id: truck.fault for truck in trucks}
    sound = [one for one in alerts if one.vehicle_id and faults[one.vehicle_id] is None]
    hours = HOURS * sum(truck.fault is None for truck in trucks)
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(a.kind for a in sound).items())
    yield f"alerts of sound trucks in {hours:.0f} truck-hours", kinds or "none", ""
    for fault in FAULTS:
        mine = {truck.vehicle_id for truck in trucks if truck.fault is fault}
        of_them = [one for one in alerts if one.vehicle_id in mine]
        found = [one for one in of_them if one.kind is fault]
        others = Counter(str(one.kind) for one in of_them if one.kind is not fault)
        beside = ", ".join(f"{count} {kind}" for kind, count in others.items())
        what = f"{len({one.vehicle_id for one in found})} of {len(mine)} trucks"
        what += f", {len(found)} alerts, {sum(one.until is not None for one in found)} ended"
        yield f"{fault}: told of", what + (f"; beside: {beside}" if beside else ""), "all"
    fleet = Counter(str(one.kind) for one in alerts if one.vehicle_id is None)
    yield "alerts of the whole fleet", ", ".join(f"{n} {kind}" for kind, n in fleet.items()), ""


def _trucks(engine: Database, network: StreetNetwork, storm: Storm) -> list[_Truck]:
    with transaction(engine) as tx:
        shifts = {shift.vehicle_id: shift.id for shift in list_shifts(tx, storm.id)}
        jobs = {job.segment_id: job.id for job in list_jobs(tx, storm.id)}
        trucks = []
        for i, vehicle in enumerate(list_vehicles(tx)[:TRUCKS]):
            device = add_device(tx, f"box {vehicle.id}", vehicle.id, f"hash {vehicle.id}")
            kind = i // OF_A_KIND
            fault = FAULTS[kind] if kind < len(FAULTS) else None
            chance = np.random.default_rng([SEED, i])
            start = int(chance.integers(len(network.arc_segment)))
            legs = tuple(_legs(network, jobs, start, chance))
            planned = Route(shifts[vehicle.id], vehicle.id, legs)
            strayed = tuple(_legs(network, jobs, start, np.random.default_rng([SEED, i, 1])))
            other = replace(planned, legs=strayed) if fault is AlertKind.OFF_ROUTE else planned
            trucks.append(_Truck(vehicle.id, device.id, fault, planned, other))
    return trucks


def _legs(
    network: StreetNetwork, jobs: Mapping[SegmentId, JobId], arc: int, chance: Generator
) -> Iterator[Leg]:
    """Yield a leg a street: a long drive, a run of work, and so on until the time is over."""
    at, works = NOW, False
    while at < NOW + timedelta(hours=HOURS):
        goal = int(chance.integers(len(network.arc_segment)))
        way = quickest(network, [arc], goal)[1:]
        if not way:
            continue
        for step in islice(way, WORK_RUN if works else None):
            leg = _leg(network, jobs, step, at, works=works)
            yield leg
            at, arc = leg.ends_at, step
        works = not works


def _leg(
    network: StreetNetwork, jobs: Mapping[SegmentId, JobId], arc: int, at: datetime, *, works: bool
) -> Leg:
    step, length_m = network.directed(arc), float(network.arc_length_m[arc])
    ends_at = at + timedelta(seconds=length_m / (WORK_MPS if works else DRIVE_MPS))
    job = jobs.get(step.segment_id) if works else None
    kind = LegKind.WORK if works else LegKind.DRIVE
    job_ids = () if job is None else (job,)
    return Leg(kind, (step,), at, ends_at, length_m, blade=works, job_ids=job_ids)


def _publish(
    engine: Database, network: StreetNetwork, storm: Storm, trucks: Sequence[_Truck]
) -> None:
    plan = replace(
        a_plan(made_at=NOW),
        storm_id=storm.id,
        network_version=network.version,
        routes=tuple(truck.planned for truck in trucks),
    )
    with transaction(engine) as tx:
        set_plan_state(tx, add_plan(tx, plan).id, PlanState.PUBLISHED)


def _watched(
    engine: Database,
    network: StreetNetwork,
    policy: Policy,
    storm: Storm,
    trucks: Sequence[_Truck],
) -> list[Alert]:
    """Let all fixes arrive and the watch look, and return every alert that there ever was."""
    tracks, live, watch = new_track_book(network), LiveFleet(), Watch()
    with transaction(engine) as tx:
        live.meet(list_vehicles(tx))
    fixes = list(merge(*(_fixes(truck, network) for truck in trucks), key=_arrival))
    now, sent = NOW, 0
    while now < NOW + timedelta(hours=HOURS):
        now += LOOK
        batch = []
        while sent < len(fixes) and fixes[sent].received_at <= now:
            batch.append(fixes[sent])
            sent += 1
        with transaction(engine) as tx:
            add_positions(tx, batch)
            unseen, last = list_unseen(tx, len(batch) + 1)
            found = digest(tx, network, tracks, unseen, policy, storm, now)
            mark_seen_until(tx, last)
            live.see(batch, now)
            streets = {one.segment_id for one in (*found.passes, *found.coverage)}
            seen = watch.look(tx, storm, network, live.picture(), policy, now, streets)
            watch.keep(tx, seen, policy.alerts, now)
    with transaction(engine) as tx:
        return list_alerts(tx, storm.id)


def _fixes(truck: _Truck, network: StreetNetwork) -> Iterator[Position]:
    fixes = [
        Position(
            device_id=truck.device_id,
            vehicle_id=truck.vehicle_id,
            source="bench",
            fixed_at=fix.fixed_at,
            received_at=fix.sent_at,
            location=fix.location,
            speed_mps=fix.speed_mps,
            heading_deg=fix.heading_deg,
            accuracy_m=fix.accuracy_m,
            blade=fix.blade,
        )
        for fix in driven(truck.driven, network, NOW, SEED)
    ]
    return iter(sorted(_wrong(truck.fault, fixes), key=_arrival))


def _wrong(fault: AlertKind | None, fixes: Sequence[Position]) -> Iterator[Position]:
    """Yield the fixes as they come from a truck with which something is wrong."""
    for fix in fixes:
        minute = (fix.fixed_at - NOW) / MINUTE
        if fault is AlertKind.SILENT and minute >= 60:
            return
        if fault is AlertKind.LONG_STOP and minute >= 40:
            late = 25 * MINUTE
            if minute < 40.1:
                yield from _stand(fix, late)
            yield replace(fix, fixed_at=fix.fixed_at + late, received_at=fix.received_at + late)
        elif fault is AlertKind.SPEEDING and 50 <= minute < 52:
            yield replace(fix, speed_mps=FASTEST_MPS)
        elif fault is AlertKind.BLADE_DOWN:
            yield replace(fix, blade=True)
        else:
            yield fix


def _stand(fix: Position, lasts: timedelta) -> Iterator[Position]:
    for step in range(int(lasts / (MINUTE / 2))):
        at = fix.fixed_at + step * MINUTE / 2
        yield replace(fix, fixed_at=at, received_at=at, speed_mps=0.0, blade=False)


def _arrival(fix: Position) -> datetime:
    return fix.received_at
