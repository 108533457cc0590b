"""The rules of a problem as arrays for the kernels, for whole routes and for subproblems."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from routing.kernels.arrays.route_arrays import DeadheadTable, ProblemArrays, Records, RouteArrays
from routing.kernels.arrays.subproblem_arrays import (
    BALANCE,
    BEGIN_BY,
    BIG_S,
    LAST_HOME,
    LEVEL,
    NO_RULES,
    OTHERS_LATEST,
    OTHERS_LONGEST,
    OTHERS_SHORTEST,
    OUTSET,
    OWN_BEGIN_BY,
    OWN_RELEASE,
    PER_M,
    RELEASE,
    REST,
    REST_BY,
    WHOLE,
    SubproblemRules,
)
from routing.kernels.graph import shortest_paths
from routing.kernels.routes import routes as route_columns
from routing.network.deadheads import DeadheadEnds, LineGraph
from routing.problem.problem import NONE, Flags, Floats, Floats32, Ints, Problem

RESTS_LATE_S = 1e-6
"""A stop that ends so little after the latest time for the rest still comes before it."""


class WindowSpan(Protocol):
    """A window of a vehicle's route."""

    @property
    def vehicle(self) -> int:
        """Number of the vehicle."""
        ...

    @property
    def first(self) -> int:
        """Position of the first task."""
        ...

    @property
    def last(self) -> int:
        """Position behind the last task."""
        ...


class NodeTable(Protocol):
    """Deadheads between nodes, and which ways of the whole problem their first ones are."""

    @property
    def apart_s(self) -> Floats32:
        """As in `Subproblem`."""
        ...

    @property
    def out(self) -> Ints:
        """Numbers of the ways out, int32[S - 1]."""
        ...

    @property
    def into(self) -> Ints:
        """Numbers of the ways in, int32[E - 2]."""
        ...


def search_rules(
    problem: Problem, line: LineGraph, ends: DeadheadEnds, deadheads: DeadheadTable
) -> SubproblemRules:
    """Return the rules for whole routes; the metres of deadheads only where deadheads are dense."""
    rules = problem.rules
    earlier, later = rules.earlier, rules.later
    fleet = np.zeros(5)
    fleet[LAST_HOME], fleet[BALANCE] = rules.last_home_price, rules.balance_price
    streets = ~problem.place
    drive_s = float(problem.drive_s[streets].sum())
    priced_pairs = bool(len(rules.forbidden_task)) or bool(
        len(rules.published_vehicle) and rules.change_price.any()
    )
    return SubproblemRules(
        strict=rules.strict_classes,
        priced_pairs=priced_pairs,
        rests=bool(rules.break_s.any()),
        metric=rules.metres_count,
        fleet_priced=bool(rules.last_home_price or rules.balance_price),
        ordered=bool(len(earlier)),
        bounded=bool(len(earlier)) or bool(np.isfinite(rules.begin_by_s).any()),
        extra=extra_prices(problem) if priced_pairs else NO_RULES.extra,
        metres=_metres(problem, line, ends, deadheads) if rules.metres_count else NO_RULES.metres,
        own_m=_own_metres(problem, ends) if rules.metres_count else NO_RULES.own_m,
        mps=float(problem.length_m[streets].sum()) / drive_s if drive_s else 0.0,
        fleet=fleet,
        chain=_chain(problem.tasks, earlier, later),
        pair=_pair(earlier, later),
        within_s=np.minimum(rules.within_s, BIG_S),
    )


def extra_prices(problem: Problem) -> Floats:
    """Return float64[T, V], the price of each task on each vehicle beyond its time."""
    rules = problem.rules
    extra = np.zeros((problem.tasks, problem.vehicles))
    if len(rules.published_vehicle) and len(rules.change_price):
        published = rules.published_vehicle[:, None]
        others = (published != NONE) & (published != np.arange(problem.vehicles))
        extra = np.where(others, rules.change_price[:, None], 0.0)
    extra[rules.forbidden_task, rules.forbidden_vehicle] = BIG_S
    return extra


def _metres(
    problem: Problem, line: LineGraph, ends: DeadheadEnds, deadheads: DeadheadTable
) -> Floats32:
    """Return `ProblemArrays.rules.metres`."""
    if len(deadheads.dense) == 1:
        return NO_RULES.metres
    graph = line.graph(problem.place)
    label, along = np.empty(problem.arcs), np.empty(problem.arcs)
    metres = np.zeros(deadheads.dense.shape, np.float32)
    for out, i in zip(*np.unique(deadheads.leave, return_index=True), strict=True):
        arc = int(ends.arc[i])
        less = line.drive_s[arc]
        shortest_paths.metres_along(graph, problem.length_m, arc, less, label, along)
        metres[out, deadheads.enter] = along[ends.arc]
    return metres


