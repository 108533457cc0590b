"""The process that solves plan runs, so that the web stays quick.

It leases a run, solves it with no transaction open, and once a second writes how far it is and
hears whether to stop. A worker that dies loses its lease, and the run is taken again.
"""

import logging
from collections.abc import Callable, Collection
from pathlib import Path

from api.config.clock import Clock
from api.config.console import open_city_database
from api.config.settings import Settings
from api.processes.child_process import ParentLine
from api.processes.periodic_task import FULL_REST_S
from api.processes.workers.run_kinds import KINDS, RunContext, WorkerMemory
from api.processes.workers.run_lease import Heartbeat, real_now
from api.processes.workers.stop_signal import PERIOD_S, StopSignal
from data.errors import BarfrubError, ConflictError, DiskFullError
from data.model import SLOW_KINDS, PlanRun, RunFailure, RunKind
from data.store.database.city_lock import holding
from data.store.database.engine import Database, reading, transaction
from data.store.planning.plan_runs import finish_run, lease_run, run_waits
from data.store.queue.new_runs import new_runs
from data.store.queue.run_queue import LEASE_S
from data.store.setup.city import get_city
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.matching.warm_up import warm_up as warm_up_matching
from maps.pages.error_texts import text_of
from routing.search.warm_up import warm_up

_log = logging.getLogger(__name__)


def work_as_child(line: ParentLine, folder: Path, clock: Clock) -> None:
    """Solve runs of a city's queue in a child process."""
    work_until(folder, clock, line.stopped, line.ready)


def work_until(
    folder: Path,
    clock: Clock,
    stopped: StopSignal,
    on_ready: Callable[[], object] = bool,
    kinds: Collection[RunKind] = SLOW_KINDS,
) -> None:
    """Solve runs of some kinds of a city's queue one after the other, until told to stop.

    `on_ready` is called once the kernels are there: nothing stops a compilation.
    """
    warm_up()
    warm_up_matching()
    on_ready()
    engine = open_city_database(folder)
    with holding(folder):
        _work(engine, clock, stopped, Settings().solver_threads, kinds)
    engine.dispose()


def _work(
    engine: Database,
    clock: Clock,
    stopped: StopSignal,
    threads: int,
    kinds: Collection[RunKind],
) -> None:
    network: StreetNetwork | None = None
    read_at: int | None = None
    memory = WorkerMemory()
    with new_runs(engine, kinds, stopped.wait) as wait_for_run:
        while not stopped.is_set():
            try:
                run, revision = _next_run(engine, kinds)
                if run is None:
                    wait_for_run(PERIOD_S)
                    continue
                if network is None or read_at != revision:
                    with reading(engine) as tx:
                        network, read_at = load_network(tx), revision
                solve_run(engine, network, run, clock, stopped, threads, memory)
            except DiskFullError:  # the run is leased again once its lease is over
                _log.warning("plans are solved later: the disk is full")
                stopped.wait(FULL_REST_S)


def _next_run(engine: Database, kinds: Collection[RunKind]) -> tuple[PlanRun | None, int]:
    """Lease the next run, if any, without a write lock where there is none; return the revision."""
    with reading(engine) as tx:
        if not run_waits(tx, real_now(), kinds):
            return None, 0
    with transaction(engine) as tx:
        return lease_run(tx, real_now(), LEASE_S, kinds), get_city(tx).revision


def solve_run(
    engine: Database,
    network: StreetNetwork,
    run: PlanRun,
    clock: Clock,
    stopped: StopSignal,
    threads: int = 1,
    memory: WorkerMemory | None = None,
) -> None:
    """Solve a leased run by its kind and store the outcome, or why there is none."""
    _log.info("%s run %s: solving for %.0f s", run.kind, run.id, run.seconds)
    beat = Heartbeat(engine, run)
    context = RunContext(
        engine, network, beat, clock, stopped.is_set, threads, memory or WorkerMemory()
    )
    try:
        with beat:
            keep = KINDS[run.kind](context)
        with transaction(engine) as tx:
            ended = keep(tx, beat.plan_run)
        _log.info("%s run %s: %s", run.kind, run.id, ended.state)
    except BarfrubError as error:
        _fail(engine, beat.plan_run, str(error), RunFailure(*text_of(error)))
    except Exception as error:
        _log.exception("%s run %s", run.kind, run.id)
        fault = RunFailure("error:server", {})
        _fail(engine, beat.plan_run, f"internal error: {type(error).__name__}", fault)


def _fail(engine: Database, run: PlanRun, error: str, fault: RunFailure) -> None:
    _log.warning("%s run %s: %s", run.kind, run.id, error)
    try:
        with transaction(engine) as tx:
            finish_run(tx, run, None, error, fault)
    except ConflictError:
        _log.warning("%s run %s: another worker has it", run.kind, run.id)
