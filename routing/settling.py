"""From searched routes to ones that hold: exact times, ends that fit, no reason untrue."""

from collections.abc import Sequence

import numpy as np

from routing.alone import Alone
from routing.kernels.layout import FAR_S
from routing.paths import Walker, from_arc, to_arc
from routing.problem import NONE, Cost, Floats, Ints, Problem, Reason, Refill, Route, Visit
from routing.timing import TimedRoute, timed_route, whole_cost

SLACK_S = 1e-6


class Settled:
    """Routes with exact times, and the tasks they leave out with reasons."""

    def __init__(
        self, problem: Problem, walker: Walker, alone: Alone, routes: Sequence[Route]
    ) -> None:
        self.problem = problem
        self.walker = walker
        self.routes: list[Route] = list(routes)
        self.timed: list[TimedRoute] = []
        for v in range(problem.vehicles):
            self._shorten(v)
        self._append_leftovers(alone)
        self.unserved: dict[int, Reason] = {
            int(task): alone.hopeless.get(int(task), self._reason(int(task)))
            for task in self._absent()
        }

    @property
    def cost(self) -> Cost:
        """What the routes and the tasks left out cost."""
        return whole_cost(self.problem, self.timed, self.unserved)

    def _shorten(self, v: int) -> None:
        """Drop the last tasks that the shift is too short for."""
        route = self.routes[v]
        timed = timed_route(self.problem, self.walker, v, route)
        latest_s = min(float(self.problem.shift_end_s[v]) + SLACK_S, FAR_S)
        while route and not timed.ends_s <= latest_s:
            route = route[:-1]
            while route and isinstance(route[-1], Refill):
                route = route[:-1]
            timed = timed_route(self.problem, self.walker, v, route)
        self.routes[v] = route
        self.timed.append(timed)

    def _absent(self) -> Ints:
        served = np.zeros(self.problem.tasks, np.bool_)
        for route in self.routes:
            for stop in route:
                if isinstance(stop, Visit):
                    served[stop.task] = True
        return np.flatnonzero(~served).astype(np.int32)

    def _append_leftovers(self, alone: Alone) -> None:
        """Let each vehicle go on with tasks left out for as long as its shift allows."""
        left = [int(task) for task in self._absent() if int(task) not in alone.hopeless]
        for v in range(self.problem.vehicles):
            while left:
                task = self._append_one(v, left)
                if task is None:
                    break
                left.remove(task)

    def _append_one(self, v: int, left: Sequence[int]) -> int | None:
        ends_s, mode, site = self._ends_with(v, np.array(left))
        best = int(np.argmin(ends_s))
        if not (np.isfinite(ends_s[best]) and ends_s[best] <= self.problem.shift_end_s[v]):
            return None
        stops: Route = (Visit(left[best], int(mode[best])),)
        if site[best] != NONE:
            stops = (Refill(int(site[best])), *stops)
        self.routes[v] = (*self.routes[v], *stops)
        self.timed[v] = timed_route(self.problem, self.walker, v, self.routes[v])
        return left[best]

    def _ends_with(self, v: int, tasks: Ints) -> tuple[Floats, Ints, Ints]:
        """Return when the shift would end with each task as its last, its mode and reload site.

        The site is where the vehicle reloads before it, -1 for none.
        """
        problem, line = self.problem, self.walker.line
        here, clock_s, load_kg = self._last(v)
        pace = problem.pace[problem.vehicle_type[v]]
        arcs = problem.mode_arc[tasks]
        back_s = np.zeros(problem.arcs)
        if problem.end_arc[v] != NONE:
            back_s = to_arc(problem, line, int(problem.end_arc[v])) * pace
        arrive_s = clock_s + from_arc(problem, line, here)[arcs] * pace
        need_kg = problem.material_kg[tasks]
        site = np.full(len(tasks), NONE, np.int32)
        arrive_s[need_kg > load_kg + SLACK_S] = np.inf
        for k in range(problem.sites if problem.capacity_kg[v] > 0 else 0):
            there_s, _ = self.walker.path(here, int(problem.reload_arc[k]))
            away_s = from_arc(problem, line, int(problem.reload_arc[k]))[arcs]
            full_s = clock_s + (there_s + away_s) * pace + problem.fill_s[k]
            full_s[need_kg > problem.capacity_kg[v] + SLACK_S] = np.inf
            better = full_s.min(axis=1) < arrive_s.min(axis=1)
            arrive_s[better], site[better] = full_s[better], k
        arrive_s[arcs == NONE] = np.inf
        work_s = problem.service_s[tasks, problem.vehicle_type[v]][:, None]
        over_s = np.maximum(arrive_s, problem.release_s[tasks][:, None]) + work_s + back_s[arcs]
        return over_s.min(axis=1), over_s.argmin(axis=1).astype(np.int32), site

    def _last(self, v: int) -> tuple[int, float, float]:
        """Return the arc, time and load after the last task of a vehicle."""
        for leg in reversed(self.timed[v].legs):
            if leg.kind == "work":
                return leg.arcs[-1], leg.ends_s, leg.load_kg
        problem = self.problem
        start = int(problem.start_arc[v])
        return start, float(problem.shift_start_s[v]), float(problem.load_kg[v])

    def _reason(self, task: int) -> Reason:
        """Return capacity where no able vehicle has the material left, time otherwise."""
        problem = self.problem
        if problem.sites:
            return "time"
        for v in range(problem.vehicles):
            able = np.isfinite(problem.service_s[task, problem.vehicle_type[v]])
            if able and self._last(v)[2] + SLACK_S >= problem.material_kg[task]:
                return "time"
        return "capacity"
