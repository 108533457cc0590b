"""The lease of a plan run while it is solved, and its progress as shown to people."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isfinite
from time import perf_counter

from api.processes.periodic_task import PeriodicTask
from data.errors import ConflictError
from data.model import CurvePoint, PlanRun
from data.store.database.engine import Database, reading, transaction
from data.store.planning.plan_runs import get_run, heartbeat, urgent_run_waits
from data.store.planning.sector_runs import note_sector_progress
from data.store.queue.run_queue import LEASE_S, rank_of

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

MOST_POINTS = 200
"""Points that a curve keeps: more than a chart on the board has pixels for."""

_log = logging.getLogger(__name__)


class Curve:
    """Points in order of time, at most `MOST_POINTS`; first and last stay.

    When it is full every second point goes, and from then on only every second one is kept, and
    so on: points stay about evenly spread. Safe with one writer and readers in other threads.
    """

    def __init__(self) -> None:
        self._kept: tuple[CurvePoint, ...] = ()
        self._last: CurvePoint | None = None
        self._every = 1
        self._count = 0

    def add(self, point: CurvePoint) -> None:
        """Add a point; one without a plan or a bound yet is ignored."""
        if not (isfinite(point.best) and isfinite(point.bound)):
            return
        self._last = point
        if self._count % self._every == 0:
            self._kept = (*self._kept, point)
        self._count += 1
        if len(self._kept) >= MOST_POINTS:
            self._kept = self._kept[::2]
            self._every *= 2

    @property
    def points(self) -> tuple[CurvePoint, ...]:
        """The points kept, with the newest."""
        kept, last = self._kept, self._last
        return kept if last is None or kept[-1] == last else (*kept, last)


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
