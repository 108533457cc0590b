"""What solving a run needs of its worker."""

from collections.abc import Callable
from dataclasses import dataclass, field

from api.config.clock import Clock
from api.config.settings import SECTOR_JOBS
from api.processes.limited_process import ProcessLimits
from api.processes.workers.run_lease import Heartbeat
from data.errors import ConflictError
from data.model import PlanRun
from data.store.database.engine import Database, Tx
from data.store.planning.plan_runs import put_back
from data.streets.network import StreetNetwork
from fleet.routes.published_plan import PublishedPlanCache
from fleet.training.scores.decision_points import DecisionPoint
from fleet.what_if.hindsight_search import KnownSearches
from fleet.what_if.searches import KnownBase
from routing.replanning.path_cache import LineGraphCache

SEED = 1

FILE_LIMITS = ProcessLimits(megabytes=4096, minutes=60.0)
"""What a file may take where no settings say."""


class NoRoutesYetError(Exception):
    """Somebody stopped a search before it had routes: nothing comes of it."""


type StoreOutcome = Callable[[Tx, PlanRun], PlanRun]
"""Stores what came of a run in one transaction and ends the run, which it returns."""


@dataclass(frozen=True, slots=True)
class WorkerMemory:
    """What a worker keeps in memory between runs.

    The driven plan where answers must be quick, shortest paths, the solution for the present fleet
    where what-if runs need it, the searches of a question that made room for other runs, and what
    was found at marks of a training by the file of each.
    """

    desk: PublishedPlanCache | None = None
    known: LineGraphCache = field(default_factory=LineGraphCache)
    bases: KnownBase = field(default_factory=KnownBase)
    searched: KnownSearches = field(default_factory=KnownSearches)
    decided: dict[str, DecisionPoint | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """On how many threads a worker searches, how many jobs a sector has, what a file may take."""

    threads: int = 1
    sector_jobs: int = SECTOR_JOBS
    files: ProcessLimits = FILE_LIMITS


@dataclass(frozen=True, slots=True)
class RunContext:
    """What solving a run needs; `leaving` returns whether the worker was told to stop."""

    engine: Database
    network: StreetNetwork
    beat: Heartbeat
    clock: Clock
    leaving: Callable[[], bool]
    limits: WorkerLimits
    memory: WorkerMemory = field(default_factory=WorkerMemory)

    def stop(self) -> bool:
        """Whether the search should end with the best solution so far."""
        return self.beat.asked or self.leaving()

    def stop_search(self) -> bool:
        """Return what `stop` does; raise `NoRoutesYetError` where somebody stops it before routes.

        First routes of a large city take longer than anybody waits for a stop.
        """
        if self.beat.asked and not self.beat.has_routes:
            raise NoRoutesYetError
        return self.stop()

    def hurried(self) -> bool:
        """Whether a low-priority run should end without a result."""
        return self.stop() or self.beat.makes_room


def later(context: RunContext, digest: str) -> StoreOutcome:
    """Put the run of a question back into the queue, unless it is to end."""
    if context.beat.asked:
        raise ConflictError("the question was withdrawn", reason="what_if_stopped")
    return lambda tx, held: put_back(tx, held, digest)
