"""The referee: what is wrong with a solution, and what it costs. Shares no code with the search."""

from collections.abc import Set

import numpy as np

from routing.check.referee_paths import ClaimedSeconds, RefereePaths, deadheads_of, legs_of
from routing.check.referee_schedule import RefereeSchedule, driven
from routing.check.unserved_reasons import untrue_reasons
from routing.problem.problem import (
    Cost,
    Floats,
    Problem,
    Reason,
    ReloadStop,
    Solution,
    TaskRoute,
    TaskVisit,
)

TOLERANCE = 1e-6
"""Relative difference of costs, and seconds or kilograms, that count as equal."""


def violations(
    problem: Problem,
    solution: Solution,
    known: RefereePaths | None = None,
    claimed: ClaimedSeconds | None = None,
) -> list[str]:
    """Return everything that is wrong with a solution, one sentence each; empty if it holds.

    What the referee has `known` of the same streets since it looked there before is kept. What the
    search has `claimed` of its legs says how far to look for each at first, and nothing else.
    """
    found = _broken_shape(problem, solution.routes)
    if found:
        return found
    found = _broken_service(problem, solution)
    times = _driven(problem, solution, known, claimed)
    for v, route in enumerate(solution.routes):
        found += _broken_route(problem, times, v, route)
        found += _broken_pin(problem, v, route)
    found += _broken_order(problem, solution, times)
    found += untrue_reasons(problem, solution, times)
    cost = _cost(problem, solution, times).total
    if not abs(cost - solution.cost.total) <= TOLERANCE * max(1.0, abs(cost)):
        found.append(f"the cost is {cost:.6f}, not {solution.cost.total:.6f}")
    if solution.bound > cost * (1 + TOLERANCE) + TOLERANCE:
        found.append(f"the lower bound {solution.bound:.6f} is above the cost {cost:.6f}")
    return found


def broken_rules(problem: Problem, routes: tuple[TaskRoute, ...], vehicles: Set[int]) -> list[str]:
    """Return which rules the routes of some vehicles break, one sentence each; costs do not count.

    All routes are driven where any pass waits for another.
    """
    found = _broken_shape(problem, routes)
    if found:
        return found
    served = {stop.task for route in routes for stop in route if isinstance(stop, TaskVisit)}
    left: dict[int, Reason] = {task: "time" for task in range(problem.tasks) if task not in served}
    nothing = Cost(0.0, 0.0, 0.0, 0.0, 0.0)
    found = _broken_service(problem, Solution(routes, left, nothing, 0.0, 0, 0))
    alone = not len(problem.rules.earlier)
    looked = tuple(
        route if v in vehicles or not alone else problem.rules.pin(v)
        for v, route in enumerate(routes)
    )
    solution = Solution(looked, left, nothing, 0.0, 0, 0)
    times = _driven(problem, solution)
    for v in sorted(vehicles):
        found += _broken_route(problem, times, v, routes[v])
        found += _broken_pin(problem, v, routes[v])
    return found + _broken_order(problem, solution, times)


def cost_of(problem: Problem, solution: Solution) -> Cost:
    """Return the cost of a solution, computed afresh; infinite where a leg cannot be driven."""
    return _cost(problem, solution, _driven(problem, solution))


def _driven(
    problem: Problem,
    solution: Solution,
    known: RefereePaths | None = None,
    claimed: ClaimedSeconds | None = None,
) -> RefereeSchedule:
    deadheads = deadheads_of(problem, legs_of(problem, solution.routes), known, claimed)
    return driven(problem, deadheads, solution)


def _broken_shape(problem: Problem, routes: tuple[TaskRoute, ...]) -> list[str]:
    """Return what is wrong with the numbers of routes, tasks and sites."""
    found = []
    if len(routes) != problem.vehicles:
        found.append(f"{len(routes)} routes for {problem.vehicles} vehicles")
    for v, route in enumerate(routes):
        for stop in route:
            if isinstance(stop, ReloadStop):
                if not 0 <= stop.site < problem.sites:
                    found.append(f"vehicle {v} reloads at {stop.site}, which is no site")
            elif not (0 <= stop.task < problem.tasks and 0 <= stop.mode < problem.modes):
                found.append(f"vehicle {v} does {stop}, which is no task")
            elif problem.mode_arc[stop.task, stop.mode] < 0:
                found.append(f"vehicle {v} does task {stop.task} in a forbidden direction")
    return found


def _broken_service(problem: Problem, solution: Solution) -> list[str]:
    """Return the tasks that are not either done once or left out."""
    times = np.zeros(problem.tasks, np.int64)
    for route in solution.routes:
        for stop in route:
            if isinstance(stop, TaskVisit):
                times[stop.task] += 1
    left = solution.unserved
    found = [f"task {t} is done {times[t]} times" for t in np.flatnonzero(times > 1)]
    found += [
        f"task {t} is said to be left out, but is not"
        for t in left
        if not 0 <= t < problem.tasks or times[t]
    ]
    missing = np.flatnonzero(times == 0)
    return found + [f"task {t} is neither done nor left out" for t in missing if int(t) not in left]


