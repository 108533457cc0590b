"""One plan by several workers: the generated city of 20,604 streets, and a metropolis of 100,000.

Workers are processes on the queue of a city, as `barfrub work` runs them, with one thread each. The
city is also planned by one worker with as many threads as there are processors.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from data.model import Actor, ActorKind, PlanRun, RunKind, RunState
from data.setup.fleet_file import URMIA_FLEET
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import get_run
from data.store.planning.plan_workers import count_workers
from data.store.planning.plans import get_plan
from data.store.planning.sector_runs import list_sector_runs
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from fleet.planning.plan_lifecycle import ask_for_plan
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_summary import figures_of
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from tests.benchmarks import city_import, metropolis
from tests.benchmarks.routing.city_probe import SIDE

ACTOR = Actor(ActorKind.SYSTEM, "bench")
NOW = datetime(2026, 12, 21, tzinfo=UTC)
WORKERS = 4
CITY_S = float(os.environ.get("SECTORS_CITY_S", "60"))
METROPOLIS_S = float(os.environ.get("SECTORS_METROPOLIS_S", "300"))
WANTED_PERCENT, WANTED_S, WANTED_GB = 2.0, 600.0, 3.0

_WORKER = """
import json, resource, signal, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from api.config.settings import Settings, prepare_numba
prepare_numba(Settings())
from api.config.clock import Clock
from api.processes.workers.plan_worker import work_until
stopped = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stopped.set())
work_until(Path(sys.argv[1]), Clock(datetime(2026, 12, 21, tzinfo=UTC), 1e-6), stopped)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"gb": used.ru_maxrss * 1024 / 1e9, "cpu_s": used.ru_utime + used.ru_stime}))
"""


@dataclass(frozen=True)
class Planned:
    """A finished plan run, and what its workers used."""

    run: PlanRun
    sectors: int
    wall_s: float
    sectors_s: float
    cost: float
    in_time: dict[str, float]
    unserved: int
    gb: tuple[float, ...]
    cpu_s: float


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the comparison in the city, and time and memory in the metropolis."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        city = Path(name) / "city"
        make_city(city)
        cores = os.cpu_count() or 1
        one = planned(city, CITY_S, workers=1, threads=cores)
        yield _row(f"20,604 streets, one process, {cores} threads", one, "")
        for workers in sorted({cores, WORKERS}):
            seconds = CITY_S * max(1.0, workers / cores)
            many = planned(city, seconds, workers=workers, threads=1)
            yield _row(f"20,604 streets, {many.sectors} sectors, {workers} workers", many, "")
            more = 100.0 * (many.cost / one.cost - 1.0)
            yield "cost against one process", f"{more:+.2f} %", f"under {WANTED_PERCENT:g} %"
        large = Path(name) / "metropolis"
        make_metropolis(large)
        found = planned(large, METROPOLIS_S, workers=WORKERS, threads=1)
        wanted = f"{WANTED_S:.0f} s, {WANTED_GB:g} GB each"
        yield _row(f"metropolis, {found.sectors} sectors, {WORKERS} workers", found, wanted)
    yield "load of the machine before", f"{load:.1f}", ""


def _row(what: str, found: Planned, wanted: str) -> tuple[str, str, str]:
    in_time = ", ".join(f"{name} {share:.1%}" for name, share in found.in_time.items())
    memory = " / ".join(f"{gb:.2f}" for gb in sorted(found.gb))
    measured = (
        f"{found.wall_s:.0f} s ({found.sectors_s:.0f} s until sectors are planned; asked for "
        f"{found.run.seconds:.0f}), CPU {found.cpu_s:.0f} s, cost {found.cost:,.0f}, by deadline "
        f"{in_time}, {found.unserved:,} jobs left out, {memory} GB"
    )
    return what, measured, wanted


def make_city(folder: Path) -> None:
    """Make the generated city of 20,604 streets with Urmia's machines, and begin its storm."""
    file = folder.parent / "grid.osm.pbf"
    city_import.write_grid(file, SIDE)
    _begin(folder, file, URMIA_FLEET)


def make_metropolis(folder: Path) -> None:
    """Make the metropolis with its machines, and begin its storm."""
    file = folder.parent / "metropolis.osm.pbf"
    metropolis.write_metropolis(file)
    _begin(folder, file, metropolis.metropolis_fleet())


def _begin(folder: Path, file: Path, fleet: str) -> None:
    add_city(folder, NewCity(folder.name, file, timezone="Asia/Tehran"), NOW, ACTOR)
    engine = database_of(folder)
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, fleet, network, NOW)
        start_storm(tx, ACTOR, "bench", network, get_policy(tx), NOW)
    engine.dispose()


def planned(folder: Path, seconds: float, workers: int, threads: int) -> Planned:
    """Ask for a plan of a city's storm, and return it once it is there."""
    environment = os.environ | {"BARFRUB_SOLVER_THREADS": str(threads)}
    command = [sys.executable, "-c", _WORKER, str(folder)]
    processes = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]
    engine = database_of(folder)
    try:
        while True:
            with reading(engine) as tx:
                if count_workers(tx, RunKind.SECTOR, datetime(2020, 1, 1, tzinfo=UTC)) >= workers:
                    break
            time.sleep(0.2)
        with transaction(engine) as tx:
            storm_id = 1
            run = ask_for_plan(tx, ACTOR, storm_id, seconds, NOW)
        began = time.perf_counter()
        sectors_s = 0.0
        while run.state in {RunState.QUEUED, RunState.RUNNING}:
            time.sleep(0.2)
            with reading(engine) as tx:
                run = get_run(tx, run.id)
                parts = list_sector_runs(tx, run.id)
            if parts and all(part.state is RunState.DONE for part in parts):
                sectors_s = sectors_s or time.perf_counter() - began
        wall_s = time.perf_counter() - began
    finally:
        for process in processes:
            process.terminate()
    used = [json.loads(process.communicate()[0]) for process in processes]
    if run.plan_id is None:
        raise RuntimeError(run.error)
    with reading(engine) as tx:
        prepared = prepare(tx, storm_id, load_network(tx), NOW)
        plan = get_plan(tx, run.plan_id)
    engine.dispose()
    figures = figures_of(plan, prepared.jobs, prepared.vehicles, prepared.network, prepared.policy)
    return Planned(
        run=run,
        sectors=len(parts),
        wall_s=wall_s,
        sectors_s=sectors_s,
        cost=plan.cost.total,
        in_time={one.service_class: one.in_time_share for one in figures.classes},
        unserved=len(plan.unserved),
        gb=tuple(one["gb"] for one in used),
        cpu_s=sum(one["cpu_s"] for one in used),
    )
