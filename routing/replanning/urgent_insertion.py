"""The best place for one more task in routes that are being driven, found at once."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from routing.network.deadheads import from_arc, to_arc
from routing.network.route_timing import TimedRoute, timed_route, timed_routes, whole_cost
from routing.problem.problem import (
    NONE,
    Floats,
    Ints,
    Problem,
    ReloadStop,
    RouteRules,
    Solution,
    TaskRoute,
    TaskVisit,
)
from routing.problem.stopping import StoppingCriterion
from routing.problem.stops import tasks_of
from routing.replanning.breakdown import taken_over
from routing.replanning.delay_cost import DelayableRoute, InsertedTask, arc_of, shifts_alone
from routing.replanning.insertion_positions import all_gaps, rows_of
from routing.replanning.path_cache import LineGraphCache, lines_of

TRIED = 8
"""Places by estimate of which the exact cost is computed."""
WAITS = 20
"""Times that each route may be timed anew because another waits for it."""
TREES = 64
"""Arcs to and from which all seconds are kept."""
LATE_PRICE = 100.0
"""Price in estimates of a second of delay that only waiting could make up for."""
SLACK_S = 1e-6
SLACK_KG = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class UrgentTask:
    """A task that comes up while routes are driven: a row of each array of a problem.

    `service_s` float64[K]; `mode_arc` as many modes as the problem has at most.
    """

    mode_arc: tuple[int, ...]
    service_s: Floats
    material_kg: float = 0.0
    class_index: int = 0
    release_s: float = 0.0
    due_s: float = np.inf
    completion_price: float = 0.0
    lateness_price: float = 0.0
    unserved_price: float = 0.0


@dataclass(frozen=True, slots=True)
class TaskInsertion:
    """Stops that come at a position of a vehicle's route, what that costs, when the task ends."""

    vehicle: int
    position: int
    stops: TaskRoute
    cost: float
    done_s: float

    def into(self, routes: Sequence[TaskRoute]) -> tuple[TaskRoute, ...]:
        """Return the routes with the stops in them."""
        found = list(routes)
        route = found[self.vehicle]
        found[self.vehicle] = (*route[: self.position], *self.stops, *route[self.position :])
        return tuple(found)


def with_task(problem: Problem, urgent: UrgentTask) -> Problem:
    """Return the problem with one more task, the last one, which nobody had published."""
    mode_arc = np.full((1, problem.modes), NONE, np.int32)
    mode_arc[0, : len(urgent.mode_arc)] = urgent.mode_arc
    names = ("material_kg", "class_index", "release_s", "due_s")
    prices = ("completion_price", "lateness_price", "unserved_price")
    rows = {
        name: np.append(getattr(problem, name), getattr(urgent, name)).astype(
            getattr(problem, name).dtype
        )
        for name in (*names, *prices)
    }
    return replace(
        problem,
        mode_arc=np.concatenate((problem.mode_arc, mode_arc)),
        service_s=np.concatenate((problem.service_s, urgent.service_s[None])),
        rules=_rules_with_task(problem.rules),
        **rows,
    )


def _rules_with_task(rules: RouteRules) -> RouteRules:
    return replace(
        rules,
        begin_by_s=np.append(rules.begin_by_s, np.inf)
        if len(rules.begin_by_s)
        else rules.begin_by_s,
        published_vehicle=np.append(rules.published_vehicle, NONE).astype(np.int32)
        if len(rules.published_vehicle)
        else rules.published_vehicle,
        change_price=np.append(rules.change_price, 0.0)
        if len(rules.change_price)
        else rules.change_price,
    )


