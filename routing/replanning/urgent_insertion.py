"""The best place for one more task in running routes, found at once.

All positions of all routes are ranked by arrays, and the exact cost of the best few computed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from routing.network.route_timing import TimedRoute, timed_route, whole_cost
from routing.problem.problem import (
    NONE,
    Floats,
    Ints,
    Problem,
    ReloadStop,
    RouteRules,
    TaskRoute,
    TaskVisit,
)
from routing.replanning.delay_cost import DelayableRoute, InsertedTask, arc_of
from routing.replanning.running_routes import RunningRoutes

TRIED = 8
"""Positions by estimate of which the exact cost is computed."""
WAITS = 20
"""Times that each route may be timed anew because another waits for it."""
LATE_PRICE, LATE_TIMES = 100.0, 240.0
"""Price in estimates of a second of delay that only waiting could make up for, or so many times
that of a second by which the task is done later, if that is more."""
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


class _Place(NamedTuple):
    """A position of a vehicle's route, and the stops to make there."""

    vehicle: int
    position: int
    stops: TaskRoute


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


def best_insertion(
    running: RunningRoutes,
    urgent: UrgentTask,
    forbidden: Sequence[int] = (),
    begun_s: float = 0.0,
    tried: int = TRIED,
    *,
    each_vehicle: bool = False,
) -> TaskInsertion | None:
    """Return the cheapest way to do a task too, all else in its order; `None` if there is none.

    Positions are ranked by the delay times what delays cost behind, and the best `tried` computed
    exactly; with `each_vehicle`, where none of these keeps all rules, also the best of every
    vehicle. `forbidden` are vehicles that must not do it. Stops that begin before `begun_s` are not
    delayed; behind its last stop a vehicle may always get more to do.
    """
    found = _best(running, urgent, _ranked(running, urgent, forbidden, begun_s, tried))
    if found is None and each_vehicle:
        all_places = len(running.positions.vehicle) * len(urgent.mode_arc)
        ranked = _ranked(running, urgent, forbidden, begun_s, all_places)
        found = _best(running, urgent, _first_of_each(ranked))
    return found


def _first_of_each(ranked: Iterable[_Place]) -> Iterator[_Place]:
    """Yield the first place of each vehicle."""
    seen: set[int] = set()
    for place in ranked:
        if place.vehicle not in seen:
            seen.add(place.vehicle)
            yield place


def _best(
    running: RunningRoutes, urgent: UrgentTask, places: Iterable[_Place]
) -> TaskInsertion | None:
    """Return the cheapest of some insertions by its exact cost; `None` where none is possible."""
    best: TaskInsertion | None = None
    for vehicle, position, stops in places:
        delayable = running.delayable(vehicle)
        if delayable is not None:
            found = _delayed(running, delayable, urgent, vehicle, position, stops)
        else:
            found = _retimed(running, urgent, vehicle, position, stops)
        if found is not None and (best is None or found.cost < best.cost):
            best = found
    return best


def _ranked(
    running: RunningRoutes,
    urgent: UrgentTask,
    forbidden: Sequence[int],
    begun_s: float,
    most: int,
) -> Iterator[_Place]:
    """Yield the `most` positions that look cheapest, in order."""
    places, problem = running.positions, running.problem
    stops_of = np.array([len(route) for route in running.routes])
    begins_s = places.leaves_s + places.drive_s
    begun = (begins_s < begun_s) & (places.position < stops_of[places.vehicle])
    away = np.zeros(problem.vehicles, np.bool_)
    away[list(forbidden)] = True
    costs, sites = [], []
    for arc in urgent.mode_arc:
        cost, site = _estimates(running, urgent, arc)
        cost[away[places.vehicle]] = np.inf
        cost[begun] = np.inf
        costs.append(cost)
        sites.append(site)
    table = np.array(costs)
    ranked = np.argpartition(table, min(most, table.size - 1), axis=None)[:most]
    ranked = ranked[np.argsort(table.flat[ranked], kind="stable")]
    for mode, place in zip(*np.unravel_index(ranked, table.shape), strict=True):
        if np.isfinite(table[mode, place]):
            reload_at = int(sites[mode][place])
            reload = () if reload_at == NONE else (ReloadStop(reload_at),)
            stops: TaskRoute = (*reload, TaskVisit(problem.tasks, int(mode)))
            yield _Place(int(places.vehicle[place]), int(places.position[place]), stops)


def _estimates(running: RunningRoutes, urgent: UrgentTask, arc: int) -> tuple[Floats, Ints]:
    """Return for each position about what the task adds to the cost, and the site to reload at."""
    problem, places = running.problem, running.positions
    count = len(places.vehicle)
    if arc == NONE:
        return np.full(count, np.inf), np.zeros(count, np.int32)
    kind = problem.vehicle_type[places.vehicle]
    pace = problem.pace[kind]
    _, away_s = running.trees.seconds(arc)
    there_s, site = _seconds_there(running, urgent, arc)
    onward_s = np.where(places.after == NONE, 0.0, away_s[places.after]) * pace
    begins_s = np.maximum(places.leaves_s + there_s, urgent.release_s)
    done_s = begins_s + urgent.service_s[kind]
    delay_s = done_s - places.leaves_s + onward_s - places.drive_s
    possible = np.isfinite(delay_s)
    done_s, delay_s = np.where(possible, done_s, 0.0), np.where(possible, delay_s, 0.0)
    cost = delay_s * places.slope + urgent.completion_price * done_s
    cost += urgent.lateness_price * np.maximum(done_s - urgent.due_s, 0.0)
    late_price = max(LATE_PRICE, LATE_TIMES * (urgent.completion_price + urgent.lateness_price))
    cost += late_price * np.maximum(delay_s - places.slack_s, 0.0)
    if problem.rules.strict_classes:
        possible &= places.least_class <= urgent.class_index
        possible &= urgent.class_index <= places.most_class
    return np.where(possible, cost, np.inf), site


