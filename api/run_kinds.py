"""What a worker does with a run of each kind: solve with no transaction open, then store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.clock import Clock
from api.heartbeat import Heartbeat
from data.model import PlanRun, RunKind
from data.network import StreetNetwork
from data.plan_json import options_from_json
from data.store.engine import Database, Tx, reading
from data.store.plan_runs import finish_run
from fleet.plan_scope import scope_of
from fleet.planning import PLANNER, prepare, solve_prepared, store_draft
from fleet.routes_ahead import routes_ahead

SEED = 1

type Keep = Callable[[Tx, PlanRun], PlanRun]
"""Stores what came of a run in one transaction and ends the run, which it returns."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run is worked on with; `leaving` says whether the worker was told to leave."""

    engine: Database
    network: StreetNetwork
    beat: Heartbeat
    clock: Clock
    leaving: Callable[[], bool]
    threads: int

    def stop(self) -> bool:
        """Whether the search should end with the best it has."""
        return self.beat.asked or self.leaving()


def make_plan(bench: Bench) -> Keep:
    """Search for a plan with the options of the run; it becomes a draft."""
    run = bench.beat.run
    now = bench.clock.now()
    with reading(bench.engine) as tx:
        prepared = prepare(tx, run.storm_id, bench.network, now)
        ahead = routes_ahead(tx, run.storm_id, now)
    scope = scope_of(prepared, options_from_json(run.options), ahead)
    found = solve_prepared(
        scope.prepared, run.seconds, SEED, bench.beat.report, bench.stop, bench.threads
    )
    plan = scope.whole(found)

    def keep(tx: Tx, held: PlanRun) -> PlanRun:
        draft = store_draft(tx, PLANNER, plan, bench.clock.now())
        return finish_run(tx, held, draft.id)

    return keep


KINDS: Mapping[RunKind, Callable[[Bench], Keep]] = {RunKind.PLAN: make_plan}
"""How a run of each kind is worked on."""