def _broken_route(problem: Problem, times: RefereeSchedule, v: int, route: TaskRoute) -> list[str]:
    """Return what one route breaks: ability, load, reachability, end of shift."""
    found = []
    kind = int(problem.vehicle_type[v])
    load_kg = float(problem.load_kg[v])
    tasks = [stop.task for stop in route if isinstance(stop, TaskVisit)]
    needs_kg = iter(problem.material_kg[tasks].tolist())
    able = iter(np.isfinite(problem.service_s[tasks, kind]).tolist())
    for stop in route:
        if isinstance(stop, ReloadStop):
            load_kg = float(problem.capacity_kg[v])
            continue
        load_kg -= next(needs_kg)
        if not next(able):
            found.append(f"vehicle {v} is not able to do task {stop.task}")
        if load_kg < -TOLERANCE:
            found.append(f"vehicle {v} lacks {-load_kg:.1f} kg at task {stop.task}")
            load_kg = np.inf
    if v in times.stuck:
        found.append(f"vehicle {v} waits for ever at task {times.stuck[v]}")
    elif not np.isfinite(times.home_s[v]):
        found.append(f"vehicle {v} has a leg that cannot be driven")
    elif route != problem.rules.pin(v) and not (
        times.home_s[v] <= problem.shift_end_s[v] + TOLERANCE * 10
    ):
        late_s = times.home_s[v] - problem.shift_end_s[v]
        found.append(f"vehicle {v} ends {late_s:.1f} s after its shift")
    return found


def _broken_pin(problem: Problem, v: int, route: TaskRoute) -> list[str]:
    """Return whether a route begins with its pinned stops, and what else of its rules it breaks."""
    pin = problem.rules.pin(v)
    found = []
    if route[: len(pin)] != pin:
        found.append(f"vehicle {v} does not begin with what is pinned")
    tasks = [stop.task for stop in route[len(pin) :] if isinstance(stop, TaskVisit)]
    forbidden = problem.rules.forbidden()
    found += [f"vehicle {v} must not do task {t}" for t in tasks if (t, v) in forbidden]
    if problem.rules.strict_classes and np.any(np.diff(problem.class_index[tasks]) < 0):
        found.append(f"vehicle {v} does less urgent streets before more urgent ones")
    return found


def _broken_order(problem: Problem, solution: Solution, times: RefereeSchedule) -> list[str]:
    """Return the passes that do not wait for earlier ones, or begin too late."""
    found = []
    slack_s = TOLERANCE * 10
    for task, begins_s in times.begins_s.items():
        if begins_s > problem.rules.begin_by(task) + slack_s:
            found.append(f"task {task} begins later than allowed")
    for later, pairs in problem.rules.before().items():
        for earlier, within_s in pairs:
            if later in solution.unserved or later not in times.begins_s:
                continue
            if earlier in solution.unserved:
                found.append(f"task {later} is done, but not task {earlier} before it")
                continue
            after_s = times.begins_s[later] - times.ends_s[earlier]
            if not -slack_s <= after_s <= within_s + slack_s:
                found.append(f"task {later} begins {after_s:.1f} s after task {earlier} is done")
    return found


def _cost(problem: Problem, solution: Solution, times: RefereeSchedule) -> Cost:
    rules = problem.rules
    service_s = np.zeros(problem.vehicles)
    home_s = [0.0]
    time = vehicles = distance = change = 0.0
    for v, route in enumerate(solution.routes):
        if not route and not rules.is_out(v):
            continue
        spent_s = times.home_s[v] - float(problem.shift_start_s[v])
        service_s[v] = spent_s + rules.before_s(v)
        home_s.append(times.home_s[v])
        time += float(problem.price_per_s[v]) * spent_s
        vehicles += float(problem.fixed_price[v])
        distance += rules.per_m(v) * times.metres[v]
        change += sum(rules.change(stop.task, v) for stop in route if isinstance(stop, TaskVisit))
    tasks = np.array(list(times.ends_s), np.int64)
    ends_s = np.array(list(times.ends_s.values()), np.float64)
    completion = float((problem.completion_price[tasks] * ends_s).sum())
    late_s = np.maximum(ends_s - problem.due_s[tasks], 0.0)
    lateness = float((problem.lateness_price[tasks] * late_s).sum())
    unserved = float(problem.unserved_price[list(solution.unserved)].sum())
    return Cost(
        time,
        vehicles,
        completion,
        lateness,
        unserved,
        distance,
        last_home=rules.last_home_price * max(home_s) if rules.last_home_price else 0.0,
        balance=_balance(rules.balance_price, service_s),
        change=change,
    )


def _balance(price: float, service_s: Floats) -> float:
    if not price or not len(service_s):
        return 0.0
    if not np.isfinite(service_s).all():
        return np.inf
    return price * float(service_s.max() - service_s.min())
