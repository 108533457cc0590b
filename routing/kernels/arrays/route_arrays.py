"""The arrays that search kernels read and write, by name."""

from typing import Any, NamedTuple

import numpy as np

from routing.kernels.arrays.subproblem_arrays import NO_RULES, SubproblemRules
from routing.problem.problem import Floats, Floats32, Ints, Longs

FAR_S = 1.0e7
"""Seconds that stand for "no way", finite so that sums and differences stay numbers."""

type Records = Any
"""An array of records, whose fields numba reads by name: few arrays make quick calls."""

EDGE = np.dtype([("far_s", "f4"), ("leave_hub", "i4"), ("enter_hub", "i4")], align=True)
TASK = np.dtype(
    [
        ("material_kg", "f8"),
        ("release_s", "f8"),
        ("due_s", "f8"),
        ("completion_price", "f8"),
        ("lateness_price", "f8"),
        ("unserved_price", "f8"),
        ("class_index", "i4"),
    ],
    align=True,
)
VEHICLE = np.dtype(
    [
        ("kind", "i4"),
        ("start", "i4"),
        ("finish", "i4"),
        ("group", "i4"),
        ("pace", "f8"),
        ("capacity_kg", "f8"),
        ("load_kg", "f8"),
        ("shift_start_s", "f8"),
        ("shift_end_s", "f8"),
        ("price_per_s", "f8"),
        ("fixed_price", "f8"),
        ("rest_by_s", "f8"),
        ("rest_s", "f8"),
        ("per_m", "f8"),
        ("worked_s", "f8"),
        ("out", "?"),
    ],
    align=True,
)
SITE = np.dtype([("end", "i4"), ("fill_s", "f8")], align=True)
STOP = np.dtype(
    [("task", "i4"), ("mode", "i1"), ("reload", "i1"), ("done_s", "f8"), ("slope", "f8")],
    align=True,
)
ROW = np.dtype([("size", "i4"), ("cost", "f8"), ("end_s", "f8")], align=True)
SPOT = np.dtype([("route", "i4"), ("position", "i4"), ("fit", "?")], align=True)


class DeadheadTable(NamedTuple):
    """Deadhead seconds between the N ends of tasks and places (numbered first, P of them).

    Where all are known, `dense` float32[S, E] has those from each of S different ways out of an end
    to each of E different ways into one, `leave` and `enter` int32[N] say which are those of an
    end, and all else is one dummy entry; where every way leads back too, `symmetric`, ways out and
    in have the same numbers. Else `dense` is float32[1, 1], `leave` and `enter` are the
    numbers of the ends themselves, `from_place` float32[P, N] and `to_place` float32[P, N] are
    exact, `near_key`, `near_s` [N, Q] hold the nearest ends exactly, sorted by key, and what is
    farther is at least `edge.far_s` [N] and estimated by `hub_s` float32[H, H] between the hubs
    `edge.leave_hub`, `edge.enter_hub`.
    """

    dense: Floats32
    leave: Ints
    enter: Ints
    places: int
    from_place: Floats32
    to_place: Floats32
    near_key: Ints
    near_s: Floats32
    edge: Records
    hub_s: Floats32
    symmetric: bool = False


class ProblemArrays(NamedTuple):
    """A problem as the search sees it, never written.

    `task` TASK[T], `vehicle` VEHICLE[V] and `site` SITE[R] name places by their number in the
    gaps; vehicles of one `group` are alike, `finish` is -1 for anywhere. `end` int32[T, M] is the
    number of each mode's arc, -1 for none. `service_s` float64[T, K]. `near` int32[T, Q] lists
    tasks by nearness, -1 after the last. `modes` is a tuple of M zeros, as in `Subproblem`.
    `rules` are those of the whole problem: windows are vehicles, and `rules.metres` has
    the lengths of deadheads as `DeadheadTable.dense`, and `rules.own_m` float32[N, 1] those of the
    arcs themselves.
    """

    task: Records
    vehicle: Records
    site: Records
    end: Ints
    service_s: Floats
    near: Ints
    modes: tuple[int, ...]
    rules: SubproblemRules = NO_RULES


class TaskStarts(NamedTuple):
    """Tasks by where they begin, and ends by nearness.

    `at_start` int64[N + 1], `at_task`, `at_mode` list the tasks that begin at an end.
    `next_end` int32[N, Q] lists ends by nearness, empty [N, 0] where gaps are dense.
    `able` int32[T] counts the vehicles that can do a task.
    """

    at_start: Longs
    at_task: Ints
    at_mode: Ints
    next_end: Ints
    able: Ints


class RouteArrays(NamedTuple):
    """Routes of V vehicles with room for L tasks each, and what is known about them.

    `stop` STOP[V, L + 1]: the task at a position, its best mode, when it ends then, the price of
    a second of delay from this task on, and the reload site visited before it, plus one.
    `link` float32[V, L + 1, M M] are deadheads from position `p - 1` to `p`, by all modes.
    `ahead` float64[V, L + 1, M]: the least time to have done the first `p` tasks with the last in
    each mode; `behind` float64[V, L + 1, M] from the start of task `p` in each mode to the end.
    `reload` float64[V, L + 2, C] is room for what `rows.intermediate_facilities` computes for
    places, one more than positions; its values are not used afterwards. `begin_s` float64[T, 5] are
    the times between which work on each task begins, earlier passes as they are in the routes, when
    it is done, and the first two again without earlier passes. `row` ROW[V]: number of tasks, cost
    and end of shift.
    """

    stop: Records
    row: Records
    link: Floats32
    ahead: Floats
    behind: Floats
    reload: Floats
    begin_s: Floats


class TaskPlaces(NamedTuple):
    """Where each task is: `spot` SPOT[T], route -1 for absent ones.

    `spot.fit` is whether anybody can do the task at all.
    """

    spot: Records


class SearchArrays(NamedTuple):
    """A whole problem being solved: deadheads, what never changes, the routes, where tasks are."""

    deadheads: DeadheadTable
    problem: ProblemArrays
    routes: RouteArrays
    places: TaskPlaces
