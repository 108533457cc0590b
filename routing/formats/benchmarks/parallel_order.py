"""In which order routes are written so that others match parallel streets as they are meant.

A service names two nodes. Of several required streets between them a judge takes the cheapest that
is not yet served, route by route. The order of the routes is free, so the route with the cheapest
of them is written first, as far as that is possible.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter

import numpy as np

from routing.formats.benchmarks.instance_problem import InstanceProblem
from routing.problem.problem import ReloadStop, TaskRoute
from routing.problem.stops import tasks_of

TRIES = 1_000
"""Random orders tried where no order suits all parallel streets."""
TOLERANCE_KG = 1e-6


def written_order(model: InstanceProblem, routes: Sequence[TaskRoute]) -> list[int]:
    """Return the numbers of the routes in the order in which they are to be written."""
    judge = _Judge(model, routes)
    if not judge.groups:
        return list(range(len(routes)))
    orders = _orders(len(routes), judge.wishes())
    first = next(orders)
    return next((order for order in (first, *orders) if judge.accepts(order)), first)


def _orders(count: int, wishes: set[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield orders of routes: as they are, as wished if that is possible, and random ones."""
    yield list(range(count))
    before: dict[int, set[int]] = {route: set() for route in range(count)}
    for earlier, later in sorted(wishes):
        before[later].add(earlier)
    try:
        yield list(TopologicalSorter(before).static_order())
    except CycleError:
        random = np.random.default_rng(0)
        for _ in range(TRIES):
            yield [int(route) for route in random.permutation(count)]


class _Judge:
    """What somebody makes of services who knows only their nodes.

    `groups` are the required streets between the same nodes, cheapest first, where there are some;
    `_trips` lists for each route the loads between refills and the tasks that are in groups.
    """

    def __init__(self, model: InstanceProblem, routes: Sequence[TaskRoute]) -> None:
        self.groups = _parallel_tasks(model)
        self._demand = model.problem.material_kg
        self._capacity = model.instance.capacity
        self._group_of = {task: group for group in self.groups for task in group}
        self._routes = routes
        self._trips = [self._loads(route) for route in routes]

    def wishes(self) -> set[tuple[int, int]]:
        """Return pairs of routes, the first of which serves the cheaper of two parallel streets."""
        route_of = {task: r for r, route in enumerate(self._routes) for task in tasks_of(route)}
        found = set()
        for group in self.groups:
            served = [route_of[task] for task in group if task in route_of]
            found |= {(a, b) for i, a in enumerate(served) for b in served[i + 1 :] if a != b}
        return found

    def accepts(self, order: Sequence[int]) -> bool:
        """Whether routes in this order load no more than there is room, as a judge sees them."""
        served: set[int] = set()
        for route in order:
            for load, tasks in self._trips[route]:
                taken = [self._taken(task, served) for task in tasks]
                load += float(sum(self._demand[task] for task in taken))
                load -= float(sum(self._demand[task] for task in tasks))
                if load > self._capacity + TOLERANCE_KG:
                    return False
        return True

    def _taken(self, task: int, served: set[int]) -> int:
        """Return which street of a group a judge takes a service for, and count it as served."""
        free = [one for one in self._group_of[task] if one not in served]
        taken = free[0] if free else task
        served.add(taken)
        return taken

    def _loads(self, route: TaskRoute) -> list[tuple[float, list[int]]]:
        trips: list[tuple[float, list[int]]] = [(0.0, [])]
        for stop in route:
            if isinstance(stop, ReloadStop):
                trips.append((0.0, []))
                continue
            load, tasks = trips[-1]
            if stop.task in self._group_of:
                tasks.append(stop.task)
            trips[-1] = (load + float(self._demand[stop.task]), tasks)
        return trips


def _parallel_tasks(model: InstanceProblem) -> list[list[int]]:
    """Return the required streets between the same nodes, cheapest first, where there are some.

    Streets that may be served in different directions are not taken for one another.
    """
    instance = model.instance
    between: dict[tuple[int, int, bool], list[int]] = defaultdict(list)
    for task, link in enumerate(model.required_links.tolist()):
        u, v, both = int(instance.u[link]), int(instance.v[link]), bool(instance.both_ways[link])
        ends = (min(u, v), max(u, v)) if both else (u, v)
        between[*ends, both].append(task)
    serve = instance.serve[model.required_links]
    return [
        sorted(tasks, key=lambda task: (float(serve[task]), task))
        for tasks in between.values()
        if len(tasks) > 1
    ]
