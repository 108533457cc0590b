"""The process that solves plan runs and makes files, so that the web stays quick.

It leases a run, solves it with no transaction open, and once a second writes how far it is and
hears whether to stop. A worker that dies loses its lease, and the run is taken again. Files are
made in a thread beside the plans, each by a child process, so that neither waits for the other.
"""

import gc
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from multiprocessing import current_process
from pathlib import Path
from threading import Event, Lock, Thread

from api.config.clock import Clock
from api.config.console import open_city_database
from api.config.garbage import uncollected
from api.config.settings import Settings
from api.processes.child_process import ParentLine
from api.processes.limited_process import MINUTE_S, limits_of
from api.processes.periodic_task import FULL_REST_S
from api.processes.workers.run_context import (
    NoRoutesYetError,
    RunContext,
    WorkerLimits,
    WorkerMemory,
)
from api.processes.workers.run_kinds import KINDS
from api.processes.workers.run_lease import MOST_S, Heartbeat, real_now
from api.processes.workers.stop_signal import PERIOD_S, StopSignal
from api.processes.workers.worker_presence import WorkerPresence
from data.errors import BarfrubError, ConflictError, DiskFullError
from data.model import SLOW_KINDS, PlanRun, RunFailure, RunKind
from data.model.planning.plan_runs import FILE_KINDS
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
    """Work on runs of a city's queue in a child process, which ends its own children itself."""
    current_process().daemon = False  # it could have none
    work_until(folder, clock, line.stopped, line.ready)


def work_until(
    folder: Path,
    clock: Clock,
    stopped: StopSignal,
    on_ready: Callable[[], object] = bool,
    kinds: Collection[RunKind] = SLOW_KINDS | FILE_KINDS,
) -> None:
    """Work on runs of some kinds of a city's queue until told to stop: plans and files at once.

    `on_ready` is called once the kernels are there: nothing stops a compilation.
    """
    solved, made = {*kinds} - FILE_KINDS, {*kinds} & FILE_KINDS
    if solved:
        warm_up()
        warm_up_matching()
    on_ready()
    engine = open_city_database(folder)
    settings = Settings()
    limits = WorkerLimits(settings.solver_threads, settings.sector_jobs, limits_of(settings))
    work = _Work(engine, clock, limits)
    with holding(folder), WorkerPresence(engine, kinds), work.beside(made if solved else ()):
        work.until(stopped, solved or made)
    engine.dispose()


class _Work:
    """The runs of a city's queue, one after the other in each thread."""

    def __init__(self, engine: Database, clock: Clock, limits: WorkerLimits) -> None:
        self._engine = engine
        self._clock = clock
        self._limits = limits
        self._streets = _Streets(engine)

    @contextmanager
    def beside(self, kinds: Collection[RunKind]) -> Iterator[None]:
        """Work on runs of some kinds in a thread beside the caller, and end it at the end."""
        over = Event()
        thread = Thread(target=self._go_on, args=(over, kinds), name="files")
        if kinds:
            thread.start()
        try:
            yield
        finally:
            over.set()
            if kinds:
                thread.join()

    def _go_on(self, over: Event, kinds: Collection[RunKind]) -> None:
        """Work until it is over, also after an error: nobody starts a thread again."""
        while not over.is_set():
            try:
                self.until(over, kinds)
            except Exception:
                _log.exception("no files are made for some seconds")
                over.wait(FULL_REST_S)

    def until(self, stopped: StopSignal, kinds: Collection[RunKind]) -> None:
        """Work on runs of some kinds until told to stop."""
        engine, streets, memory = self._engine, self._streets, WorkerMemory()
        with new_runs(engine, kinds, stopped.wait) as wait_for_run:
            while not stopped.is_set():
                try:
                    run = _next_run(engine, streets, kinds)
                    if run is None:
                        wait_for_run(PERIOD_S)
                        continue
                    known, limits = streets.of_today(), self._limits
                    solve_run(engine, known, run, self._clock, stopped, limits, memory)
                except DiskFullError:  # the run is leased again once its lease is over
                    _log.warning("runs wait: the disk is full")
                    stopped.wait(FULL_REST_S)


class _Streets:
    """The network of a city, read again once the city has another revision; for any thread."""

    def __init__(self, engine: Database) -> None:
        self._engine = engine
        self._lock = Lock()
        self._network: StreetNetwork | None = None
        self._revision: int | None = None

    def of_today(self) -> StreetNetwork:
        """Return the network."""
        with self._lock, reading(self._engine) as tx:
            revision = get_city(tx).revision
            if self._network is None or self._revision != revision:
                self._network, self._revision = load_network(tx), revision
        return self._network


def _next_run(engine: Database, streets: _Streets, kinds: Collection[RunKind]) -> PlanRun | None:
    """Lease the next run, if any, without a write lock where there is none.

    Streets of a metropolis are read before, since no heartbeat keeps the lease meanwhile.
    """
    with reading(engine) as tx:
        if not run_waits(tx, real_now(), kinds):
            return None
    streets.of_today()
    with transaction(engine) as tx:
        return lease_run(tx, real_now(), LEASE_S, kinds)


def solve_run(
    engine: Database,
    network: StreetNetwork,
    run: PlanRun,
    clock: Clock,
    stopped: StopSignal,
    limits: WorkerLimits | None = None,
    memory: WorkerMemory | None = None,
) -> None:
    """Work on a leased run by its kind and store the outcome, or why there is none."""
    _log.info("%s run %s: begins, for %.0f s", run.kind, run.id, run.seconds)
    limits, memory = limits or WorkerLimits(), memory or WorkerMemory()
    beat = Heartbeat(engine, run)
    if run.kind in FILE_KINDS:
        beat.deadline_s = limits.files.minutes * MINUTE_S + MOST_S
    context = RunContext(engine, network, beat, clock, stopped.is_set, limits, memory)
    with nullcontext() if run.kind in FILE_KINDS else _no_pauses():
        _solve_and_store(context)


def _solve_and_store(context: RunContext) -> None:
    """Work on a leased run and store the outcome, or why there is none."""
    engine, beat, run = context.engine, context.beat, context.beat.plan_run
    try:
        with beat:
            keep = KINDS[run.kind](context)
        with transaction(engine) as tx:
            ended = keep(tx, beat.plan_run)
        _log.info("%s run %s: %s", run.kind, run.id, ended.state)
    except NoRoutesYetError:
        _fail(engine, beat.plan_run, "stopped", RunFailure("run:stopped", {}))
    except BarfrubError as error:
        _fail(engine, beat.plan_run, str(error), RunFailure(*text_of(error)))
    except Exception as error:
        _log.exception("%s run %s", run.kind, run.id)
        fault = RunFailure("error:server", {})
        _fail(engine, beat.plan_run, f"internal error: {type(error).__name__}", fault)


@contextmanager
def _no_pauses() -> Iterator[None]:
    """Search for no cyclic garbage until the outcome is stored: whoever waits for it reads it then.

    In a large city a search for garbage takes up to a second. The run is all there is to the
    process but for files, which leave this alone: they have a thread of their own beside.
    """
    try:
        with uncollected():
            yield
    finally:
        gc.collect()


def _fail(engine: Database, run: PlanRun, error: str, fault: RunFailure) -> None:
    _log.warning("%s run %s: %s", run.kind, run.id, error)
    try:
        with transaction(engine) as tx:
            finish_run(tx, run, None, error, fault)
    except ConflictError:
        _log.warning("%s run %s: another worker has it", run.kind, run.id)
