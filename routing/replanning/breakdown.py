"""A vehicle breaks down: others take over its work, and few of their own tasks change hands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.network.deadheads import LineGraph, from_arc
from routing.network.pinned_stops import behind_pins
from routing.network.route_timing import PathSource
from routing.network.shortest_deadheads import PathFinder
from routing.network.single_task_feasibility import SingleTaskFeasibility, alone
from routing.problem.problem import (
    NONE,
    Floats,
    Ints,
    Problem,
    Reason,
    RouteRules,
    Solution,
    TaskRoute,
    TaskVisit,
)
from routing.problem.stopping import StoppingCriterion
from routing.problem.stops import tasks_of
from routing.search.exact_schedule import ExactSchedule
from routing.search.ruin_recreate import CHUNK_ITERATIONS, RuinRecreate
from routing.search.rule_arrays import extra_prices
from routing.search.solver import begin_from

HELPERS = 12
"""Vehicles at most that take over work, and ..."""
HELPED_TASKS = 6_000
"""... tasks at most that they and the broken one have."""
EXACT_ENDS = 1_000
"""Up to so many ends all deadheads are looked up; above, that alone would take seconds."""
SAMPLE = 8
"""Tasks of the broken vehicle from which is measured how near others are."""
DEAR = 20.0
"""First price of a task that changes hands, in mean costs of a task."""
STAYING = 0.15
"""Share of the effort in which nothing is to change hands that need not."""
LOOKS = 0.04
"""Share of the effort after which the price of changing hands is set anew."""
DEARER, CHEAPER, MUCH_CHEAPER = 2.0, 0.7, 0.4
"""Factors on that price: too many changes, room for some more, not half of them used."""
CHEAPEST = 0.03
"""Least price of a task that changes hands, in mean costs of a task."""
WARM, COLD = 0.1, 0.01
"""First temperature in mean costs of a task, and the last one over the first."""


@dataclass(frozen=True, slots=True, eq=False)
class VehicleSubproblem:
    """Some vehicles of a problem with their work and what is left out, as a problem of its own."""

    problem: Problem
    tasks: Ints
    vehicles: Ints

    def inside(self, routes: Sequence[TaskRoute]) -> tuple[TaskRoute, ...]:
        """Return the routes of these vehicles in the numbers of the part."""
        local = {int(task): i for i, task in enumerate(self.tasks)}
        return tuple(_renumbered(routes[v], local) for v in self.vehicles.tolist())

    def whole(self, inside: Sequence[TaskRoute], routes: Sequence[TaskRoute]) -> list[TaskRoute]:
        """Return all routes with those of the part replaced."""
        found = list(routes)
        named = dict(enumerate(self.tasks.tolist()))
        for v, route in zip(self.vehicles.tolist(), inside, strict=True):
            found[v] = _renumbered(route, named)
        return found


def _renumbered(route: TaskRoute, number: dict[int, int]) -> TaskRoute:
    return tuple(
        TaskVisit(number[stop.task], stop.mode) if isinstance(stop, TaskVisit) else stop
        for stop in route
    )


def broken(problem: Problem, vehicle: int) -> Problem:
    """Return the problem in which a vehicle's shift is over with what is pinned."""
    ends_s = problem.shift_end_s.copy()
    ends_s[vehicle] = min(0.0, float(ends_s[vehicle]))
    return replace(problem, shift_end_s=ends_s)


def taken_over(
    problem: Problem, ways: PathSource, line: LineGraph, running: Solution, vehicle: int,
    budget: int, stop: StoppingCriterion, seed: int = 0, threads: int = 1,
) -> Solution:  # fmt: skip
    """Return routes in which nearby vehicles do what a broken one has left behind its pin.

    At most `budget` other tasks go to another vehicle than before. The answer is one of the
    problem `broken(problem, vehicle)`.
    """
    stop.progress(0, feasible=False)
    problem = broken(problem, vehicle)
    behind = behind_pins(problem, ways)
    rest = list(behind.rest(running.routes))
    freed = tasks_of(rest[vehicle])
    rest[vehicle] = ()
    part = _part(behind.problem, line, rest, freed, vehicle)
    if len(part.vehicles) and freed:
        inside = HandoverSearch(part, line, rest, freed, budget, seed, threads, ways).best(stop)
        rest = part.whole(inside, rest)
    routes = behind.whole(rest)
    return settled(problem, PathFinder(problem, line), ways, running, routes).solution


