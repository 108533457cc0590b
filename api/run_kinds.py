"""What a worker does with a run of each kind: solve with no transaction open, then store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api.clock import Clock
from api.heartbeat import Heartbeat
from data.errors import ConflictError
from data.model import PlanRun, RunKind
from data.network import StreetNetwork
from data.plan_json import options_from_json, wish_from_json
from data.store.engine import Database, Tx, reading
from data.store.plan_runs import answer_run, finish_run, put_back
from fleet.plan_scope import scope_of
from fleet.planning import PLANNER, Prepared, prepare, solve_prepared, store_draft
from fleet.present_desk import PresentDesk
from fleet.replanning import replanned
from fleet.routes_ahead import routes_ahead
from fleet.what_if import SEEDS, Change, changed, known_base, situation_digest
from fleet.what_if_answer import best_of, better_known, outcome_json

if TYPE_CHECKING:
    from routing.known_ways import KnownWays

SEED = 1

type Keep = Callable[[Tx, PlanRun], PlanRun]
"""Stores what came of a run in one transaction and ends the run, which it returns."""


@dataclass(frozen=True, slots=True)
class Warm:
    """What a worker that answers quickly has in memory: the present, and ways through the city."""

    desk: PresentDesk | None = None
    known: "KnownWays | None" = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What a run is worked on with; `leaving` says whether the worker was told to leave."""

    engine: Database
    network: StreetNetwork
    beat: Heartbeat
    clock: Clock
    leaving: Callable[[], bool]
    threads: int
    warm: Warm | None = None

    def stop(self) -> bool:
        """Whether the search should end with the best it has."""
        return self.beat.asked or self.leaving()

    def hurried(self) -> bool:
        """Whether a patient run should end without an answer."""
        return self.stop() or self.beat.makes_room


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


def answer_what_if(bench: Bench) -> Keep:
    """Solve for the fleet as it is, unless that is known, and for the one that is asked about.

    The run waits again where an urgent one came; what it has found of the fleet as it is stays.
    """
    run, now = bench.beat.run, bench.clock.now()
    with reading(bench.engine) as tx:
        prepared = prepare(tx, run.storm_id, bench.network, now)
        digest = situation_digest(prepared, run.seconds)
        base = known_base(tx, run.storm_id, digest, now)
    if base is None:
        base = _outcome(bench, prepared)
        if bench.hurried():
            return _later(bench, {}, digest)
    change: Change = run.options["machines"]
    moment = datetime.fromisoformat(base["as_of"])
    other, without = changed(replace(prepared, now=moment), change)
    found = _outcome(bench, other)
    answer = {"as_of": base["as_of"], "base": base}
    if bench.hurried():
        return _later(bench, answer, digest)
    answer |= {"found": better_known(base, found, change), "without": without}
    return lambda tx, held: answer_run(tx, held, answer, digest)


def _outcome(bench: Bench, prepared: Prepared) -> dict[str, Any]:
    """Return what the better of two searches makes of a fleet, and how far apart they are."""
    seconds, report = bench.beat.run.seconds / len(SEEDS), bench.beat.report
    plans = (
        solve_prepared(prepared, seconds, seed, report, bench.hurried, bench.threads)
        for seed in SEEDS
    )
    return best_of([outcome_json(plan, prepared) for plan in plans])


def _later(bench: Bench, answer: Mapping[str, Any], digest: str) -> Keep:
    """Let the run wait again, unless somebody wants it to end."""
    if bench.beat.asked:
        raise ConflictError("the question was withdrawn", reason="what_if_stopped")
    return lambda tx, held: put_back(tx, held, answer, digest)


def make_replan(bench: Bench) -> Keep:
    """Search for routes that answer what has happened on the road; they become a draft."""
    run, warm = bench.beat.run, bench.warm or Warm()
    with reading(bench.engine) as tx:
        prepared = prepare(tx, run.storm_id, bench.network, bench.clock.now(), warm.desk)
    wish = wish_from_json(run.options)
    plan = replanned(prepared, wish, run.seconds, SEED, bench.stop, bench.threads, warm.known)

    def keep(tx: Tx, held: PlanRun) -> PlanRun:
        draft = store_draft(tx, PLANNER, plan, bench.clock.now())
        return finish_run(tx, held, draft.id)

    return keep


KINDS: Mapping[RunKind, Callable[[Bench], Keep]] = {
    RunKind.PLAN: make_plan,
    RunKind.WHATIF: answer_what_if,
    RunKind.REPLAN: make_replan,
}
"""How a run of each kind is worked on."""
