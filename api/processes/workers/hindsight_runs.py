"""How a worker looks back: what one more machine would have brought, and what storms taught."""

from api.processes.workers.run_context import RunContext, StoreOutcome, later
from data.errors import ConflictError
from data.files.json_records import to_plain
from data.model import Actor, ActorKind, Plan, PlanRun
from data.store.database.engine import Tx, reading
from data.store.planning.plan_runs import answer_run, put_back
from fleet.learning.pace_proposals import lessons_of, propose, storms_to_learn_from
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


class _OthersWaitError(Exception):
    """Another run came, or the worker leaves: reading storms begins anew later."""


def learn_durations(context: RunContext) -> StoreOutcome:
    """Learn from storms how long things take, and propose that in the name of who asked.

    Between two storms the run makes room for any other one, and begins anew after it.
    """
    run, now = context.beat.plan_run, context.clock.now()

    def on_read(count: int) -> None:
        context.beat.report(0.0, 0.0, 0, count)
        if context.beat.asked:
            raise ConflictError("nothing is to be learned", reason="learning_stopped")
        if context.hurried():
            raise _OthersWaitError

    try:
        with reading(context.engine) as tx:
            storms = storms_to_learn_from(tx, run.options["storms"])
            lessons = lessons_of(tx, storms, context.network, now, on_read)
    except _OthersWaitError:
        return lambda tx, held: put_back(tx, held, "")

    def keep(tx: Tx, held: PlanRun) -> PlanRun:
        asked_by = Actor(ActorKind.USER, held.asked_by)
        made = propose(tx, asked_by, lessons, context.clock.now())
        return answer_run(tx, held, {"proposal": made.id}, "")

    return keep
