"""The referee's clock: drives all routes at once, as they may wait for one another."""

from dataclasses import dataclass, field
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from routing.check.referee_paths import RefereePaths, arcs_of
from routing.problem.problem import Problem, ReloadStop, Solution, TaskRoute, TaskVisit

RESTS_LATE_S = 1e-6
"""A stop that ends so little after the latest time for the rest still comes before it."""


@dataclass(slots=True)
class VehicleProgress:
    """Where a vehicle is, when, with how much in the hopper, and whether it has rested."""

    arc: int
    clock_s: float
    load_kg: float
    rested: bool


@dataclass(slots=True)
class RefereeSchedule:
    """When work begins and ends by task, when vehicles are home, and what they drove.

    `last` is each vehicle behind its last task (or what is pinned, if that is longer); `stuck`
    names the task for whose earlier pass a vehicle waits for ever.
    """

    begins_s: dict[int, float] = field(default_factory=dict)
    ends_s: dict[int, float] = field(default_factory=dict)
    home_s: list[float] = field(default_factory=list)
    metres: list[float] = field(default_factory=list)
    last: list[VehicleProgress] = field(default_factory=list)
    stuck: dict[int, int] = field(default_factory=dict)


def end_s(
    clock_s: float, drive_s: float, not_before_s: float, work_s: float, rest: tuple[float, float]
) -> tuple[float, bool]:
    """Return when a stop ends, and whether the vehicle rests before it.

    `rest` is the latest end of a stop before the rest, and the rest's seconds.
    """
    ends_s = max(clock_s + drive_s, not_before_s) + work_s
    if ends_s > rest[0] + RESTS_LATE_S:
        return max(clock_s + rest[1] + drive_s, not_before_s) + work_s, True
    return ends_s, False


def rest_of(problem: Problem, v: int, *, rested: bool) -> tuple[float, float]:
    """Return the latest end of a stop before the rest that is still due, and the rest's seconds."""
    if rested:
        return np.inf, 0.0
    after_s = float(problem.shift_start_s[v]) + problem.rules.rest_after_s(v)
    return after_s, problem.rules.rest_s(v)


class _Work(NamedTuple):
    """A stop as one vehicle makes it; a reload has only its arc."""

    arc: int
    work_s: float = 0.0
    release_s: float = 0.0
    material_kg: float = 0.0
    length_m: float = 0.0


def _works_of(problem: Problem, v: int, route: TaskRoute) -> list[_Work]:
    """Return the stops of a route in its order, as plain numbers."""
    arcs = arcs_of(problem, route)
    at = [i for i, stop in enumerate(route) if isinstance(stop, TaskVisit)]
    tasks = np.array([stop.task for stop in route if isinstance(stop, TaskVisit)], np.int64)
    driven = [arcs[i] for i in at]
    columns = (
        problem.service_s[tasks, problem.vehicle_type[v]],
        problem.release_s[tasks],
        problem.material_kg[tasks],
        problem.length_m[driven],
    )
    works = map(_Work, driven, *(column.tolist() for column in columns))
    found = list(map(_Work, arcs))
    for i, work in zip(at, works, strict=True):
        found[i] = work
    return found


class _Vehicle:
    """A vehicle under way on its route."""

    def __init__(self, problem: Problem, deadheads: RefereePaths, v: int, route: TaskRoute) -> None:
        self.problem, self.deadheads, self.v, self.route = problem, deadheads, v, route
        start_s = float(problem.shift_start_s[v])
        load_kg = float(problem.load_kg[v])
        self.here = VehicleProgress(int(problem.start_arc[v]), start_s, load_kg, rested=False)
        self.last = VehicleProgress(int(problem.start_arc[v]), start_s, load_kg, rested=False)
        self.pace = float(problem.pace[problem.vehicle_type[v]])
        self.rest = rest_of(problem, v, rested=False)
        self.works = _works_of(problem, v, route)
        self.metres = 0.0
        self.next = 0

    def go(self, arc: int, not_before_s: float, work_s: float) -> float:
        """Drive to an arc and work there; return when the work begins."""
        way = self.deadheads[self.here.arc, arc]
        ends_s, rests = end_s(
            self.here.clock_s, way.seconds * self.pace, not_before_s, work_s, self.rest
        )
        self.metres += way.metres
        self.here = VehicleProgress(arc, ends_s, self.here.load_kg, self.here.rested or rests)
        if rests:
            self.rest = rest_of(self.problem, self.v, rested=True)
        return ends_s - work_s if isfinite(ends_s) else inf

    def stop(self, stop: TaskVisit | ReloadStop, not_before_s: float) -> float:
        """Make the next stop; return when its work begins."""
        problem, work = self.problem, self.works[self.next]
        if isinstance(stop, ReloadStop):
            begins_s = self.go(work.arc, 0.0, float(problem.fill_s[stop.site]))
            self.here.load_kg = float(problem.capacity_kg[self.v])
        else:
            begins_s = self.go(work.arc, max(not_before_s, work.release_s), work.work_s)
            self.here.load_kg -= work.material_kg
            self.metres += work.length_m
        self.next += 1
        if isinstance(stop, TaskVisit) or self.next <= len(problem.rules.pin(self.v)):
            self.last = self.here
        return begins_s

    def go_home(self) -> None:
        """Drive to the end place, if there is one."""
        end = int(self.problem.end_arc[self.v])
        if end >= 0 and (self.route or self.problem.rules.is_out(self.v)):
            self.go(end, 0.0, 0.0)


def driven(problem: Problem, deadheads: RefereePaths, solution: Solution) -> RefereeSchedule:
    """Drive all routes, each as far as the passes that it waits for are done."""
    found = RefereeSchedule()
    before = problem.rules.before()
    served = {s.task for route in solution.routes for s in route if isinstance(s, TaskVisit)}
    vehicles = [_Vehicle(problem, deadheads, v, route) for v, route in enumerate(solution.routes)]
    while any(_drive_on(vehicle, before, served, found) for vehicle in vehicles):
        pass
    for vehicle in vehicles:
        finished = vehicle.next == len(vehicle.route)
        if finished:
            vehicle.go_home()
        else:
            stop = vehicle.route[vehicle.next]
            found.stuck[vehicle.v] = stop.task if isinstance(stop, TaskVisit) else -1
        found.home_s.append(vehicle.here.clock_s if finished else np.inf)
        found.metres.append(vehicle.metres)
        found.last.append(vehicle.last)
    return found


def _drive_on(
    vehicle: _Vehicle,
    before: dict[int, list[tuple[int, float]]],
    served: set[int],
    found: RefereeSchedule,
) -> bool:
    """Drive a route as far as possible; return whether it went on at all."""
    first = vehicle.next
    while vehicle.next < len(vehicle.route):
        stop = vehicle.route[vehicle.next]
        if isinstance(stop, ReloadStop):
            vehicle.stop(stop, 0.0)
            continue
        wait_s = 0.0
        if stop.task in before:
            earlier = [task for task, _ in before[stop.task] if task in served]
            if any(task not in found.ends_s for task in earlier):
                break
            wait_s = max((found.ends_s[task] for task in earlier), default=0.0)
        found.begins_s[stop.task] = vehicle.stop(stop, wait_s)
        found.ends_s[stop.task] = vehicle.here.clock_s
    return vehicle.next > first
