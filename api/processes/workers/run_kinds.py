"""What a worker does for each kind of run: search without a transaction, then store."""

import logging
from collections.abc import Callable, Mapping

from api.processes.workers.file_runs import make_report
from api.processes.workers.question_runs import (
    answer_hindsight,
    learn_durations,
    look_for_decisions,
)
from api.processes.workers.run_context import SEED, RunContext, StoreOutcome, later
from api.processes.workers.sector_runs import (
    joined_plan,
    make_sector,
    plan_scope,
    sector_failure,
    split_plan,
    workers_of_sectors,
)
from data.model import Plan, PlanRun, RunKind
from data.planning.plan_json import replan_wish_from_plain
from data.store.database.engine import Tx, reading
from data.store.planning.plan_runs import answer_run, finish_run
from data.store.planning.sector_runs import list_sector_runs
from fleet.planning.draft_finishes import Finishes, draft_finishes, finishes_answer
from fleet.planning.plan_lifecycle import PLANNER, store_draft
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import Start, solve_prepared, solve_until
from fleet.replanning.replan_solving import replanned
from fleet.sectors.sector_split import sectors_for
from fleet.what_if.question import seconds_left, situation_digest
from fleet.what_if.searches import Solve, base_of, known_share, with_change
from routing.problem.stopping import MaxRuntime, ShareOfRest, StopWhenAsked, heed

_log = logging.getLogger(__name__)


def make_plan(context: RunContext) -> StoreOutcome:
    """Search for a plan with the options of the run; the result is a draft.

    A large one is split into sectors first; its run is taken again once they are planned. One that
    somebody stops before its first routes ends without a draft.
    """
    run = context.beat.plan_run
    with reading(context.engine) as tx:
        prepared = prepare(tx, run.storm_id, context.network, context.clock.now())
        parts = list_sector_runs(tx, run.id)
        workers = workers_of_sectors(tx)
    failure = sector_failure(parts)
    if failure is not None:
        return failure
    if not parts:
        context.stop_search()
    scope = plan_scope(prepared, run)
    sectors = () if parts else sectors_for(scope.prepared, workers, context.limits.sector_jobs)
    if sectors:
        return split_plan(run, sectors, workers)
    if parts:
        found = joined_plan(context, scope.prepared, parts)
    else:
        report, threads = context.beat.report, context.limits.threads
        asked = context.stop_search
        found = solve_prepared(scope.prepared, run.seconds, SEED, report, asked, threads)
    return _kept_draft(context, scope.whole(found), prepared)


def _kept_draft(context: RunContext, plan: Plan, prepared: Prepared) -> StoreOutcome:
    """Store a plan as a draft, with what becomes of each class beside the plan in force."""
    answer = finishes_answer(_finishes(plan, prepared))

    def keep(tx: Tx, held: PlanRun) -> PlanRun:
        draft = store_draft(tx, PLANNER, plan, context.clock.now())
        return finish_run(tx, held, draft.id, answer=answer)

    return keep


def _finishes(plan: Plan, prepared: Prepared) -> Finishes:
    """Return what becomes of each class; nothing where that fails, since the plan is worth more."""
    try:
        return draft_finishes(plan, prepared)
    except Exception:  # whatever a comparison does, the plan is kept
        _log.exception("a draft cannot be compared with the plan in force")
        return ()


def answer_what_if(context: RunContext) -> StoreOutcome:
    """Solve for the present fleet, unless known, and for the fleet asked about.

    All of it shares the seconds since the question was asked. The run waits again where an urgent
    one came; what was found of the fleet as it is stays known.
    """
    run, now, bases = context.beat.plan_run, context.clock.now(), context.memory.bases
    waited_s = (now - run.asked_at).total_seconds() / context.clock.speed
    left_s = seconds_left(run.seconds, waited_s)
    context.beat.go_on(run.seconds - left_s)
    solve = _solve(context, left_s)
    with reading(context.engine) as tx:
        prepared = prepare(tx, run.storm_id, context.network, now)
    digest = situation_digest(prepared, run.seconds)
    change = run.options["machines"]
    base, share = bases.find(digest, now), known_share(prepared, change)
    if base is None:
        base, share = base_of(prepared, solve), 1.0
        if context.hurried():
            return later(context, digest)
        bases.keep(digest, base)
    result = with_change(base, change, solve, share)
    if context.hurried():
        return later(context, digest)
    answer = {
        "as_of": base.outcome["as_of"],
        "base": result.base,
        "found": result.found,
        "without": result.without,
    }
    return lambda tx, held: answer_run(tx, held, answer, digest)


def _solve(context: RunContext, seconds: float) -> Solve:
    """Return the search for one fleet, of several that end within so many seconds from now on."""
    whole, report = MaxRuntime(seconds), context.beat.report
    threads, known = context.limits.threads, context.memory.known
    heed(whole)

    def solve(prepared: Prepared, seed: int, start: Start | None, share: float) -> Plan:
        stop = StopWhenAsked(context.hurried, ShareOfRest(whole, share))
        return solve_until(prepared, stop, seed, report, threads, start, known)

    return solve


def make_replan(context: RunContext) -> StoreOutcome:
    """Search for routes that answer a change on the road; the result is a draft."""
    run, memory = context.beat.plan_run, context.memory
    with reading(context.engine) as tx:
        prepared = prepare(tx, run.storm_id, context.network, context.clock.now(), memory.desk)
    wish = replan_wish_from_plain(run.options)
    plan = replanned(
        prepared, wish, run.seconds, SEED, context.stop, context.limits.threads, memory.known
    )
    return _kept_draft(context, plan, prepared)


KINDS: Mapping[RunKind, Callable[[RunContext], StoreOutcome]] = {
    RunKind.PLAN: make_plan,
    RunKind.WHATIF: answer_what_if,
    RunKind.HINDSIGHT: answer_hindsight,
    RunKind.LEARN: learn_durations,
    RunKind.DECISIONS: look_for_decisions,
    RunKind.REPLAN: make_replan,
    RunKind.SECTOR: make_sector,
    RunKind.REPORT: make_report,
}
"""The function of each kind of run."""
