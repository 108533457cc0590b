"""Places between the stops of routes that are driven, as arrays to look for the best one in."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from routing.network.route_timing import TimedLeg, TimedRoute
from routing.problem.problem import NONE, Floats, Ints, Problem, ReloadStop, TaskRoute, TaskVisit
from routing.replanning.delay_cost import arc_of


class InsertionPositions(NamedTuple):
    """Places between stops of all routes, behind what is pinned; G of them in arrays [G].

    The arcs `before` and `after` a place (-1 where the route may end anywhere), when the vehicle
    leaves the one before, seconds that it drives between, price of a second of delay of all that
    follows, how long that may be put off, material to spare until the next reload and until then
    needed, and the classes of tasks before and after.
    """

    vehicle: Ints
    position: Ints
    before: Ints
    after: Ints
    leaves_s: Floats
    drive_s: Floats
    slope: Floats
    slack_s: Floats
    spare_kg: Floats
    need_kg: Floats
    low: Floats
    high: Floats


def all_gaps(parts: Sequence[Floats]) -> InsertionPositions:
    """Return the places of all vehicles; `parts` are the rows of each."""
    columns = np.concatenate([part for part in parts if len(part)] or [np.zeros((0, 12))]).T
    whole = [column.astype(np.int32) for column in columns[:4]]
    return InsertionPositions(*whole, *columns[4:])


def rows_of(problem: Problem, v: int, route: TaskRoute, timed: TimedRoute) -> Floats:
    """Return the rows of one vehicle, float64[places, 12]."""
    pinned, count = len(problem.rules.pin(v)), len(route)
    stops = [leg for leg in timed.legs if leg.kind in ("work", "reload")]
    arcs = [int(problem.start_arc[v]), *(arc_of(problem, stop) for stop in route)]
    arcs.append(int(problem.end_arc[v]))
    leaves_s = np.array([problem.shift_start_s[v], *(leg.ends_s for leg in stops)])
    load_kg = np.array([problem.load_kg[v], *(leg.load_kg for leg in stops)])
    begins_s = np.array([*(leg.starts_s for leg in stops), max(timed.ends_s, leaves_s[-1])])
    classes = [problem.class_index[s.task] if isinstance(s, TaskVisit) else NONE for s in route]
    table = np.zeros((count + 1, 12))
    table[:, 0], table[:, 1] = v, np.arange(count + 1)
    table[:, 2], table[:, 3] = arcs[:-1], arcs[1:]
    drive_s = np.full(count + 1, np.inf)  # behind what no vehicle reaches
    np.subtract(begins_s, leaves_s, out=drive_s, where=np.isfinite(leaves_s))
    table[:, 4], table[:, 5] = leaves_s, drive_s
    table[:, 6] = float(problem.price_per_s[v]) + _slopes(problem, route, stops)
    table[:, 7] = max(float(problem.shift_end_s[v]) - float(timed.ends_s), 0.0)
    spare_kg, low, high = load_kg[-1], -np.inf, np.inf
    for p in range(count, -1, -1):
        if p < count:
            stop = route[p]
            spare_kg = load_kg[p] if isinstance(stop, ReloadStop) else min(load_kg[p], spare_kg)
            high = classes[p] if isinstance(stop, TaskVisit) else high
        table[p, 8], table[p, 9], table[p, 11] = spare_kg, load_kg[p] - spare_kg, high
    for p in range(pinned, count + 1):
        low = classes[p - 1] if p > pinned and classes[p - 1] != NONE else low
        table[p, 10] = low
    return table[pinned:]


def _slopes(problem: Problem, route: TaskRoute, stops: Sequence[TimedLeg]) -> Floats:
    """Return the price of a second of delay of all tasks from each stop on, 0 behind the last."""
    price = np.zeros(len(route) + 1)
    for p, (stop, leg) in enumerate(zip(route, stops, strict=True)):
        if isinstance(stop, TaskVisit):
            late = leg.ends_s > problem.due_s[stop.task]
            price[p] = problem.completion_price[stop.task]
            price[p] += problem.lateness_price[stop.task] * late
    return np.cumsum(price[::-1])[::-1]
