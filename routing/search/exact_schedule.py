"""Exact schedules of searched routes: true times, shifts that hold, reasons of tasks left out."""

from collections.abc import Sequence

import numpy as np

from routing.kernels.arrays.route_arrays import FAR_S
from routing.network.route_timing import (
    TimedLeg,
    TimedRoute,
    legs_between,
    timed_route,
    timed_routes,
    whole_cost,
)
from routing.network.shortest_deadheads import PathCache
from routing.network.single_task_feasibility import SingleTaskFeasibility
from routing.problem.problem import (
    NONE,
    Cost,
    Flags,
    Ints,
    Problem,
    Reason,
    Solution,
    TaskRoute,
    TaskVisit,
)
from routing.problem.route_repair import repaired_routes, without, without_idle_end, without_orphans
from routing.problem.stops import tasks_of
from routing.search.unserved_insertion import RouteEnd, UnservedInsertion

SLACK_S = 1e-6


class ExactSchedule:
    """Routes with exact times, and the tasks they leave out with reasons."""

    def __init__(
        self,
        problem: Problem,
        paths: PathCache,
        alone: SingleTaskFeasibility,
        routes: Sequence[TaskRoute],
        threads: int = 1,
    ) -> None:
        self.problem = problem
        self._ordered = bool(len(problem.rules.earlier))
        self._paths = paths
        self.routes: list[TaskRoute] = repaired_routes(problem, routes)
        self._paths.learn(legs_between(problem, self.routes), threads)
        self.timed: list[TimedRoute] = timed_routes(problem, self._paths, self.routes)
        while self._drop_what_fails():
            pass
        self._leftovers = UnservedInsertion(problem, paths.line, self._absent())
        self._append_leftovers(alone)
        self.unserved = self._reasons(alone)

    @property
    def solution(self) -> Solution:
        """The routes as a solution, of which no bound is known."""
        return Solution(tuple(self.routes), self.unserved, self.cost, 0.0, 0, 0)

    @property
    def cost(self) -> Cost:
        """What the routes and the tasks left out cost."""
        return whole_cost(self.problem, self.timed, list(self.unserved))

    def _drop_what_fails(self) -> bool:
        """Drop tasks that break a rule of time; return whether there were any."""
        problem = self.problem
        routes = [self._cut(v) for v in range(problem.vehicles)]
        late = self._late()
        if late:
            routes = [without(route, late) for route in routes]
        if routes == self.routes:
            return False
        routes = [
            without_idle_end(problem, v, route)
            for v, route in enumerate(without_orphans(problem, routes))
        ]
        if self._ordered:
            self.timed = timed_routes(problem, self._paths, routes)
        else:
            for v, route in enumerate(routes):
                if route != self.routes[v]:
                    self.timed[v] = timed_route(problem, self._paths, v, route)
        self.routes = routes
        return True

    def _cut(self, v: int) -> TaskRoute:
        """Return a route without the last tasks that the shift is too short for.

        Of a route that waits for ever only the task goes that it waits at.
        """
        route, timed = self.routes[v], self.timed[v]
        pinned = len(self.problem.rules.pin(v))
        latest_s = min(float(self.problem.shift_end_s[v]) + SLACK_S, FAR_S)
        if timed.waits_at != NONE:
            at = max(timed.waits_at, pinned)
            return route[:at] + route[at + 1 :]
        if timed.ends_s <= latest_s or not route:
            return route
        stops = _stops_of(timed)
        kept = len(route)
        while kept > pinned and not (
            isinstance(route[kept - 1], TaskVisit)
            and self._home_s(v, stops[kept - 1][0], rested=stops[kept - 1][1]) <= latest_s
        ):
            kept -= 1
        return route[:kept]

    def _home_s(self, v: int, leg: TimedLeg, *, rested: bool) -> float:
        problem = self.problem
        end = int(problem.end_arc[v])
        if end == NONE or leg.kind == "reload":
            return leg.ends_s
        seconds, _ = self._paths.path(leg.arcs[-1], end)
        home_s = leg.ends_s + seconds * float(problem.pace[problem.vehicle_type[v]])
        rest_by_s = float(problem.shift_start_s[v]) + problem.rules.rest_after_s(v) + SLACK_S
        rests = not rested and home_s > rest_by_s
        return home_s + problem.rules.rest_s(v) if rests else home_s

    def _late(self) -> set[int]:
        """Return tasks that begin later than their own or their earlier pass allows."""
        rules = self.problem.rules
        if not len(rules.begin_by_s) and not np.isfinite(rules.within_s).any():
            return set()
        work = {leg.task: leg for timed in self.timed for leg in timed.legs if leg.kind == "work"}
        by_s = {task: rules.begin_by(task) for task in work}
        for later, pairs in rules.before().items():
            for earlier, within_s in pairs:
                if earlier in work and later in work:
                    by_s[later] = min(by_s[later], work[earlier].ends_s + within_s)
        pinned = {task for pin in rules.pinned for task in tasks_of(pin)}
        late = {task for task, latest_s in by_s.items() if work[task].starts_s > latest_s + SLACK_S}
        return late - pinned

    def _absent(self) -> Ints:
        absent = np.ones(self.problem.tasks, np.bool_)
        for route in self.routes:
            absent[tasks_of(route)] = False
        return np.flatnonzero(absent).astype(np.int32)

    def _done_s(self) -> dict[int, float]:
        legs = (leg for timed in self.timed for leg in timed.legs)
        return {leg.task: leg.ends_s for leg in legs if leg.kind == "work"}

    def _append_leftovers(self, alone: SingleTaskFeasibility) -> None:
        """Append tasks left out to the routes as long as shifts allow."""
        open_tasks = np.zeros(self.problem.tasks, np.bool_)
        open_tasks[self._absent()] = True
        open_tasks[list(alone.hopeless)] = False
        more = bool(open_tasks.any())
        done_s = self._done_s() if more and self._ordered else {}
        while more:
            more = False
            for v in range(self.problem.vehicles):
                more = self._append(v, open_tasks, done_s) or more
            more = more and self._ordered and bool(open_tasks.any())  # what waited may follow

    def _append(self, v: int, open_tasks: Flags, done_s: dict[int, float]) -> bool:
        """Append open tasks to a route, which are no longer open then; return whether any was."""
        here = self._last(v)
        stops: TaskRoute = ()
        while (added := self._leftovers.one_more(v, here, open_tasks, done_s)) is not None:
            stops = (*stops, *added.stops)
            here = added.after
            open_tasks[added.task] = False
            if self._ordered:
                done_s[added.task] = here.clock_s
        if stops:
            self.routes[v] = (*self.routes[v], *stops)
            self.timed[v] = timed_route(self.problem, self._paths, v, self.routes[v], done_s)
        return bool(stops)

    def _last(self, v: int) -> RouteEnd:
        """Return where a vehicle is after its last task, or the last pinned stop."""
        problem = self.problem
        legs = self.timed[v].legs
        stops = [i for i, leg in enumerate(legs) if leg.kind in ("work", "reload")]
        if not stops:
            start_s, load_kg = float(problem.shift_start_s[v]), float(problem.load_kg[v])
            return RouteEnd(int(problem.start_arc[v]), start_s, load_kg, rested=False, level=0)
        last = legs[stops[-1]]
        arc = last.arcs[-1] if last.kind == "work" else int(problem.reload_arc[last.site])
        rested = any(leg.kind == "rest" for leg in legs[: stops[-1]])
        behind = stops[len(problem.rules.pin(v)) :] if problem.rules.strict_classes else ()
        works = [legs[i].task for i in behind if legs[i].kind == "work"]
        level = int(problem.class_index[works[-1]]) if works else 0
        return RouteEnd(arc, last.ends_s, last.load_kg, rested, level)

    def _reasons(self, alone: SingleTaskFeasibility) -> dict[int, Reason]:
        """Return why each absent task is in no route."""
        absent = self._absent().tolist()
        before = self.problem.rules.before()
        left = set(absent)
        waiting = {t for t in absent if any(e in left for e, _ in before.get(t, ()))}
        known = {  # behind pins a task is released when its earlier pass ends: not its own lateness
            task: reason
            for task, reason in alone.hopeless.items()
            if reason != "time" or task not in before
        }
        open_ones = [task for task in absent if task not in known and task not in waiting]
        found = self._reasons_at_ends(np.array(open_ones, np.int32))
        return {
            task: known.get(task) or ("order" if task in waiting else found[task])
            for task in absent
        }

    def _reasons_at_ends(self, tasks: Ints) -> dict[int, Reason]:
        """Return why nobody does each of some tasks as the last one of a route."""
        passed = np.zeros((4, len(tasks)), np.bool_)
        fits = np.zeros(self.problem.tasks, np.bool_)
        open_tasks = fits.copy()
        open_tasks[tasks] = True
        alike: set[tuple[float, ...]] = set()
        for v in range(self.problem.vehicles if len(tasks) else 0):
            here = self._last(v)
            kind = self._leftovers.alike(v, here)
            if kind not in alike:
                alike.add(kind)
                passed[:3] |= self._leftovers.alone(v, here, tasks)
            fits[self._leftovers.fits(v, here, open_tasks)] = True
        passed[3] = fits[tasks]
        steps: tuple[Reason, ...] = ("no_vehicle", "unreachable", "capacity", "time", "order")
        count = np.logical_and.accumulate(passed).sum(axis=0).tolist()
        return {task: steps[n] for task, n in zip(tasks.tolist(), count, strict=True)}


def _stops_of(timed: TimedRoute) -> list[tuple[TimedLeg, bool]]:
    """Return the legs that are stops of a route, and whether the vehicle has rested by then."""
    found, rested = [], False
    for leg in timed.legs:
        rested = rested or leg.kind == "rest"
        if leg.kind in ("work", "reload"):
            found.append((leg, rested))
    return found
