"""Planned against driven: 66 trucks with 530 legs each, looked at every two seconds."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from pydantic import TypeAdapter

from api.config.clock import Clock
from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import (
    Actor,
    ActorKind,
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Leg,
    LegKind,
    Pass,
    Plan,
    Route,
    Storm,
    Treatment,
    VehicleId,
)
from data.policy.city_policy import Policy
from data.store.coverage.coverage import replace_reported
from data.store.database.engine import Database, Tx, reading, transaction
from data.store.planning.plans import get_plan
from data.store.setup.city import get_policy
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.streets.network import load_network
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.alerts.alert_monitor import AlertMonitor
from fleet.context import CityContext
from fleet.storms.storm_start import start_storm
from fleet.tracking.live_fleet import VehicleLive, VehicleState
from maps.routes.end_window import EndsAhead
from maps.routes.plan_vs_actual import CheckView, check_views
from tests.benchmarks.planned_city import city_with_fleet, published

TRUCKS, LEGS, DRIVEN, LOOKS = 66, 530, 265, 40
EVERY = timedelta(seconds=2)
A_LEG = timedelta(seconds=50)
SYSTEM = Actor(ActorKind.SYSTEM, "bench")


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the first look at a half-driven plan, and each later one while trucks go on."""
    with tempfile.TemporaryDirectory() as folder:
        city, now = Path(folder) / "demo", Clock().now()
        engine = city_with_fleet(city, DEMO_CITY_FILE, now, SYSTEM, "Europe/Stockholm")
        with transaction(engine) as tx:
            network, policy = load_network(tx), get_policy(tx)
            storm = start_storm(tx, SYSTEM, "bench", network, policy, now)
            plan = planned(tx, storm, network, now)
            for number in range(DRIVEN):
                drive(tx, plan, network, number)
        yield from _looks(engine, plan, network, policy, storm)


def _looks(
    engine: Database, plan: Plan, network: StreetNetwork, policy: Policy, storm: Storm
) -> Iterator[tuple[str, str, str]]:
    watch, taken, worked = AlertMonitor(), [], []
    for look in range(LOOKS + 1):
        now = plan.made_at + DRIVEN * A_LEG + look * EVERY
        streets = set()
        if look:
            with transaction(engine) as tx:  # every truck ends a leg between two looks
                streets = drive(tx, plan, network, DRIVEN + look - 1)
        live = _live(plan, network, now)
        began, began_cpu = perf_counter(), thread_time()
        with reading(engine) as tx:
            seen = watch.check(CityContext(tx, network, policy, now), storm, live, streets)
            watch.is_unchanged(tx, seen, now)
        taken.append((perf_counter() - began) * 1000)
        worked.append((thread_time() - began_cpu) * 1000)
        with transaction(engine) as tx:
            watch.store(tx, seen, policy.alerts, now)
    assert seen.check is not None
    done = sum(one.next_leg for one in seen.check.routes)
    assert done >= TRUCKS * DRIVEN
    trucks = f"{len(plan.routes)} trucks, {LEGS} legs each"
    first = f"{taken[0]:.0f} ms, CPU {worked[0]:.0f} ms"
    yield f"route check: first look, {trucks}", first, "1 s"
    later = f"median {median(taken[1:]):.0f} ms, worst {max(taken[1:]):.0f} ms"
    later += f", CPU {median(worked[1:]):.0f} ms"
    yield "route check: a look, every truck one leg on", later, "200 ms"
    unsure, answers = EndsAhead(None, plan.made_at), []
    for _ in range(LOOKS):
        began = perf_counter()
        TypeAdapter(list[CheckView]).dump_json(check_views(seen.check, seen.trucks, unsure))
        answers.append((perf_counter() - began) * 1000)
    told = f"median {median(answers):.0f} ms, worst {max(answers):.0f} ms"
    yield f"route check: the answer for the board, {len(plan.routes)} routes", told, "200 ms"


def planned(tx: Tx, storm: Storm, network: StreetNetwork, now: datetime) -> Plan:
    """Return a published plan over all arcs in their order, and over them again."""
    jobs = {job.segment_id: job.id for job in list_jobs(tx, storm.id)}
    arcs = [network.directed(arc) for arc in range(len(network.arc_segment))]
    routes = []
    for number, shift in enumerate(list_shifts(tx, storm.id)[:TRUCKS]):
        legs = []
        for i in range(LEGS):
            step = arcs[(number * LEGS + i) % len(arcs)]
            job = jobs.get(step.segment_id)
            starts_at = now + i * A_LEG
            legs.append(
                Leg(
                    LegKind.WORK,
                    (step,),
                    starts_at,
                    starts_at + A_LEG,
                    network.segment(step.segment_id).length_m,
                    blade=True,
                    job_ids=() if job is None else (job,),
                )
            )
        routes.append(Route(shift.id, shift.vehicle_id, tuple(legs)))
    assert len(routes) == TRUCKS, f"the fleet has {len(list_vehicles(tx))} machines"
    return get_plan(tx, published(tx, SYSTEM, storm, network, routes, now))


def drive(tx: Tx, plan: Plan, network: StreetNetwork, number: int) -> set[int]:
    """Let every truck do its leg of this number, and return the streets."""
    passes: dict[DirectedSegment, list[Pass]] = {}
    for route in plan.routes:
        leg = route.legs[number]
        passes.setdefault(leg.path[0], []).append(_pass(leg, network, route.vehicle_id))
    replace_reported(tx, plan.storm_id, passes)
    return {step.segment_id for step in passes}


def _pass(leg: Leg, network: StreetNetwork, vehicle_id: VehicleId) -> Pass:
    step = leg.path[0]
    return Pass(
        step.segment_id,
        step.forward,
        0.0,
        network.segment(step.segment_id).length_m,
        vehicle_id,
        leg.starts_at,
        leg.ends_at,
        Treatment.PLOW,
        Evidence(EvidenceKind.DRIVER, 1.0),
    )


def _live(plan: Plan, network: StreetNetwork, now: datetime) -> dict[VehicleId, VehicleLive]:
    """Return every truck somewhere on its route, just heard of."""
    found = {}
    for route in plan.routes:
        step = route.legs[min(DRIVEN + now.second, LEGS - 1)].path[0]
        place = network.point_at(step.segment_id, 1.0)
        name, state = str(route.vehicle_id), VehicleState.WORKING
        found[route.vehicle_id] = VehicleLive(
            route.vehicle_id, name, "dump_truck", place, 0.0, 6.0, state, now, blade=True
        )
    return found
