"""How several workers make one plan: split into sectors, planned apart, and joined."""

from collections.abc import Callable, Sequence

from api.processes.workers.run_context import SEED, RunContext, StoreOutcome
from api.processes.workers.run_lease import SECTORS_SHARE, real_now
from data.files.json_records import from_plain, to_plain
from data.model import (
    Plan,
    PlanOptions,
    PlanRun,
    RunKind,
    RunState,
)
from data.planning.sectors import PlanSector, SectorRoutes
from data.store.database.engine import Tx, reading
from data.store.planning.plan_runs import answer_run, finish_run, get_run
from data.store.planning.plan_workers import SEEN_FOR, count_workers
from data.store.planning.sector_runs import add_sector_runs, list_sector_runs
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_scope import Scope, scope_of
from fleet.planning.remaining_routes import routes_ahead
from fleet.sectors.sector_solving import Effort, solve_joined, solve_sector
from fleet.sectors.sector_split import of_sector


def workers_of_sectors(tx: Tx) -> int:
    """Return how many workers there are that plan sectors."""
    return count_workers(tx, RunKind.SECTOR, real_now() - SEEN_FOR)


def plan_scope(prepared: Prepared, run: PlanRun) -> Scope:
    """Return what a run plans, by its options."""
    ahead = routes_ahead(prepared.check, prepared.shifts, prepared.now)
    return scope_of(prepared, from_plain(PlanOptions, run.options), ahead)


def split_plan(run: PlanRun, sectors: Sequence[PlanSector], workers: int) -> StoreOutcome:
    """Queue a run for each sector; together they take their share of the run's seconds."""
    turns = -(-len(sectors) // max(workers, 1))
    seconds = SECTORS_SHARE * run.seconds / turns
    wanted = [to_plain(PlanSector, sector) for sector in sectors]
    return lambda tx, held: add_sector_runs(tx, held, seconds, wanted)


def make_sector(context: RunContext) -> StoreOutcome:
    """Search for the routes of a sector; a plan that is stopped before any is not made."""
    run = context.beat.plan_run
    with reading(context.engine) as tx:
        prepared = prepare(tx, run.storm_id, context.network, context.clock.now())
        whole = get_run(tx, run.parent_id or run.id)
        begun = any(each.best is not None for each in list_sector_runs(tx, whole.id))
    stop = context.stop if begun else context.stop_search
    scope = plan_scope(prepared, whole)
    stop()
    sector = of_sector(scope.prepared, from_plain(PlanSector, run.options))
    effort = _effort(context, run.seconds, stop)
    found = to_plain(SectorRoutes, solve_sector(sector, effort, context.beat.report))
    return lambda tx, held: answer_run(tx, held, found, digest="")


def sector_failure(parts: Sequence[PlanRun]) -> StoreOutcome | None:
    """Return how a run ends one of whose sectors failed; `None` where none did."""
    for number, part in enumerate(parts, 1):
        if part.state is RunState.FAILED:
            error, fault = f"sector {number} of {len(parts)}: {part.error}", part.fault
            return lambda tx, held: finish_run(tx, held, None, error, fault)
    return None


def joined_plan(context: RunContext, prepared: Prepared, parts: Sequence[PlanRun]) -> Plan:
    """Return the plan of all sectors, improved for the rest of the run's seconds."""
    run = context.beat.plan_run
    context.beat.go_on(run.elapsed_s)
    return solve_joined(
        prepared,
        [from_plain(PlanSector, part.options) for part in parts],
        [from_plain(SectorRoutes, part.answer) for part in parts],
        _effort(context, (1.0 - SECTORS_SHARE) * run.seconds, context.stop),
        context.beat.report,
    )


def _effort(context: RunContext, seconds: float, stop: Callable[[], bool]) -> Effort:
    return Effort(seconds, SEED, stop, context.limits.threads)
