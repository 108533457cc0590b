"""Simulated storms with broken sensors, gaps and drive-throughs: is what counts as plowed plowed?

Trucks work and drive on a real network as their routes say; the simulator knows every traversal.
Their fixes go through the tracking as any tracker's do, drivers tap what they have done, and what
was counted is held against the truth, street by street.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from pathlib import Path

import numpy as np
from numpy.random import Generator

from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import (
    Actor,
    ActorKind,
    DeviceId,
    DirectedSegment,
    EvidenceKind,
    Leg,
    LegKind,
    Pass,
    PlanId,
    Position,
    Route,
    Shift,
    Storm,
    Treatment,
    Vehicle,
)
from data.policy.city_policy import Policy
from data.store.accounts.accounts import add_device
from data.store.coverage.coverage import list_work_and_drives
from data.store.database.city_database import database_of
from data.store.database.engine import Database, Tx, transaction
from data.store.setup.city import get_policy
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.streets.network import load_network
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.context import CityContext
from fleet.coverage.street_coverage import counting, whole_passes
from fleet.evidence.driver_confirmations import prove_taps, taps_wait
from fleet.evidence.evidence_pipeline import digest, new_open_tracks
from fleet.shifts.shift_progress import Legs, complete_legs, start_shift
from fleet.simulation.simulated_faults import SensorFault, broken
from fleet.simulation.simulated_trucks import Traversal, TruckBehavior, driven, quickest, traversals
from fleet.storms.storm_start import start_storm
from tests.benchmarks.planned_city import city_with_fleet, published

TRUCKS = 40
HOURS = 2.0
SEEDS, FRESH = (2026, 7, 11, 23), (127, 139, 151, 163)
"""Rules were set by the errors of seeds 2026, 7 and 11 and of some that are not here any more; the
fresh ones were run once, after the last of them."""

STORMS = tuple((noise_m, seed) for noise_m in (4.0, 10.0) for seed in (*SEEDS, *FRESH))
"""Noise in metres, and seed."""

FAULTS = (SensorFault.STUCK, SensorFault.DEAD, SensorFault.FLAPPING, SensorFault.MUTE)
"""One truck in ten has a broken sensor, one of each kind in forty."""

FORGOTTEN = 0.03
"""Share of legs that their driver forgets to tap."""

WORK_M, DRIVE_MPS, STUB_M = 1500.0, 10.0, 30.0
NOW = datetime(2026, 12, 21, 4, tzinfo=UTC)
ACTOR = Actor(ActorKind.SYSTEM, "bench")
AT_ONCE = 500

Counts = Counter[DirectedSegment]


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield wrong and missed passes of each storm, by the kind of sensor and by their cause."""
    folder = Path(os.environ.get("BARFRUB_SHARED_DATA", "../shared/data"))
    file = folder / "osm" / "tehran-d6-south.osm.pbf"
    city = file if file.is_file() else DEMO_CITY_FILE
    with tempfile.TemporaryDirectory() as name:
        city_with_fleet(Path(name) / "city", city, NOW, ACTOR, "Asia/Tehran").dispose()
        for noise_m, seed in STORMS:
            copy = shutil.copytree(Path(name) / "city", Path(name) / f"{noise_m} {seed}")
            engine = database_of(copy)
            yield from _measured(engine, noise_m, seed, city.name)
            engine.dispose()


@dataclass(frozen=True, slots=True)
class _Truck:
    vehicle: Vehicle
    device_id: DeviceId
    shift: Shift
    fault: SensorFault | None
    route: Route
    seed: int


def _measured(
    engine: Database, noise_m: float, seed: int, city: str
) -> Iterator[tuple[str, str, str]]:
    habits = TruckBehavior(noise_m=noise_m, reverse_chance=0.05)
    with transaction(engine) as tx:
        network, policy = load_network(tx), get_policy(tx)
        storm = start_storm(tx, ACTOR, "bench", network, policy, NOW)
        trucks = _trucks(tx, network, storm, seed)
        routes = [truck.route for truck in trucks]
        plan = published(tx, ACTOR, storm, network, routes, NOW)
    truth = {
        truck.vehicle.id: list(traversals(truck.route, network, NOW, seed, habits))
        for truck in trucks
    }
    _drive(engine, network, storm, plan, trucks, truth, habits)
    with transaction(engine) as tx:
        seen = list_work_and_drives(tx, storm.id, {segment.id for segment in network.segments})
    wrong, missed, plowed, found = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    classes = Counter[str]()
    for truck in trucks:
        kind = truck.fault or "sound"
        real = Counter(t.directed for t in truth[truck.vehicle.id] if t.blade)
        mine = _counted(seen, network, policy, truck)
        plowed[kind] += real.total()
        found[kind] += mine.total()
        wrong[kind] += (mine - real).total()
        missed[kind] += (real - mine).total()
        there = {t.directed for t in truth[truck.vehicle.id]}
        for way, count in (mine - real).items():
            classes[_why_wrong(real, there, way)] += count
        for way, count in (real - mine).items():
            classes[_why_missed(truck, mine[way], seen.get(way, ()))] += count
    drives = sum(not t.blade for each in truth.values() for t in each)
    what = f"{city}, noise {noise_m:.0f} m, seed {seed}"
    yield (
        f"{what}: truth",
        f"{plowed.total():,} passes plowed, {drives:,} driven through by {len(trucks)} trucks",
        "",
    )
    yield f"{what}: wrongly called plowed", f"{wrong.total() / found.total():.2%}", "0.5% at most"
    yield f"{what}: missed", f"{missed.total() / plowed.total():.2%}", "2% at most"
    for kind in sorted(plowed):
        told = f"{wrong[kind]} wrong, {missed[kind]} missed of {plowed[kind]:,}"
        yield f"{what}: {kind} sensors", told, ""
    for each, count in classes.most_common():
        yield f"{what}: {each}", f"{count}", ""


