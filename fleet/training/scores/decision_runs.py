"""Looking for moments at which a new plan would have been better: asked by people, done by workers.

A worker looks at the databases of the marks one after the other, each by real searches, and makes
room for every plan that somebody waits for. What it found of a mark holds. How far it has come is
told in searches that have ended.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from data.errors import ConflictError
from data.files.json_records import from_plain, to_plain
from data.model import Actor, PlanRun, RunKind, RunState, RunWish, Storm, StormId
from data.model.training.rehearsal import TrainingMark
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plan_runs import add_run, list_runs
from data.store.training.rehearsal import list_marks
from data.store.work import count_jobs
from fleet.training.scores.decision_points import (
    ITERATIONS_PER_S,
    SEEN_TO,
    DecisionPoint,
    search_iterations,
    searches_at,
)

Points = tuple[DecisionPoint, ...]

UNFINISHED = frozenset({RunState.QUEUED, RunState.RUNNING})


def ask_for_points(tx: Tx, actor: Actor, storm_id: StormId, now: datetime) -> PlanRun:
    """Return the run that looks for such moments: one that others wait for, or a new one.

    Raises `ConflictError` where there is no mark.
    """
    marks = list_marks(tx)
    if not marks:
        raise ConflictError("no mark was set yet", reason="training_no_mark")
    for run in decision_runs(tx, storm_id):
        if run.state in UNFINISHED and not run.stop_requested:
            return run
    searches, jobs = searches_at(len(marks)), sum(count_jobs(tx, storm_id).values())
    seconds = searches * search_iterations(jobs) / ITERATIONS_PER_S
    wish = RunWish(seconds, RunKind.DECISIONS, {"searches": searches}, "")
    run = add_run(tx, storm_id, actor.id, now, wish)
    after = {"marks": len(marks)}
    add_event(tx, now, actor, "training.points_asked", f"plan_run:{run.id}", after=after)
    return run


def decision_runs(tx: Tx, storm_id: StormId) -> list[PlanRun]:
    """Return the searches for such moments, newest first."""
    return list_runs(tx, storm_id, kinds=[RunKind.DECISIONS])


def search_told_of(runs: Sequence[PlanRun]) -> PlanRun | None:
    """Return the newest search, or, where it is over, the one that looked at most marks.

    So one that was stopped early hides nothing that another has found.
    """
    if not runs or runs[0].answer is None:
        return runs[0] if runs else None
    return max(_answered(runs), key=_marks_looked_at)


def found_points(runs: Iterable[PlanRun]) -> Points | None:
    """Return what the search found that looked at most marks; `None` where none is over."""
    most = max(_answered(runs), key=_marks_looked_at, default=None)
    return from_plain(Points, most.answer["points"]) if most and most.answer else None


def _answered(runs: Iterable[PlanRun]) -> list[PlanRun]:
    return [run for run in runs if run.answer is not None]


def _marks_looked_at(run: PlanRun) -> int:
    return int(run.answer["marks"]) if run.answer else 0


def decided_marks(
    marks: Iterable[TrainingMark], storm: Storm, now: datetime
) -> tuple[TrainingMark, ...]:
    """Return the marks of which is known whether somebody used the moment."""
    since = now if storm.ended_at is not None else now - SEEN_TO
    return tuple(one for one in marks if one.at <= since)


def points_answer(points: Iterable[DecisionPoint], marks: int) -> dict[str, object]:
    """Return what was found at so many marks as plain values, to be read by `found_points`."""
    return {"points": to_plain(Points, tuple(points)), "marks": marks}
