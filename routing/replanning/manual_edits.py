"""Running routes changed as a person wants them, and the referee's word on those that changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from routing.check.referee import cost_of, violations
from routing.problem.problem import Cost, Floats, Problem, RouteRules, Solution, TaskRoute
from routing.problem.route_repair import without, without_idle_end
from routing.problem.stops import ReloadStop, TaskVisit, tasks_of
from routing.replanning.batch_insertion import InsertTasks
from routing.replanning.running_routes import RunningRoutes
from routing.replanning.urgent_insertion import TRIED, UrgentTask
from routing.replanning.vehicle_subproblem import VehicleSubproblem, restricted

SLACK_S = 1e-3
SLACK_KG = 1e-6
EVER_S = 1e9
"""A shift that never ends, to find out by how much a real one is too short."""


@dataclass(frozen=True, slots=True)
class GiveTasks:
    """Give tasks of the problem to vehicles that are not forbidden, at their best positions.

    All other stops keep their vehicles and their order. Stops that begin before `begun_s` are not
    delayed; of `tried` positions the exact cost is computed.
    """

    tasks: Sequence[int]
    forbidden: Collection[int]
    begun_s: float = 0.0
    tried: int = TRIED

    def apply(self, running: RunningRoutes) -> RunningRoutes | None:
        """Return the routes; `None` where nobody has a place for the tasks."""
        problem = running.problem
        urgent = [_again(problem, task) for task in self.tasks]
        instead, forbidden = [*running.doers(self.tasks)], sorted(self.forbidden)
        insert = InsertTasks(urgent, instead, forbidden, self.begun_s, self.tried)
        found = insert.apply(running)
        if found is None:
            return None
        named = {problem.tasks + i: task for i, task in enumerate(self.tasks)}
        routes = [
            route if route == running.routes[v] else _renamed(route, named)
            for v, route in enumerate(found.routes)
        ]
        return running.changed(problem, _without_idle_ends(running, routes))


@dataclass(frozen=True, slots=True)
class TakeOutTasks:
    """Take tasks out of their routes; nobody does them."""

    tasks: Sequence[int]

    def apply(self, running: RunningRoutes) -> RunningRoutes:
        """Return the routes without the tasks."""
        routes, doers = list(running.routes), running.doers(self.tasks)
        for v in set(doers.values()):
            routes[v] = without(routes[v], set(self.tasks))
        return running.changed(running.problem, _without_idle_ends(running, routes), [*doers])


@dataclass(frozen=True, slots=True)
class PlaceTasks:
    """Give tasks to a vehicle right before another task of its route."""

    tasks: Sequence[int]
    vehicle: int
    before: int

    def apply(self, running: RunningRoutes) -> RunningRoutes:
        """Return the routes with the tasks at that place."""
        routes = list(TakeOutTasks(self.tasks).apply(running).routes)
        mine = routes[self.vehicle]
        stops = (TaskVisit(task, 0) for task in self.tasks)
        ahead = (p for p, stop in enumerate(mine) if stop == TaskVisit(self.before, 0))
        at = next(ahead, len(mine))
        routes[self.vehicle] = (*mine[:at], *stops, *mine[at:])
        return running.changed(running.problem, _without_idle_ends(running, routes))


class RuleViolation(NamedTuple):
    """What a route breaks and by how much: `shift_end` (s), `hopper` (kg) or `unreachable`."""

    rule: str
    vehicle: int
    amount: float


def endless(running: RunningRoutes, vehicle: int) -> RunningRoutes:
    """Return the routes with a vehicle whose shift never ends."""
    shift_end_s = running.problem.shift_end_s.copy()
    shift_end_s[vehicle] = EVER_S
    return running.changed(replace(running.problem, shift_end_s=shift_end_s), running.routes)


def faults(
    problem: Problem, running: RunningRoutes, vehicles: Sequence[int]
) -> list[RuleViolation]:
    """Return what the routes of some vehicles break of a problem's shifts, hoppers and streets."""
    found = []
    for v in vehicles:
        timed = running.timed[v]
        late_s = timed.ends_s - float(problem.shift_end_s[v])
        least_kg = min((leg.load_kg for leg in timed.legs), default=0.0)
        if not np.isfinite(timed.ends_s):
            found.append(RuleViolation("unreachable", v, 0.0))
        elif late_s > SLACK_S and running.routes[v]:
            found.append(RuleViolation("shift_end", v, late_s))
        if least_kg < -SLACK_KG:
            found.append(RuleViolation("hopper", v, -least_kg))
    return found


def refused(
    problem: Problem,
    routes: Sequence[TaskRoute],
    vehicles: Sequence[int],
    forbidden: Collection[tuple[int, int]] = (),
) -> list[str]:
    """Return what the referee says against the routes of some vehicles, as a problem of their own.

    `forbidden` are pairs of task and vehicle that must not meet.
    """
    tasks = np.array([task for v in vehicles for task in tasks_of(routes[v])], np.int32)
    bans = sorted(forbidden)
    rules: RouteRules = replace(
        problem.rules,
        pinned=(),
        forbidden_task=np.array([task for task, _ in bans], np.int32),
        forbidden_vehicle=np.array([v for _, v in bans], np.int32),
    )
    some = np.array(vehicles, np.int32)
    part = VehicleSubproblem(restricted(replace(problem, rules=rules), tasks, some), tasks, some)
    nothing = Cost(0.0, 0.0, 0.0, 0.0, 0.0)
    solution = Solution(part.inside(routes), {}, nothing, 0.0, 0, 0)
    return violations(part.problem, replace(solution, cost=cost_of(part.problem, solution)))


def lasting(problem: Problem, ends_s: Floats) -> Problem:
    """Return the problem in which shifts last at least until the given times, where finite."""
    finite_s = np.where(np.isfinite(ends_s), ends_s, 0.0)
    return replace(problem, shift_end_s=np.maximum(problem.shift_end_s, finite_s))


def _again(problem: Problem, task: int) -> UrgentTask:
    """Return a task of a problem as one more."""
    return UrgentTask(
        mode_arc=tuple(int(arc) for arc in problem.mode_arc[task]),
        service_s=problem.service_s[task],
        material_kg=float(problem.material_kg[task]),
        class_index=int(problem.class_index[task]),
        release_s=float(problem.release_s[task]),
        due_s=float(problem.due_s[task]),
        completion_price=float(problem.completion_price[task]),
        lateness_price=float(problem.lateness_price[task]),
        unserved_price=float(problem.unserved_price[task]),
    )


def _renamed(route: TaskRoute, named: dict[int, int]) -> TaskRoute:
    return tuple(
        stop
        if isinstance(stop, ReloadStop)
        else TaskVisit(named.get(stop.task, stop.task), stop.mode)
        for stop in route
    )


def _without_idle_ends(running: RunningRoutes, routes: Sequence[TaskRoute]) -> list[TaskRoute]:
    """Return the routes without reloads at the end of those that have changed."""
    problem = running.problem
    return [
        route if route == running.routes[v] else without_idle_end(problem, v, route)
        for v, route in enumerate(routes)
    ]
