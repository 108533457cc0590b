"""Routes driven by exact shortest paths: legs with times, loads and arcs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Literal, NamedTuple, Protocol

import numpy as np

from routing.network.deadheads import line_graph
from routing.network.shortest_deadheads import PathCache, PathFinder
from routing.problem.problem import NONE, Cost, Problem, ReloadStop, TaskRoute, TaskVisit
from routing.problem.stops import tasks_of

LegKind = Literal["drive", "work", "reload", "rest"]

RESTS_LATE_S = 1e-6
"""A stop that ends so little after the latest time for the rest still comes before it."""


class TimedLeg(NamedTuple):
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
    """Legs of one vehicle, when its shift is over and what it costs; infinite if impossible.

    `used` is whether the vehicle is in service at all, `service_s` for how long. `waits_at` is
    the position of the stop where it waits for ever, -1 if it does not; legs end before it.
    """

    legs: tuple[TimedLeg, ...]
    ends_s: float
    time_cost: float
    completion_cost: float
    lateness_cost: float
    fixed_cost: float
    distance_cost: float = 0.0
    change_cost: float = 0.0
    service_s: float = 0.0
    used: bool = False
    waits_at: int = NONE

    @property
    def cost(self) -> float:
        """Sum of all parts."""
        own = [one.name for one in fields(self) if one.name.endswith("_cost")]
        return sum(float(getattr(self, name)) for name in own)


class PathSource(Protocol):
    """Finds the quickest deadheads."""

    def path(self, source: int, target: int) -> tuple[float, tuple[int, ...]]:
        """Return the seconds from the end of one arc to the beginning of another, and the way."""
        ...


class _Own(NamedTuple):
    """A task as one vehicle does it: the arc, its times, its load and its prices."""

    task: int
    arc: int
    work_s: float
    release_s: float
    due_s: float
    material_kg: float
    completion_price: float
    lateness_price: float


def _own_of(problem: Problem, vehicle: int, route: TaskRoute) -> list[_Own]:
    """Return the tasks of a route in its order, as plain numbers."""
    visits = [stop for stop in route if isinstance(stop, TaskVisit)]
    tasks = np.array([visit.task for visit in visits], np.int64)
    arcs = problem.mode_arc[tasks, np.array([visit.mode for visit in visits], np.int64)]
    columns = (
        tasks,
        arcs,
        problem.service_s[tasks, problem.vehicle_type[vehicle]],
        problem.release_s[tasks],
        problem.due_s[tasks],
        problem.material_kg[tasks],
        problem.completion_price[tasks],
        problem.lateness_price[tasks],
    )
    return list(map(_Own, *(column.tolist() for column in columns)))


class _Clock:
    """Where a vehicle is on its way through a route."""

    def __init__(self, problem: Problem, paths: PathSource, vehicle: int, route: TaskRoute) -> None:
        self.problem = problem
        self.paths = paths
        self.vehicle = vehicle
        self.route = route
        self.next = self.done = 0
        self.kind = int(problem.vehicle_type[vehicle])
        self.arc = int(problem.start_arc[vehicle])
        self.now_s = float(problem.shift_start_s[vehicle])
        self.load_kg = float(problem.load_kg[vehicle])
        self.pace = float(problem.pace[self.kind])
        self.rest_by_s = self.now_s + problem.rules.rest_after_s(vehicle) + RESTS_LATE_S
        self.own = _own_of(problem, vehicle, route)
        self.legs: list[TimedLeg] = []
        self.completion_cost = self.lateness_cost = self.change_cost = 0.0

    def drive_to(self, arc: int, not_before_s: float = 0.0, work_s: float = 0.0) -> None:
        """Deadhead to the beginning of an arc, rested if due, and wait until work may begin."""
        seconds, arcs = self.paths.path(self.arc, arc)
        takes_s = seconds * self.pace
        if max(self.now_s + takes_s, not_before_s) + work_s > self.rest_by_s:
            self._rest()
        ends_s = max(self.now_s + takes_s, not_before_s)
        if arcs or ends_s > self.now_s:
            self.legs.append(TimedLeg("drive", arcs, self.now_s, ends_s, self.load_kg))
        self.now_s = ends_s
        self.arc = arc

    def _rest(self) -> None:
        ends_s = self.now_s + self.problem.rules.rest_s(self.vehicle)
        self.legs.append(TimedLeg("rest", (), self.now_s, ends_s, self.load_kg))
        self.now_s = ends_s
        self.rest_by_s = np.inf

    def work(self, own: _Own, not_before_s: float) -> None:
        """Do a task."""
        self.drive_to(own.arc, max(own.release_s, not_before_s), own.work_s)
        ends_s = self.now_s + own.work_s
        self.load_kg -= own.material_kg
        self.legs.append(
            TimedLeg("work", (own.arc,), self.now_s, ends_s, self.load_kg, task=own.task)
        )
        self.now_s = ends_s
        self.completion_cost += own.completion_price * ends_s
        self.change_cost += self.problem.rules.change(own.task, self.vehicle)
        late_s = ends_s - own.due_s
        if late_s > 0:
            self.lateness_cost += own.lateness_price * late_s

    def reload(self, site: int) -> None:
        """Fill the hopper."""
        fill_s = float(self.problem.fill_s[site])
        self.drive_to(int(self.problem.reload_arc[site]), work_s=fill_s)
        ends_s = self.now_s + fill_s
        self.load_kg = float(self.problem.capacity_kg[self.vehicle])
        self.legs.append(TimedLeg("reload", (), self.now_s, ends_s, self.load_kg, site=site))
        self.now_s = ends_s

    def drive_on(self, waits_for: dict[int, list[int]], done_s: dict[int, float]) -> bool:
        """Make the next stops until one waits for a pass not done; return whether any was made.

        `done_s` gets the ends of the tasks done.
        """
        first = self.next
        while self.next < len(self.route):
            stop = self.route[self.next]
            if isinstance(stop, ReloadStop):
                self.reload(stop.site)
            else:
                earlier = waits_for.get(stop.task)
                not_before_s = max(done_s.get(task, np.inf) for task in earlier) if earlier else 0.0
                if not_before_s == np.inf:
                    break
                self.work(self.own[self.done], not_before_s)
                done_s[stop.task] = self.now_s
                self.done += 1
            self.next += 1
        return self.next > first

    def over(self) -> TimedRoute:
        """Go home and return the route with its times and costs."""
        problem, v = self.problem, self.vehicle
        if not self.route and not problem.rules.is_out(v):
            return TimedRoute((), self.now_s, 0.0, 0.0, 0.0, 0.0)
        waits = self.next < len(self.route)
        if problem.end_arc[v] != NONE and not waits:
            self.drive_to(int(problem.end_arc[v]))
        ends_s = np.inf if waits else self.now_s
        spent_s = ends_s - float(problem.shift_start_s[v])
        return TimedRoute(
            tuple(self.legs),
            ends_s,
            float(problem.price_per_s[v]) * spent_s,
            self.completion_cost,
            self.lateness_cost,
            float(problem.fixed_price[v]),
            self._distance_cost(),
            self.change_cost,
            service_s=spent_s + problem.rules.before_s(v),
            used=True,
            waits_at=self.next if waits else NONE,
        )

    def _distance_cost(self) -> float:
        per_m = self.problem.rules.per_m(self.vehicle)
        if not per_m:
            return 0.0
        return per_m * sum(float(self.problem.length_m[list(leg.arcs)].sum()) for leg in self.legs)


def legs_between(problem: Problem, routes: Sequence[TaskRoute]) -> set[tuple[int, int]]:
    """Return the pairs of arcs between which vehicles deadhead, those who stay in left out."""
    pairs: set[tuple[int, int]] = set()
    for v, route in enumerate(routes):
        if not route and not problem.rules.is_out(v):
            continue
        worked = iter([own.arc for own in _own_of(problem, v, route)])
        arcs = [int(problem.start_arc[v])]
        arcs += [
            next(worked) if isinstance(stop, TaskVisit) else int(problem.reload_arc[stop.site])
            for stop in route
        ]
        if problem.end_arc[v] != NONE:
            arcs.append(int(problem.end_arc[v]))
        pairs.update(pairwise(arcs))
    return pairs


def timed_routes(
    problem: Problem, paths: PathSource, routes: Sequence[TaskRoute]
) -> list[TimedRoute]:
    """Return the routes of all vehicles with exact deadheads and times.

    Vehicles wait at a street for its earlier passes, as far as somebody does those.
    """
    waits_for = _waits_for(problem, {task for route in routes for task in tasks_of(route)})
    clocks = [_Clock(problem, paths, v, route) for v, route in enumerate(routes)]
    done_s: dict[int, float] = {}
    while any(clock.drive_on(waits_for, done_s) for clock in clocks):
        pass
    return [clock.over() for clock in clocks]


def routes_timed_afresh(
    problem: Problem, routes: Sequence[TaskRoute], threads: int = 1
) -> list[TimedRoute]:
    """Return what `timed_routes` does where no paths are known yet."""
    paths = PathCache(PathFinder(problem, line_graph(problem)))
    paths.learn(legs_between(problem, routes), threads)
    return timed_routes(problem, paths, routes)


def timed_route(
    problem: Problem,
    paths: PathSource,
    vehicle: int,
    route: TaskRoute,
    others_done_s: Mapping[int, float] | None = None,
) -> TimedRoute:
    """Return one vehicle's route with exact deadheads and times.

    It waits for what others do only as far as `others_done_s` says when that is done.
    """
    clock = _Clock(problem, paths, vehicle, route)
    done_s = dict(others_done_s or {})
    clock.drive_on(_waits_for(problem, {*done_s, *tasks_of(route)}), done_s)
    return clock.over()


def _waits_for(problem: Problem, served: set[int]) -> dict[int, list[int]]:
    return {
        later: [task for task, _ in earlier if task in served]
        for later, earlier in problem.rules.before().items()
    }


def whole_cost(problem: Problem, routes: Sequence[TimedRoute], unserved: Sequence[int]) -> Cost:
    """Return what timed routes, one for each vehicle, and the tasks left out cost together."""
    rules = problem.rules
    names = ("time_cost", "fixed_cost", "completion_cost", "lateness_cost", "distance_cost")
    parts = [sum(float(getattr(route, name)) for route in routes) for name in names]
    time, fixed, completion, lateness, distance = parts
    latest_s = max((route.ends_s for route in routes if route.used), default=0.0)
    service_s = [route.service_s for route in routes] or [0.0]
    return Cost(
        time,
        fixed,
        completion,
        lateness,
        float(problem.unserved_price[list(unserved)].sum()),
        distance,
        last_home=rules.last_home_price * latest_s if rules.last_home_price else 0.0,
        balance=rules.balance_price * (max(service_s) - min(service_s))
        if rules.balance_price
        else 0.0,
        change=sum(route.change_cost for route in routes),
    )
