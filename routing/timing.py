"""A route driven by exact shortest paths: legs with times, loads and arcs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from routing.paths import Walker
from routing.problem import NONE, Cost, Problem, Route, Visit

LegKind = Literal["drive", "work", "reload"]


@dataclass(frozen=True, slots=True)
class TimedLeg:
    """A part of a route: `arcs` driven from `starts_s` to `ends_s`, hopper with `load_kg` after.

    `task` is what a work leg does, -1 on others; `site` where a reload leg stops, -1 on others.
    Waiting before work is a part of the work leg's drive.
    """

    kind: LegKind
    arcs: tuple[int, ...]
    starts_s: float
    ends_s: float
    load_kg: float
    task: int = NONE
    site: int = NONE


@dataclass(frozen=True, slots=True)
class TimedRoute:
    """Legs of one vehicle, when its shift is over and what it costs; infinite if impossible."""

    legs: tuple[TimedLeg, ...]
    ends_s: float
    time_cost: float
    completion_cost: float
    lateness_cost: float
    fixed_cost: float

    @property
    def cost(self) -> float:
        """Sum of all parts."""
        return self.time_cost + self.completion_cost + self.lateness_cost + self.fixed_cost


class _Clock:
    """Where a vehicle is on its way through a route."""

    def __init__(self, problem: Problem, walker: Walker, vehicle: int) -> None:
        self.problem = problem
        self.walker = walker
        self.kind = int(problem.vehicle_type[vehicle])
        self.arc = int(problem.start_arc[vehicle])
        self.now_s = float(problem.shift_start_s[vehicle])
        self.load_kg = float(problem.load_kg[vehicle])
        self.capacity_kg = float(problem.capacity_kg[vehicle])
        self.legs: list[TimedLeg] = []
        self.completion_cost = 0.0
        self.lateness_cost = 0.0

    def drive_to(self, arc: int, not_before_s: float = 0.0) -> None:
        """Deadhead to the beginning of an arc and wait there until it may begin."""
        seconds, arcs = self.walker.path(self.arc, arc)
        arrives_s = self.now_s + seconds * float(self.problem.pace[self.kind])
        ends_s = max(arrives_s, not_before_s)
        if arcs or ends_s > self.now_s:
            self.legs.append(TimedLeg("drive", arcs, self.now_s, ends_s, self.load_kg))
        self.now_s = ends_s
        self.arc = arc

    def work(self, task: int, mode: int) -> None:
        """Do a task."""
        problem = self.problem
        arc = int(problem.mode_arc[task, mode])
        self.drive_to(arc, float(problem.release_s[task]))
        ends_s = self.now_s + float(problem.service_s[task, self.kind])
        self.load_kg -= float(problem.material_kg[task])
        self.legs.append(TimedLeg("work", (arc,), self.now_s, ends_s, self.load_kg, task=task))
        self.now_s = ends_s
        self.completion_cost += float(problem.completion_price[task]) * ends_s
        late_s = ends_s - float(problem.due_s[task])
        if late_s > 0:
            self.lateness_cost += float(problem.lateness_price[task]) * late_s

    def refill(self, site: int) -> None:
        """Fill the hopper."""
        self.drive_to(int(self.problem.reload_arc[site]))
        ends_s = self.now_s + float(self.problem.fill_s[site])
        self.load_kg = self.capacity_kg
        self.legs.append(TimedLeg("reload", (), self.now_s, ends_s, self.load_kg, site=site))
        self.now_s = ends_s


def timed_route(problem: Problem, walker: Walker, vehicle: int, route: Route) -> TimedRoute:
    """Return a vehicle's route with exact deadheads and times."""
    clock = _Clock(problem, walker, vehicle)
    if not route:
        return TimedRoute((), clock.now_s, 0.0, 0.0, 0.0, 0.0)
    for stop in route:
        if isinstance(stop, Visit):
            clock.work(stop.task, stop.mode)
        else:
            clock.refill(stop.site)
    if problem.end_arc[vehicle] != NONE:
        clock.drive_to(int(problem.end_arc[vehicle]))
    spent_s = clock.now_s - float(problem.shift_start_s[vehicle])
    return TimedRoute(
        tuple(clock.legs),
        clock.now_s,
        float(problem.price_per_s[vehicle]) * spent_s,
        clock.completion_cost,
        clock.lateness_cost,
        float(problem.fixed_price[vehicle]),
    )


def whole_cost(problem: Problem, routes: Iterable[TimedRoute], unserved: Iterable[int]) -> Cost:
    """Return what timed routes and the tasks left out cost together."""
    parts = [(r.time_cost, r.fixed_cost, r.completion_cost, r.lateness_cost) for r in routes]
    time, fixed, completion, lateness = np.array(parts).reshape(-1, 4).sum(axis=0)
    left = float(problem.unserved_price[list(unserved)].sum())
    return Cost(float(time), float(fixed), float(completion), float(lateness), left)