def _own_metres(problem: Problem, ends: DeadheadEnds) -> Floats32:
    return np.ascontiguousarray(problem.length_m[ends.arc].astype(np.float32)[:, None])


def _pair(earlier: Ints, later: Ints) -> Ints:
    """Return `SubproblemRules.pair`: earlier, later, next of this earlier, of this later."""
    pair = np.full((len(earlier), 4), NONE, np.int32)
    last: dict[tuple[int, int], int] = {}
    for x, (before, behind) in enumerate(zip(earlier.tolist(), later.tolist(), strict=True)):
        pair[x, :2] = before, behind
        for column, key in ((2, (0, before)), (3, (1, behind))):
            pair[x, column] = last.get(key, NONE)
            last[key] = x
    return pair


def _chain(tasks: int, earlier: Ints, later: Ints) -> Ints:
    """Return `SubproblemRules.chain`: each task's last pairs; `pair` leads on to the others."""
    chain = np.full((max(tasks, 1), 2), NONE, np.int32)
    chain[earlier, 0] = np.arange(len(earlier))
    chain[later, 1] = np.arange(len(later))
    return chain


def fill_vehicle_rules(problem: Problem, vehicle: Records) -> None:
    """Fill the fields of vehicles that come from rules."""
    rules = problem.rules
    each = range(problem.vehicles)
    after_s = np.array([min(rules.rest_after_s(v), BIG_S) for v in each])
    vehicle["rest_by_s"] = problem.shift_start_s + after_s + RESTS_LATE_S
    vehicle["rest_s"] = [rules.rest_s(v) for v in each]
    vehicle["per_m"] = [rules.per_m(v) for v in each]
    vehicle["worked_s"] = [rules.before_s(v) for v in each]
    vehicle["out"] = [rules.is_out(v) for v in each]


def equality_by_rules(problem: Problem) -> tuple[Floats, ...]:
    """Return what else than their own numbers makes vehicles alike, each [V]."""
    rules = problem.rules
    each = np.arange(problem.vehicles, dtype=np.float64)
    columns = (
        rules.break_s,
        rules.break_after_s,
        rules.price_per_m,
        rules.underway,
        rules.worked_s,
    )
    found = [np.asarray(column, np.float64) for column in columns if len(column)]
    if len(rules.forbidden_task) or len(rules.published_vehicle):
        found.append(each)
    return tuple(found)


def begin_s(problem: Problem) -> Floats:
    """Return `RouteArrays.begin_s` as long as no task is in a route."""
    by_s = np.full(problem.tasks, BIG_S)
    if len(problem.rules.begin_by_s):
        by_s = np.minimum(problem.rules.begin_by_s, BIG_S)
    own = (problem.release_s, by_s)
    return np.column_stack((*own, np.full(problem.tasks, BIG_S), *own))


def subproblem_rules(
    arrays: ProblemArrays,
    routes: RouteArrays,
    windows: Sequence[WindowSpan],
    tasks: Ints,
    end: Ints,
    table: NodeTable,
) -> SubproblemRules:
    """Return the rules for a subproblem; `end` int32[N, M] are the ends of its nodes' modes."""
    whole = arrays.rules
    vehicles = np.array([window.vehicle for window in windows], np.int32)
    rules = whole
    if whole.priced_pairs:
        rules = rules._replace(extra=np.ascontiguousarray(whole.extra[np.ix_(tasks, vehicles)]))
    if whole.metric:
        own_m = np.where(end < 0, 0.0, whole.own_m[:, 0][end]).astype(np.float32)
        rules = rules._replace(metres=_metres_of_part(whole, table), own_m=own_m)
    if whole.fleet_priced:
        rules = rules._replace(fleet=_fleet(arrays, routes, vehicles))
    if whole.ordered:
        local = np.full(len(arrays.task), NONE, np.int32)
        local[tasks] = np.arange(len(tasks))
        inside = (local[whole.pair[:, :2]] != NONE).all(axis=1)
        earlier, later = local[whole.pair[inside, 0]], local[whole.pair[inside, 1]]
        rules = rules._replace(
            chain=_chain(len(tasks), earlier, later),
            pair=_pair(earlier, later),
            within_s=whole.within_s[inside],
        )
    return rules


def _metres_of_part(whole: SubproblemRules, table: NodeTable) -> Floats32:
    """Return `Subproblem.rules.metres`: lengths of deadheads, by the usual speed where unknown."""
    if len(whole.metres) == 1:
        return table.apart_s * np.float32(whole.mps)
    metres = np.zeros(table.apart_s.shape, np.float32)
    known = whole.metres[np.ix_(table.out, table.into)]
    metres[: len(table.out), : len(table.into)] = known
    return metres