def _why_wrong(real: Counts, there: set[DirectedSegment], way: DirectedSegment) -> str:
    if real[way]:
        return "wrong: plowed, but not so often"
    if way in there:
        return "wrong: driven through"
    other = DirectedSegment(way.segment_id, not way.forward)
    return "wrong: the other direction" if other in there else "wrong: another street"


def _why_missed(truck: _Truck, found: int, passes: Sequence[Pass]) -> str:
    seen = [one for one in passes if one.vehicle_id == truck.vehicle.id]
    if found:
        return "missed: one of several passes"
    if not seen:
        return "missed: no position on the street"
    if not any(one.treatment for one in seen):
        return "missed: counted as driven through"
    if any(one.evidence.kind is not EvidenceKind.SPEED for one in seen if one.treatment):
        return "missed: seen in part"
    return "missed: speed pattern alone"


def _counted(
    seen: Mapping[DirectedSegment, Sequence[Pass]],
    network: StreetNetwork,
    policy: Policy,
    truck: _Truck,
) -> Counts:
    """Return how often each direction counts as plowed by a truck."""
    counts = Counts()
    for way, passes in seen.items():
        mine = [
            one
            for one in counting(passes, policy.evidence)
            if one.vehicle_id == truck.vehicle.id and one.treatment is Treatment.PLOW
        ]
        counts[way] = len(whole_passes(mine, network.segment(way.segment_id).length_m))
    return +counts