def _seconds_there(running: RunningRoutes, urgent: UrgentTask, arc: int) -> tuple[Floats, Ints]:
    """Return the seconds to the task from each position, and the site to reload at, or -1."""
    problem, places = running.problem, running.positions
    pace = problem.pace[problem.vehicle_type[places.vehicle]]
    toward_s, _ = running.trees.seconds(arc)
    lacks = urgent.material_kg > places.spare_kg + SLACK_KG
    there_s = np.where(lacks, np.inf, toward_s[places.before] * pace)
    site = np.full(len(places.vehicle), NONE, np.int32)
    full_kg = problem.capacity_kg[places.vehicle]
    fits = lacks & (urgent.material_kg + places.need_kg <= full_kg + SLACK_KG)
    for k, (to_site_s, from_site_s) in enumerate(running.trees.of_sites):
        over_s = (to_site_s[places.before] + from_site_s[arc]) * pace + problem.fill_s[k]
        better = fits & (over_s < there_s)
        there_s[better], site[better] = over_s[better], k
    return there_s, site


def _delayed(
    running: RunningRoutes,
    delayable: DelayableRoute,
    urgent: UrgentTask,
    vehicle: int,
    position: int,
    stops: TaskRoute,
) -> TaskInsertion | None:
    """Return the insertion with its exact cost where all that follows ends as much later."""
    problem = running.problem
    task = InsertedTask(
        work_s=float(urgent.service_s[problem.vehicle_type[vehicle]]),
        release_s=urgent.release_s,
        due_s=urgent.due_s,
        completion_price=urgent.completion_price,
        lateness_price=urgent.lateness_price,
    )
    arcs = [
        urgent.mode_arc[stop.mode] if isinstance(stop, TaskVisit) else arc_of(problem, stop)
        for stop in stops
    ]
    effect = delayable.inserted(problem, running.streets.paths, position, stops, arcs, task)
    shift_end_s, old_end_s = float(problem.shift_end_s[vehicle]), running.timed[vehicle].ends_s
    latest_s = max(shift_end_s, old_end_s) + SLACK_S
    if not np.isfinite(effect.cost) or effect.route_ends_s > latest_s:
        return None
    return TaskInsertion(vehicle, position, stops, effect.cost, effect.done_s)


def _retimed(
    running: RunningRoutes, urgent: UrgentTask, vehicle: int, position: int, stops: TaskRoute
) -> TaskInsertion | None:
    """Return the insertion with its exact cost by timing routes; `None` where a time is broken."""
    problem = with_task(running.problem, urgent)
    before = running.routes[vehicle]
    route = (*before[:position], *stops, *before[position:])
    timed = _timed_with(running, problem, vehicle, route)
    if timed is None or not _in_time(problem, timed, running.timed):
        return None
    cost = whole_cost(problem, timed, list(running.unserved)).total - running.cost.total
    done_s = next(leg.ends_s for leg in timed[vehicle].legs if leg.task == problem.tasks - 1)
    return TaskInsertion(vehicle, position, stops, cost, done_s)


def _timed_with(
    running: RunningRoutes, problem: Problem, vehicle: int, route: TaskRoute
) -> list[TimedRoute] | None:
    """Return all routes with one changed, and those that wait for it; `None` if for ever."""
    timed, paths = list(running.timed), running.streets.paths
    if not len(problem.rules.earlier):
        timed[vehicle] = timed_route(problem, paths, vehicle, route, None)
        return timed
    waiting, done_s = _vehicles_waiting(running), _done_s(timed)
    queue = [vehicle]
    for _ in range(WAITS * len(timed)):
        if not queue:
            return timed
        v = queue.pop(0)
        own = route if v == vehicle else running.routes[v]
        timed[v] = timed_route(problem, paths, v, own, done_s)
        for leg in timed[v].legs:
            if leg.kind == "work" and done_s.get(leg.task) != leg.ends_s:
                done_s[leg.task] = leg.ends_s
                queue += [u for u in waiting.get(leg.task, ()) if u not in (v, *queue)]
    return None


def _vehicles_waiting(running: RunningRoutes) -> dict[int, list[int]]:
    """Return for each earlier pass the vehicles that do its later ones."""
    doer, rules = running.doer_of_all(), running.problem.rules
    found: dict[int, list[int]] = {}
    for earlier, later in zip(rules.earlier.tolist(), rules.later.tolist(), strict=True):
        if later in doer:
            found.setdefault(earlier, []).append(doer[later])
    return found


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
