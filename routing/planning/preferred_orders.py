"""Routes put into the orders of streets that drivers prefer, after the search, where cheap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from routing.network.route_timing import TimedLeg, TimedRoute, timed_route
from routing.network.shortest_deadheads import PathCache
from routing.planning.problem_mapping import MappedProblem
from routing.problem.problem import Problem, ReloadStop, TaskRoute, TaskVisit
from routing.problem.stops import tasks_of
from routing.replanning.rearrangement import known_hopeless
from routing.search.solver import FoundRoutes, settled

MOST_DEARER = 0.01
"""Share by which all orders together may make a route cost more."""

HALF = 0.5
ROUNDING_M = 1e-6
SLACK_S = 1e-6
SLACK_KG = 1e-6


def in_preferred_order(mapped: MappedProblem, problem: Problem, found: FoundRoutes) -> FoundRoutes:
    """Return the routes found, with streets in the orders that drivers of their machines prefer.

    A street is done when half of its metres are. Of two in the other order, one or what makes it so
    late or early is moved to the other, whatever costs least. No task ends
    farther behind its deadline than before, none is left out for it, pinned stops stay, and no
    route costs more than `MOST_DEARER`: what would, stays as it was. `problem` is what was solved.
    """
    rules = problem.rules
    if not mapped.situation.present.preferred or rules.strict_classes or len(rules.earlier):
        return found
    before = found.solution
    routes = tuple(
        _arranged(_RouteCheck(problem, found.paths, v, route), _orders_on(mapped, v, route))
        for v, route in enumerate(before.routes)
    )
    if routes == before.routes:
        return found
    single = known_hopeless(problem, before.unserved)
    after = settled(problem, found.paths, single, before.bound, before.seed, routes)
    return after._replace(solution=replace(after.solution, iterations=before.iterations))


class _Order(NamedTuple):
    """Tasks of a route with their metres, those to be done sooner and those to be done later."""

    sooner: Mapping[int, float]
    later: Mapping[int, float]


def _orders_on(mapped: MappedProblem, vehicle: int, route: TaskRoute) -> list[_Order]:
    """Return the orders that concern a vehicle's route, behind what is pinned."""
    problem, machine = mapped.problem, mapped.machines[mapped.problem.vehicle_type[vehicle]].type
    wanted = [one for one in mapped.situation.present.preferred if one.machine == machine]
    if not wanted:
        return []
    free = tasks_of(route[len(problem.rules.pin(vehicle)) :])
    street = {task: mapped.passes[task].job.segment_id for task in free}
    arcs = problem.mode_arc[:, 0]
    length_m = dict(zip(free, problem.length_m[arcs[free]].tolist(), strict=True))
    orders = [
        _Order(
            {task: length_m[task] for task in free if street[task] in one.sooner},
            {task: length_m[task] for task in free if street[task] in one.later},
        )
        for one in sorted(wanted, key=lambda one: (sorted(one.sooner), sorted(one.later)))
    ]
    return [one for one in orders if one.sooner and one.later]


def _arranged(check: "_RouteCheck", orders: Sequence[_Order]) -> TaskRoute:
    """Return a route that keeps as many of the orders as it may."""
    best, again = check.route, True
    while again:
        again = False
        for order in orders:
            kept = _kept(best, orders)
            if _keeps(best, order):
                continue
            allowed = [
                (timed.cost, route)
                for route in _moved(best, len(check.pin), order)
                if _kept(route, orders) > kept
                for timed in (check.timed(route),)
                if check.allows(timed)
            ]
            if allowed:
                best, again = min(allowed, key=lambda each: each[0])[1], True
    return best


def _keeps(route: TaskRoute, order: _Order) -> bool:
    return _half(route, order.sooner) < _half(route, order.later)


def _half(route: TaskRoute, tasks: Mapping[int, float]) -> int:
    """Return the place of the stop at which half of the metres of some tasks are done."""
    left_m = HALF * sum(tasks.values())
    for i, stop in enumerate(route):
        left_m -= tasks.get(stop.task, 0.0) if isinstance(stop, TaskVisit) else 0.0
        if left_m <= ROUNDING_M:
            return i
    return len(route)


def _kept(route: TaskRoute, orders: Sequence[_Order]) -> int:
    return sum(_keeps(route, order) for order in orders)


def _moved(route: TaskRoute, pinned: int, order: _Order) -> Iterator[TaskRoute]:
    """Yield routes in which one street comes to the other, as a whole or the part of it that must.

    Stops in front that are pinned stay.
    """
    ahead, behind = route[:pinned], route[pinned:]
    first = min(i for i, stop in enumerate(behind) if _is_of(stop, order.later))
    last = max(i for i, stop in enumerate(behind) if _is_of(stop, order.sooner))
    for until in {last, _half(behind, order.sooner)}:
        span = behind[first : until + 1]
        sooner = tuple(stop for stop in span if _is_of(stop, order.sooner))
        later = tuple(stop for stop in span if _is_of(stop, order.later))
        without_sooner = tuple(stop for stop in span if stop not in sooner)
        without_later = tuple(stop for stop in span if stop not in later)
        rest = behind[until + 1 :]
        yield (*ahead, *behind[:first], *sooner, *without_sooner, *rest)
        yield (*ahead, *behind[:first], *without_later, *later, *rest)


def _is_of(stop: TaskVisit | ReloadStop, tasks: Mapping[int, float]) -> bool:
    return isinstance(stop, TaskVisit) and stop.task in tasks


@dataclass(slots=True)
class _RouteCheck:
    """A vehicle's route as it was found, and which others may take its place."""

    problem: Problem
    paths: PathCache
    vehicle: int
    route: TaskRoute
    _before: TimedRoute | None = None

    @property
    def pin(self) -> TaskRoute:
        """The stops that stay in front."""
        return self.problem.rules.pin(self.vehicle)

    def timed(self, route: TaskRoute) -> TimedRoute:
        """Return a route with exact times."""
        return timed_route(self.problem, self.paths, self.vehicle, route)

    def allows(self, timed: TimedRoute) -> bool:
        """Whether a route breaks no rule, is no later behind any deadline, and costs no more."""
        if self._before is None:
            self._before = self.timed(self.route)
        before, problem = self._before, self.problem
        latest_s = max(float(problem.shift_end_s[self.vehicle]), before.ends_s) + SLACK_S
        if not (np.isfinite(timed.ends_s) and timed.ends_s <= latest_s):
            return False
        if min((leg.load_kg for leg in timed.legs), default=0.0) < -SLACK_KG:
            return False
        late_s = self._late_s(before)
        worse = any(each > late_s[task] + SLACK_S for task, each in self._late_s(timed).items())
        begun = all(leg.starts_s <= problem.rules.begin_by(leg.task) for leg in _work(timed))
        return begun and not worse and timed.cost <= before.cost * (1.0 + MOST_DEARER)

    def _late_s(self, timed: TimedRoute) -> dict[int, float]:
        due_s = self.problem.due_s
        return {leg.task: max(leg.ends_s - float(due_s[leg.task]), 0.0) for leg in _work(timed)}


def _work(timed: TimedRoute) -> list[TimedLeg]:
    return [leg for leg in timed.legs if leg.kind == "work"]