def _trucks(tx: Tx, network: StreetNetwork, storm: Storm, seed: int) -> list[_Truck]:
    plows = [one for one in list_vehicles(tx) if Treatment.PLOW in one.capabilities]
    shifts = {shift.vehicle_id: shift for shift in list_shifts(tx, storm.id)}
    trucks = []
    for i, vehicle in enumerate(plows[:TRUCKS]):
        fault = FAULTS[i // 10] if i % 10 == 0 else None
        device = add_device(tx, f"box {vehicle.id}", vehicle.id, f"hash {vehicle.id}")
        shift = shifts[vehicle.id]
        start_shift(tx, ACTOR, shift.id, NOW)
        legs = tuple(_legs(network, vehicle, np.random.default_rng([seed, i])))
        route = Route(shift.id, vehicle.id, legs)
        trucks.append(_Truck(vehicle, device.id, shift, fault, route, seed))
    return trucks


def _legs(network: StreetNetwork, vehicle: Vehicle, chance: Generator) -> Iterator[Leg]:
    """Yield work here and there, and the drives between."""
    arc, at = int(chance.integers(len(network.arc_segment))), NOW
    work_mps = vehicle.work_speed_mps[Treatment.PLOW]
    while at < NOW + timedelta(hours=HOURS):
        arcs = _walk(network, arc, chance)
        leg = _leg(network, LegKind.WORK, arcs, at, work_mps)
        yield leg
        arc = _somewhere(network, arcs[-1], chance)
        way = quickest(network, [arcs[-1]], arc)
        if len(way) < 3:  # led out of the map: home
            return
        drive = _leg(network, LegKind.DRIVE, way[1:-1], leg.ends_at, DRIVE_MPS)
        yield drive
        at = drive.ends_at


def _walk(network: StreetNetwork, arc: int, chance: Generator) -> list[int]:
    """Return streets one after the other, none twice."""
    arcs, metres = [arc], float(network.arc_length_m[arc])
    while metres < WORK_M:
        turns = network.turns
        after = turns.to[int(turns.start[arcs[-1]]) : int(turns.start[arcs[-1] + 1])].tolist()
        fresh = [one for one in after if one not in arcs and not _is_stub(network, one)]
        ahead = [one for one in fresh if network.arc_segment[one] != network.arc_segment[arcs[-1]]]
        if not fresh:
            break
        arcs.append(int(chance.choice(ahead or fresh)))
        metres += float(network.arc_length_m[arcs[-1]])
    return arcs


def _is_stub(network: StreetNetwork, arc: int) -> bool:
    """Whether a street is a dead end in which no truck can turn: it is cleared from its mouth."""
    turns = network.turns
    after = turns.to[int(turns.start[arc]) : int(turns.start[arc + 1])].tolist()
    back = all(network.arc_segment[one] == network.arc_segment[arc] for one in after)
    return back and network.arc_length_m[arc] < STUB_M


def _somewhere(network: StreetNetwork, arc: int, chance: Generator) -> int:
    """Return the nearest of some streets drawn at random."""
    drawn = chance.integers(len(network.arc_segment), size=30).tolist()
    here = network.point_at(network.directed(arc).segment_id, 0.0)

    def away(other: int) -> float:
        return distance_m(here, network.point_at(network.directed(other).segment_id, 0.0))

    return min((one for one in drawn if one != arc), key=away)


def _leg(
    network: StreetNetwork, kind: LegKind, arcs: list[int], at: datetime, speed_mps: float
) -> Leg:
    path = tuple(network.directed(arc) for arc in arcs)
    length_m = sum(network.segment(step.segment_id).length_m for step in path)
    ends_at = at + timedelta(seconds=length_m / speed_mps)
    return Leg(kind, path, at, ends_at, length_m, blade=kind is LegKind.WORK)


def _drive(
    engine: Database,
    network: StreetNetwork,
    storm: Storm,
    plan: PlanId,
    trucks: Sequence[_Truck],
    truth: Mapping[int, Sequence[Traversal]],
    habits: TruckBehavior,
) -> None:
    """Send every fix in order of arrival, with the drivers' taps, and let tracking and taps run."""
    fixes = list(merge(*(_sent(truck, network, habits) for truck in trucks), key=_arrival))
    taps = sorted(
        (tap for truck in trucks for tap in _taps(truck, truth[truck.vehicle.id])),
        key=lambda tap: tap[0],
    )
    tracks, end = new_open_tracks(network), fixes[-1].received_at + timedelta(hours=1)
    for i in range(0, len(fixes), AT_ONCE):
        batch = fixes[i : i + AT_ONCE]
        now = batch[-1].received_at
        with transaction(engine) as tx:
            add_positions(tx, batch)
            policy = get_policy(tx)
            unseen, last = list_unseen(tx, AT_ONCE)
            digest(CityContext(tx, network, policy, now), tracks, unseen, storm)
            mark_seen_until(tx, last)
            while taps and taps[0][0] <= now:
                at, truck, leg = taps.pop(0)
                complete_legs(tx, ACTOR, Legs(plan, truck.shift.id, leg, leg), at)
            if taps_wait(tx, storm, now):
                prove_taps(CityContext(tx, network, policy, now), storm)
    with transaction(engine) as tx:
        for at, truck, leg in taps:
            complete_legs(tx, ACTOR, Legs(plan, truck.shift.id, leg, leg), at)
        digest(CityContext(tx, network, policy, end), tracks, [], storm)
        while taps_wait(tx, storm, end):
            prove_taps(CityContext(tx, network, policy, end), storm)


def _sent(truck: _Truck, network: StreetNetwork, habits: TruckBehavior) -> Iterator[Position]:
    sent = driven(truck.route, network, NOW, truck.seed, habits=habits)
    for fix in broken(sent, truck.fault, truck.vehicle.id):
        yield Position(
            device_id=truck.device_id,
            vehicle_id=truck.vehicle.id,
            source="bench",
            fixed_at=fix.fixed_at,
            received_at=fix.sent_at,
            location=fix.location,
            speed_mps=fix.speed_mps,
            heading_deg=fix.heading_deg,
            accuracy_m=fix.accuracy_m,
            blade=fix.blade,
        )


def _taps(truck: _Truck, truth: Sequence[Traversal]) -> Iterator[tuple[datetime, _Truck, int]]:
    """Yield when the driver taps each leg as done: soon after its last street, if not forgotten."""
    chance, gone = np.random.default_rng(truck.vehicle.id), 0
    for number, leg in enumerate(truck.route.legs):
        gone += len(leg.path)
        if leg.kind is LegKind.WORK and chance.random() >= FORGOTTEN:
            delay = timedelta(seconds=float(chance.uniform(0, 60)))
            yield truth[gone - 1].ended_at + delay, truck, number


def _arrival(fix: Position) -> datetime:
    return fix.received_at
