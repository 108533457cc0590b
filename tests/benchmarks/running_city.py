"""A city in the middle of a storm: a published plan, driven for two hours by all its trucks."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from data.model import (
    Coverage,
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Job,
    JobState,
    Leg,
    Pass,
    Plan,
    Position,
    Route,
    Treatment,
)
from data.store.accounts.accounts import add_device
from data.store.coverage.coverage import replace_reported, save_coverage
from data.store.database.engine import Database, Tx, create_engine, transaction
from data.store.planning.plans import find_published_plan_id
from data.store.storms.storms import find_active_storm
from data.store.tracking.positions import add_positions
from data.store.work import list_jobs, set_job_state
from data.streets.network import StreetNetwork
from fleet.coverage.street_coverage import wanted_directions
from fleet.planning.plan_lifecycle import publish, store_draft
from fleet.planning.plan_solving import solve_prepared
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.shifts.shift_progress import start_shift
from tests.benchmarks.routing.city_probe import ACTOR, NOW, prepared

GONE = timedelta(hours=2)
"""How long the trucks have driven."""

LATER = NOW + GONE
SURE = Evidence(EvidenceKind.BLADE, 1.0)


def running(city: str, folder: Path, seconds: float, threads: int = 2) -> Database:
    """Return the database of a city whose plan of so many seconds is driven; kept in `folder`."""
    situation = prepared(city, folder)
    engine = create_engine(folder / "barfrub.sqlite")
    with transaction(engine) as tx:
        storm = find_active_storm(tx)
        driven = storm is not None and find_published_plan_id(tx, storm.id) is not None
    if not driven:
        plan = solve_prepared(situation, seconds, 1, lambda *_: None, lambda: False, threads)
        with transaction(engine) as tx:
            draft = store_draft(tx, ACTOR, plan, NOW)
            estimates = Estimates(PublishedPlanCache(), situation.network, situation.policy)
            _drive(tx, publish(tx, ACTOR, draft.id, estimates, NOW), situation.network)
    return engine


def _drive(tx: Tx, plan: Plan, network: StreetNetwork) -> None:
    """Let evidence show what the plan has until now, and trackers where each truck is."""
    seen: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    for route in plan.routes:
        if route.legs:
            start_shift(tx, ACTOR, route.shift_id, NOW)
            _place(tx, route, network)
        for leg in route.legs:
            if leg.works and leg.ends_at <= LATER:
                seen[leg.path[0]].append(_pass(route, leg, network))
    replace_reported(tx, plan.storm_id, seen)
    save_coverage(
        tx,
        plan.storm_id,
        [
            Coverage(way.segment_id, way.forward, len(passes), len(passes), passes[-1].ended_at)
            for way, passes in seen.items()
        ],
    )
    over = [job.id for job in list_jobs(tx, plan.storm_id) if _is_done(job, seen, network)]
    for first in range(0, len(over), 500):
        set_job_state(tx, over[first : first + 500], JobState.DONE, LATER)


def _pass(route: Route, leg: Leg, network: StreetNetwork) -> Pass:
    way = leg.path[0]
    length_m = network.segment(way.segment_id).length_m
    treatment = Treatment.PLOW if leg.blade else Treatment.SALT
    return Pass(
        way.segment_id,
        way.forward,
        0.0,
        length_m,
        route.vehicle_id,
        leg.starts_at,
        leg.ends_at,
        treatment,
        SURE,
    )


def _is_done(job: Job, seen: Mapping[DirectedSegment, list[Pass]], network: StreetNetwork) -> bool:
    ways = wanted_directions(job, network.segment(job.segment_id))
    return all(len(seen.get(way, ())) >= job.passes for way in ways)


def _place(tx: Tx, route: Route, network: StreetNetwork) -> None:
    """Let a tracker say where its truck is by the plan."""
    leg = next((leg for leg in route.legs if leg.path and leg.ends_at > LATER), None)
    if leg is None:
        return
    way = leg.path[0]
    half = network.segment(way.segment_id).length_m / 2
    name = f"tracker-{route.vehicle_id}"
    device = add_device(tx, name, route.vehicle_id, name)
    heading = network.heading_at(way.segment_id, half) + (0.0 if way.forward else 180.0)
    place = network.point_at(way.segment_id, half)
    fix = Position(
        device.id,
        route.vehicle_id,
        "bench",
        LATER,
        LATER,
        place,
        heading_deg=heading % 360.0,
        blade=bool(leg.works),
    )
    add_positions(tx, [fix])
