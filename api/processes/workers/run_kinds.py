"""How a worker solves each kind of run: search without a transaction, then store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from api.config.clock import Clock
from api.processes.workers.run_lease import Heartbeat
from data.errors import ConflictError
from data.files.json_records import from_plain
from data.model import Plan, PlanOptions, PlanRun, RunKind
from data.planning.plan_json import replan_wish_from_plain
from data.store.database.engine import Database, Tx, reading
from data.store.planning.plan_runs import answer_run, finish_run, put_back
from data.streets.network import StreetNetwork
from fleet.planning.plan_lifecycle import PLANNER, store_draft
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_scope import scope_of
from fleet.planning.plan_solving import Start, solve_prepared
from fleet.planning.remaining_routes import routes_ahead
from fleet.replanning.replan_solving import replanned
from fleet.routes.published_plan import PublishedPlanCache
from fleet.what_if.question import situation_digest
from fleet.what_if.searches import SEEDS, KnownBase, Solve, base_of, with_change
from routing.replanning.path_cache import LineGraphCache

SEED = 1

type StoreOutcome = Callable[[Tx, PlanRun], PlanRun]
"""Stores what came of a run in one transaction and ends the run, which it returns."""


@dataclass(frozen=True, slots=True)
class WorkerMemory:
    """What a worker keeps in memory between runs.

    The driven plan and shortest paths where answers must be quick, and the solution for the present
    fleet where what-if runs need it.
    """

    desk: PublishedPlanCache | None = None
    known: LineGraphCache | None = None
    bases: KnownBase = field(default_factory=KnownBase)


@dataclass(frozen=True, slots=True)
class RunContext:
    """What solving a run needs; `leaving` returns whether the worker was told to stop."""

    engine: Database
    network: StreetNetwork
    beat: Heartbeat
    clock: Clock
    leaving: Callable[[], bool]
    threads: int
    memory: WorkerMemory = field(default_factory=WorkerMemory)

    def stop(self) -> bool:
        """Whether the search should end with the best solution so far."""
        return self.beat.asked or self.leaving()

    def hurried(self) -> bool:
        """Whether a low-priority run should end without a result."""
        return self.stop() or self.beat.makes_room


def make_plan(context: RunContext) -> StoreOutcome:
    """Search for a plan with the options of the run; the result is a draft."""
    run = context.beat.plan_run
    now = context.clock.now()
    with reading(context.engine) as tx:
        prepared = prepare(tx, run.storm_id, context.network, now)
    ahead = routes_ahead(prepared.check, prepared.shifts, now)
    scope = scope_of(prepared, from_plain(PlanOptions, run.options), ahead)
    found = solve_prepared(
        scope.prepared, run.seconds, SEED, context.beat.report, context.stop, context.threads
    )
    plan = scope.whole(found)

    def keep(tx: Tx, held: PlanRun) -> PlanRun:
        draft = store_draft(tx, PLANNER, plan, context.clock.now())
        return finish_run(tx, held, draft.id)

    return keep


def answer_what_if(context: RunContext) -> StoreOutcome:
    """Solve for the present fleet, unless known, and for the fleet asked about.

    The run waits again where an urgent one came; what was found of the fleet as it is stays known.
    """
    run, now, bases = context.beat.plan_run, context.clock.now(), context.memory.bases
    with reading(context.engine) as tx:
        prepared = prepare(tx, run.storm_id, context.network, now)
    digest = situation_digest(prepared, run.seconds)
    base = bases.find(digest, now)
    if base is None:
        base = base_of(prepared, _solve(context))
        if context.hurried():
            return _later(context, digest)
        bases.keep(digest, base)
    found, without = with_change(base, run.options["machines"], _solve(context))
    if context.hurried():
        return _later(context, digest)
    answer = {
        "as_of": base.outcome["as_of"],
        "base": base.outcome,
        "found": found.outcome,
        "without": without,
    }
    return lambda tx, held: answer_run(tx, held, answer, digest)


def _solve(context: RunContext) -> Solve:
    """Return the search for one fleet; all searches share the run's seconds."""
    seconds, report = context.beat.plan_run.seconds / len(SEEDS), context.beat.report

    def solve(prepared: Prepared, seed: int, start: Start | None) -> Plan:
        return solve_prepared(
            prepared, seconds, seed, report, context.hurried, context.threads, start
        )

    return solve


def _later(context: RunContext, digest: str) -> StoreOutcome:
    """Put the run back into the queue, unless it is to end."""
    if context.beat.asked:
        raise ConflictError("the question was withdrawn", reason="what_if_stopped")
    return lambda tx, held: put_back(tx, held, digest)


def make_replan(context: RunContext) -> StoreOutcome:
    """Search for routes that answer a change on the road; the result is a draft."""
    run, memory = context.beat.plan_run, context.memory
    with reading(context.engine) as tx:
        prepared = prepare(tx, run.storm_id, context.network, context.clock.now(), memory.desk)
    wish = replan_wish_from_plain(run.options)
    plan = replanned(prepared, wish, run.seconds, SEED, context.stop, context.threads, memory.known)

    def keep(tx: Tx, held: PlanRun) -> PlanRun:
        draft = store_draft(tx, PLANNER, plan, context.clock.now())
        return finish_run(tx, held, draft.id)

    return keep


KINDS: Mapping[RunKind, Callable[[RunContext], StoreOutcome]] = {
    RunKind.PLAN: make_plan,
    RunKind.WHATIF: answer_what_if,
    RunKind.REPLAN: make_replan,
}
"""The solving function of each kind of run."""
