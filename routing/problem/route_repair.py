"""Given routes made to fit the rules that need no clock: pins first, nothing forbidden."""

from collections.abc import Iterator, Sequence

import numpy as np

from routing.problem.problem import Problem, ReloadStop, TaskRoute, TaskVisit
from routing.problem.stops import tasks_of

SLACK_KG = 1e-6


class _Allowed:
    """Who may do what, and what tasks are, looked up as plain numbers."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.rank: list[int] = problem.class_index.tolist()
        self.need_kg: list[float] = problem.material_kg.tolist()
        self._forbidden = problem.rules.forbidden()

    def visits(self, v: int, stops: TaskRoute) -> Iterator[bool]:
        """Yield of each task of some stops whether a vehicle can and may do it in that mode."""
        problem, visits = self.problem, [stop for stop in stops if isinstance(stop, TaskVisit)]
        tasks = np.array([visit.task for visit in visits], np.int64)
        modes = np.array([visit.mode for visit in visits], np.int64)
        known = (modes >= 0) & (modes < problem.modes)
        exists = known & (problem.mode_arc[tasks, np.where(known, modes, 0)] >= 0)
        able = exists & np.isfinite(problem.service_s[tasks, problem.vehicle_type[v]])
        for task, can in zip(tasks.tolist(), able.tolist(), strict=True):
            yield can and (task, v) not in self._forbidden


def repaired_routes(problem: Problem, routes: Sequence[TaskRoute]) -> list[TaskRoute]:
    """Return one route for each vehicle that begins with its pin and breaks no rule of order.

    Tasks drop out that the vehicle must not or cannot do, that are pinned or done elsewhere, that
    fall back to a more urgent class, for which the hopper is too small, or whose earlier pass
    nobody does. Reloads come in where the hopper is empty, and drop out at the end.
    """
    given = [routes[v] if v < len(routes) else () for v in range(problem.vehicles)]
    taken = {task for pin in problem.rules.pinned for task in tasks_of(pin)}
    allowed = _Allowed(problem)
    fits = [_fitting_route(allowed, v, route, taken) for v, route in enumerate(given)]
    return [
        without_idle_end(problem, v, route)
        for v, route in enumerate(without_orphans(problem, fits))
    ]


def _fitting_route(allowed: _Allowed, v: int, route: TaskRoute, taken: set[int]) -> TaskRoute:
    """Return the pin and what may follow it; note its tasks in `taken`."""
    problem = allowed.problem
    pin = problem.rules.pin(v)
    kept: list[TaskVisit | ReloadStop] = list(pin)
    capacity_kg = float(problem.capacity_kg[v])
    load_kg = _load_after(problem, v, pin)
    level, sites = 0, problem.sites
    behind = route[len(pin) :] if route[: len(pin)] == pin else route
    may = allowed.visits(v, behind)
    for stop in behind:
        if isinstance(stop, ReloadStop):
            load_kg = capacity_kg
            kept.append(stop)
            continue
        rank, need_kg, can = allowed.rank[stop.task], allowed.need_kg[stop.task], next(may)
        full_kg = capacity_kg if sites else load_kg
        if stop.task in taken or rank < level or need_kg > max(load_kg, full_kg) + SLACK_KG:
            continue
        if not can:
            continue
        if need_kg > load_kg + SLACK_KG:
            kept.append(ReloadStop(0))
            load_kg = full_kg
        load_kg -= need_kg
        level = rank if problem.rules.strict_classes else 0
        taken.add(stop.task)
        kept.append(stop)
    return tuple(kept)


def _load_after(problem: Problem, v: int, route: TaskRoute) -> float:
    load_kg = float(problem.load_kg[v])
    for stop in route:
        if isinstance(stop, ReloadStop):
            load_kg = float(problem.capacity_kg[v])
        else:
            load_kg -= float(problem.material_kg[stop.task])
    return load_kg


def without_orphans(problem: Problem, routes: Sequence[TaskRoute]) -> list[TaskRoute]:
    """Return the routes without passes whose earlier one nobody does."""
    found = list(routes)
    before = problem.rules.before()
    while before:
        served = {task for route in found for task in tasks_of(route)}
        orphans = {task for task in served if any(e not in served for e, _ in before.get(task, ()))}
        if not orphans:
            break
        found = [without(route, orphans) for route in found]
    return found


def without(route: TaskRoute, tasks: set[int]) -> TaskRoute:
    """Return the route without some tasks."""
    return tuple(stop for stop in route if isinstance(stop, ReloadStop) or stop.task not in tasks)


def without_idle_end(problem: Problem, v: int, route: TaskRoute) -> TaskRoute:
    """Return the route without reloads after which nothing is done, pinned ones kept."""
    last = len(route)
    while last > len(problem.rules.pin(v)) and isinstance(route[last - 1], ReloadStop):
        last -= 1
    return route[:last]
