"""The best solution of tiny problems, by trying everything: who, in which order, how, reloads."""

from itertools import combinations, combinations_with_replacement, permutations, product

import numpy as np

from routing.check.referee import _broken_order, _broken_pin, _broken_route, _cost
from routing.check.referee_paths import deadheads_of
from routing.check.referee_schedule import driven
from routing.problem.problem import Cost, ReloadStop, Solution, TaskVisit

NOTHING = Cost(0.0, 0.0, 0.0, 0.0, 0.0)


def least_total(problem, *, reloads=True):
    """Cost of the best of all solutions that the referee lets pass."""
    judge = _Judge(problem)
    return min(judge.total(routes) for routes in all_routes(problem, reloads=reloads))


class _Judge:
    """The referee with all deadheads at hand."""

    def __init__(self, problem):
        self.problem = problem
        arcs = {int(arc) for arc in problem.mode_arc.ravel() if arc >= 0}
        arcs |= set(problem.reload_arc.tolist())
        ends = arcs | {int(arc) for arc in problem.end_arc if arc >= 0}
        legs = set(product(arcs | set(problem.start_arc.tolist()), ends))
        self.deadheads = deadheads_of(problem, legs)

    def total(self, routes):
        problem = self.problem
        served = {stop.task for route in routes for stop in route if isinstance(stop, TaskVisit)}
        left = dict.fromkeys(set(range(problem.tasks)) - served, "time")
        solution = Solution(routes, left, NOTHING, 0.0, 0, 0)
        times = driven(problem, self.deadheads, solution)
        for v, route in enumerate(routes):
            if _broken_route(problem, times, v, route) or _broken_pin(problem, v, route):
                return np.inf
        if _broken_order(problem, solution, times):
            return np.inf
        return _cost(problem, solution, times).total


def all_routes(problem, *, reloads):
    """All routes that begin with the pins, tasks left out included."""
    pins = [problem.rules.pin(v) for v in range(problem.vehicles)]
    pinned = {stop.task for pin in pins for stop in pin if isinstance(stop, TaskVisit)}
    free = [task for task in range(problem.tasks) if task not in pinned]
    for count in range(len(free) + 1):
        for chosen in combinations(free, count):
            for order in permutations(chosen):
                for stops in all_stops(problem, order, reloads=reloads):
                    for cuts in combinations_with_replacement(range(count + 1), len(pins) - 1):
                        bounds = (0, *cuts, count)
                        yield tuple(
                            (*pin, *(s for part in stops[a:b] for s in part))
                            for pin, a, b in zip(pins, bounds, bounds[1:], strict=False)
                        )


def all_stops(problem, order, *, reloads):
    """All ways of doing tasks in this order: modes, and a reload before each or not."""
    sites = [(), *((ReloadStop(site),) for site in range(problem.sites))] if reloads else [()]
    ways = [
        [(*site, TaskVisit(task, int(m))) for site in sites for m in np.flatnonzero(arcs >= 0)]
        for task, arcs in zip(order, problem.mode_arc[list(order)], strict=True)
    ]
    return product(*ways)
