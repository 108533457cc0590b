"""How a worker looks back, whenever nothing else waits.

What one more machine would have brought, what storms taught, and at which moments of a training a
new plan would have been better.
"""

from itertools import count
from pathlib import Path

from api.processes.workers.run_context import RunContext, StoreOutcome, later
from data.errors import ConflictError
from data.files.json_records import to_plain
from data.model import Actor, ActorKind, Plan, PlanRun, Storm
from data.model.training.rehearsal import TrainingMark
from data.store.backup.sqlite_copy import is_whole
from data.store.database.engine import Database, Tx, open_database, reading
from data.store.planning.plan_runs import answer_run, put_back
from data.store.training.rehearsal import list_marks
from fleet.learning.pace_proposals import lessons_of, propose, storms_to_learn_from
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import Start, solve_until
from fleet.storms.storm_lookup import known_storm
from fleet.training.sandbox.folder import Sandbox
from fleet.training.scores.decision_points import (
    SEEN_TO,
    DecisionPoint,
    search_iterations,
    searches_at,
)
from fleet.training.scores.decision_runs import decided_marks, points_answer
from fleet.training.scores.decision_search import DecisionMoment, decision_point
from fleet.training.scores.driven_plans import plans_driven, published_between, waiting_drafts
from fleet.what_if.hindsight import SEEDS, hindsight_digest, storm_from_start
from fleet.what_if.hindsight_gain import Hindsight
from fleet.what_if.hindsight_search import hindsight
from routing.problem.stopping import MaxIterations, MaxRuntime, StopWhenAsked
from routing.search.solver import ignore


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


def look_for_decisions(context: RunContext) -> StoreOutcome:
    """Search at each mark of a training for plans that would have been better.

    The run waits again where any other one came. Who stops it has what was found until then.
    """
    run, known = context.beat.plan_run, context.memory.decided
    with reading(context.engine) as tx:
        storm = known_storm(tx, run.storm_id)
        marks = decided_marks(list_marks(tx), storm, context.clock.now())
    left = [mark for mark in marks if mark.file not in known]
    for mark in left:
        if context.hurried():
            break
        moment = _moment(context, storm, mark)
        done = searches_at(sum(one.file in known for one in marks))
        found = None if moment is None else _searched(context, moment, done)
        if moment is not None and found is None:  # it had to end early
            break
        known[mark.file] = found
    looked = [mark for mark in marks if mark.file in known]
    if len(looked) < len(marks) and not context.beat.asked:
        return later(context, "")
    points = [one for mark in looked if (one := known[mark.file]) is not None]
    answer = points_answer(points, len(points))
    return lambda tx, held: answer_run(tx, held, answer, "")


def _moment(context: RunContext, storm: Storm, mark: TrainingMark) -> DecisionMoment | None:
    """Return what was known at a mark; `None` where no plan was driven, or without a whole copy."""
    path = _sandbox_of(context.engine).marks / mark.file
    if not is_whole(path):
        return None
    copy = open_database(path)
    try:
        with reading(copy) as tx:
            prepared = prepare(tx, storm.id, context.network, mark.at)
            drafts = waiting_drafts(tx, storm, mark.at)
            driven = plans_driven(tx, storm)
    except ConflictError:  # before the storm, after it, or without a machine in service
        return None
    finally:
        copy.dispose()
    if prepared.check is None:
        return None
    with reading(context.engine) as tx:
        later = published_between(tx, storm, driven, mark.at, mark.at + SEEN_TO)
    return DecisionMoment(mark.id, prepared, tuple(later), tuple(drafts))


def _searched(context: RunContext, moment: DecisionMoment, done: int) -> DecisionPoint | None:
    """Return what is better than the plan that was driven then; `None` where it had to end.

    So many searches were done before.
    """
    iterations = search_iterations(len(moment.prepared.jobs))
    ended = count(done)

    def search(prepared: Prepared, seed: int, start: Start) -> Plan | None:
        context.beat.report(0.0, 0.0, 0, next(ended))
        stop = StopWhenAsked(context.hurried, MaxIterations(iterations))
        threads, known = context.limits.threads, context.memory.known
        plan = solve_until(prepared, stop, seed, ignore, threads, start, known, proving=False)
        return None if context.hurried() else plan

    return decision_point(moment, search, context.memory.known, context.hurried)


def _sandbox_of(engine: Database) -> Sandbox:
    """Return the sandbox whose database this is, which is a file."""
    city = Path(str(engine.url.database)).parent
    return Sandbox(city.parent.parent, city.name)
