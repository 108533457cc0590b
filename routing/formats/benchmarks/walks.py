"""Routes in a file's own terms: what is served, and the walk node by node."""

from collections.abc import Sequence
from typing import NamedTuple

from routing.formats.benchmarks.instance import NodeLabel
from routing.formats.benchmarks.instance_problem import InstanceProblem
from routing.formats.benchmarks.parallel_order import written_order
from routing.network.route_timing import timed_route
from routing.network.shortest_deadheads import PathFinder
from routing.problem.problem import TaskRoute, TaskVisit

type Service = list[NodeLabel] | dict[str, NodeLabel]
"""`[u, v]` is a street served from u to v, `{"node": n}` a node, `{"reload": n}` a visit."""


class Walk(NamedTuple):
    """A route as files and their judges write it."""

    services: list[Service]
    path: list[NodeLabel]


def service_of(model: InstanceProblem, task: int, mode: int) -> Service:
    """Return how a task done in a mode is written."""
    instance, links = model.instance, model.required_links
    if task >= len(links):
        return {"node": instance.labels[instance.node_task[task - len(links)]]}
    link = links[task]
    ends = [instance.labels[instance.u[link]], instance.labels[instance.v[link]]]
    return ends[::-1] if mode else ends


def walk_of(model: InstanceProblem, finder: PathFinder, vehicle: int, route: TaskRoute) -> Walk:
    """Return a vehicle's route as a walk along shortest ways."""
    layout, labels = model.layout, model.instance.labels
    services: list[Service] = [
        service_of(model, stop.task, stop.mode)
        if isinstance(stop, TaskVisit)
        else {"reload": labels[layout.site_node[stop.site]]}
        for stop in route
    ]
    path = [labels[model.problem.tail[model.problem.start_arc[vehicle]]]]
    for leg in timed_route(model.problem, finder, vehicle, route).legs:
        for arc in leg.arcs:
            if arc in layout.ways_home:
                nodes = layout.ways_home[arc]
                services.append({"reload": labels[nodes[0]]})
                path += [labels[node] for node in nodes[1:]]
            elif arc < layout.streets:
                path.append(labels[model.problem.head[arc]])
    return Walk(services, path)


def walks_of(model: InstanceProblem, finder: PathFinder, routes: Sequence[TaskRoute]) -> list[Walk]:
    """Return all routes as walks, without those of vehicles that stay where their order is free.

    In a salting task the order says whose home a route begins at, so empty ones stay.
    """
    walks = [walk_of(model, finder, vehicle, route) for vehicle, route in enumerate(routes)]
    if model.instance.kind == "salt":
        return walks
    return [walks[route] for route in written_order(model, routes) if walks[route].services]
