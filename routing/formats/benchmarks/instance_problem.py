"""An instance as a problem: what its arcs, tasks and sites are called in the file."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.formats.benchmarks.arc_layout import ArcLayout
from routing.formats.benchmarks.arcs import StreetArcs, streets_of
from routing.formats.benchmarks.free_turns import plain_layout
from routing.formats.benchmarks.instance import Instance
from routing.formats.benchmarks.listed_turns import turns_layout
from routing.formats.benchmarks.salt_turns import salt_layout
from routing.problem.problem import Floats, Ints, Problem

LEAST_UNSERVED_PRICE = 1.0e6
"""Price of leaving out a task that the public problem does not allow to be left out, at least."""
LONGEST_S = 5.0e6
"""All costs of a file together take no more seconds than this: the search knows no larger ones."""
SPARE_ROUTES = 3
"""Routes beyond those that the demands need when packed greedily."""


@dataclass(frozen=True, slots=True, eq=False)
class InstanceProblem:
    """A problem whose cost, times `unit`, is the file's.

    The first tasks are the required streets in the order of the file, then come the nodes.
    """

    instance: Instance
    problem: Problem
    layout: ArcLayout
    unit: float

    @property
    def required_links(self) -> Ints:
        """Links that are tasks, in order."""
        return np.flatnonzero(self.instance.required).astype(np.int32)

    @property
    def whole_costs(self) -> bool:
        """Whether all costs of the file are whole numbers, and so is every solution's."""
        instance = self.instance
        costs: list[Floats | list[float]] = [
            instance.drive,
            instance.serve,
            [instance.route_price, instance.site_price],
        ]
        if instance.turns is not None:
            costs.append(instance.turns.cost)
        return all(bool(np.all(np.mod(cost, 1.0) == 0)) for cost in costs)


def model_of(instance: Instance, least_vehicles: int = 0) -> InstanceProblem:
    """Return an instance as a problem: as many vehicles as are useful where the fleet is free.

    Parameters
    ----------
    least_vehicles
        How many a solution to begin from needs; nothing where the file states the fleet.
    """
    unit = _unit(instance)
    streets = streets_of(instance, unit)
    if instance.turns is not None:
        layout = turns_layout(instance, streets, unit)
    elif instance.kind == "salt":
        layout = salt_layout(instance, streets, unit)
    else:
        layout = plain_layout(instance, streets, _ways_home(instance, streets), unit)
    return InstanceProblem(instance, _problem(instance, layout, unit, least_vehicles), layout, unit)


def _unit(instance: Instance) -> float:
    """Return what of the file's cost is one second: 1, or a power of 2 where that is too much."""
    total = float(instance.drive.sum() * 2 + instance.serve.sum())
    total += instance.site_price * (len(instance.u) + 1) if instance.sites else 0.0
    return float(2.0 ** max(0, np.ceil(np.log2(max(total, 1.0) / LONGEST_S))))


def _problem(instance: Instance, layout: ArcLayout, unit: float, least_vehicles: int) -> Problem:
    demand = np.concatenate((instance.demand[instance.required], instance.node_demand))
    serve = np.concatenate(
        (instance.serve[instance.required] / unit, np.zeros(len(instance.node_task)))
    )
    tasks = len(demand)
    vehicles = _vehicles(instance, layout, demand, float(serve.sum()), unit)
    if instance.kind != "salt":
        vehicles = max(vehicles, least_vehicles)
    start = np.resize(np.array(layout.start, np.int32), vehicles)
    price = LEAST_UNSERVED_PRICE + 2.0 * float(layout.drive_s.sum() + serve.sum())
    turn_start, turn_to, turn_s = layout.turns
    return Problem(
        tail=layout.tail,
        head=layout.head,
        length_m=layout.drive_s.copy(),
        drive_s=layout.drive_s,
        place=layout.place,
        turn_start=turn_start,
        turn_to=turn_to,
        turn_s=turn_s,
        mode_arc=layout.mode_arc,
        service_s=serve[:, None],
        material_kg=demand,
        class_index=np.zeros(tasks, np.int32),
        release_s=np.zeros(tasks),
        due_s=np.full(tasks, np.inf),
        completion_price=np.zeros(tasks),
        lateness_price=np.zeros(tasks),
        unserved_price=np.full(tasks, price),
        pace=np.ones(1),
        vehicle_type=np.zeros(vehicles, np.int32),
        start_arc=start,
        end_arc=np.full(vehicles, layout.end, np.int32),
        capacity_kg=np.full(vehicles, instance.capacity),
        load_kg=np.full(vehicles, instance.capacity),
        shift_start_s=np.zeros(vehicles),
        shift_end_s=np.full(vehicles, layout.limit_s),
        price_per_s=np.ones(vehicles),
        fixed_price=np.full(vehicles, instance.route_price / unit),
        reload_arc=np.array(layout.sites, np.int32),
        fill_s=np.full(len(layout.sites), instance.site_price / unit),
    )


def _vehicles(
    instance: Instance, layout: ArcLayout, demand: Floats, work_s: float, unit: float
) -> int:
    """Return how many vehicles the problem gets: as stated where that binds, else enough."""
    if instance.kind == "salt":
        return len(instance.homes)
    if not layout.sites:
        packed = _packed(demand, instance.capacity)
        full = int(np.ceil(demand.sum() / instance.capacity))
        return max(1, min(len(demand), max(packed + SPARE_ROUTES, full + 2 * SPARE_ROUTES)))
    if not np.isfinite(layout.limit_s):
        return 1
    trips = np.ceil(demand.sum() / instance.capacity) + 1.0
    work_s += trips * (instance.site_price / unit)
    usable_s = max(layout.limit_s - 2.0 * layout.farthest_s, 0.25 * layout.limit_s)
    return max(1, min(len(demand), int(np.ceil(1.5 * work_s / usable_s)) + SPARE_ROUTES))


def _packed(demand: Floats, capacity: float) -> int:
    """Return how many vehicles carry all demands, largest first into the first with room."""
    room = np.zeros(0)
    for kg in np.sort(demand[demand <= capacity])[::-1]:
        fits = np.flatnonzero(room >= kg)
        if not len(fits):
            room = np.append(room, np.full(max(16, len(room)), capacity))
            fits = np.flatnonzero(room >= kg)
        room[fits[0]] -= kg
    return int(np.sum(room < capacity))


def _ways_home(
    instance: Instance, streets: StreetArcs
) -> tuple[tuple[float, tuple[int, ...]], ...]:
    """Return for each site the seconds to the depot, and the nodes on the way from it.

    Sites from which no way leads home have infinite seconds.
    """
    if not instance.sites:
        return ()
    nodes = len(instance.labels)
    order = np.lexsort((streets.drive_s, streets.head, streets.tail))
    tail, head = streets.tail[order], streets.head[order]
    first = np.concatenate(([True], (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])))
    graph = csr_matrix((streets.drive_s[order][first], (tail[first], head[first])), (nodes, nodes))
    depot = instance.homes[0]
    away_s, before = dijkstra(graph, indices=list(instance.sites), return_predecessors=True)
    return tuple(
        (float(away_s[k, depot]), _way(before[k], depot)) for k in range(len(instance.sites))
    )


def _way(before: Ints, goal: int) -> tuple[int, ...]:
    way = [goal]
    while before[way[-1]] >= 0:
        way.append(int(before[way[-1]]))
    return tuple(way[::-1])