def settled(
    problem: Problem,
    walker: PathFinder,
    ways: PathSource,
    running: Solution,
    routes: Sequence[TaskRoute],
) -> ExactSchedule:
    """Return routes with exact times; what nobody could do in the running ones nobody can now."""
    lasting: dict[int, Reason] = {
        task: reason
        for task, reason in running.unserved.items()
        if reason in ("no_vehicle", "unreachable")
    }
    known = SingleTaskFeasibility(np.zeros(problem.tasks), lasting)
    return ExactSchedule(problem, walker, known, routes, ways)


def moved(before: Sequence[TaskRoute], after: Sequence[TaskRoute], free: Sequence[int]) -> int:
    """Return how many tasks changed hands, those that may do so freely left out."""
    doer = {task: v for v, route in enumerate(before) for task in tasks_of(route)}
    now = {task: v for v, route in enumerate(after) for task in tasks_of(route)}
    unfree = set(doer) - set(free)
    return sum(now.get(task, NONE) != doer[task] for task in unfree)


def _part(
    problem: Problem,
    line: LineGraph,
    routes: Sequence[TaskRoute],
    freed: Sequence[int],
    vehicle: int,
) -> VehicleSubproblem:
    """Return the vehicles nearest to freed tasks with all that they have to do."""
    helpers: list[int] = []
    tasks = list(freed)
    for v in by_nearness(problem, line, routes, freed):
        own = tasks_of(routes[v])
        full = len(helpers) >= HELPERS or len(tasks) + len(own) > HELPED_TASKS
        if v != vehicle and (not full or not helpers):
            helpers.append(v)
            tasks += own
    chosen, vehicles = np.array(sorted(tasks), np.int32), np.array(sorted(helpers), np.int32)
    return VehicleSubproblem(restricted(problem, chosen, vehicles), chosen, vehicles)


