"""A written solution of a public instance read again, to begin a search from."""

from collections import defaultdict

import numpy as np

from routing.formats.benchmarks.instance_problem import InstanceProblem
from routing.formats.text.format_error import FormatError
from routing.formats.text.strict_json import entries_of, items, member, wrong
from routing.network.deadheads import line_graph
from routing.network.route_timing import timed_route
from routing.network.shortest_deadheads import PathFinder
from routing.problem.problem import NONE, Problem, ReloadStop, TaskRoute, TaskVisit

TOLERANCE = 1e-6
"""Demand and cost that may be too much by rounding."""

type _Stop = TaskVisit | ReloadStop


def start_of(model: InstanceProblem, value: object) -> tuple[TaskRoute, ...]:
    """Return the routes of a solution's JSON, one for each vehicle of the model.

    Tasks may be missing. Raise `FormatError` where a service is not in the file or done twice, or
    a route loads too much, takes too long or has no way to drive.
    """
    reading = _Reading(model)
    entries = items(value, "", "routes")
    if len(entries) > model.problem.vehicles:
        raise wrong("routes", f"at most {model.problem.vehicles} routes", len(entries))
    routes = []
    for vehicle, (entry, path) in enumerate(entries):
        routes.append(reading.route(vehicle, entry, path))
    routes += [()] * (model.problem.vehicles - len(routes))
    return tuple(routes)


class _Reading:
    """Which tasks and sites the services of a solution mean, and which are taken."""

    def __init__(self, model: InstanceProblem) -> None:
        self.model = model
        self.finder = PathFinder(model.problem, line_graph(model.problem))
        self.node = {str(label): i for i, label in enumerate(model.instance.labels)}
        self.visits = _visits(model)
        self.done: set[int] = set()
        self.sites: dict[int, list[_Stop]] = defaultdict(list)
        for site, node in enumerate(model.layout.site_node):
            self.sites[node].append(ReloadStop(site))

    def route(self, vehicle: int, entry: object, path: str) -> TaskRoute:
        """Return a route: its services in order, without the last visit before the depot."""
        listed = (
            items(entry, path, "services") if isinstance(entry, dict) else entries_of(entry, path)
        )
        options = [self._meant(service, at) for service, at in listed]
        if self.model.layout.ways_home and options and isinstance(options[-1][0], ReloadStop):
            options.pop()
        route = _least(self.model.problem, self.finder, vehicle, options)
        if route is None:
            raise FormatError(f"{path}: no way leads through these services in this order")
        self._check(vehicle, route, path)
        return route

    def _meant(self, service: object, path: str) -> list[_Stop]:
        """Return the stops of a problem that a service can mean, one of which it is."""
        if not isinstance(service, dict):
            ends = [self._node(label, at) for label, at in entries_of(service, path)]
            if len(ends) != 2:
                raise wrong(path, "two nodes, {'node': n} or {'reload': n}", service)
            return self._taken(ends[0], ends[1], path, service)
        if "reload" not in service:
            label, inner = member(service, path, "node")
            node = self._node(label, inner)
            return self._taken(node, NONE, path, service)
        node = self._node(service["reload"], f"{path}.reload")
        if node not in self.sites:
            raise wrong(f"{path}.reload", "a reload site of the file", service["reload"])
        return self.sites[node]

    def _node(self, label: object, path: str) -> int:
        if not isinstance(label, int | str) or str(label) not in self.node:
            raise wrong(path, "a node of the file", label)
        return self.node[str(label)]

    def _taken(self, u: int, v: int, path: str, service: object) -> list[_Stop]:
        """Take the cheapest task from u to v, or at u for v = -1, that is still to be done."""
        if (u, v) not in self.visits:
            raise wrong(path, "a street or node to serve, in a direction that is allowed", service)
        for visits in self.visits[u, v]:
            if visits[0].task not in self.done:
                self.done.add(visits[0].task)
                return list(visits)
        raise wrong(path, "a service that no other route does", service)

    def _check(self, vehicle: int, route: TaskRoute, path: str) -> None:
        """Raise `FormatError` where a route loads too much or ends after the limit."""
        problem, instance = self.model.problem, self.model.instance
        load = most = 0.0
        for stop in route:
            load = (
                0.0
                if isinstance(stop, ReloadStop)
                else load + float(problem.material_kg[stop.task])
            )
            most = max(most, load)
        if most > instance.capacity + TOLERANCE:
            raise FormatError(f"{path}: load {most:g}, expected at most {instance.capacity:g}")
        timed = timed_route(problem, self.finder, vehicle, route)
        latest_s = float(problem.shift_end_s[vehicle])
        if timed.ends_s > latest_s + TOLERANCE:
            cost, limit = (x * self.model.unit for x in (timed.ends_s, latest_s))
            raise FormatError(f"{path}: costs {cost:g}, expected at most {limit:g}")


def _visits(model: InstanceProblem) -> dict[tuple[int, int], list[list[TaskVisit]]]:
    """Return what can be done from a node to another, or at one (to -1), cheapest tasks first."""
    instance, links = model.instance, model.required_links
    found: dict[tuple[int, int], list[list[TaskVisit]]] = defaultdict(list)
    for task in np.argsort(instance.serve[links], kind="stable").tolist():
        u, v = int(instance.u[links[task]]), int(instance.v[links[task]])
        found[u, v].append([TaskVisit(task, 0)])
        if instance.both_ways[links[task]]:
            found[v, u].append([TaskVisit(task, 1)])
    for task, node in enumerate(instance.node_task.tolist(), len(links)):
        modes = np.flatnonzero(model.problem.mode_arc[task] != NONE).tolist()
        found[node, NONE].append([TaskVisit(task, mode) for mode in modes])
    return found


def _least(
    problem: Problem, finder: PathFinder, vehicle: int, options: list[list[_Stop]]
) -> TaskRoute | None:
    """Return the stops with the shortest way through one option each, `None` without a way."""
    here: list[tuple[float, int, TaskRoute]] = [(0.0, int(problem.start_arc[vehicle]), ())]
    for stops in options:
        here = [_arrived(problem, finder, here, stop) for stop in stops]
    end = int(problem.end_arc[vehicle])
    if end != NONE and options:
        here = [(so_far + finder.path(arc, end)[0], arc, route) for so_far, arc, route in here]
    seconds, _, route = min(here, key=lambda one: one[0])
    return route if np.isfinite(seconds) else None


def _arrived(
    problem: Problem, finder: PathFinder, here: list[tuple[float, int, TaskRoute]], stop: _Stop
) -> tuple[float, int, TaskRoute]:
    arc = (
        int(problem.reload_arc[stop.site])
        if isinstance(stop, ReloadStop)
        else int(problem.mode_arc[stop.task, stop.mode])
    )
    seconds, route = min(
        ((so_far + finder.path(before, arc)[0], route) for so_far, before, route in here),
        key=lambda one: one[0],
    )
    return seconds, arc, (*route, stop)
