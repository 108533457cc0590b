"""Routes that are driven, with their exact times: the state from which every change begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.network.route_timing import TimedRoute, timed_route, timed_routes, whole_cost
from routing.problem.problem import Cost, Floats, Ints, Problem, Reason, Solution, TaskRoute
from routing.problem.stops import tasks_of
from routing.replanning.delay_cost import DelayableRoute, shifts_alone
from routing.replanning.insertion_positions import (
    ArcTrees,
    InsertionPositions,
    position_table,
    positions_of,
)
from routing.replanning.path_cache import CachedLineGraph, cached_line_graph
from routing.search.exact_schedule import ExactSchedule


def running_solution(
    problem: Problem, routes: Sequence[TaskRoute], hopeless: Mapping[int, Reason]
) -> Solution:
    """Return routes that are driven as a solution; what nobody does is hopeless or lacks time."""
    left = absent_from(problem, routes).tolist()
    unserved: dict[int, Reason] = {task: hopeless.get(task, "time") for task in left}
    return Solution(tuple(routes), unserved, Cost(0.0, 0.0, 0.0, 0.0, 0.0), 0.0, 0, 0)


def absent_from(problem: Problem, routes: Sequence[TaskRoute]) -> Ints:
    """Return the tasks that are in no route."""
    absent = np.ones(problem.tasks, np.bool_)
    for route in routes:
        absent[tasks_of(route)] = False
    return np.flatnonzero(absent).astype(np.int32)


@dataclass(slots=True, eq=False)
class _Vehicle:
    """What has been computed about one vehicle's route; states share it while the route stays."""

    tasks: frozenset[int]
    timed: TimedRoute | None = None
    table: Floats | None = None
    delayable: DelayableRoute | None = None


@dataclass(slots=True, eq=False)
class RunningRoutes:
    """Routes that are driven, one for each vehicle, and the tasks they leave out.

    Times and insertion positions are computed when they are first asked for. Other states made of
    this one share what they have in common with it.

    Attributes
    ----------
    problem, routes, unserved
        What the routes are for, the routes, and why each task in none of them is left out.
    streets
        The line graph, and shortest paths found so far.
    trees
        Seconds to and from arcs, for insertions.
    """

    problem: Problem
    routes: tuple[TaskRoute, ...]
    unserved: dict[int, Reason]
    streets: CachedLineGraph
    trees: ArcTrees
    _vehicles: list[_Vehicle]
    _cost: Cost | None = field(default=None, init=False)
    _positions: InsertionPositions | None = field(default=None, init=False)

    @property
    def timed(self) -> list[TimedRoute]:
        """The routes with exact times."""
        missing = [v for v, one in enumerate(self._vehicles) if one.timed is None]
        problem, paths = self.problem, self.streets.paths
        if len(missing) == len(self._vehicles) or (missing and len(problem.rules.earlier)):
            for one, timed in zip(
                self._vehicles, timed_routes(problem, paths, self.routes), strict=True
            ):
                one.timed = timed
        else:
            for v in missing:
                self._vehicles[v].timed = timed_route(problem, paths, v, self.routes[v])
        return [one.timed for one in self._vehicles if one.timed is not None]

    @property
    def cost(self) -> Cost:
        """What the routes and the tasks left out cost."""
        if self._cost is None:
            self._cost = whole_cost(self.problem, self.timed, list(self.unserved))
        return self._cost

    @property
    def solution(self) -> Solution:
        """The routes as a solution, of which no bound is known."""
        return Solution(self.routes, self.unserved, self.cost, 0.0, 0, 0)

    @property
    def positions(self) -> InsertionPositions:
        """The places where a task could come in."""
        if self._positions is None:
            for v, (one, timed) in enumerate(zip(self._vehicles, self.timed, strict=True)):
                if one.table is None:
                    one.table = position_table(self.problem, v, self.routes[v], timed)
            tables = [one.table for one in self._vehicles if one.table is not None]
            self._positions = positions_of(tables)
        return self._positions

    def prepare(self) -> None:
        """Compute what insertions need, so that the first one is as quick as others."""
        _ = self.positions, self.trees.of_sites, self.cost

    def delayable(self, vehicle: int) -> DelayableRoute | None:
        """Return a route on which a delay shifts all that follows; `None` where it is none."""
        one, own = self._vehicles[vehicle], (self.routes[vehicle], self.timed[vehicle])
        if one.delayable is None and shifts_alone(self.problem, *own):
            one.delayable = DelayableRoute(self.problem, vehicle, *own)
        return one.delayable

    def doers(self, tasks: Sequence[int]) -> dict[int, int]:
        """Return the vehicle of each of some tasks that is on a route."""
        wanted = set(tasks)
        return {task: v for v, one in enumerate(self._vehicles) for task in wanted & one.tasks}

    def doer_of_all(self) -> dict[int, int]:
        """Return the vehicle of every task that is on a route."""
        return {task: v for v, one in enumerate(self._vehicles) for task in one.tasks}

    def changed(
        self, problem: Problem, routes: Sequence[TaskRoute], left_out: Sequence[int] = ()
    ) -> "RunningRoutes":
        """Return other routes, of a problem whose further tasks come behind; few of them differ.

        The tasks `left_out` are in none of them any more.
        """
        ordered = bool(len(problem.rules.earlier))  # then others may wait otherwise
        vehicles, served = list(self._vehicles), set[int]()
        for v, route in enumerate(routes):
            if route != self.routes[v] or ordered:
                vehicles[v] = _Vehicle(frozenset(tasks_of(route)))
                served |= vehicles[v].tasks
        kept = {task: why for task, why in self.unserved.items() if task not in served}
        left: dict[int, Reason] = dict.fromkeys(left_out, "time")
        return RunningRoutes(
            problem, tuple(routes), kept | left, self.streets, self.trees, vehicles
        )

    def with_schedule(self, schedule: ExactSchedule) -> "RunningRoutes":
        """Return the routes of an exact schedule on the same streets."""
        routes, unserved = tuple(schedule.routes), schedule.unserved
        vehicles = [
            _Vehicle(frozenset(tasks_of(route)), timed)
            for route, timed in zip(routes, schedule.timed, strict=True)
        ]
        return RunningRoutes(schedule.problem, routes, unserved, self.streets, self.trees, vehicles)


def running_routes(
    problem: Problem, solution: Solution, streets: CachedLineGraph | None = None
) -> RunningRoutes:
    """Return the routes of a solution as running ones, on `streets` where they are known."""
    streets = streets or cached_line_graph(problem)
    vehicles = [_Vehicle(frozenset(tasks_of(route))) for route in solution.routes]
    trees = ArcTrees(problem, streets.line)
    return RunningRoutes(problem, solution.routes, solution.unserved, streets, trees, vehicles)