class RunningRoutes:
    """Routes with their times at hand, into which one more task can be put within milliseconds."""

    def __init__(
        self, problem: Problem, solution: Solution, known: LineGraphCache | None = None
    ) -> None:
        self._problem = problem
        self._routes = solution.routes
        lines = known.lines(problem) if known else lines_of(problem)
        self._line, self._ways = lines.graph, lines.ways
        self._timed = timed_routes(problem, self._ways, self._routes)
        self._unserved = solution.unserved
        self._left = list(solution.unserved)
        self._cost = whole_cost(problem, self._timed, self._left).total
        self._rows = [
            rows_of(problem, v, route, self._timed[v]) for v, route in enumerate(self._routes)
        ]
        self._gaps = all_gaps(self._rows)
        self._behind: list[DelayableRoute | None] = [None] * len(self._routes)
        self._own = [frozenset(tasks_of(route)) for route in self._routes]
        self._trees: dict[int, tuple[Floats, Floats]] = {}
        self._sites = [
            (to_arc(problem, self._line, arc), from_arc(problem, self._line, arc))
            for arc in problem.reload_arc.tolist()
        ]
        self._laters = self._vehicles_of_laters()
        self._done_s = _done_s(self._timed) if self._laters else {}

    @property
    def problem(self) -> Problem:
        """What the routes are for."""
        return self._problem

    @property
    def routes(self) -> tuple[TaskRoute, ...]:
        """The routes."""
        return self._routes

    @property
    def timed(self) -> Sequence[TimedRoute]:
        """The routes with exact times."""
        return self._timed

    def doers(self, tasks: Sequence[int]) -> dict[int, int]:
        """Return the vehicle of each of some tasks that is on a route."""
        wanted = set(tasks)
        return {task: v for v, own in enumerate(self._own) for task in wanted & own}

    def changed(self, problem: Problem, routes: Sequence[TaskRoute]) -> "RunningRoutes":
        """Return other routes, of a problem whose further tasks come behind; few of them differ."""
        other = copy(self)
        other.become(problem, routes)
        return other

    def become(self, problem: Problem, routes: Sequence[TaskRoute]) -> None:
        """Take other routes in place of these; only what differs is timed anew."""
        differ = [v for v, route in enumerate(routes) if route != self._routes[v] or self._laters]
        timed, rows = list(self._timed), list(self._rows)
        behind, own = list(self._behind), list(self._own)
        if self._laters:
            timed = timed_routes(problem, self._ways, routes)
        for v in differ:
            if not self._laters:
                timed[v] = timed_route(problem, self._ways, v, routes[v])
            rows[v] = rows_of(problem, v, routes[v], timed[v])
            behind[v], own[v] = None, frozenset(tasks_of(routes[v]))
        self._problem, self._routes, self._timed, self._rows = problem, tuple(routes), timed, rows
        self._cost = whole_cost(problem, timed, self._left).total
        self._gaps, self._behind, self._own = all_gaps(rows), behind, own
        self._done_s = _done_s(timed) if self._laters else {}

    def _vehicles_of_laters(self) -> dict[int, list[int]]:
        """Return for each earlier pass the vehicles that do its later ones."""
        doer = {task: v for v, route in enumerate(self._routes) for task in tasks_of(route)}
        found: dict[int, list[int]] = {}
        rules = self._problem.rules
        for earlier, later in zip(rules.earlier.tolist(), rules.later.tolist(), strict=True):
            if later in doer:
                found.setdefault(earlier, []).append(doer[later])
        return found

    def best_insertion(
        self,
        urgent: UrgentTask,
        forbidden: Sequence[int] = (),
        begun_s: float = 0.0,
        tried: int = TRIED,
    ) -> TaskInsertion | None:
        """Return the cheapest way to do a task too, all else in its order; `None` if there is none.

        Places are ranked by the delay times what delays cost behind, and the best `tried` computed
        exactly. `forbidden` are vehicles that must not do it. Stops that begin before `begun_s` are
        not put off.
        """
        best: TaskInsertion | None = None
        for vehicle, position, stops in self._ranked(urgent, forbidden, begun_s)[:tried]:
            found = self._exact(urgent, vehicle, position, stops)
            if found is not None and (best is None or found.cost < best.cost):
                best = found
        return best

    def without(
        self, vehicle: int, budget: int, stop: StoppingCriterion, seed: int = 0, threads: int = 1
    ) -> Solution:
        """Return routes for a vehicle's breakdown, see `breakdown.taken_over`."""
        running = Solution(
            self._routes,
            self._unserved,
            whole_cost(self._problem, self._timed, self._left),
            0,
            0,
            0,
        )
        return taken_over(
            self._problem, self._ways, self._line, running, vehicle, budget, stop, seed, threads
        )

    def _ranked(
        self, urgent: UrgentTask, forbidden: Sequence[int], begun_s: float
    ) -> list[tuple[int, int, TaskRoute]]:
        """Return the places that look cheapest, with the stops to make there."""
        gaps, task = self._gaps, self._problem.tasks
        away = np.zeros(self._problem.vehicles, np.bool_)
        away[list(forbidden)] = True
        costs, sites = [], []
        for arc in urgent.mode_arc:
            cost, site = self._estimates(urgent, arc)
            cost[away[gaps.vehicle]] = np.inf
            cost[gaps.leaves_s + gaps.drive_s < begun_s] = np.inf
            costs.append(cost)
            sites.append(site)
        table = np.array(costs)
        ranked = np.argpartition(table, min(TRIED, table.size - 1), axis=None)[:TRIED]
        ranked = ranked[np.argsort(table.flat[ranked], kind="stable")]
        found = []
        for mode, g in zip(*np.unravel_index(ranked, table.shape), strict=True):
            if np.isfinite(table[mode, g]):
                reload_at = int(sites[mode][g])
                refill = () if reload_at == NONE else (ReloadStop(reload_at),)
                stops: TaskRoute = (*refill, TaskVisit(task, int(mode)))
                found.append((int(gaps.vehicle[g]), int(gaps.position[g]), stops))
        return found

    def _estimates(self, urgent: UrgentTask, arc: int) -> tuple[Floats, Ints]:
        """Return for each place about what the task adds to the cost, and the site to reload at."""
        problem, gaps = self._problem, self._gaps
        if arc == NONE:
            return np.full(len(gaps.vehicle), np.inf), np.zeros(len(gaps.vehicle), np.int32)
        kind = problem.vehicle_type[gaps.vehicle]
        pace = problem.pace[kind]
        toward_s, away_s = self._trees_of(arc)
        there_s, site = self._there_s(urgent, arc, pace, toward_s)
        onward_s = np.where(gaps.after == NONE, 0.0, away_s[gaps.after]) * pace
        begins_s = np.maximum(gaps.leaves_s + there_s, urgent.release_s)
        done_s = begins_s + urgent.service_s[kind]
        delay_s = done_s - gaps.leaves_s + onward_s - gaps.drive_s
        possible = np.isfinite(delay_s)
        done_s, delay_s = np.where(possible, done_s, 0.0), np.where(possible, delay_s, 0.0)
        cost = delay_s * gaps.slope + urgent.completion_price * done_s
        cost += urgent.lateness_price * np.maximum(done_s - urgent.due_s, 0.0)
        cost += LATE_PRICE * np.maximum(delay_s - gaps.slack_s, 0.0)
        if problem.rules.strict_classes:
            possible &= (gaps.low <= urgent.class_index) & (urgent.class_index <= gaps.high)
        return np.where(possible, cost, np.inf), site

    def _trees_of(self, arc: int) -> tuple[Floats, Floats]:
        """Return the seconds to an arc and from it; asked about again and again for one street."""
        found = self._trees.get(arc)
        if found is None:
            if len(self._trees) >= TREES:
                self._trees.clear()
            toward_s = to_arc(self._problem, self._line, arc)
            found = toward_s, from_arc(self._problem, self._line, arc)
            self._trees[arc] = found
        return found

    def _there_s(
        self, urgent: UrgentTask, arc: int, pace: Floats, toward_s: Floats
    ) -> tuple[Floats, Ints]:
        """Return the seconds to the task from each place, and the site to reload at, or -1."""
        problem, gaps = self._problem, self._gaps
        lacks = urgent.material_kg > gaps.spare_kg + SLACK_KG
        there_s = np.where(lacks, np.inf, toward_s[gaps.before] * pace)
        site = np.full(len(gaps.vehicle), NONE, np.int32)
        full_kg = problem.capacity_kg[gaps.vehicle]
        fits = lacks & (urgent.material_kg + gaps.need_kg <= full_kg + SLACK_KG)
        for k, (to_site_s, from_site_s) in enumerate(self._sites):
            over_s = (to_site_s[gaps.before] + from_site_s[arc]) * pace + problem.fill_s[k]
            better = fits & (over_s < there_s)
            there_s[better], site[better] = over_s[better], k
        return there_s, site

    def _exact(
        self, urgent: UrgentTask, vehicle: int, position: int, stops: TaskRoute
    ) -> TaskInsertion | None:
        """Return the insertion with its true cost, `None` where it breaks a rule of time."""
        own = self._routes[vehicle], self._timed[vehicle]
        if self._behind[vehicle] is None and shifts_alone(self._problem, *own):
            self._behind[vehicle] = DelayableRoute(self._problem, vehicle, *own)
        behind = self._behind[vehicle]
        if behind is not None:
            return self._put_off(behind, urgent, vehicle, position, stops)
        problem = with_task(self._problem, urgent)
        before = self._routes[vehicle]
        route = (*before[:position], *stops, *before[position:])
        timed = self._retimed(problem, vehicle, route)
        if timed is None or not _in_time(problem, timed, self._timed):
            return None
        cost = whole_cost(problem, timed, self._left).total - self._cost
        done_s = next(leg.ends_s for leg in timed[vehicle].legs if leg.task == problem.tasks - 1)
        return TaskInsertion(vehicle, position, stops, cost, done_s)

    def _put_off(
        self,
        behind: DelayableRoute,
        urgent: UrgentTask,
        vehicle: int,
        position: int,
        stops: TaskRoute,
    ) -> TaskInsertion | None:
        """Return the insertion where all that follows ends as much later."""
        problem = self._problem
        task = InsertedTask(
            float(urgent.service_s[problem.vehicle_type[vehicle]]),
            urgent.release_s,
            urgent.due_s,
            urgent.completion_price,
            urgent.lateness_price,
        )
        arcs = [
            urgent.mode_arc[stop.mode] if isinstance(stop, TaskVisit) else arc_of(problem, stop)
            for stop in stops
        ]
        late = behind.late(problem, self._ways, position, stops, arcs, task)
        latest_s = max(float(problem.shift_end_s[vehicle]), self._timed[vehicle].ends_s) + SLACK_S
        if not np.isfinite(late.cost) or late.ends_s > latest_s:
            return None
        return TaskInsertion(vehicle, position, stops, late.cost, late.done_s)

    def _retimed(self, problem: Problem, vehicle: int, route: TaskRoute) -> list[TimedRoute] | None:
        """Return all routes with one changed, and those that wait for it; `None` if for ever."""
        timed = list(self._timed)
        done_s = dict(self._done_s)
        queue = [vehicle]
        for _ in range(WAITS * len(timed)):
            if not queue:
                return timed
            v = queue.pop(0)
            own = route if v == vehicle else self._routes[v]
            timed[v] = timed_route(problem, self._ways, v, own, done_s if self._laters else None)
            for leg in timed[v].legs if self._laters else ():
                if leg.kind == "work" and done_s.get(leg.task) != leg.ends_s:
                    done_s[leg.task] = leg.ends_s
                    queue += [u for u in self._laters.get(leg.task, ()) if u not in (v, *queue)]
        return None


def _in_time(problem: Problem, timed: Sequence[TimedRoute], old: Sequence[TimedRoute]) -> bool:
    """Return whether all routes that have changed end in their shifts and begin work in time."""
    changed = [v for v, route in enumerate(timed) if route is not old[v]]
    for v in changed:
        if timed[v].ends_s > max(float(problem.shift_end_s[v]), old[v].ends_s) + SLACK_S:
            return False
    rules = problem.rules
    if not len(rules.begin_by_s) and not len(rules.earlier):
        return True
    work = {leg.task: leg for route in timed for leg in route.legs if leg.kind == "work"}
    for task, leg in work.items():
        if leg.starts_s > rules.begin_by(task) + SLACK_S:
            return False
    return not any(
        work[later].starts_s > work[earlier].ends_s + within_s + SLACK_S
        for later, pairs in rules.before().items()
        for earlier, within_s in pairs
        if later in work and earlier in work
    )


def _done_s(timed: Sequence[TimedRoute]) -> dict[int, float]:
    legs = (leg for route in timed for leg in route.legs)
    return {leg.task: leg.ends_s for leg in legs if leg.kind == "work"}
