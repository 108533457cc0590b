"""How a worker answers what one more machine would have brought a storm."""

from api.processes.workers.run_context import RunContext, StoreOutcome, later
from data.files.json_records import to_plain
from data.model import Plan
from data.store.database.engine import reading
from data.store.planning.plan_runs import answer_run
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import solve_until
from fleet.what_if.hindsight import SEEDS, hindsight_digest, storm_from_start
from fleet.what_if.hindsight_gain import Hindsight
from fleet.what_if.hindsight_search import hindsight
from routing.problem.stopping import MaxRuntime, StopWhenAsked


def answer_hindsight(context: RunContext) -> StoreOutcome:
    """Search for plans of a storm from its start, with one more machine and without it.

    The run waits again where any other one came; the searches that were whole stay known.
    """
    run, now = context.beat.plan_run, context.clock.now()
    search_s, machine_type = run.seconds / sum(map(len, SEEDS)), run.options["type"]
    with reading(context.engine) as tx:
        prepared = storm_from_start(tx, run.storm_id, context.network, now)
        digest = hindsight_digest(prepared, run.seconds)
    searched = context.memory.searched.of(digest, machine_type)
    context.beat.go_on(search_s * len(searched.outcomes))

    def search(situation: Prepared, seed: int) -> Plan | None:
        stop = StopWhenAsked(context.hurried, MaxRuntime(search_s))
        threads, known = context.limits.threads, context.memory.known
        plan = solve_until(situation, stop, seed, context.beat.report, threads, streets=known)
        return None if context.hurried() else plan

    found = hindsight(prepared, machine_type, searched, search, now)
    if found is None:
        return later(context, digest)
    answer = to_plain(Hindsight, found)
    return lambda tx, held: answer_run(tx, held, answer, digest)
