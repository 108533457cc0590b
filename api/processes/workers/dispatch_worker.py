"""The dispatch worker: answers urgent questions at once and solves replans within seconds.

It has streets, the driven plan and the optimizer in memory, reads the present again every now and
then, and listens on a socket in the city's folder. Replans come by the queue of runs, so that one
whose worker dies is taken again.
"""

import gc
import json
import logging
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic
from typing import Any

from cachetools import FIFOCache

from api.config.clock import Clock
from api.config.console import open_city_database
from api.config.settings import Settings
from api.processes.child_process import ParentLine
from api.processes.dispatch_rpc import MOST_BYTES, SOCKET, reachable, refused
from api.processes.workers.draft_cache import DraftCache
from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_context import WorkerLimits, WorkerMemory
from api.processes.workers.run_lease import real_now
from api.processes.workers.stop_signal import StopSignal
from api.processes.workers.worker_presence import WorkerPresence
from data.errors import BarfrubError, ConflictError
from data.files.json_records import from_plain, to_plain
from data.model import QUICK_KINDS, ChangedRoute, Job, PlanRun, UrgentInsertion
from data.store.database.city_lock import holding
from data.store.database.engine import Database, reading, transaction
from data.store.planning.plan_runs import lease_run, run_waits
from data.store.planning.plans import find_published_plan_id
from data.store.queue.new_runs import new_runs
from data.store.queue.run_queue import LEASE_S
from data.store.setup.city import get_city
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from data.streets.network import StreetNetwork
from fleet.planning.plan_preparation import prepare
from fleet.replanning.insertion_limits import insertion_limits
from fleet.replanning.running_plan import InsertionPlace, RunningPlan, best_insertion, running_plan
from fleet.routes.published_plan import PublishedPlanCache
from routing.replanning.path_cache import LineGraphCache
from routing.search.warm_up import warm_up

PERIOD_S = 0.1
"""How often an idle dispatch worker reads the queue."""

OLD_S, TOO_OLD_S = 10.0, 60.0
"""Age in seconds at which the running plan is reloaded, and above which it is not used."""

OFFERS = 50
"""Offers whose routes are kept; the oldest go first."""

REST_SHARE = 4.0
"""Least pause after a reload, as a multiple of its duration."""

SWEEP_S = 60.0
"""How often cyclic garbage is collected."""

SWITCH_S = 0.0005
"""How long a reload may hold the interpreter while an answer waits."""

_log = logging.getLogger(__name__)


