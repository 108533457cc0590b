"""Ruin and recreate on a whole problem: first routes, then better ones at falling temperature.

The inner loop is exact on duration, directions, hopper and shift; it ranks places by the price
that a delay has for the tasks behind (`routing.kernels.routes`) and accepts by the true cost.
In a large city distant deadheads are estimates there; the solver drives routes exactly later.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from routing.kernels.arrays.randomness import draw
from routing.kernels.arrays.route_arrays import FAR_S, SearchArrays
from routing.kernels.routes import construction, far_deadheads, moves, waiting_routes
from routing.kernels.routes.routes import compute_route
from routing.network.deadheads import LineGraph, deadhead_table, ends_of
from routing.network.shortest_deadheads import SecondsSource
from routing.network.single_task_feasibility import SingleTaskFeasibility
from routing.network.steps import Heed, never_heed
from routing.problem.problem import NONE, Floats, Ints, Problem, Random, TaskRoute
from routing.problem.stops import tasks_of
from routing.search.decomposition import NearbyWindows, WindowGroup, forked_stream, route_groups
from routing.search.first_routes import ConstructionOptions, construction_options
from routing.search.row_groups import RowGroups
from routing.search.rule_arrays import fleet_price
from routing.search.search_arrays import (
    empty_routes,
    problem_arrays,
    route_room,
    stops_of,
    task_places,
)
from routing.search.subproblems import OpenSubproblem, RouteWindow
from routing.search.sweeps import RelocationSweeps

WHOLE_TASKS = 4_000
"""Up to so many tasks the search looks at everything at once; above, at one part at a time."""
FEW_TASKS = 1_200
"""Up to so many it does so even where routes are long and each of its steps takes its time."""
PART_ITERATIONS = 150
"""Iterations on windows of routes before the next ones."""
PART_COUNT = 8
"""Parts of windows in a round."""
LONG_ROUTE = 200
"""Mean tasks of a route above which parts are windows of routes instead of groups of routes."""
TASK_ITERATIONS = 8
"""Iterations per task on a group of routes before the next groups are chosen."""
CHUNK_ITERATIONS = 500
"""Iterations on everything between two looks at the stop; `run` is best asked for so many."""


class SearchLimits(NamedTuple):
    """Other limits of a search than the usual ones, `None` for those.

    Up to `whole_tasks` it looks at everything at once; from `long_route` mean tasks of a route on
    subproblems are windows of routes; up to `dense_ends` ends all deadheads are computed.
    """

    whole_tasks: int | None = None
    long_route: int | None = None
    dense_ends: int | None = None


USUAL = SearchLimits()
"""The limits of this module."""


class RuinRecreate:
    """A problem being solved: the best routes known, and the random numbers."""

    def __init__(
        self,
        problem: Problem,
        line: LineGraph,
        alone: SingleTaskFeasibility,
        seed: int,
        threads: int,
        limits: SearchLimits = USUAL,
        heed: Heed = never_heed,
    ) -> None:
        """Find what the search needs, which in a large city takes seconds; `heed` may end that."""
        ends = ends_of(problem)
        self._problem = problem
        self._ends = ends
        deadheads, next_end = deadhead_table(problem, line, ends, threads, limits.dense_ends, heed)
        numbers, self._starts = problem_arrays(problem, line, ends, deadheads, next_end)
        self._routes = empty_routes(problem, route_room(problem))
        self._places = task_places(problem, alone.fit())
        self._arrays = SearchArrays(deadheads, numbers, self._routes, self._places)
        self._long_route = LONG_ROUTE if limits.long_route is None else limits.long_route
        most = max(FEW_TASKS, self._long_route * problem.vehicles)
        whole_tasks = WHOLE_TASKS if limits.whole_tasks is None else limits.whole_tasks
        few = problem.tasks <= min(whole_tasks, most)
        self.whole = few and not self._starts.next_end.shape[1]
        self._everything: OpenSubproblem | None = None
        self._groups: RowGroups | None = None
        self.seeds = np.arange(problem.tasks, dtype=np.int32)  # around which windows are opened
        self._nearby = NearbyWindows(self._arrays)
        self._threads = threads
        self._sweeps = RelocationSweeps(problem, self._arrays, self._starts)
        self._best: tuple[Ints, ...] = ()
        self._best_cost = np.inf
        self._sure: tuple[Ints, ...] = ()
        self._sure_cost = np.inf
        self._random = np.array(
            [(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 or 1], np.uint64
        )

    @property
    def best_cost(self) -> float:
        """Cost of the best routes, distant deadheads estimated."""
        return self._everything.cost if self._everything else min(self._best_cost, self._cost())

    @property
    def cost_per_task(self) -> float:
        """Mean cost of the tasks that the routes serve."""
        self._restore_best()
        return float(self._routes.row["cost"].sum()) / max(int(self._routes.row["size"].sum()), 1)

    def _cost(self) -> float:
        cost = self._problem.unserved_price[self._absent()].sum() + self._routes.row["cost"].sum()
        return float(cost) + fleet_price(self._arrays.problem, self._routes)

    def _absent(self) -> Ints:
        return np.flatnonzero(self._places.spot["route"] == NONE).astype(np.int32)

    @property
    def absent(self) -> int:
        """Number of tasks without a place in the best routes."""
        return self._everything.absent if self._everything else len(self._absent())

    def begin(self, start: Sequence[TaskRoute] | None) -> None:
        """Take over given routes, or make first ones; then place what is left at its best."""
        if start is not None:
            self._load_tasks([np.array(tasks_of(route), np.int32) for route in start])
        else:
            self.construct()
        self.open()

    def construct(self, enough: Callable[[], bool] = bool) -> None:
        """Make first routes in several ways and keep the cheapest, until there are `enough`."""
        best: tuple[Ints, ...] = ()
        least = np.inf
        for options in construction_options(self._problem):
            self._routes.row["size"] = 0
            self._places.spot["route"] = NONE
            self._extend(options)
            if self._cost() < least:
                best, least = self._tasks_of_routes(), self._cost()
            if enough():
                break
        self._load_tasks(best)

    def lengthen(self) -> None:
        """Let the routes go on with tasks that have no place yet, as far as shifts allow."""
        if self._everything is None:  # else they have found their places
            nobody = np.zeros(self._problem.vehicles, np.bool_)
            self._extend(ConstructionOptions(FAR_S, False, nobody))

    def _extend(self, options: ConstructionOptions) -> None:
        levels = int(self._problem.class_index.max(initial=-1)) + 1
        construction.construct(self._arrays, self._starts, levels, *options)
        self._rebuild()

    def _load_tasks(self, rows: Sequence[Ints]) -> None:
        for v, tasks in enumerate(rows):
            self._routes.stop["task"][v, : len(tasks)] = tasks
            self._routes.row["size"][v] = len(tasks)
        self._rebuild()

    def _rebuild(self) -> None:
        """Compute all routes from their tasks; take out what breaks a rule."""
        arrays = self._arrays
        waiting_routes.reset_releases(self._routes)
        construction.rebuild(arrays)
        while self._arrays.problem.rules.ordered:
            task = waiting_routes.first_misplaced(*arrays, waiting_routes.synchronize(*arrays))
            if task == NONE:
                break
            waiting_routes.remove_task(*arrays, task)

    def open(self) -> None:
        """Open the subproblem that is everything and insert absent tasks, unless it is large."""
        if not self.whole:
            return
        sizes = self._routes.row["size"].tolist()
        windows = [RouteWindow(v, 0, size) for v, size in enumerate(sizes)]
        absent = self._absent()[self._places.spot["fit"][self._absent()]]
        self._everything = self._part(windows, absent)
        self._everything.fill(self._random)
        if self._everything.absent == 0:  # else overload would hide the choice of what to leave out
            self._everything.price_lack()
        self._groups = RowGroups(self._everything.search(self._random), self._threads)

    def _part(self, windows: Sequence[RouteWindow], absent: Ints) -> OpenSubproblem:
        return OpenSubproblem(*self._arrays[:3], windows, absent)

    def _restore_best(self) -> None:
        """Make the routes the best ones known."""
        if self._everything is not None:
            sizes = self._routes.row["size"].tolist()
            windows = [RouteWindow(v, 0, size) for v, size in enumerate(sizes)]
            self._put(self._everything, windows, self._everything.best())
        elif self._best_cost < self._cost():
            self._load_tasks(self._best)

    def _put(
        self, part: OpenSubproblem, windows: Sequence[RouteWindow], rows: Sequence[Ints]
    ) -> bool:
        """Bring rows of a subproblem into the routes; return whether all can be driven."""
        news = zip(windows, rows, strict=True)
        holds = [self._replace(window, tasks) for window, tasks in news]
        self._places.spot["route"][part.tasks] = NONE
        for window in windows:
            construction.note_places(self._routes, self._places, window.vehicle)
        if self._arrays.problem.rules.ordered:
            return self._agrees([window.vehicle for window in windows])
        return all(holds)

    def _agrees(self, changed: Sequence[int]) -> bool:
        """Time all routes that wait for one another; return whether everything can be driven."""
        arrays = self._arrays
        ends = waiting_routes.synchronize(*arrays)
        holds = [
            compute_route(self._arrays.deadheads, self._arrays.problem, self._routes, v)
            for v in changed
        ]
        return all(holds) and waiting_routes.first_misplaced(*arrays, ends) == NONE

    def _replace(self, window: RouteWindow, tasks: Ints) -> bool:
        v = window.vehicle
        if np.array_equal(self._routes.stop["task"][v, window.first : window.last], tasks):
            return True
        return bool(moves.replace_tasks(*self._arrays[:3], v, window.first, window.last, tasks))

    def correct(self, exact: SecondsSource) -> None:
        """Replace the estimated deadheads that the routes use by exact ones.

        Where the routes then cost more than the best of exact cost, those are the best again.
        """
        if self._everything is not None:  # a small problem has no estimates
            return
        self._learn(exact)
        now = self._tasks_of_routes()
        if self._best_cost < self._cost():
            self._load_tasks(self._best)
            self._learn(exact)
        if self._cost() > self._sure_cost:
            self._load_tasks(self._sure)
        self._sure, self._sure_cost = self._tasks_of_routes(), self._cost()
        self._best, self._best_cost = self._sure, self._sure_cost
        self._load_tasks(now)

    def undo_losses(self) -> None:
        """Go on from the best routes, where the search never accepts worse ones on purpose."""
        if self._everything is None and self._long():
            self._restore_best()

    def _learn(self, exact: SecondsSource) -> None:
        pairs = np.empty((self._problem.tasks + self._problem.vehicles, 2), np.int32)
        count = far_deadheads.estimated_pairs(
            self._arrays.deadheads, self._arrays.problem, self._routes, pairs
        )
        self._sweeps.note_ends(pairs[:count])
        seconds = np.minimum(exact.seconds(self._ends.arc[pairs[:count]], self._threads), FAR_S)
        far_deadheads.store_exact(self._arrays.deadheads, pairs[:count], seconds)
        self._rebuild()

    def reprice(self, extra: Floats) -> None:
        """Take over other prices float64[T, V] of tasks on vehicles, and go on from the best."""
        self._restore_best()
        self._arrays.problem.rules.extra[:] = extra
        self._rebuild()
        self._best = self._sure = self._tasks_of_routes()
        self._best_cost = self._sure_cost = self._cost()
        self.open()

    def _long(self) -> bool:
        """Return whether routes are so long that subproblems must be windows of them."""
        sizes = self._routes.row["size"]
        return int(sizes.sum()) > self._long_route * max(int(np.count_nonzero(sizes)), 1)

    def run(self, iterations: int, temperature: float) -> int:
        """Improve for about so many iterations at most; return how many they were."""
        if self._everything is not None:
            if self._groups and (done := self._groups.run(temperature, self._random)):
                return done
            count = min(iterations, CHUNK_ITERATIONS)
            self._everything.run(count, temperature, self._random)
            return count
        if not self._long():
            return self._anneal_groups(iterations, temperature)
        if self._sweeps.due:
            return self._sweeps.run(self._random)
        return self._improve_windows(temperature)

    def _anneal_groups(self, iterations: int, temperature: float) -> int:
        """Anneal in all groups of neighboring routes, which are newly chosen."""
        choices = route_groups(self._arrays.problem, self._routes, self._places, self._random)
        each = min(TASK_ITERATIONS, max(1, iterations // self._problem.tasks))
        parts = self._run_parts(choices, lambda part: each * len(part.tasks), temperature)
        for part in parts:
            self._exchange(part, (part.best(), part.stays))
        if self._cost() < self._best_cost - 1e-7:
            self._best, self._best_cost = self._tasks_of_routes(), self._cost()
        for part in parts:
            windows = [
                replace(w, last=int(self._routes.row["size"][w.vehicle])) for w in part.windows
            ]
            self._exchange(part, (part.current(), part.best(), part.stays), windows)
        return each * sum(len(part.tasks) for part in parts)

    def _tasks_of_routes(self) -> tuple[Ints, ...]:
        sizes = self._routes.row["size"].tolist()
        return tuple(self._routes.stop["task"][v, :n].copy() for v, n in enumerate(sizes))

    def _run_parts(
        self,
        choices: Sequence[WindowGroup],
        iterations: Callable[[OpenSubproblem], int],
        temperature: float,
    ) -> list[OpenSubproblem]:
        """Open disjoint subproblems and anneal each by its own random numbers, on all threads."""
        seeds = [forked_stream(self._random) for _ in choices]

        def annealed(choice: WindowGroup, random: Random) -> OpenSubproblem:
            part = self._part(choice.windows, choice.absent)
            part.run(iterations(part), temperature, random)
            return part

        if self._threads == 1:
            return [annealed(*each) for each in zip(choices, seeds, strict=True)]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(annealed, choices, seeds))

    def _exchange(
        self,
        part: OpenSubproblem,
        offers: Sequence[Sequence[Ints]],
        windows: Sequence[RouteWindow] | None = None,
    ) -> None:
        """Bring the first version of a subproblem's rows that can be driven into the routes."""
        now = part.windows if windows is None else windows
        for rows in offers:
            if self._has_room(rows) and self._put(part, now, rows):
                return
            sizes = self._routes.row["size"]
            now = [replace(w, last=int(sizes[w.vehicle])) for w in part.windows]
        if self._arrays.problem.rules.ordered:  # other parts have changed what these rows wait for
            self._rebuild()

    def _has_room(self, rows: Sequence[Ints]) -> bool:
        longest = max(len(row) for row in rows) + int(self._routes.row["size"].max())
        return bool(longest < self._routes.stop.shape[1])

    def _improve_windows(self, temperature: float) -> int:
        """Improve subproblems around random tasks, no route in two of them."""
        choices: list[WindowGroup] = []
        taken: set[int] = set()
        for _ in range(PART_COUNT):
            choice = self._nearby.around(self._random_task(), taken, self._random)
            if choice.windows:  # not far from all routes
                choices.append(choice)
                taken.update(window.vehicle for window in choice.windows)
        for part in self._run_parts(choices, lambda part: PART_ITERATIONS, temperature):
            if part.improved and self._has_room(part.best()):
                self._try(part)
                self._sweeps.note(part.tasks)
        return PART_ITERATIONS * PART_COUNT

    def _try(self, part: OpenSubproblem) -> None:
        """Put the best rows of a subproblem into the routes, unless they cost more then."""
        absent = part.tasks[sum(len(stay) for stay in part.stays) :]
        if np.any(self._places.spot["route"][absent] != NONE):  # placed by another part
            return
        touched = [window.vehicle for window in part.windows]
        before = [self._routes.stop["task"][v].copy() for v in touched]
        sizes = self._routes.row["size"][touched]
        cost = self._cost()
        if self._put(part, part.windows, part.best()) and self._cost() < cost - 1e-7:
            return
        self._places.spot["route"][part.tasks] = NONE
        for v, row, size in zip(touched, before, sizes, strict=True):
            self._routes.stop["task"][v] = row
            self._routes.row["size"][v] = size
            compute_route(self._arrays.deadheads, self._arrays.problem, self._routes, v)
            construction.note_places(self._routes, self._places, v)
        if self._arrays.problem.rules.ordered:
            self._agrees(touched)

    def _random_task(self) -> int:
        return int(self.seeds[min(int(draw(self._random) * len(self.seeds)), len(self.seeds) - 1)])

    def best_routes(self) -> tuple[TaskRoute, ...]:
        """Return the best routes so far."""
        self._restore_best()
        return tuple(stops_of(self._routes, v) for v in range(self._problem.vehicles))
