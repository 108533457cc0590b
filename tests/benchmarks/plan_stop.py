"""How soon a plan of a large city has stopped, with or without a draft, after somebody stops it."""

import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from api.config.clock import Clock
from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_context import WorkerLimits
from api.processes.workers.run_lease import LEASE_S, real_now
from data.model import Actor, ActorKind, PlanRun, RunState
from data.store.database.city_database import database_of
from data.store.database.engine import Database, reading, transaction
from data.store.planning.plan_runs import get_run, lease_run
from data.store.planning.plans import get_plan
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.planning.plan_lifecycle import ask_for_plan, discard, request_stop
from routing.search.warm_up import warm_up
from tests.benchmarks.board_actions import make_city

ACTOR = Actor(ActorKind.SYSTEM, "bench")
SECONDS = 30.0
AFTER_S = (0.3, 1.0, 2.2, 4.0, 5.0, 12.0, 20.0, 28.0, 29.5)
"""When the plan is stopped: while it is read and set up, searched, and settled at the end."""
NOT_SPLIT = WorkerLimits(sector_jobs=10**9)
"""One worker solves it all: the slowest to stop."""
LOOK_S = 0.02


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the seconds and the processor's seconds from the order until the run is over."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "grid"
        make_city(folder, Clock().now())
        engine = database_of(folder)
        with reading(engine) as tx:
            network = load_network(tx)
        for after_s in AFTER_S:
            yield _stopped(engine, network, after_s)
        engine.dispose()


def _stopped(engine: Database, network: StreetNetwork, after_s: float) -> tuple[str, str, str]:
    """Stop a plan some processor seconds after it began."""
    with transaction(engine) as tx:
        storm = find_active_storm(tx)
        if storm is None:
            raise RuntimeError("expected a storm, found none")
        ask_for_plan(tx, ACTOR, storm.id, SECONDS, Clock().now())
        run = lease_run(tx, real_now(), LEASE_S)
        if run is None:
            raise RuntimeError("expected a run, found none")
    args = (engine, network, run, Clock(), threading.Event(), NOT_SPLIT)
    worker = threading.Thread(target=solve_run, args=args)
    worker.start()
    time.sleep(after_s)
    with transaction(engine) as tx:
        over = get_run(tx, run.id).state != run.state
        if not over:
            request_stop(tx, ACTOR, run.id, Clock().now())
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    _wait_until_told(engine, run)
    took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    worker.join()
    what = f"a plan of 20,604 streets, stopped after {after_s:g} of {SECONDS:g} s"
    if over:
        return what, "it was over", ""
    return what, f"{took_s:.1f} s, CPU {cpu_s:.1f} s, {_became(engine, run)}", "2 s"


def _wait_until_told(engine: Database, run: PlanRun) -> None:
    """Wait until a run's outcome is stored, as its dispatcher's board reads it."""
    while True:
        with reading(engine) as tx:
            if get_run(tx, run.id).state in {RunState.DONE, RunState.FAILED}:
                return
        time.sleep(LOOK_S)


def _became(engine: Database, run: PlanRun) -> str:
    """Return what a run has left behind, in words; its draft is discarded."""
    with transaction(engine) as tx:
        ended = get_run(tx, run.id)
        if ended.plan_id is None:
            return f"{ended.state}: {ended.error}"
        plan = get_plan(tx, ended.plan_id)
        discard(tx, ACTOR, plan.id, Clock().now())
        return f"draft of cost {plan.cost.total:,.0f}"
