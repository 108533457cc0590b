"""Insertion positions between the stops of running routes, as arrays to look for the best in."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache

from routing.network.deadheads import LineGraph, from_arc, to_arc
from routing.network.route_timing import TimedLeg, TimedRoute
from routing.problem.problem import NONE, Floats, Ints, Problem, ReloadStop, TaskRoute, TaskVisit
from routing.replanning.delay_cost import arc_of

TREES = 64
"""Arcs to and from which all seconds are kept."""

(
    VEHICLE,
    POSITION,
    ARC_BEFORE,
    ARC_AFTER,
    LEAVES_S,
    DRIVE_S,
    SLOPE,
    SLACK_S,
    SPARE_KG,
    NEED_KG,
    LEAST_CLASS,
    MOST_CLASS,
    COLUMNS,
) = range(13)
"""Columns of a position table, in the order of `InsertionPositions`, and how many there are."""


class InsertionPositions(NamedTuple):
    """Places between stops of all routes, behind what is pinned; G of them in arrays [G].

    The arcs `before` and `after` a place (-1 where the route may end anywhere), when the vehicle
    leaves the one before, seconds that it drives between, price of a second of delay of all that
    follows, how long that may be delayed, material to spare until the next reload and until then
    needed, and the least and most class of a task there that keeps the order of classes.
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
    least_class: Floats
    most_class: Floats


class ArcTrees:
    """Seconds to and from arcs on one network, kept for the next question about them."""

    def __init__(self, problem: Problem, line: LineGraph) -> None:
        self._problem, self._line = problem, line
        self._trees: LRUCache[int, tuple[Floats, Floats]] = LRUCache(TREES)

    def seconds(self, arc: int) -> tuple[Floats, Floats]:
        """Return float64[A] the seconds to an arc from the end of each, and those from it."""
        found = self._trees.get(arc)
        if found is None:
            found = self._trees[arc] = self._computed(arc)
        return found

    @cached_property
    def of_sites(self) -> list[tuple[Floats, Floats]]:
        """The same of each reload site."""
        return [self._computed(arc) for arc in self._problem.reload_arc.tolist()]

    def _computed(self, arc: int) -> tuple[Floats, Floats]:
        toward_s = to_arc(self._problem, self._line, arc)
        return toward_s, from_arc(self._problem, self._line, arc)


def positions_of(tables: Sequence[Floats]) -> InsertionPositions:
    """Return the places of all vehicles; `tables` has the position table of each."""
    empty = np.zeros((0, COLUMNS))
    columns = np.concatenate([table for table in tables if len(table)] or [empty]).T
    whole = [column.astype(np.int32) for column in columns[:LEAVES_S]]
    return InsertionPositions(*whole, *columns[LEAVES_S:])


def position_table(problem: Problem, v: int, route: TaskRoute, timed: TimedRoute) -> Floats:
    """Return the position table of one vehicle, float64[places, COLUMNS]."""
    pinned, count = len(problem.rules.pin(v)), len(route)
    stops = [leg for leg in timed.legs if leg.kind in ("work", "reload")]
    arcs = [int(problem.start_arc[v]), *(arc_of(problem, stop) for stop in route)]
    arcs.append(int(problem.end_arc[v]))
    leaves_s = np.array([problem.shift_start_s[v], *(leg.ends_s for leg in stops)])
    begins_s = np.array([*(leg.starts_s for leg in stops), max(timed.ends_s, leaves_s[-1])])
    table = np.zeros((count + 1, COLUMNS))
    table[:, VEHICLE], table[:, POSITION] = v, np.arange(count + 1)
    table[:, ARC_BEFORE], table[:, ARC_AFTER] = arcs[:-1], arcs[1:]
    drive_s = np.full(count + 1, np.inf)  # behind what no vehicle reaches
    np.subtract(begins_s, leaves_s, out=drive_s, where=np.isfinite(leaves_s))
    table[:, LEAVES_S], table[:, DRIVE_S] = leaves_s, drive_s
    table[:, SLOPE] = float(problem.price_per_s[v]) + _slopes(problem, route, stops)
    table[:, SLACK_S] = max(float(problem.shift_end_s[v]) - float(timed.ends_s), 0.0)
    load_kg = np.array([problem.load_kg[v], *(leg.load_kg for leg in stops)])
    _fill_material(table, route, load_kg)
    _fill_classes(table, problem, route, pinned)
    return table[pinned:]


def _fill_material(table: Floats, route: TaskRoute, load_kg: Floats) -> None:
    """Fill in what may be spent at each place, and what is needed until the next reload."""
    spare_kg = load_kg[-1]
    for p in range(len(route), -1, -1):
        if p < len(route):
            reloads = isinstance(route[p], ReloadStop)
            spare_kg = load_kg[p] if reloads else min(load_kg[p], spare_kg)
        table[p, SPARE_KG], table[p, NEED_KG] = spare_kg, load_kg[p] - spare_kg


def _fill_classes(table: Floats, problem: Problem, route: TaskRoute, pinned: int) -> None:
    """Fill in between which classes each place lies; those of pinned stops do not count."""
    classes = [problem.class_index[s.task] if isinstance(s, TaskVisit) else NONE for s in route]
    least, most = -np.inf, np.inf
    for p in range(len(route), -1, -1):
        if p < len(route) and isinstance(route[p], TaskVisit):
            most = classes[p]
        table[p, MOST_CLASS] = most
    for p in range(pinned, len(route) + 1):
        least = classes[p - 1] if p > pinned and classes[p - 1] != NONE else least
        table[p, LEAST_CLASS] = least


def _slopes(problem: Problem, route: TaskRoute, stops: Sequence[TimedLeg]) -> Floats:
    """Return the price of a second of delay of all tasks from each stop on, 0 behind the last."""
    price = np.zeros(len(route) + 1)
    for p, (stop, leg) in enumerate(zip(route, stops, strict=True)):
        if isinstance(stop, TaskVisit):
            late = leg.ends_s > problem.due_s[stop.task]
            price[p] = problem.completion_price[stop.task]
            price[p] += problem.lateness_price[stop.task] * late
    return np.cumsum(price[::-1])[::-1]
