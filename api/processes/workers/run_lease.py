"""The lease of a plan run while it is solved, and its progress as shown to people."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

from api.processes.periodic_task import PeriodicTask
from data.errors import ConflictError
from data.model import CurvePoint, PlanRun
from data.store.database.engine import Database, reading, transaction
from data.store.planning.plan_runs import get_run, heartbeat, urgent_run_waits
from data.store.planning.sector_runs import note_sector_progress
from data.store.queue.run_queue import LEASE_S, rank_of
from fleet.planning.progress_curve import Curve

BEAT_S = 1.0
"""How often progress is written."""

LOOK_S = 0.1
"""How often it is read whether somebody wants a run to end: who asks waits for it."""

MOST_TIMES, MOST_S = 20.0, 600.0
"""A run that takes so many times its seconds, and this besides, hangs: what-if runs solve often,
and the first run of a new machine compiles."""

SECTORS_SHARE = 0.7
"""Share of the seconds of a split run in which its sectors are planned; then they are joined."""

HUNG_STATUS = 70
"""Exit status of a worker that ended itself because its run hung."""

_log = logging.getLogger(__name__)


def end_process() -> None:
    """End this process at once: a run that hangs in compiled code hears nothing else."""
    os._exit(HUNG_STATUS)


def real_now() -> datetime:
    """Return real time in UTC: leases do not follow the storm's clock."""
    return datetime.now(UTC)


class Heartbeat(PeriodicTask):
    """Renews the lease of a run, writes its progress and reads whether it should stop.

    `asked` says that somebody wants the run to end, `makes_room` that an urgent one waits for it.
    A run that hangs is not renewed, so that another worker takes it, and `on_hung` is called.
    """

    pause_s = LOOK_S

    def __init__(
        self, engine: Database, run: PlanRun, on_hung: Callable[[], object] = end_process
    ) -> None:
        super().__init__()
        self.plan_run = run
        self.asked = run.stop_requested
        self.makes_room = False
        self._engine = engine
        self._progress: tuple[float, float, int, int] | None = None
        self._curve = Curve()
        self._lost = False
        self._on_hung = on_hung
        self.deadline_s = MOST_TIMES * run.seconds + MOST_S
        self._began_s = perf_counter()
        self._beats_at_s = 0.0
        self._before_s = 0.0

    @property
    def _elapsed_s(self) -> float:
        return self._before_s + perf_counter() - self._began_s

    @property
    def has_routes(self) -> bool:
        """Whether the search has reported routes."""
        return self._progress is not None

    def report(self, best: float, bound: float, unserved: int, iterations: int) -> None:
        """Set the progress that the next heartbeat writes."""
        self._progress = (best, bound, unserved, iterations)
        self._curve.add(CurvePoint(self._elapsed_s, best, bound, unserved))

    def go_on(self, before_s: float) -> None:
        """Count the seconds that the run has taken before, in its sectors or as it waited."""
        self._before_s = before_s

    def __enter__(self) -> None:
        """Start the heartbeats."""
        self.start()

    def __exit__(self, *_error: object) -> None:
        """Send a last heartbeat."""
        self.stop()
        self._beats_at_s = 0.0
        self._guarded_step()

    def run(self) -> None:
        """Send a heartbeat when it is time, unless another worker holds the lease or the run hangs.

        Between two heartbeats it is only read whether the run should stop.
        """
        if self._lost:
            return
        if perf_counter() - self._began_s > self.deadline_s:
            _log.error("plan run %s hangs: it goes to another worker", self.plan_run.id)
            self.asked = self._lost = True
            self._on_hung()
            return
        if perf_counter() < self._beats_at_s:
            with reading(self._engine) as tx:
                self.asked = self.asked or get_run(tx, self.plan_run.id).stop_requested
            return
        self._beats_at_s = perf_counter() + BEAT_S
        try:
            self._write()
        except ConflictError:
            _log.warning("plan run %s: the lease is lost", self.plan_run.id)
            self.asked = self._lost = True

    def _write(self) -> None:
        run = replace(self.plan_run, elapsed_s=self._elapsed_s)
        if self._progress is not None:
            best, bound, unserved, iterations = self._progress
            run = replace(run, best=best, bound=bound, unserved=unserved, iterations=iterations)
        run = replace(run, curve=self._curve.points)
        with transaction(self._engine) as tx:
            self.plan_run = heartbeat(tx, run, real_now() + timedelta(seconds=LEASE_S))
            if run.parent_id is not None:
                note_sector_progress(tx, run.parent_id, SECTORS_SHARE)
            patient = rank_of(run.kind) > 0
            self.makes_room = patient and urgent_run_waits(tx, real_now(), run.kind)
        self.asked = self.plan_run.stop_requested
