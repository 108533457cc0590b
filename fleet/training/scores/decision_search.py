"""Searches at one moment of a training: the driven plan, continued, and plans made anew.

For workers, which load the optimizer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from data.errors import ConflictError
from data.model import JobId, Plan, Route, ShiftId
from data.model.training.rehearsal import TrainingMarkId
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import Start, require_allowed
from fleet.planning.remaining_routes import jobs_of
from fleet.routes.route_progress import PlanCheck
from fleet.training.scores.decision_points import (
    JUDGED,
    SEEDS,
    DecisionPoint,
    lateness_min,
    minutes_brought,
    saved_minutes,
)
from fleet.training.scores.driven_plans import PublishedPlan
from routing.check.referee import violations
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.planning.problem_mapping import plan_from, problem_from
from routing.planning.running_plan import remaining_stops, without_needless_reloads
from routing.problem.route_repair import repaired_routes, without
from routing.problem.stops import TaskRoute, tasks_of
from routing.replanning.path_cache import LineGraphCache, cached_line_graph
from routing.search.solver import settled

type Search = Callable[[Prepared, int, Start], Plan | None]
"""Searches for a plan from another one with a seed; `None` where it had to end before its time."""


@dataclass(frozen=True, slots=True)
class DecisionMoment:
    """A mark of a training, what was known then, and plans published soon after, the first first.

    These were made with what was known by then; here they are looked at as of the mark. `drafts`
    waited then to be published.
    """

    mark_id: TrainingMarkId
    prepared: Prepared
    published: tuple[PublishedPlan, ...] = ()
    drafts: tuple[Plan, ...] = ()


class Continuation:
    """The published plan from where trucks are at a moment, timed as a new plan is.

    What it does not have yet comes behind its routes where that fits. Raises `ConflictError`
    without a plan.
    """

    def __init__(self, prepared: Prepared, known: LineGraphCache | None = None) -> None:
        self._prepared, self._check = prepared, _driven(prepared)
        self._mapped = problem_from(prepared)
        problem = self._mapped.problem
        self._streets = known.get(problem) if known else cached_line_graph(problem)
        self._single = feasibility_of_tasks(problem, self._streets.line)

    @cached_property
    def stops(self) -> tuple[TaskRoute, ...]:
        """What is left of the plan that is driven, by shift."""
        ahead = {route.shift_id: route.next_leg for route in self._check.routes}
        return remaining_stops(self._prepared, self._mapped.number, self._check.plan, ahead)

    def plan(self, stops: Sequence[TaskRoute]) -> Plan:
        """Return stops as a plan with exact times; what fits behind them comes in."""
        mapped, streets = self._mapped, self._streets
        routes = repaired_routes(mapped.problem, stops)
        found = settled(mapped.problem, streets.paths, self._single, 0.0, SEEDS[0], routes)
        require_allowed(violations(mapped.problem, found.solution, streets.checked))
        return plan_from(mapped, found.solution, found.timed)

    def followed_by(self, stops: Sequence[TaskRoute], later: Plan) -> tuple[TaskRoute, ...]:
        """Return stops until a later plan takes over, and its own from then on.

        What that plan neither has nor leaves undone was done before it.
        """
        begun = {route.shift_id: 0 for route in later.routes}
        own = remaining_stops(self._prepared, self._mapped.number, later, begun)
        undone = {each.job_id for each in later.unserved}
        waits = {task for work, task in self._mapped.number.items() if work.job_id in undone}
        waits |= {task for route in own for task in tasks_of(route)}
        return tuple(
            (*without_needless_reloads(without(route, waits)), *behind)
            for route, behind in zip(stops, own, strict=True)
        )


def continued_plan(prepared: Prepared, known: LineGraphCache | None = None) -> Plan:
    """Return the published plan from where trucks are, timed as a new plan is."""
    driven = Continuation(prepared, known)
    return driven.plan(driven.stops)


def decision_point(
    moment: DecisionMoment,
    search: Search,
    known: LineGraphCache | None = None,
    hurried: Callable[[], bool] = lambda: False,
) -> DecisionPoint | None:
    """Return what a new plan would have saved at a moment; `None` where it had to end early.

    It is looked for from the driven plan, or a draft that waited where that is better. Where it is
    much, it tells what the plans published soon after brought of it.
    """
    prepared = moment.prepared
    check, goes_on = _driven(prepared), Continuation(prepared, known)
    judged = [*map(str, prepared.policy.rules)][:JUDGED]
    driven = goes_on.plan(goes_on.stops)
    waited = [goes_on.plan(goes_on.followed_by(goes_on.stops, one)) for one in moment.drafts]
    start = min([driven, *waited], key=lambda one: _judged_min(one, prepared, judged))
    found = [search(prepared, seed, Start(start, keeps=False)) for seed in SEEDS]
    plans = [one for one in found if one is not None]
    if len(plans) < len(SEEDS):
        return None
    late = lateness_min(driven, prepared)
    each = [lateness_min(one, prepared) for one in plans]
    middle = sorted(plans, key=lambda one: _judged_min(one, prepared, judged))[len(plans) // 2]
    point = DecisionPoint(
        mark_id=moment.mark_id,
        at=prepared.now,
        plan_id=check.plan.id,
        late_min={name: late[name] for name in judged if name in late},
        saved=saved_minutes(late, each, judged),
        moved=moved_streets(driven.routes, middle.routes),
    )
    return _used(point, moment, goes_on, hurried) if point.clear else point


def _used(
    point: DecisionPoint, moment: DecisionMoment, goes_on: Continuation, hurried: Callable[[], bool]
) -> DecisionPoint | None:
    """Return a moment with the plan published soon after that brought most, if there is one.

    `None` where it had to end before all of them were timed.
    """
    stops, found = goes_on.stops, []
    for at, plan in moment.published:
        if hurried():
            return None
        stops = goes_on.followed_by(stops, plan)
        late = lateness_min(goes_on.plan(stops), moment.prepared)
        brought = minutes_brought(point.late_min, late)
        found.append(replace(point, published_at=at, brought=brought))
    return min(found, key=lambda one: one.most, default=point)


def _driven(prepared: Prepared) -> PlanCheck:
    if prepared.check is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven")
    return prepared.check


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
