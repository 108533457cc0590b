"""From searched routes to ones that hold: exact times, ends that fit, no reason untrue."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from routing.alone import Alone
from routing.kernels.layout import FAR_S
from routing.paths import Walker, from_arc, to_arc
from routing.problem import NONE, Cost, Floats, Ints, Problem, Reason, Refill, Route, Visit
from routing.timing import TimedLeg, TimedRoute, timed_route, whole_cost

SLACK_S = 1e-6


class _Here(NamedTuple):
    """Arc that a vehicle has driven, when, and with how much left in the hopper."""

    arc: int
    clock_s: float
    load_kg: float


class Settled:
    """Routes with exact times, and the tasks they leave out with reasons."""

    def __init__(
        self, problem: Problem, walker: Walker, alone: Alone, routes: Sequence[Route]
    ) -> None:
        self.problem = problem
        self.walker = walker
        self.routes: list[Route] = list(routes)
        self.timed: list[TimedRoute] = []
        self._from: dict[int, Floats] = {}
        self._to: dict[int, Floats] = {}
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
        if route and not timed.ends_s <= latest_s:
            work = [leg for leg in timed.legs if leg.kind == "work"]
            kept = len(work)
            while kept and not self._home_s(v, work[kept - 1]) <= latest_s:
                kept -= 1
            ends = [i for i, stop in enumerate(route, 1) if isinstance(stop, Visit)]
            route = route[: ends[kept - 1]] if kept else ()
            timed = timed_route(self.problem, self.walker, v, route)
        self.routes[v] = route
        self.timed.append(timed)

    def _home_s(self, v: int, leg: TimedLeg) -> float:
        """Return when the shift would end after a leg of work."""
        end = int(self.problem.end_arc[v])
        if end == NONE:
            return leg.ends_s
        seconds, _ = self.walker.path(leg.arcs[-1], end)
        return leg.ends_s + seconds * float(self.problem.pace[self.problem.vehicle_type[v]])

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
            stops: list[Visit | Refill] = []
            here = self._last(v)
            while left:
                more, here, task = self._one_more(v, here, np.array(left))
                if not more:
                    break
                stops += more
                left.remove(task)
            if stops:
                self.routes[v] = (*self.routes[v], *stops)
                self.timed[v] = timed_route(self.problem, self.walker, v, self.routes[v])

    def _one_more(
        self, v: int, here: _Here, tasks: Ints
    ) -> tuple[list[Visit | Refill], _Here, int]:
        """Return the stops for the task that ends the shift soonest, where they lead, the task."""
        problem = self.problem
        ends_s, mode, site, done_s = self._ends_with(v, here, tasks)
        best = int(np.argmin(ends_s))
        task = int(tasks[best])
        if not (np.isfinite(ends_s[best]) and ends_s[best] <= problem.shift_end_s[v]):
            return [], here, task
        visit = Visit(task, int(mode[best]))
        refill = [Refill(int(site[best]))] if site[best] != NONE else []
        full_kg = float(problem.capacity_kg[v]) if refill else here.load_kg
        arc = int(problem.mode_arc[task, visit.mode])
        after = _Here(arc, float(done_s[best]), full_kg - float(problem.material_kg[task]))
        return [*refill, visit], after, task

    def _ends_with(self, v: int, here: _Here, tasks: Ints) -> tuple[Floats, Ints, Ints, Floats]:
        """Return when the shift would end with each task next, its mode, site and own end.

        The site is where the vehicle reloads before it, -1 for none.
        """
        problem = self.problem
        pace = problem.pace[problem.vehicle_type[v]]
        arcs = problem.mode_arc[tasks]
        back_s = np.zeros(problem.arcs)
        if problem.end_arc[v] != NONE:
            back_s = self._to_place(int(problem.end_arc[v])) * pace
        here_s = from_arc(problem, self.walker.line, here.arc)
        arrive_s = here.clock_s + here_s[arcs] * pace
        need_kg = problem.material_kg[tasks]
        site = np.full(len(tasks), NONE, np.int32)
        arrive_s[need_kg > here.load_kg + SLACK_S] = np.inf
        for k in range(problem.sites if problem.capacity_kg[v] > 0 else 0):
            place = int(problem.reload_arc[k])
            full_s = here.clock_s + (here_s[place] + self._from_place(place)[arcs]) * pace
            full_s += problem.fill_s[k]
            full_s[need_kg > problem.capacity_kg[v] + SLACK_S] = np.inf
            better = full_s.min(axis=1) < arrive_s.min(axis=1)
            arrive_s[better], site[better] = full_s[better], k
        arrive_s[arcs == NONE] = np.inf
        work_s = problem.service_s[tasks, problem.vehicle_type[v]][:, None]
        done_s = np.maximum(arrive_s, problem.release_s[tasks][:, None]) + work_s
        over_s = done_s + back_s[arcs]
        mode = over_s.argmin(axis=1).astype(np.int32)
        each = np.arange(len(tasks))
        return over_s[each, mode], mode, site, done_s[each, mode]

    def _from_place(self, arc: int) -> Floats:
        if arc not in self._from:
            self._from[arc] = from_arc(self.problem, self.walker.line, arc)
        return self._from[arc]

    def _to_place(self, arc: int) -> Floats:
        if arc not in self._to:
            self._to[arc] = to_arc(self.problem, self.walker.line, arc)
        return self._to[arc]

    def _last(self, v: int) -> _Here:
        """Return where a vehicle is after its last task."""
        for leg in reversed(self.timed[v].legs):
            if leg.kind == "work":
                return _Here(leg.arcs[-1], leg.ends_s, leg.load_kg)
        problem = self.problem
        start = int(problem.start_arc[v])
        return _Here(start, float(problem.shift_start_s[v]), float(problem.load_kg[v]))

    def _reason(self, task: int) -> Reason:
        """Return capacity where no able vehicle has the material left, time otherwise."""
        problem = self.problem
        if problem.sites:
            return "time"
        for v in range(problem.vehicles):
            able = np.isfinite(problem.service_s[task, problem.vehicle_type[v]])
            if able and self._last(v).load_kg + SLACK_S >= problem.material_kg[task]:
                return "time"
        return "capacity"