def _fleet(arrays: ProblemArrays, routes: RouteArrays, inside: Ints) -> Floats:
    """Return `SubproblemRules.fleet` with what vehicles outside of a part add."""
    fleet = arrays.rules.fleet.copy()
    others = np.ones(len(arrays.vehicle), np.bool_)
    others[inside] = False
    home_s, service_s = service(arrays, routes)
    fleet[OTHERS_LATEST] = home_s[others].max(initial=0.0)
    fleet[OTHERS_LONGEST] = service_s[others].max(initial=0.0)
    fleet[OTHERS_SHORTEST] = service_s[others].min(initial=BIG_S)
    return fleet


def service(arrays: ProblemArrays, routes: RouteArrays) -> tuple[Floats, Floats]:
    """Return when each vehicle is home and how long it has been in service, 0 if unused."""
    vehicle = arrays.vehicle
    used: Flags = (routes.row["size"] > 0) | vehicle["out"]
    home_s = np.where(used, routes.row["end_s"], 0.0)
    since_s = vehicle["shift_start_s"] - vehicle["worked_s"]
    return home_s, np.where(used, routes.row["end_s"] - since_s, 0.0)


def fleet_price(arrays: ProblemArrays, routes: RouteArrays) -> float:
    """Return the price of the last home and of the balance."""
    if not arrays.rules.fleet_priced or not len(arrays.vehicle):
        return 0.0
    home_s, service_s = service(arrays, routes)
    last = float(arrays.rules.fleet[LAST_HOME]) * float(home_s.max())
    return last + float(arrays.rules.fleet[BALANCE]) * float(service_s.max() - service_s.min())


def fill_node_rules(
    arrays: ProblemArrays,
    routes: RouteArrays,
    windows: Sequence[WindowSpan],
    tasks: Ints,
    node: Floats,
) -> None:
    """Fill the columns of `Subproblem.node` that come from rules."""
    count, rules = len(tasks), arrays.rules
    node[:count, LEVEL] = arrays.task["class_index"][tasks]
    node[:count, OWN_RELEASE] = routes.begin_s[tasks, route_columns.OWN_RELEASE]
    node[:count, OWN_BEGIN_BY] = routes.begin_s[tasks, route_columns.OWN_BEGIN_BY]
    if rules.ordered:
        _note_order(arrays, routes, tasks, node)
    node[:count, BEGIN_BY] = node[:count, OWN_BEGIN_BY]
    node[:count, RELEASE] = node[:count, OWN_RELEASE]
    if rules.strict:
        for w, window in enumerate(windows):
            stop = routes.stop["task"][window.vehicle]
            size = int(routes.row["size"][window.vehicle])
            before = arrays.task["class_index"][stop[window.first - 1]] if window.first else NONE
            behind = arrays.task["class_index"][stop[window.last]] if window.last < size else BIG_S
            node[count + w, LEVEL] = before
            node[count + len(windows) + w, LEVEL] = behind


def _note_order(arrays: ProblemArrays, routes: RouteArrays, tasks: Ints, node: Floats) -> None:
    """Let tasks of a subproblem begin as earlier passes outside of it allow."""
    rules = arrays.rules
    local = np.full(len(arrays.task), NONE, np.int32)
    local[tasks] = np.arange(len(tasks))
    earlier, later = rules.pair[:, 0], rules.pair[:, 1]
    for x in np.flatnonzero((local[later] != NONE) & (local[earlier] == NONE)).tolist():
        row = node[local[later[x]]]
        done_s = routes.begin_s[earlier[x], route_columns.DONE]
        by_s = done_s + rules.within_s[x] if done_s < BIG_S else -BIG_S  # nobody does it
        row[OWN_RELEASE] = max(row[OWN_RELEASE], done_s)
        row[OWN_BEGIN_BY] = min(row[OWN_BEGIN_BY], by_s)


def fill_window_rules(
    arrays: ProblemArrays, routes: RouteArrays, window: WindowSpan, row: list[float]
) -> None:
    """Fill the columns of a row of `Subproblem.window` that come from rules."""
    v = window.vehicle
    vehicle = arrays.vehicle[v]
    size = int(routes.row["size"][v])
    if window.first == 0 and window.last == size and vehicle["out"]:
        row[WHOLE] = -1.0
    rested = window.first and routes.stop["done_s"][v, window.first - 1] > vehicle["rest_by_s"]
    row[REST_BY] = BIG_S if rested or vehicle["rest_s"] == 0 else vehicle["rest_by_s"]
    row[REST] = vehicle["rest_s"]
    row[PER_M] = vehicle["per_m"]
    row[OUTSET] = vehicle["shift_start_s"] - vehicle["worked_s"]
