"""Parts of a problem, small enough that every deadhead between their tasks is at hand.

A part is made of windows, stretches of neighbouring routes, and of absent tasks around them. What
is before and behind a window stays: its first and last arc, the hopper, the price of a delay, the
end of the shift. In a small problem the one part is everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.kernels.arrays import subproblem_arrays
from routing.kernels.arrays.route_arrays import DeadheadTable, ProblemArrays, RouteArrays
from routing.kernels.arrays.subproblem_arrays import (
    BEGIN,
    CAPACITY,
    DISTANCE,
    FINISH,
    FIXED,
    GROUP,
    KIND,
    LATEST,
    LOAD,
    MATERIAL,
    PACE,
    PRICE,
    RESERVE,
    ROUTE,
    SERVICE,
    START,
    TAIL,
    WEIGHT,
    WHOLE,
    WINDOW_COLUMNS,
    Subproblem,
)
from routing.kernels.graph.neighbor_lists import near_within
from routing.kernels.routes.deadhead_matrix import NOWHERE, between, spread
from routing.kernels.rows import intermediate_facilities
from routing.kernels.search import annealing, initial_rows
from routing.problem.problem import NONE, Ints
from routing.search.rule_arrays import note_node_terms, note_window_terms, terms_of_part

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


class OpenSubproblem:
    """A part being solved: its own rows, best and memory."""

    def __init__(
        self,
        gaps: DeadheadTable,
        facts: ProblemArrays,
        routes: RouteArrays,
        windows: Sequence[RouteWindow],
        absent: Ints,
    ) -> None:
        self.windows = tuple(windows)
        stays = [routes.stop["task"][w.vehicle, w.first : w.last].copy() for w in windows]
        self.stays: Final = tuple(stays)
        self.tasks = np.concatenate((*stays, absent)).astype(np.int32)
        self._part = _part(gaps, facts, routes, self.windows, self.tasks)
        count = len(self.tasks)
        share = 3 * -(-count // len(windows)) + SPARE_ROOM
        longest = max(len(stay) for stay in stays) + SPARE_ROOM
        room = count if count <= SMALL_TASKS else min(count, max(share, longest))
        size = (count, len(windows), room + 2, facts.modes)
        columns = intermediate_facilities.more_columns(facts.modes) if len(self._part.site) else 0
        self._rows = subproblem_arrays.new_rows(*size, columns)
        self._memo = subproblem_arrays.new_memo(count, len(windows))
        self._undo = subproblem_arrays.new_undo(*size, columns)
        self._best = subproblem_arrays.new_best(len(windows), room + 2)
        self._load(stays)
        self.holds = bool(initial_rows.take_in(self._part, self._rows, self._undo, self._best))
        self._cost_before = self.cost

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
        initial_rows.fill(self._part, self._rows, self._memo, self._undo, self._best, rng)

    def price_lack(self) -> None:
        """Let rows lack material from now on, at first for the mean cost of a kilogram.

        They may not where all hoppers together are too small: nothing would ever be the best.
        """
        need_kg = self._part.node[: len(self.tasks), MATERIAL]
        placed_kg = float(need_kg[self._rows.spot[:, ROUTE] != NONE].sum())
        held_kg = float((self._part.window[:, LOAD] - self._part.window[:, RESERVE]).sum())
        if placed_kg > 0.0 and need_kg.sum() <= held_kg:
            self._rows.total[WEIGHT] = self._rows.total[1] / placed_kg

    def run(self, iterations: int, temperature: float, rng: NDArray[np.uint64]) -> None:
        """Improve for some iterations."""
        if len(self.tasks):
            annealing.anneal(
                self._part,
                self._rows,
                self._memo,
                self._undo,
                self._best,
                rng,
                iterations,
                temperature,
            )

    def best(self) -> list[Ints]:
        """Return the tasks of each window in the best order."""
        return self._tasks_of(self._best.order, self._best.size)

    def current(self) -> list[Ints]:
        """Return the tasks of each window as annealing has them now."""
        return self._tasks_of(self._rows.order, self._rows.size)

    def _tasks_of(self, order: Ints, size: Ints) -> list[Ints]:
        return [self.tasks[order[w, 1 : size[w] + 1]] for w in range(len(self.windows))]


def _part(
    gaps: DeadheadTable,
    facts: ProblemArrays,
    routes: RouteArrays,
    windows: Sequence[RouteWindow],
    tasks: Ints,
) -> Subproblem:
    sites = facts.site if _salts(facts, routes, windows, tasks) else facts.site[:0]
    count, starts = len(tasks), len(windows)
    end = np.full((count + 2 * starts + len(sites), len(facts.modes)), NONE, np.int32)
    end[:count] = facts.end[tasks]
    end[count : count + starts, 0] = [_before(facts, routes, w) for w in windows]
    end[count + starts : count + 2 * starts, 0] = [_behind(facts, routes, w) for w in windows]
    end[count + 2 * starts :, 0] = sites["end"]
    gap = _gap(gaps, end, count, starts, len(sites))
    node = np.zeros((len(end), SERVICE + facts.service_s.shape[1]))
    for column, name in enumerate(
        ("material_kg", "release_s", "due_s", "completion_price", "lateness_price")
    ):
        node[:count, column] = facts.task[name][tasks]
    note_node_terms(facts, routes, windows, tasks, node)
    node[:count, subproblem_arrays.UNSERVED] = facts.task["unserved_price"][tasks]
    node[:count, SERVICE:] = facts.service_s[tasks]
    node[:count, DISTANCE] = gap[count, :count, len(facts.modes) ** 2 :].min(axis=1)
    which = np.zeros((starts, 4), np.int32)
    which[:, KIND] = facts.vehicle["kind"][[w.vehicle for w in windows]]
    which[:, START] = np.arange(count, count + starts)
    which[:, FINISH] = which[:, START] + starts
    which[:, GROUP] = _groups(facts, routes, windows)
    terms = facts.terms
    clocked = terms.rests or terms.picky or terms.metric or terms.bounded
    timed = facts.task[["release_s", "completion_price", "lateness_price"]][tasks]
    return Subproblem(
        gap,
        node,
        np.array([_window(facts, routes, w) for w in windows]),
        which,
        np.arange(count + 2 * starts, len(end), dtype=np.int32),
        np.ascontiguousarray(sites["fill_s"]),
        _near(facts, tasks),
        not (any(timed[name].any() for name in timed.dtype.names or ()) or clocked),
        facts.modes,
        (0,) if len(sites) else (),
        terms_of_part(facts, routes, windows, tasks, end, gap),
        (0,) if clocked or terms.strict or terms.united else (),
    )


def _salts(
    facts: ProblemArrays, routes: RouteArrays, windows: Sequence[RouteWindow], tasks: Ints
) -> bool:
    """Return whether hoppers and refills matter in a part."""
    stop = routes.stop["refill"]
    return bool(facts.task["material_kg"][tasks].any()) or any(
        stop[w.vehicle, w.first : w.last + 1].any() for w in windows
    )


def _gap(
    gaps: DeadheadTable, end: Ints, tasks: int, starts: int, sites: int
) -> NDArray[np.float32]:
    """Return `Subproblem.gap` from the ends of the nodes."""
    ends = np.unique(end[end >= 0]).astype(np.int32)
    apart = np.empty((len(ends), len(ends)), np.float32)
    local = np.full(max(len(gaps.edge), len(gaps.dense)), NONE, np.int32)
    between(gaps, ends, local, apart)
    number = np.where(end >= 0, np.searchsorted(ends, end), end).astype(np.int32)
    modes = (0,) * end.shape[1]
    gap = np.empty((len(end), len(end), 2 * len(modes) ** 2), np.float32)
    back = np.ascontiguousarray(apart.T)
    spread(apart, back, number, tasks, starts, sites, modes, gap)
    return gap


def _before(facts: ProblemArrays, routes: RouteArrays, window: RouteWindow) -> int:
    if window.first == 0:
        return int(facts.vehicle["start"][window.vehicle])
    stop = routes.stop[window.vehicle, window.first - 1]
    return int(facts.end[stop["task"], stop["mode"]])


def _behind(facts: ProblemArrays, routes: RouteArrays, window: RouteWindow) -> int:
    if window.last == routes.row["size"][window.vehicle]:
        finish = int(facts.vehicle["finish"][window.vehicle])
        return NOWHERE if finish == NONE else finish
    stop = routes.stop[window.vehicle, window.last]
    return int(facts.end[stop["task"], stop["mode"]])


def _window(facts: ProblemArrays, routes: RouteArrays, window: RouteWindow) -> list[float]:
    """Return the row of `Subproblem.window`."""
    vehicle = facts.vehicle[window.vehicle]
    size = int(routes.row["size"][window.vehicle])
    stop = routes.stop[window.vehicle]
    need_kg = facts.task["material_kg"][stop["task"][:size]]
    refills = np.flatnonzero(stop["refill"][:size])
    earlier = refills[refills < window.first]
    later = refills[refills > window.last]
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
        service_s = facts.service_s[stop["task"][window.last], vehicle["kind"]]
        rest_s = routes.row["end_s"][window.vehicle] - stop["done_s"][window.last] + service_s
        row[LATEST] -= rest_s
        row[TAIL] = rest_s
        row[PRICE] += stop["slope"][window.last]
    note_window_terms(facts, routes, window, row)
    return row


def _groups(facts: ProblemArrays, routes: RouteArrays, windows: Sequence[RouteWindow]) -> Ints:
    """Return int32[W], equal for empty routes of vehicles that are alike."""
    known: dict[int, int] = {}
    groups = np.arange(len(windows), dtype=np.int32)
    for number, window in enumerate(windows):
        if window.first == 0 and window.last == routes.row["size"][window.vehicle]:
            alike = int(facts.vehicle["group"][window.vehicle])
            groups[number] = known.setdefault(alike, number)
    return groups


def _near(facts: ProblemArrays, tasks: Ints) -> Ints:
    """Return int32[T, Q], which tasks of the part lie near each, -1 after the last."""
    near = np.empty((len(tasks), facts.near.shape[1]), np.int32)
    near_within(facts.near, tasks, np.full(len(facts.near), NONE, np.int32), near)
    return near
