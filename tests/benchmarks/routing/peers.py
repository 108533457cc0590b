"""Other people's solvers on our problems, for the table: PyVRP (client groups) and OR-Tools.

Both route between points. A task in one of its modes is a point; the points of a task exclude
one another. Getting to a point costs the deadhead and the work there.
"""

from dataclasses import dataclass

import numpy as np
import pyvrp
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from pyvrp.stop import MaxRuntime as PyvrpRuntime

from routing.check.referee import cost_of, violations
from routing.network.deadheads import from_arc, line_graph
from routing.problem.problem import NONE, Cost, Problem, ReloadStop, Solution, TaskVisit

FAR = 10**8
WHOLE = 100.0
"""Both count in whole numbers: costs are multiplied by this unless they are whole already."""
DEMAND = 100
"""Hundredths of a unit of material: demands are whole numbers for them as well."""


@dataclass(frozen=True)
class Points:
    """A problem between points: the depot, reload sites, then a point for each mode of a task.

    `cost` int64[N, N] includes the work of the point gone to; `task`, `mode` are -1 for the first.
    """

    cost: np.ndarray
    task: np.ndarray
    mode: np.ndarray
    demand: np.ndarray
    scale: float


def points_of(problem: Problem) -> Points:
    """Return alike vehicles with one depot and no deadlines as a problem between points."""
    alike = (problem.start_arc, problem.end_arc, problem.capacity_kg, problem.vehicle_type)
    if any(len(np.unique(values)) > 1 for values in alike):
        raise ValueError("the peers get problems of alike vehicles only")
    task, mode = np.nonzero(problem.mode_arc != NONE)
    arcs = problem.mode_arc[task, mode]
    first = 1 + problem.sites
    leave = np.concatenate(([problem.start_arc[0]], problem.reload_arc, arcs))
    enter = np.concatenate(([problem.end_arc[0]], problem.reload_arc, arcs))
    line = line_graph(problem)
    apart = {a: from_arc(problem, line, int(a))[enter] for a in np.unique(leave)}
    cost = np.array([apart[a] for a in leave])
    cost[:, first:] += problem.service_s[task, 0]
    cost[:, 1:first] += problem.fill_s
    np.fill_diagonal(cost, 0.0)
    finite = cost[np.isfinite(cost)]
    scale = 1.0 if np.all(finite == np.rint(finite)) else WHOLE
    whole = np.rint(np.where(np.isfinite(cost), cost * scale, FAR)).astype(np.int64)
    head = np.full(first, NONE)
    return Points(
        cost=whole,
        task=np.concatenate((head, task)),
        mode=np.concatenate((head, mode)),
        demand=np.concatenate((np.zeros(first), problem.material_kg[task])),
        scale=scale,
    )


def judged(problem: Problem, points: Points, routes: list[list[int]]) -> float:
    """Return what routes of points cost, infinite if our referee finds a fault."""
    stops = [
        tuple(
            ReloadStop(p - 1)
            if p <= problem.sites
            else TaskVisit(int(points.task[p]), int(points.mode[p]))
            for p in route
        )
        for route in routes
    ]
    if len(stops) > problem.vehicles:
        return np.inf
    stops += [()] * (problem.vehicles - len(stops))
    nothing = Cost(**dict.fromkeys(Cost.__dataclass_fields__, 0.0))
    bare = Solution(tuple(stops), {}, nothing, 0.0, 0, 0)
    cost = cost_of(problem, bare)
    found = violations(problem, Solution(tuple(stops), {}, cost, 0.0, 0, 0))
    return cost.total if not found else np.inf


