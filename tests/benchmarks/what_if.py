"""Questions about the fleet beside a plan, proofs, comparisons: the sample city, and Gothenburg.

Answers of long searches to the same questions are in `what_if_long`.
"""

import tempfile
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from api.config.clock import Clock
from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_context import WorkerMemory
from api.processes.workers.run_lease import LEASE_S, real_now
from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import Actor, ActorKind, StormId
from data.samples import TOWN_FILE
from data.setup.fleet_file import URMIA_FLEET
from data.store.database.city_database import database_of
from data.store.database.engine import Database, Tx, reading, transaction
from data.store.planning.plan_runs import get_run, lease_run
from data.store.setup.city import get_policy
from data.store.setup.machines import list_vehicles
from data.store.streets.network import load_network
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.planning.plan_comparison import compared
from fleet.planning.plan_lifecycle import PLANNER, publish, store_draft
from fleet.planning.plan_preparation import Prepared, outline, prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.routes.published_plan import Estimates, PublishedPlanCache
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from fleet.what_if.question import SECONDS, ask_what_if
from maps.pages.i18n import translator
from maps.planning.plan_words import gap_of, gap_words
from routing.planning.problem_mapping import problem_from
from routing.planning.proof_mapping import proved
from routing.search.warm_up import warm_up

ACTOR = Actor(ActorKind.SYSTEM, "bench")
NOW = datetime(2026, 12, 21, tzinfo=UTC)
T = translator("en")
TOWN_FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text("utf-8")
QUESTIONS = {
    "Barfabad": ({"grader": 2}, {"dump_truck": -2}),
    "Gothenburg": ({"blade_truck": 2}, {"loader": -10}),
}
PLAN_S = {"Barfabad": 5.0, "Gothenburg": 60.0}
"""Of each of the two plans, one of which is in force when questions are asked."""
LOOK_S = 0.05


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield answers with their times; each fleet is solved on one thread."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _city("Barfabad", folder / "town", TOWN_FILE, TOWN_FLEET)
        yield from _city("Gothenburg", folder / "city", DEMO_CITY_FILE, URMIA_FLEET)


def _city(name: str, folder: Path, streets: Path, fleet: str) -> Iterator[tuple[str, str, str]]:
    add_city(folder, NewCity(name.lower(), streets, timezone="UTC"), NOW, ACTOR)
    engine = database_of(folder)
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, fleet, network, NOW)
        storm = start_storm(tx, ACTOR, "bench", network, get_policy(tx), NOW)
        prepared = prepare(tx, storm.id, network, NOW)
        yield from _proved(prepared, name)
        yield from _compared(tx, prepared, name)
        yield from _asked(tx, name, storm.id, network, *QUESTIONS[name])
    memory = WorkerMemory()
    for change in QUESTIONS[name]:
        yield from _answered(engine, network, storm.id, name, change, memory)
    engine.dispose()


def _asked(
    tx: Tx, name: str, storm: StormId, network: StreetNetwork, *changes: Mapping[str, int]
) -> Iterator[tuple[str, str, str]]:
    """Ask in vain: what is asked here is never answered."""
    spent, trial = [], tx.begin_nested()
    for change in (*changes, changes[0]):
        began_s = process_time()
        ask_what_if(tx, ACTOR, outline(tx, storm, network, NOW), change, SECONDS, NOW)
        spent.append(process_time() - began_s)
    trial.rollback()
    first_ms, *_, again_ms = (1000 * each for each in spent)
    yield f"{name}: a question asked, CPU", f"{first_ms:.0f} ms", "300 ms"
    yield f"{name}: the same question again, CPU", f"{again_ms:.0f} ms", "300 ms"


def _answered(
    engine: Database,
    network: StreetNetwork,
    storm: StormId,
    name: str,
    change: Mapping[str, int],
    memory: WorkerMemory,
) -> Iterator[tuple[str, str, str]]:
    """Ask anew, and yield when a worker has made progress and answered, by the clock."""
    clock, first_s = Clock(NOW + timedelta(seconds=1)), 0.0
    began_s, began_cpu_s = perf_counter(), process_time()
    with transaction(engine) as tx:
        prepared = outline(tx, storm, network, clock.now())
        ask_what_if(tx, ACTOR, prepared, change, SECONDS, clock.now())
        run = lease_run(tx, real_now(), LEASE_S)
    if run is None:
        raise RuntimeError("expected a question, found none")
    args = (engine, network, run, clock, threading.Event(), None, memory)
    worker = threading.Thread(target=solve_run, args=args)
    worker.start()
    while worker.is_alive():
        worker.join(LOOK_S)
        with reading(engine) as tx:
            if not first_s and get_run(tx, run.id).elapsed_s:
                first_s = perf_counter() - began_s
    took_s, cpu_s = perf_counter() - began_s, process_time() - began_cpu_s
    with reading(engine) as tx:
        answer = get_run(tx, run.id).answer or {}
    words = ", ".join(f"{count:+d} {kind}" for kind, count in change.items())
    yield f"{name}, {words}: first progress", f"{first_s:.1f} s", "1 s"
    yield f"{name}, {words}: answered", f"{took_s:.1f} s, CPU {cpu_s:.1f} s", "20 s"
    yield f"{name}: as it is", _finish(answer["base"]), ""
    yield f"{name}, {words}", _finish(answer["found"]), ""


def _finish(outcome: Mapping[str, Any]) -> str:
    ends = {name: at and datetime.fromisoformat(at) for name, at in outcome["finish"].items()}
    times = (f"{name} {at:%H:%M}" if at else f"{name} not all" for name, at in ends.items())
    return f"{', '.join(times)}; {outcome['unserved']} jobs left out"


def _proved(prepared: Prepared, name: str) -> Iterator[tuple[str, str, str]]:
    mapped = problem_from(prepared)
    began_s = process_time()
    count = len(proved(mapped))
    spent_s = process_time() - began_s
    yield f"{name}: proofs of what no plan can do, {count} found, CPU", f"{spent_s:.2f} s", ""


def _compared(tx: Tx, prepared: Prepared, name: str) -> Iterator[tuple[str, str, str]]:
    plans = [
        store_draft(tx, PLANNER, solve_prepared(prepared, PLAN_S[name], seed, *_UNHEARD), NOW)
        for seed in (1, 2)
    ]
    began_s = process_time()
    jobs, vehicles = list_jobs(tx, prepared.storm.id), list_vehicles(tx)
    compared(plans[0], plans[1], jobs, vehicles, prepared.network, prepared.policy)
    spent_ms = 1000 * (process_time() - began_s)
    yield f"{name}: two plans compared, CPU", f"{spent_ms:.0f} ms", "300 ms"
    gap = gap_of(plans[0].cost.total, plans[0].bound)
    yield f"{name}: a plan of {PLAN_S[name]:.0f} s", gap_words(gap, T), ""
    began_s = process_time()
    estimates = Estimates(PublishedPlanCache(), prepared.network, prepared.policy)
    publish(tx, ACTOR, plans[0].id, estimates, NOW)
    yield f"{name}: a plan published, CPU", f"{process_time() - began_s:.2f} s", ""


_UNHEARD = (lambda *_: None, lambda: False)