def by_nearness(
    problem: Problem, line: LineGraph, routes: Sequence[TaskRoute], freed: Sequence[int]
) -> list[int]:
    """Return vehicles that can do any of some tasks, those first that work nearest to them."""
    sample = list(freed)[:: max(1, len(freed) // SAMPLE)]
    away = [from_arc(problem, line, int(problem.mode_arc[task, 0])) for task in sample]
    apart_s = np.min(away, axis=0) if away else np.zeros(problem.arcs)
    forbidden = problem.rules.forbidden()
    found: list[tuple[float, int]] = []
    for v, route in enumerate(routes):
        able = np.isfinite(problem.service_s[list(freed), problem.vehicle_type[v]])
        may = [(task, v) not in forbidden for task in freed]
        if np.any(able & may):
            stops = [int(problem.mode_arc[task, 0]) for task in tasks_of(route)]
            near_s = apart_s[stops or [int(problem.start_arc[v])]]
            found.append((float(np.percentile(near_s, 10)), v))
    return [v for _, v in sorted(found)]


_BY_TASK = (
    "mode_arc",
    "service_s",
    "material_kg",
    "class_index",
    "release_s",
    "due_s",
    "completion_price",
    "lateness_price",
    "unserved_price",
)
_BY_VEHICLE = (
    "vehicle_type",
    "start_arc",
    "end_arc",
    "capacity_kg",
    "load_kg",
    "shift_start_s",
    "shift_end_s",
    "price_per_s",
    "fixed_price",
)


def restricted(problem: Problem, tasks: Ints, vehicles: Ints) -> Problem:
    """Return the problem of some tasks and vehicles; passes wait only for those among them."""
    rules = problem.rules
    local = np.full(problem.tasks, NONE, np.int32)
    local[tasks] = np.arange(len(tasks))
    driver = np.full(problem.vehicles + 1, NONE, np.int32)  # the last one is nobody
    driver[vehicles] = np.arange(len(vehicles))
    pairs = (local[rules.earlier] != NONE) & (local[rules.later] != NONE)
    bans = (local[rules.forbidden_task] != NONE) & (driver[rules.forbidden_vehicle] != NONE)
    by_task = {
        name: getattr(rules, name)[tasks] if len(getattr(rules, name)) else getattr(rules, name)
        for name in ("begin_by_s", "change_price")
    }
    by_vehicle = {
        name: getattr(rules, name)[vehicles] if len(getattr(rules, name)) else getattr(rules, name)
        for name in ("break_after_s", "break_s", "price_per_m", "underway", "worked_s")
    }
    published = rules.published_vehicle
    fewer = RouteRules(
        strict_classes=rules.strict_classes,
        earlier=local[rules.earlier[pairs]],
        later=local[rules.later[pairs]],
        within_s=rules.within_s[pairs],
        forbidden_task=local[rules.forbidden_task[bans]],
        forbidden_vehicle=driver[rules.forbidden_vehicle[bans]],
        published_vehicle=driver[published[tasks]] if len(published) else published,
        last_home_price=rules.last_home_price,
        balance_price=rules.balance_price,
        **by_task,
        **by_vehicle,
    )
    rows = {name: getattr(problem, name)[tasks] for name in _BY_TASK}
    rows |= {name: getattr(problem, name)[vehicles] for name in _BY_VEHICLE}
    return replace(problem, rules=fewer, **rows)


class HandoverSearch:
    """A search in which tasks that change hands have a price, so set that few enough do."""

    def __init__(
        self,
        part: VehicleSubproblem,
        line: LineGraph,
        rest: Sequence[TaskRoute],
        freed: Sequence[int],
        budget: int,
        seed: int,
        threads: int,
        ways: PathSource | None = None,
    ) -> None:
        self._before = part.inside(rest)
        local = {int(task): i for i, task in enumerate(part.tasks)}
        self._free = np.array([local[task] for task in freed], np.int32)
        self._budget = budget
        self._own = extra_prices(part.problem)
        self._moves = self._moves_of(part.problem)
        # A price that counts makes the search hold one for every task and vehicle.
        priced = replace(
            part.problem.rules,
            published_vehicle=np.zeros(part.problem.tasks, np.int32),
            change_price=np.ones(part.problem.tasks),
        )
        problem = replace(part.problem, rules=priced)
        single = alone(problem, line)
        self._fit = single.fit()
        self._search = RuinRecreate(problem, line, single, seed, threads, dense_ends=EXACT_ENDS)
        self._exact = ways or PathFinder(problem, line)
        begin_from(self._search, self._exact, self._before)
        self._price = DEAR * self._search.cost_per_task
        self._least_price = CHEAPEST * self._search.cost_per_task
        self._reprice(self._price)
        self._best, self._least = self._before, np.inf

    def _moves_of(self, problem: Problem) -> Floats:
        """Return float64[T, V], 1 where a task would be another vehicle's than before."""
        moves = np.zeros((problem.tasks, problem.vehicles))
        for v, route in enumerate(self._before):
            moves[tasks_of(route)] = 1.0
            moves[tasks_of(route), v] = 0.0
        moves[self._free] = 0.0
        return moves

    def _reprice(self, price: float) -> None:
        self._price = price
        self._search.reprice(self._own + price * self._moves)

    def best(self, stop: StoppingCriterion) -> tuple[TaskRoute, ...]:
        """Return the best routes with few enough changes found until told to stop."""
        search = self._search
        scale = WARM * search.cost_per_task
        iterations, gone, looked = 0, 0.0, 0.0
        begun = stop.progress(0, feasible=False)
        self._aim(self._before, gone)
        while begun < 1.0 and gone < 1.0:
            iterations += search.run(CHUNK_ITERATIONS, scale * COLD**gone)
            gone = (stop.progress(iterations, feasible=False) - begun) / (1.0 - begun)
            if gone >= looked + LOOKS:
                looked = gone
                self._look(gone)
        self._look(1.0)
        return self._best

    def _aim(self, routes: Sequence[TaskRoute], gone: float) -> None:
        """Let the search look around what was freed, as often around what still has no place.

        In the second half of the effort it looks around everything.
        """
        lacking = self._fit.copy()
        lacking[[task for route in routes for task in tasks_of(route)]] = False
        missing = np.flatnonzero(lacking).astype(np.int32)
        around = self._free if 2 * gone < 1.0 else np.arange(len(self._fit), dtype=np.int32)
        as_often = np.resize(missing, len(around)) if len(missing) else missing
        self._search.seeds = np.append(as_often, around)

    def _look(self, gone: float) -> None:
        """Keep the routes if they are the best so far, and set the price of a change anew."""
        self._search.correct(self._exact)
        routes = self._search.best_routes()
        changes = moved(self._before, routes, self._free.tolist())
        cost = self._search.best_cost - self._price * self._priced(routes)
        if changes <= self._budget and cost < self._least:
            self._best, self._least = routes, cost
        if changes > self._budget:
            self._reprice(DEARER * self._price)
        elif gone > STAYING and changes < 0.9 * self._budget:
            factor = MUCH_CHEAPER if 2 * changes < self._budget else CHEAPER
            self._reprice(max(factor * self._price, self._least_price))
        self._aim(routes, gone)

    def _priced(self, routes: Sequence[TaskRoute]) -> float:
        return float(sum(self._moves[tasks_of(route), v].sum() for v, route in enumerate(routes)))