def by_pyvrp(problem: Problem, seconds: float, seed: int = 1) -> float:
    """Return the cost that PyVRP reaches; sites are its reload depots, modes its client groups."""
    points = points_of(problem)
    first = 1 + problem.sites
    shift = problem.shift_end_s[0]
    members: list[list[int]] = [[] for _ in range(problem.tasks)]
    for client, task in enumerate(points.task[first:].tolist()):
        members[task].append(client)
    kind = pyvrp.VehicleType(
        num_available=problem.vehicles,
        capacity=[int(problem.capacity_kg[0] * DEMAND)],
        fixed_cost=int(problem.fixed_price[0] * points.scale),
        max_distance=int(shift * points.scale) if np.isfinite(shift) else 2**62,
        reload_depots=list(range(1, first)),
    )
    asked = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in points.task],
        clients=[
            pyvrp.Client(
                p,
                delivery=[int(points.demand[p] * DEMAND)],
                required=False,
                group=int(points.task[p]),
            )
            for p in range(first, len(points.task))
        ],
        depots=[pyvrp.Depot(p) for p in range(first)],
        vehicle_types=[kind],
        distance_matrices=[points.cost],
        duration_matrices=[np.zeros_like(points.cost)],
        groups=[pyvrp.ClientGroup(clients) for clients in members],
    )
    found = pyvrp.solve(asked, stop=PyvrpRuntime(seconds), seed=seed, display=False)
    return judged(problem, points, [_pyvrp_route(route, first) for route in found.best.routes()])


def _pyvrp_route(route: pyvrp.Route, first: int) -> list[int]:
    """Return the points of a route between its two depots."""
    points = [first + stop.idx if stop.is_client() else stop.idx for stop in route]
    return points[1:-1]


def by_ortools(problem: Problem, seconds: float) -> float:
    """Return the cost that OR-Tools reaches (guided local search from path cheapest arc).

    A reload is a point that may be visited or not; there are as many for each site as trips are
    needed, and a hopper's slack there may drop to nothing.
    """
    points = points_of(problem)
    sites, per_site = problem.sites, _reloads(problem)
    first = 1 + sites
    row = np.concatenate(
        ([0], np.repeat(np.arange(1, first), per_site), np.arange(first, len(points.task)))
    )
    cost = points.cost[np.ix_(row, row)]
    capacity = int(problem.capacity_kg[0] * DEMAND)
    demand = np.rint(points.demand[row] * DEMAND).astype(np.int64)
    reloads = range(1, 1 + sites * per_site)
    demand[list(reloads)] = -capacity
    manager = pywrapcp.RoutingIndexManager(len(row), problem.vehicles, 0)
    model = pywrapcp.RoutingModel(manager)
    table = cost.tolist()
    arc = model.RegisterTransitMatrix(table)
    model.SetArcCostEvaluatorOfAllVehicles(arc)
    model.SetFixedCostOfAllVehicles(int(problem.fixed_price[0] * points.scale))
    load = model.RegisterUnaryTransitVector(demand.tolist())
    model.AddDimension(load, capacity if sites else 0, capacity, True, "load")
    loads = model.GetDimensionOrDie("load")
    for node in range(1, len(row)):
        if node not in reloads:
            loads.SlackVar(manager.NodeToIndex(node)).SetValue(0)
    if np.isfinite(problem.shift_end_s[0]):
        model.AddDimension(arc, 0, int(problem.shift_end_s[0] * points.scale), True, "shift")
    for node in reloads:
        model.AddDisjunction([manager.NodeToIndex(node)], 0)
    nodes: list[list[int]] = [[] for _ in range(problem.tasks)]
    for node in range(1 + sites * per_site, len(row)):
        nodes[int(points.task[row[node]])].append(manager.NodeToIndex(node))
    for group in nodes:
        model.AddDisjunction(group, FAR, 1)
    found = model.SolveWithParameters(_ortools_search(seconds))
    if found is None:
        return np.inf
    return judged(problem, points, _ortools_routes(model, manager, found, row))


def _reloads(problem: Problem) -> int:
    if not problem.sites:
        return 0
    return 2 + int(np.ceil(problem.material_kg.sum() / problem.capacity_kg[0]))


def _ortools_search(seconds: float) -> pywrapcp.DefaultRoutingSearchParameters:
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    search.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    search.time_limit.FromMilliseconds(int(seconds * 1000))
    return search


def _ortools_routes(model, manager, found, row) -> list[list[int]]:
    routes = []
    for v in range(manager.GetNumberOfVehicles()):
        at = found.Value(model.NextVar(model.Start(v)))
        route = []
        while not model.IsEnd(at):
            route.append(int(row[manager.IndexToNode(at)]))
            at = found.Value(model.NextVar(at))
        routes.append(route)
    return [route for route in routes if route]
