"""Work handed from some vehicles to near ones, while few of their own tasks change hands."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import Floats, Problem, TaskRoute
from routing.problem.stopping import StoppingCriterion
from routing.problem.stops import tasks_of
from routing.replanning.path_cache import CachedLineGraph
from routing.replanning.vehicle_subproblem import VehicleSubproblem
from routing.search.ruin_recreate import CHUNK_ITERATIONS, RuinRecreate, SearchLimits
from routing.search.rule_arrays import extra_prices
from routing.search.solver import begin_from

EXACT_ENDS = 1_000
"""Up to so many ends all deadheads are looked up; above, that alone would take seconds."""
DEAR = 20.0
"""First price of a task that changes hands, in mean costs of a task."""
CHEAPEST = 0.03
"""Least price of a task that changes hands, in mean costs of a task."""
STAYING = 0.15
"""Share of the effort in which nothing is to change hands that need not."""
LOOKS = 0.04
"""Share of the effort after which the price of changing hands is set anew."""
CHEAPER, MUCH_CHEAPER = 0.7, 0.4
"""Factors on that price."""
MANY_CHANGES = 0.9
"""Share of the tasks that have changed hands from which on the price stays."""
WARM, COLD = 0.1, 0.01
"""First temperature in mean costs of a task, and the last one over the first."""


class HandoverSearch:
    """A search in which a task that changes hands has a price, which falls as the search goes on.

    `free` tasks may change hands without it.
    """

    def __init__(
        self,
        part: VehicleSubproblem,
        streets: CachedLineGraph,
        routes: Sequence[TaskRoute],
        free: Sequence[int],
        seed: int,
        threads: int,
    ) -> None:
        line = streets.line
        self._before = part.inside(routes)
        local = {int(task): i for i, task in enumerate(part.tasks)}
        self._free = np.array([local[task] for task in free], np.int32)
        self._own = extra_prices(part.problem)
        self._moves = self._moves_of(part.problem)
        # A price that counts makes the search hold one for every task and vehicle.
        priced = replace(
            part.problem.rules,
            published_vehicle=np.zeros(part.problem.tasks, np.int32),
            change_price=np.ones(part.problem.tasks),
        )
        problem = replace(part.problem, rules=priced)
        single = feasibility_of_tasks(problem, line)
        self._fit = single.fit()
        limits = SearchLimits(dense_ends=EXACT_ENDS)
        self._search = RuinRecreate(problem, line, single, seed, threads, limits)
        self._exact = streets.paths
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
        """Return the best routes found until the stopping criterion says so."""
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
        """Let the search look around free tasks, as often around those that still have no place.

        In the second half of the effort it looks around everything.
        """
        lacking = self._fit.copy()
        lacking[[task for route in routes for task in tasks_of(route)]] = False
        missing = np.flatnonzero(lacking).astype(np.int32)
        around = self._free if 2 * gone < 1.0 else np.arange(len(self._fit), dtype=np.int32)
        as_often = np.resize(missing, len(around)) if len(missing) else missing
        self._search.seeds = np.append(as_often, around)

    def _look(self, gone: float) -> None:
        """Keep the routes if they are the cheapest so far, and lower the price of a change.

        It falls faster while less than half of all tasks have changed hands.
        """
        self._search.correct(self._exact)
        routes = self._search.best_routes()
        cost = self._search.best_cost - self._price * self._priced(routes)
        if cost < self._least:
            self._best, self._least = routes, cost
        tasks, changes = len(self._fit), self._changes(routes)
        if gone > STAYING and changes < MANY_CHANGES * tasks:
            factor = MUCH_CHEAPER if 2 * changes < tasks else CHEAPER
            self._reprice(max(factor * self._price, self._least_price))
        self._aim(routes, gone)

    def _changes(self, routes: Sequence[TaskRoute]) -> int:
        """Return how many tasks have changed hands that are not free to do so."""
        now = {task: v for v, route in enumerate(routes) for task in tasks_of(route)}
        free = set(self._free.tolist())
        return sum(
            task not in free and now.get(task) != v
            for v, route in enumerate(self._before)
            for task in tasks_of(route)
        )

    def _priced(self, routes: Sequence[TaskRoute]) -> float:
        return float(sum(self._moves[tasks_of(route), v].sum() for v, route in enumerate(routes)))
