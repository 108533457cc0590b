"""Routes of sectors joined and improved where sectors meet."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from routing.bounds.lower_bound import rising_bounds
from routing.network.deadheads import LineGraph, line_graph
from routing.network.pinned_stops import unpinned_problem
from routing.network.route_timing import PathSource, timed_route
from routing.network.shortest_deadheads import PathCache, PathFinder
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import Floats, Ints, Problem, TaskRoute
from routing.problem.stopping import StoppingCriterion, by_iterations, heed
from routing.problem.stops import tasks_of
from routing.replanning.running_routes import absent_from, running_solution
from routing.replanning.vehicle_subproblem import (
    HELPERS,
    NEAR_PERCENT,
    VehicleSubproblem,
    by_nearness,
    restricted,
)
from routing.search.solver import (
    FoundRoutes,
    SearchReport,
    ignore,
    leaving_finish,
    settled,
    solve,
    solve_with_paths,
)

WHOLE_TASKS = 120_000
"""Up to so many tasks everything is improved at once; more would take more than 3 GB."""


def seam_distances(points: Floats, sector: Ints) -> Floats:
    """Return float64[N], how far each point is from the nearest one of another sector.

    `points` float64[N, 2] are in metres; infinite where there is only one sector.
    """
    away_m = np.full(len(points), np.inf)
    for number in np.unique(sector).tolist():
        own = sector == number
        if not own.all():
            away_m[own], _ = cKDTree(points[~own]).query(points[own])
    return away_m


class JoinedRoutes(NamedTuple):
    """Routes of all sectors, and float64[T], how far each task is from the nearest seam.

    What no machine of its own sector is able to do is at no distance.
    """

    routes: Sequence[TaskRoute]
    away_m: Floats


def mended(
    problem: Problem,
    joined: JoinedRoutes,
    stop: StoppingCriterion,
    seed: int = 0,
    report: SearchReport = ignore,
    threads: int = 1,
    most: int = WHOLE_TASKS,
) -> FoundRoutes:
    """Return joined routes improved: all of them up to so many tasks, else those near seams."""
    heed(stop)
    routes, away_m = joined
    if problem.tasks <= most:
        start = running_solution(problem, routes, {})
        return solve_with_paths(problem, stop, seed, report, start, threads)
    line = line_graph(problem)
    paths = PathCache(PathFinder(problem, line))
    behind = unpinned_problem(problem, paths)
    single = feasibility_of_tasks(behind.problem, line)
    bound = next(rising_bounds(behind.problem, single)) + behind.cost
    before = stop.progress(0, feasible=False)
    begun = settled(problem, paths, single, bound, seed, routes, threads).solution
    given = behind.rest(begun.routes)
    settling = stop.progress(0, feasible=False) - before
    zone = seam_zone(behind.problem, line, given, away_m, most)
    start = running_solution(zone.problem, zone.inside(given), {})
    cost, left = _outside(behind.problem, paths, zone, given)

    def tell(best: float, _: float, unserved: int, iterations: int) -> None:
        report(best + cost + behind.cost, bound, unserved + left, iterations)

    until = stop if by_iterations(stop) else leaving_finish(stop, settling)
    found = solve(zone.problem, until, seed, tell, start, threads, proving=False)
    whole = behind.whole(zone.whole(found.routes, given))
    return settled(problem, paths, single, bound, seed, whole, threads)


def _outside(
    problem: Problem, paths: PathSource, zone: VehicleSubproblem, routes: Sequence[TaskRoute]
) -> tuple[float, int]:
    """Return what routes outside of a zone cost, and how many tasks are left out there."""
    inside = set(zone.vehicles.tolist())
    others = [v for v in range(problem.vehicles) if v not in inside]
    cost = sum(timed_route(problem, paths, v, routes[v]).cost for v in others)
    left = np.setdiff1d(absent_from(problem, routes), zone.tasks)
    return cost + float(problem.unserved_price[left].sum()), len(left)


def seam_zone(
    problem: Problem,
    line: LineGraph,
    routes: Sequence[TaskRoute],
    away_m: Floats,
    most: int = WHOLE_TASKS,
) -> VehicleSubproblem:
    """Return the vehicles that work nearest to seams, with at most so many tasks.

    Those come first that can do what no machine of its own sector is able to do.
    """
    absent = absent_from(problem, routes)
    foreign = absent[away_m[absent] == 0.0]
    near_m = np.array([_nearness_m(route, away_m) for route in routes])
    if len(foreign):
        near_m[by_nearness(problem, line, routes, foreign.tolist())[:HELPERS]] = -1.0
    vehicles: list[int] = []
    room = most
    for v in np.argsort(near_m, kind="stable").tolist():
        if len(routes[v]) > room:
            break
        vehicles.append(v)
        room -= len(routes[v])
    nearest = absent[np.argsort(away_m[absent], kind="stable")][:room]
    served = [task for v in vehicles for task in tasks_of(routes[v])]
    tasks = np.sort(np.append(nearest, np.array(served, np.int32))).astype(np.int32)
    chosen = np.array(sorted(vehicles), np.int32)
    return VehicleSubproblem(restricted(problem, tasks, chosen), tasks, chosen)


def _nearness_m(route: TaskRoute, away_m: Floats) -> float:
    """Return how near to a seam a vehicle works; one without work is as near as can be."""
    tasks = tasks_of(route)
    return float(np.percentile(away_m[tasks], NEAR_PERCENT)) if tasks else 0.0
