"""What one more task costs a running route, exactly and without timing all of it again.

All stops behind the task end later by the same time, where nothing waits and nobody rests.
"""

from typing import NamedTuple

import numpy as np

from routing.network.route_timing import PathSource, TimedRoute
from routing.problem.problem import NONE, Problem, ReloadStop, TaskRoute, TaskVisit


class DelayEffect(NamedTuple):
    """Cost of an insertion, when its task ends, and when the route does."""

    cost: float
    done_s: float
    route_ends_s: float


class InsertedTask(NamedTuple):
    """A task as one vehicle would do it: work, release and due seconds, and its prices."""

    work_s: float
    release_s: float
    due_s: float
    completion_price: float
    lateness_price: float


class DelayableRoute:
    """The stops of a route with their ends, to be delayed; made once for each route."""

    def __init__(self, problem: Problem, v: int, route: TaskRoute, timed: TimedRoute) -> None:
        stops = [leg for leg in timed.legs if leg.kind in ("work", "reload")]
        tasks = np.array([leg.task for leg in stops], np.int64)
        at_work = tasks != NONE
        self._v, self._pace = v, float(problem.pace[problem.vehicle_type[v]])
        self._arcs = [int(problem.start_arc[v]), *(arc_of(problem, stop) for stop in route)]
        self._arcs.append(int(problem.end_arc[v]))
        self._leaves_s = [float(problem.shift_start_s[v]), *(leg.ends_s for leg in stops)]
        self._ends_s = np.array([leg.ends_s for leg in stops])
        self._home_s = timed.ends_s
        self._completion = np.where(at_work, problem.completion_price[tasks], 0.0)
        self._lateness = np.where(at_work, problem.lateness_price[tasks], 0.0)
        self._due_s = np.where(at_work, problem.due_s[tasks], np.inf)
        self._late_s = np.maximum(self._ends_s - self._due_s, 0.0)

    def inserted(
        self,
        problem: Problem,
        paths: PathSource,
        position: int,
        stops: TaskRoute,
        arcs: list[int],
        task: InsertedTask,
    ) -> DelayEffect:
        """Return the effect of stops at a position, driven at `arcs`, the last of them the task."""
        here, after = self._arcs[position], self._arcs[position + 1]
        leaves_s = now_s = self._leaves_s[position]
        old_s = self._seconds(paths, here, after)
        for stop, arc in zip(stops, arcs, strict=True):
            now_s += self._seconds(paths, here, arc)
            if isinstance(stop, ReloadStop):
                now_s += float(problem.fill_s[stop.site])
            else:
                now_s = max(now_s, task.release_s) + task.work_s
            here = arc
        more_s = now_s + self._seconds(paths, here, after) - leaves_s - old_s
        if not np.isfinite(more_s):
            return DelayEffect(np.inf, now_s, np.inf)
        cost = float(problem.price_per_s[self._v]) * more_s + task.completion_price * now_s
        cost += task.lateness_price * max(now_s - task.due_s, 0.0)
        cost += float(self._completion[position:].sum()) * more_s
        late_s = np.maximum(self._ends_s[position:] + more_s - self._due_s[position:], 0.0)
        cost += float((self._lateness[position:] * (late_s - self._late_s[position:])).sum())
        return DelayEffect(cost, now_s, self._home_s + more_s)

    def _seconds(self, paths: PathSource, source: int, target: int) -> float:
        return 0.0 if target == NONE else paths.path(source, target)[0] * self._pace


def shifts_alone(problem: Problem, route: TaskRoute, timed: TimedRoute) -> bool:
    """Whether a route is one where nobody waits or rests, and that costs nothing but time."""
    rules = problem.rules
    ruled = len(rules.earlier) or len(rules.begin_by_s) or len(rules.break_s)
    priced = rules.last_home_price or rules.balance_price or rules.metres_count
    if not route or ruled or priced:
        return False
    work = [leg for leg in timed.legs if leg.kind == "work"]
    released_s = problem.release_s[[leg.task for leg in work]]
    return bool(np.all((released_s == 0.0) | (released_s < [leg.starts_s for leg in work])))


def arc_of(problem: Problem, stop: TaskVisit | ReloadStop) -> int:
    """Return the arc that is driven at a stop."""
    if isinstance(stop, TaskVisit):
        return int(problem.mode_arc[stop.task, stop.mode])
    return int(problem.reload_arc[stop.site])
