"""Searches at one moment of a training: the driven plan, continued, and plans made anew.

For workers, which load the optimizer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.errors import ConflictError
from data.model import JobId, Plan, Route, ShiftId
from data.model.training.rehearsal import TrainingMarkId
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import Start, require_allowed
from fleet.planning.remaining_routes import jobs_of
from fleet.training.scores.decision_points import (
    JUDGED,
    SEEDS,
    DecisionPoint,
    lateness_min,
    saved_minutes,
)
from routing.check.referee import violations
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.planning.problem_mapping import plan_from, problem_from
from routing.planning.running_plan import remaining_stops
from routing.problem.route_repair import repaired_routes
from routing.replanning.path_cache import LineGraphCache, cached_line_graph
from routing.search.solver import settled

type Search = Callable[[Prepared, int, Start], Plan | None]
"""Searches for a plan from another one with a seed; `None` where it had to end before its time."""


@dataclass(frozen=True, slots=True)
class DecisionMoment:
    """A mark of a training, and what was known then."""

    mark_id: TrainingMarkId
    prepared: Prepared


def continued_plan(prepared: Prepared, known: LineGraphCache | None = None) -> Plan:
    """Return the published plan from where trucks are, timed as a new plan is.

    What it does not have yet comes behind its routes where that fits. Raises `ConflictError`
    without a plan.
    """
    check = prepared.check
    if check is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven")
    mapped = problem_from(prepared)
    problem = mapped.problem
    ahead = {route.shift_id: route.next_leg for route in check.routes}
    stops = remaining_stops(prepared, mapped.number, check.plan, ahead)
    streets = known.get(problem) if known else cached_line_graph(problem)
    single = feasibility_of_tasks(problem, streets.line)
    routes = repaired_routes(problem, stops)
    found = settled(problem, streets.paths, single, 0.0, SEEDS[0], routes)
    require_allowed(violations(problem, found.solution, streets.checked))
    return plan_from(mapped, found.solution, found.timed)


def decision_point(
    moment: DecisionMoment, search: Search, known: LineGraphCache | None = None
) -> DecisionPoint | None:
    """Return what a new plan would have saved at a moment; `None` where it had to end early."""
    prepared = moment.prepared
    check = prepared.check
    if check is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven")
    driven = continued_plan(prepared, known)
    found = [search(prepared, seed, Start(driven, keeps=False)) for seed in SEEDS]
    plans = [one for one in found if one is not None]
    if len(plans) < len(SEEDS):
        return None
    late, judged = lateness_min(driven, prepared), [*map(str, prepared.policy.rules)][:JUDGED]
    each = [lateness_min(one, prepared) for one in plans]
    middle = sorted(plans, key=lambda one: _judged_min(one, prepared, judged))[len(plans) // 2]
    return DecisionPoint(
        mark_id=moment.mark_id,
        at=prepared.now,
        plan_id=check.plan.id,
        late_min={name: late[name] for name in judged if name in late},
        saved=saved_minutes(late, each, judged),
        moved=moved_streets(driven.routes, middle.routes),
    )


def moved_streets(before: Sequence[Route], after: Sequence[Route]) -> int:
    """Return how many jobs go to other trucks."""
    old, new = _shifts_of_jobs(before), _shifts_of_jobs(after)
    return sum(old[job] != new[job] for job in old.keys() & new.keys())


def _shifts_of_jobs(routes: Sequence[Route]) -> dict[JobId, frozenset[ShiftId]]:
    found: dict[JobId, frozenset[ShiftId]] = {}
    for route in routes:
        for job in jobs_of([route]):
            found[job] = found.get(job, frozenset()) | {route.shift_id}
    return found


def _judged_min(plan: Plan, prepared: Prepared, judged: Sequence[str]) -> float:
    late = lateness_min(plan, prepared)
    return sum(late.get(name, 0.0) for name in judged)
