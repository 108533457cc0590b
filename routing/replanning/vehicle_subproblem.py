"""Some vehicles of a problem with their work, as a problem of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.network.deadheads import LineGraph, from_arc
from routing.problem.problem import (
    NONE,
    Ints,
    Problem,
    RouteRules,
    TaskRoute,
    TaskVisit,
)
from routing.problem.stops import tasks_of

HELPERS = 12
"""Vehicles at most that take over work, and ..."""
HELPED_TASKS = 6_000
"""... tasks at most that they and those they help have."""
SAMPLE = 8
"""Tasks to take over from which is measured how near vehicles work."""
NEAR_PERCENT = 10
"""A vehicle is as near as this percentage of its stops."""


@dataclass(frozen=True, slots=True, eq=False)
class VehicleSubproblem:
    """Some vehicles of a problem with their work and what is left out, as a problem of its own.

    `tasks` int32 and `vehicles` int32 are their numbers in the whole problem, ascending.
    """

    problem: Problem
    tasks: Ints
    vehicles: Ints

    def inside(self, routes: Sequence[TaskRoute]) -> tuple[TaskRoute, ...]:
        """Return the routes of these vehicles in the numbers of the subproblem."""
        local = {int(task): i for i, task in enumerate(self.tasks)}
        return tuple(_renumbered(routes[v], local) for v in self.vehicles.tolist())

    def whole(self, inside: Sequence[TaskRoute], routes: Sequence[TaskRoute]) -> list[TaskRoute]:
        """Return all routes with those of the subproblem replaced."""
        replaced = list(routes)
        named = dict(enumerate(self.tasks.tolist()))
        for v, route in zip(self.vehicles.tolist(), inside, strict=True):
            replaced[v] = _renumbered(route, named)
        return replaced


def _renumbered(route: TaskRoute, number: dict[int, int]) -> TaskRoute:
    return tuple(
        TaskVisit(number[stop.task], stop.mode) if isinstance(stop, TaskVisit) else stop
        for stop in route
    )


def by_nearness(
    problem: Problem, line: LineGraph, routes: Sequence[TaskRoute], freed: Sequence[int]
) -> list[int]:
    """Return vehicles that can do any of some tasks, those first that work nearest to them."""
    sample = list(freed)[:: max(1, len(freed) // SAMPLE)]
    away = [from_arc(problem, line, int(problem.mode_arc[task, 0])) for task in sample]
    apart_s = np.min(away, axis=0) if away else np.zeros(problem.arcs)
    forbidden = problem.rules.forbidden()
    found: list[tuple[float, int]] = []
    for v, route in enumerate(routes):
        able = np.isfinite(problem.service_s[list(freed), problem.vehicle_type[v]])
        may = [(task, v) not in forbidden for task in freed]
        if np.any(able & may):
            stops = [int(problem.mode_arc[task, 0]) for task in tasks_of(route)]
            near_s = apart_s[stops or [int(problem.start_arc[v])]]
            found.append((float(np.percentile(near_s, NEAR_PERCENT)), v))
    return [v for _, v in sorted(found)]


_BY_TASK = (
    "mode_arc",
    "service_s",
    "material_kg",
    "class_index",
    "release_s",
    "due_s",
    "completion_price",
    "lateness_price",
    "unserved_price",
)
_BY_VEHICLE = (
    "vehicle_type",
    "start_arc",
    "end_arc",
    "capacity_kg",
    "load_kg",
    "shift_start_s",
    "shift_end_s",
    "price_per_s",
    "fixed_price",
)


def restricted(problem: Problem, tasks: Ints, vehicles: Ints) -> Problem:
    """Return the problem of some tasks and vehicles; passes wait only for those among them."""
    rules = problem.rules
    local = np.full(problem.tasks, NONE, np.int32)
    local[tasks] = np.arange(len(tasks))
    driver = np.full(problem.vehicles + 1, NONE, np.int32)  # the last one is nobody
    driver[vehicles] = np.arange(len(vehicles))
    pairs = (local[rules.earlier] != NONE) & (local[rules.later] != NONE)
    bans = (local[rules.forbidden_task] != NONE) & (driver[rules.forbidden_vehicle] != NONE)
    by_task = {
        name: getattr(rules, name)[tasks] if len(getattr(rules, name)) else getattr(rules, name)
        for name in ("begin_by_s", "change_price")
    }
    by_vehicle = {
        name: getattr(rules, name)[vehicles] if len(getattr(rules, name)) else getattr(rules, name)
        for name in ("break_after_s", "break_s", "price_per_m", "underway", "worked_s")
    }
    published = rules.published_vehicle
    fewer = RouteRules(
        strict_classes=rules.strict_classes,
        earlier=local[rules.earlier[pairs]],
        later=local[rules.later[pairs]],
        within_s=rules.within_s[pairs],
        forbidden_task=local[rules.forbidden_task[bans]],
        forbidden_vehicle=driver[rules.forbidden_vehicle[bans]],
        published_vehicle=driver[published[tasks]] if len(published) else published,
        last_home_price=rules.last_home_price,
        balance_price=rules.balance_price,
        **by_task,
        **by_vehicle,
    )
    rows = {name: getattr(problem, name)[tasks] for name in _BY_TASK}
    rows |= {name: getattr(problem, name)[vehicles] for name in _BY_VEHICLE}
    return replace(problem, rules=fewer, **rows)