class DispatchCache:
    """The running plan of a city in memory, and answers computed from it; safe from any thread."""

    def __init__(self, engine: Database, clock: Clock, threads: int) -> None:
        self.present = PublishedPlanCache()
        self.known = LineGraphCache()
        self.drafts = DraftCache(engine, clock)
        self._engine = engine
        self._clock = clock
        self._threads = threads
        self._network: StreetNetwork | None = None
        self._network_at: int | None = None
        self._running: RunningPlan | None = None
        self._reading = threading.Lock()
        self._keeping = threading.Lock()
        self._offers: FIFOCache[str, InsertionPlace] = FIFOCache(OFFERS)
        self._read_at_s = self._rests_until_s = 0.0

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a question; both are plain JSON values."""
        try:
            if question.get("ask") == "insertion":
                found = self._found(from_plain(Job, question["job"]))
                return {"insertion": to_plain(UrgentInsertion, found)}
            if question.get("ask") == "routes":
                routes = self._kept(question["key"]).routes()
                return {"routes": [to_plain(ChangedRoute, each) for each in routes]}
            if str(question.get("ask")).startswith("hand_"):
                return self.drafts.answer(question, self.network())
            raise ConflictError("nobody knows this question", reason="question_unknown")
        except BarfrubError as error:
            return {"refused": refused(error)}

    def _found(self, job: Job) -> UrgentInsertion:
        """Find the best insertion of an urgent job; keep its routes until it is accepted."""
        key = token_urlsafe(12)
        plan = self._known(TOO_OLD_S)
        with reading(self._engine) as tx:
            limits = insertion_limits(tx, job.storm_id)
        found = best_insertion(plan, job, key, self._clock.now(), limits)
        with self._keeping:
            self._offers[key] = found
        return found.insertion

    def _kept(self, key: str) -> InsertionPlace:
        with self._keeping:
            found = self._offers.get(key)
        if found is None:
            raise ConflictError("the offer is too old", reason="offer_too_old")
        return found

    def network(self) -> StreetNetwork:
        """Return the streets in force."""
        with reading(self._engine) as tx:
            revision = get_city(tx).revision
            if self._network is None or self._network_at != revision:
                self._network, self._network_at = load_network(tx), revision
        return self._network

    def keep_fresh(self) -> None:
        """Reload the running plan where it is older than `OLD_S` and a plan is driven."""
        if monotonic() < self._rests_until_s:
            return
        began_s = monotonic()
        try:
            self._known(OLD_S)
        except ConflictError:
            self._running = None  # nothing is driven
        spent_s = monotonic() - began_s
        self._rests_until_s = monotonic() + max(REST_SHARE * spent_s, PERIOD_S)

    def _known(self, most_s: float) -> RunningPlan:
        """Return the running plan, at most `most_s` old; reload it where it is older.

        Raises `ConflictError` where no plan is driven.
        """
        with reading(self._engine) as tx:
            storm = find_active_storm(tx)
            plan_id = None if storm is None else find_published_plan_id(tx, storm.id)
        if storm is None or plan_id is None:
            raise ConflictError("no plan is driven yet", reason="no_plan_driven")
        known = self._running
        if known is not None and known.plan_id == plan_id and self._age_s() <= most_s:
            return known
        with self._reading:
            network, began_s = self.network(), monotonic()
            with reading(self._engine) as tx:
                prepared = prepare(tx, storm.id, network, self._clock.now(), self.present)
            known, self._read_at_s = running_plan(prepared, self.known), began_s
            self._running = known
            return known

    def _age_s(self) -> float:
        return monotonic() - self._read_at_s

    def work(self, stopped: StopSignal) -> bool:
        """Solve one waiting quick run; return whether there was one."""
        with reading(self._engine) as tx:
            if not run_waits(tx, real_now(), QUICK_KINDS):
                return False
        with transaction(self._engine) as tx:
            run: PlanRun | None = lease_run(tx, real_now(), LEASE_S, QUICK_KINDS)
        if run is None:
            return False
        with self._reading:
            limits = WorkerLimits(self._threads)
            memory = WorkerMemory(self.present, self.known)
            solve_run(self._engine, self.network(), run, self._clock, stopped, limits, memory)
        return True


def answer_as_child(line: ParentLine, folder: Path, clock: Clock) -> None:
    """Answer questions and solve quick runs of a city in a child process."""
    answer_until(folder, clock, line.stopped, line.ready)


def answer_until(
    folder: Path, clock: Clock, stopped: StopSignal, on_ready: Callable[[], object] = bool
) -> None:
    """Answer questions and solve quick runs of a city until told to stop.

    `on_ready` is called once the kernels are there: nothing stops a compilation.
    """
    settings = Settings()
    warm_up()
    on_ready()
    sys.setswitchinterval(SWITCH_S)
    engine = open_city_database(folder)
    with holding(folder):
        cache, sweeper = DispatchCache(engine, clock, settings.solver_threads), GarbageSweeper()
        quick_runs = new_runs(engine, QUICK_KINDS, stopped.wait)
        presence = WorkerPresence(engine, QUICK_KINDS)
        with listening(folder, cache), presence, quick_runs as wait_for_run:
            while not stopped.is_set():
                if not _run_once(cache, stopped):
                    wait_for_run(PERIOD_S)
                sweeper.run()
    engine.dispose()


class GarbageSweeper:
    """Collects cyclic garbage between runs, so that no collection delays an answer.

    The first collection covers the whole city with its plan, which is then frozen; later ones cover
    newer objects only.
    """

    def __init__(self) -> None:
        gc.disable()
        self._swept_s = monotonic()
        self._settled = False

    def run(self) -> None:
        """Collect, where the last collection is long enough ago."""
        if monotonic() - self._swept_s < SWEEP_S:
            return
        gc.collect()
        if not self._settled:
            gc.freeze()
        self._settled = True
        self._swept_s = monotonic()


def _run_once(cache: DispatchCache, stopped: StopSignal) -> bool:
    """Solve one run or refresh the plan; errors are logged. Return whether a run was solved."""
    try:
        if cache.work(stopped):
            return True
        cache.keep_fresh()
    except Exception:
        _log.exception("the dispatch worker could not refresh the running plan")
    return False


class _Handler(socketserver.StreamRequestHandler):
    """Answers one question of a connection."""

    server: "_Server"

    def handle(self) -> None:
        line = self.rfile.readline(MOST_BYTES)
        answer = self.server.cache.answer(json.loads(line))
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, address: str, cache: DispatchCache) -> None:
        super().__init__(address, _Handler)
        self.cache = cache

    def handle_error(self, _request: object, _address: object) -> None:
        _log.exception("a question to the dispatch worker failed")


@contextmanager
def listening(folder: Path, cache: DispatchCache) -> Iterator[None]:
    """Serve a cache on the city's socket, in threads beside the caller."""
    (folder / SOCKET).unlink(missing_ok=True)
    with reachable(folder) as address, _Server(address, cache) as server:
        ours = (folder / SOCKET).stat().st_ino
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            with suppress(FileNotFoundError):  # another worker may have taken the place
                if (folder / SOCKET).stat().st_ino == ours:
                    (folder / SOCKET).unlink()
