"""Parts of a problem, small enough that every deadhead between their tasks is at hand.

A part is made of windows, stretches of neighbouring routes, and of absent tasks around them. What
is before and behind a window stays: its first and last arc, the hopper, the price of a delay, the
end of the shift. In a small problem the one part is everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernels.arrays import subproblem_arrays
from routing.kernels.arrays.route_arrays import FAR_S, DeadheadTable, ProblemArrays, RouteArrays
from routing.kernels.arrays.subproblem_arrays import (
    BEGIN,
    BEYOND,
    BIG_S,
    CAPACITY,
    DISTANCE,
    FINISH,
    FIXED,
    GROUP,
    KIND,
    LATEST,
    LOAD,
    MATERIAL,
    NEAR_PLACES,
    PACE,
    PRICE,
    RESERVE,
    ROUTE,
    ROWS,
    SERVICE,
    START,
    TAIL,
    WEIGHT,
    WHOLE,
    WINDOW_COLUMNS,
    RowSearch,
    Subproblem,
)
from routing.kernels.graph.neighbor_lists import near_within
from routing.kernels.routes.deadhead_matrix import between
from routing.kernels.rows import intermediate_facilities
from routing.kernels.search import annealing, initial_rows
from routing.problem.problem import NONE, Floats32, Ints
from routing.search.rule_arrays import fill_node_rules, fill_window_rules, subproblem_rules

NOWHERE = -2
"""End of a node where a route may be over without going anywhere."""
SPARE_ROOM = 40
"""Tasks that a window of a large part may gain over three times its share."""
SMALL_TASKS = 300
"""A window has room for all tasks of a part up to this size."""


@dataclass(frozen=True, slots=True)
class RouteWindow:
    """Tasks `first` to `last - 1` of a route, by position."""

    vehicle: int
    first: int
    last: int


class NodeDeadheads(NamedTuple):
    """Deadheads between the nodes of a subproblem, as in `Subproblem`.

    `out` and `into` are the numbers that the ways have in the whole problem, those that lead
    nowhere left out.
    """

    apart_s: Floats32
    back_s: Floats32
    leave: Ints
    enter: Ints
    out: Ints
    into: Ints


class OpenSubproblem:
    """A subproblem being solved: its own rows, best rows and cache."""

    def __init__(
        self,
        deadheads: DeadheadTable,
        arrays: ProblemArrays,
        routes: RouteArrays,
        windows: Sequence[RouteWindow],
        absent: Ints,
    ) -> None:
        self.windows = tuple(windows)
        stays = [routes.stop["task"][w.vehicle, w.first : w.last].copy() for w in windows]
        self.stays: Final = tuple(stays)
        self.tasks = np.concatenate((*stays, absent)).astype(np.int32)
        self._part = _part(deadheads, arrays, routes, self.windows, self.tasks)
        count = len(self.tasks)
        share = 3 * -(-count // len(windows)) + SPARE_ROOM
        longest = max(len(stay) for stay in stays) + SPARE_ROOM
        room = count if count <= SMALL_TASKS else min(count, max(share, longest))
        size = (count, len(windows), room + 2, arrays.modes)
        columns = intermediate_facilities.more_columns(arrays.modes) if len(self._part.site) else 0
        self._rows = subproblem_arrays.new_rows(*size, columns)
        self._cache = subproblem_arrays.new_cache(count, len(windows))
        self._undo = subproblem_arrays.new_undo(*size, columns)
        self._best = subproblem_arrays.new_best(len(windows), room + 2)
        self._load(stays)
        self.holds = bool(initial_rows.compute_rows(self._part, self._rows, self._undo, self._best))
        self._cost_before = self.cost

    def search(self, rng: NDArray[np.uint64]) -> RowSearch:
        """Return its arrays, as kernels take them."""
        return RowSearch(self._part, self._rows, self._cache, self._undo, self._best, rng)

    def _load(self, stays: Sequence[Ints]) -> None:
        at = 0
        for w, stay in enumerate(stays):
            n = len(stay)
            row = self._rows.order[w]
            row[0] = self._part.which[w, START]
            row[1 : n + 1] = np.arange(at, at + n)
            row[n + 1] = self._part.which[w, FINISH]
            self._rows.size[w] = n
            at += n

    @property
    def cost(self) -> float:
        """Cost of the best rows and of the tasks without a place."""
        return float(self._best.cost[0])

    @property
    def improved(self) -> bool:
        """Whether better rows were found than those at first."""
        return not self.holds or self.cost < self._cost_before

    @property
    def absent(self) -> int:
        """Number of tasks without a place in the best rows."""
        return len(self.tasks) - int(self._best.size.sum())

    @property
    def longest(self) -> int:
        """Number of tasks in the longest of the best rows."""
        return int(self._best.size.max())

    def fill(self, rng: NDArray[np.uint64]) -> None:
        """Find places for absent tasks."""
        initial_rows.insert_all(self.search(rng))

    def price_lack(self) -> None:
        """Let rows lack material from now on, at first for the mean cost of a kilogram.

        They may not where all hoppers together are too small: nothing would ever be the best.
        """
        need_kg = self._part.node[: len(self.tasks), MATERIAL]
        placed_kg = float(need_kg[self._rows.spot[:, ROUTE] != NONE].sum())
        held_kg = float((self._part.window[:, LOAD] - self._part.window[:, RESERVE]).sum())
        if placed_kg > 0.0 and need_kg.sum() <= held_kg:
            self._rows.total[WEIGHT] = self._rows.total[ROWS] / placed_kg

    def run(self, iterations: int, temperature: float, rng: NDArray[np.uint64]) -> None:
        """Improve for some iterations."""
        if len(self.tasks):
            annealing.anneal(self.search(rng), iterations, temperature)

    def best(self) -> list[Ints]:
        """Return the tasks of each window in the best order."""
        return self._tasks_of(self._best.order, self._best.size)

    def current(self) -> list[Ints]:
        """Return the tasks of each window as annealing has them now."""
        return self._tasks_of(self._rows.order, self._rows.size)

    def _tasks_of(self, order: Ints, size: Ints) -> list[Ints]:
        return [self.tasks[order[w, 1 : size[w] + 1]] for w in range(len(self.windows))]


def _part(
    deadheads: DeadheadTable,
    arrays: ProblemArrays,
    routes: RouteArrays,
    windows: Sequence[RouteWindow],
    tasks: Ints,
) -> Subproblem:
    sites = arrays.site if _salts(arrays, routes, windows, tasks) else arrays.site[:0]
    count, starts = len(tasks), len(windows)
    end = np.full((count + 2 * starts + len(sites), len(arrays.modes)), NONE, np.int32)
    end[:count] = arrays.end[tasks]
    end[count : count + starts, 0] = [_before(arrays, routes, w) for w in windows]
    end[count + starts : count + 2 * starts, 0] = [_behind(arrays, routes, w) for w in windows]
    end[count + 2 * starts :, 0] = sites["end"]
    table = _deadheads(deadheads, end, count, starts)
    node = np.zeros((len(end), SERVICE + arrays.service_s.shape[1]))
    for column, name in enumerate(
        ("material_kg", "release_s", "due_s", "completion_price", "lateness_price")
    ):
        node[:count, column] = arrays.task[name][tasks]
    fill_node_rules(arrays, routes, windows, tasks, node)
    node[:count, subproblem_arrays.UNSERVED] = arrays.task["unserved_price"][tasks]
    node[:count, SERVICE:] = arrays.service_s[tasks]
    node[:count, DISTANCE] = table.apart_s[table.leave[count, 0]][table.enter[:count]].min(axis=1)
    near = _near(arrays, tasks)
    near_s = _near_s(near[:, :NEAR_PLACES], table)
    if len(deadheads.dense) > 1 and near_s.shape[1]:  # else one that is as near may not be listed
        listed = (near[:, : near_s.shape[1]] != NONE).sum(axis=1)
        last_s = near_s[np.arange(count), np.maximum(listed - 1, 0)]
        node[:count, BEYOND] = np.where(listed == 0, 0.0, last_s)
    which = np.zeros((starts, 4), np.int32)
    which[:, KIND] = arrays.vehicle["kind"][[w.vehicle for w in windows]]
    which[:, START] = np.arange(count, count + starts)
    which[:, FINISH] = which[:, START] + starts
    which[:, GROUP] = _groups(arrays, routes, windows)
    rules = arrays.rules
    clocked = rules.rests or rules.priced_pairs or rules.metric or rules.bounded
    timed = arrays.task[["release_s", "completion_price", "lateness_price"]][tasks]
    return Subproblem(
        *table[:4],
        node,
        np.array([_window(arrays, routes, w) for w in windows]),
        which,
        np.arange(count + 2 * starts, len(end), dtype=np.int32),
        np.ascontiguousarray(sites["fill_s"]),
        near,
        near_s,
        not (any(timed[name].any() for name in timed.dtype.names or ()) or clocked),
        arrays.modes,
        (0,) if len(sites) else (),
        subproblem_rules(arrays, routes, windows, tasks, end, table),
        (0,) if clocked or rules.strict or rules.fleet_priced else (),
    )


def _near_s(near: Ints, table: NodeDeadheads) -> Floats32:
    """Return float32[T, Q], how far near tasks are at least, before or behind each."""
    leave, enter = table.leave[: len(near)], table.enter[: len(near)]
    to = table.apart_s[leave[:, None, :, None], enter[near][:, :, None, :]].min(axis=(2, 3))
    fro = table.apart_s[leave[near][:, :, :, None], enter[:, None, None, :]].min(axis=(2, 3))
    return np.minimum(to, fro)


def _salts(
    arrays: ProblemArrays, routes: RouteArrays, windows: Sequence[RouteWindow], tasks: Ints
) -> bool:
    """Return whether hoppers and reloads matter in a subproblem."""
    stop = routes.stop["reload"]
    return bool(arrays.task["material_kg"][tasks].any()) or any(
        stop[w.vehicle, w.first : w.last + 1].any() for w in windows
    )


def _deadheads(deadheads: DeadheadTable, end: Ints, tasks: int, starts: int) -> NodeDeadheads:
    """Return the deadheads between nodes with these ends, int32[N, M]."""
    exists = end >= 0
    ends = np.unique(end[exists])
    if len(deadheads.dense) > 1:
        out, into = np.unique(deadheads.leave[ends]), np.unique(deadheads.enter[ends])
        if deadheads.symmetric:
            out = into = np.union1d(out, into)
        known = deadheads.dense[np.ix_(out, into)]
    else:
        out = into = ends.astype(np.int32)
        known = np.empty((len(ends), len(ends)), np.float32)
        between(deadheads, out, np.full(len(deadheads.edge), NONE, np.int32), known)
    no_exit, no_entry, anywhere = len(out), len(into), len(into) + 1
    apart = np.full((len(out) + 2, len(into) + 2), BIG_S, np.float32)
    apart[:no_exit, :no_entry] = np.where(known < FAR_S, known, BIG_S)
    apart[:no_exit, anywhere] = 0.0
    back = apart
    if deadheads.symmetric:
        apart[anywhere, :no_entry] = 0.0
    else:
        back = np.ascontiguousarray(apart.T)
    leave = np.where(exists, np.searchsorted(out, deadheads.leave[end]), no_exit)
    enter = np.where(exists, np.searchsorted(into, deadheads.enter[end]), no_entry)
    enter[end == NOWHERE] = anywhere
    enter[tasks : tasks + starts] = no_entry
    leave[tasks + starts : tasks + 2 * starts] = no_exit
    leave, enter = leave.astype(np.int32), enter.astype(np.int32)
    return NodeDeadheads(apart, back, leave, enter, out, into)


def _before(arrays: ProblemArrays, routes: RouteArrays, window: RouteWindow) -> int:
    if window.first == 0:
        return int(arrays.vehicle["start"][window.vehicle])
    stop = routes.stop[window.vehicle, window.first - 1]
    return int(arrays.end[stop["task"], stop["mode"]])


def _behind(arrays: ProblemArrays, routes: RouteArrays, window: RouteWindow) -> int:
    if window.last == routes.row["size"][window.vehicle]:
        finish = int(arrays.vehicle["finish"][window.vehicle])
        return NOWHERE if finish == NONE else finish
    stop = routes.stop[window.vehicle, window.last]
    return int(arrays.end[stop["task"], stop["mode"]])


def _window(arrays: ProblemArrays, routes: RouteArrays, window: RouteWindow) -> list[float]:
    """Return the row of `Subproblem.window`."""
    vehicle = arrays.vehicle[window.vehicle]
    size = int(routes.row["size"][window.vehicle])
    stop = routes.stop[window.vehicle]
    need_kg = arrays.task["material_kg"][stop["task"][:size]]
    reloads = np.flatnonzero(stop["reload"][:size])
    earlier = reloads[reloads < window.first]
    later = reloads[reloads > window.last]
    filled = earlier[-1] if len(earlier) else 0
    load_kg = vehicle["capacity_kg"] if len(earlier) else vehicle["load_kg"]
    load_kg -= need_kg[filled : window.first].sum()
    reserve_kg = need_kg[window.last : later[0] if len(later) else size].sum()
    whole = window.first == 0 and window.last == size
    row = [0.0] * WINDOW_COLUMNS
    row[PACE] = vehicle["pace"]
    row[CAPACITY] = vehicle["capacity_kg"]
    row[LOAD] = load_kg
    row[RESERVE] = reserve_kg
    row[BEGIN] = stop["done_s"][window.first - 1] if window.first else vehicle["shift_start_s"]
    row[LATEST] = vehicle["shift_end_s"]
    row[PRICE] = vehicle["price_per_s"]
    row[FIXED] = vehicle["fixed_price"] if whole else 0.0
    row[WHOLE] = float(whole)
    if window.last < size:
        service_s = arrays.service_s[stop["task"][window.last], vehicle["kind"]]
        rest_s = routes.row["end_s"][window.vehicle] - stop["done_s"][window.last] + service_s
        row[LATEST] -= rest_s
        row[TAIL] = rest_s
        row[PRICE] += stop["slope"][window.last]
    fill_window_rules(arrays, routes, window, row)
    return row


def _groups(arrays: ProblemArrays, routes: RouteArrays, windows: Sequence[RouteWindow]) -> Ints:
    """Return int32[W], equal for empty routes of vehicles that are alike."""
    known: dict[int, int] = {}
    groups = np.arange(len(windows), dtype=np.int32)
    for number, window in enumerate(windows):
        if window.first == 0 and window.last == routes.row["size"][window.vehicle]:
            alike = int(arrays.vehicle["group"][window.vehicle])
            groups[number] = known.setdefault(alike, number)
    return groups


def _near(arrays: ProblemArrays, tasks: Ints) -> Ints:
    """Return int32[T, Q], which tasks of the part lie near each, -1 after the last."""
    near = np.empty((len(tasks), arrays.near.shape[1]), np.int32)
    near_within(arrays.near, tasks, np.full(len(arrays.near), NONE, np.int32), near)
    return near
