"""Ruin and recreate on a whole problem: first routes, then better ones at falling temperature.

The inner loop is exact on duration, directions, hopper and shift; it ranks places by the price
that a delay has for the tasks behind (`kernels.routes.price`) and accepts by the true cost.
In a large city distant deadheads are estimates there (`paths.gaps_of`); the solver drives the
routes exactly afterwards.
"""

from collections.abc import Sequence

import numpy as np

from routing.alone import Alone
from routing.kernels import anneal, construct, farness, nearness
from routing.kernels.layout import (
    FAR_S,
    ROW,
    SITE,
    SPOT,
    STOP,
    TASK,
    VEHICLE,
    Best,
    Facts,
    Gaps,
    Places,
    Records,
    Routes,
    Starts,
)
from routing.paths import Ends, LineGraph, Walker, ends_of, gaps_of
from routing.problem import NONE, Flags, Ints, Longs, Problem, Refill, Route, Visit

ALL_PLACES_TASKS = 250
"""Up to so many tasks every place is tried; above, those beside the nearest tasks."""
REACHES_S = (30.0, 60.0, 120.0, 240.0, 480.0, FAR_S)
"""First routes are made once for each: farther no vehicle goes while others may be nearer."""
NEIGHBORS = 50
"""Tasks that count as near."""
FEW_TASKS_NEIGHBORS = 100
"""The same where every place is tried and only the ruin asks."""


class Search:
    """A problem being solved: current and best routes, and the random numbers."""

    def __init__(
        self, problem: Problem, line: LineGraph, alone: Alone, seed: int, threads: int
    ) -> None:
        ends = ends_of(problem)
        self._problem = problem
        self._ends = ends
        self._gaps, next_end = gaps_of(problem, line, ends, threads)
        self._facts, self._index = _facts(problem, ends, self._gaps, next_end)
        room = _room(problem)
        self._routes = _empty_routes(problem, room)
        self._at = _places(problem, alone.fit())
        self._undo = _undo(problem, room)
        self._best = _best(problem, room)
        self._sure: tuple[Route, ...] = ()
        self._sure_cost = np.inf
        self._random = np.array(
            [(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 or 1], np.uint64
        )

    @property
    def best_cost(self) -> float:
        """Cost of the best routes, distant deadheads estimated."""
        return float(self._best.cost[0])

    @property
    def absent(self) -> int:
        """Number of tasks without a place in the best routes."""
        return self._problem.tasks - int(self._best.row["size"].sum())

    def begin(self, start: Sequence[Route] | None) -> None:
        """Take over given routes, or make first ones; then place what is left at its best."""
        if start is not None:
            self._load(start)
            self._fill()
            return
        parts = (self._gaps, self._facts, self._index, self._routes, self._at)
        levels = int(self._problem.class_index.max(initial=-1)) + 1
        for reach_s in REACHES_S:
            self._routes.row["size"] = 0
            self._at.spot["route"] = NONE
            construct.construct(*parts, levels, reach_s)
            self._fill()
        self._load(self.best_routes())
        self._fill()

    def _fill(self) -> None:
        """Make the current routes hold, place absent tasks, and keep the result if best."""
        parts = (self._gaps, self._facts, self._routes, self._at)
        construct.rebuild(*parts)
        anneal.fill(*parts, self._undo, self._best, self._random)

    def _load(self, start: Sequence[Route]) -> None:
        for v, route in enumerate(start):
            tasks = [stop.task for stop in route if isinstance(stop, Visit)]
            self._routes.stop["task"][v, : len(tasks)] = tasks
            self._routes.row["size"][v] = len(tasks)

    def correct(self, walker: Walker) -> None:
        """Replace the estimates that the best routes rely on by the truth; go on from the best.

        Where the truth is worse than the best routes known for sure, those come back.
        """
        pairs = np.empty((self._problem.tasks + self._problem.vehicles, 2), np.int32)
        self._restart(self.best_routes())
        count = farness.guessed(self._gaps, self._facts, self._routes, pairs)
        for i, j in pairs[:count].tolist():
            seconds, _ = walker.path(int(self._ends.arc[i]), int(self._ends.arc[j]))
            farness.learn(self._gaps, i, j, min(seconds, FAR_S))
        if count:
            self._restart(self.best_routes())
        if self.best_cost <= self._sure_cost:
            self._sure, self._sure_cost = self.best_routes(), self.best_cost
        else:
            self._restart(self._sure)

    def _restart(self, routes: Sequence[Route]) -> None:
        self._best.cost[0] = np.inf
        self._load(routes)
        self._fill()

    def run(self, iterations: int, temperature: float) -> float:
        """Improve for some iterations; return the mean change of cost that they tried."""
        return float(
            anneal.anneal(
                *(self._gaps, self._facts, self._routes, self._at, self._undo, self._best),
                self._random,
                iterations,
                temperature,
            )
        )

    def best_routes(self) -> tuple[Route, ...]:
        """Return the best routes so far."""
        return tuple(self._route(v) for v in range(self._problem.vehicles))

    def _route(self, v: int) -> Route:
        stops: list[Visit | Refill] = []
        for stop in self._best.stop[v, : self._best.row["size"][v]]:
            if stop["refill"]:
                stops.append(Refill(int(stop["refill"]) - 1))
            stops.append(Visit(int(stop["task"]), int(stop["mode"])))
        return tuple(stops)


def _room(problem: Problem) -> int:
    """Return how many tasks one route may have: generous, but not all on each of many."""
    fair = -(-problem.tasks // max(problem.vehicles, 1))
    return max(1, min(problem.tasks, 6 * fair + 400))


def _facts(problem: Problem, ends: Ends, gaps: Gaps, next_end: Ints) -> tuple[Facts, Starts]:
    end = np.where(problem.mode_arc == NONE, NONE, ends.number[problem.mode_arc]).astype(np.int32)
    index = Starts(*_tasks_at_ends(end, len(ends.arc)), next_end)
    everywhere = problem.tasks <= ALL_PLACES_TASKS
    task = _records(problem, TASK, problem.tasks)
    vehicle = _records(problem, VEHICLE, problem.vehicles)
    vehicle["kind"] = problem.vehicle_type
    vehicle["pace"] = problem.pace[problem.vehicle_type]
    vehicle["start"] = ends.number[problem.start_arc]
    vehicle["finish"] = np.where(problem.end_arc == NONE, NONE, ends.number[problem.end_arc])
    vehicle["group"] = _groups(problem)
    site = _records(problem, SITE, problem.sites)
    site["end"] = ends.number[problem.reload_arc]
    near = _near(end, gaps, index, everywhere=everywhere)
    service_s = np.minimum(problem.service_s, FAR_S)
    return Facts(task, vehicle, site, end, service_s, near, everywhere), index


def _records(problem: Problem, dtype: np.dtype[np.void], count: int) -> Records:
    """Return records with the fields that a problem has under the same name."""
    records = np.zeros(count, dtype)
    for name in dtype.names or ():
        values = getattr(problem, name, None)
        if values is not None and len(values) == count:
            records[name] = values
    return records


def _tasks_at_ends(end: Ints, ends: int) -> tuple[Longs, Ints, Ints]:
    task, mode = np.nonzero(end != NONE)
    order = np.argsort(end[task, mode], kind="stable")
    task, mode = task[order], mode[order]
    at_start = np.searchsorted(end[task, mode], np.arange(ends + 1)).astype(np.int64)
    return at_start, task.astype(np.int32), mode.astype(np.int32)


def _near(end: Ints, gaps: Gaps, index: Starts, *, everywhere: bool) -> Ints:
    """Return int32[T, Q], the tasks near each task, nearest first."""
    tasks = len(end)
    width = min(max(tasks - 1, 1), FEW_TASKS_NEIGHBORS if everywhere else NEIGHBORS)
    near = np.full((tasks, width), NONE, np.int32)
    if index.next_end.shape[1]:
        nearness.near_tasks(end, index.next_end, index.at_start, index.at_task, near)
    elif tasks > 1:
        apart = np.full((tasks, tasks), np.float32(FAR_S))
        for a in range(2):
            for b in range(2):
                between = gaps.dense[end[:, a]][:, end[:, b]]
                ok = (end[:, a] != NONE)[:, None] & (end[:, b] != NONE)
                apart = np.where(ok, np.minimum(apart, between), apart)
        apart = np.minimum(apart, apart.T)
        np.fill_diagonal(apart, np.inf)
        near = np.argsort(apart, axis=1, kind="stable")[:, :width].astype(np.int32)
    return near


def _groups(problem: Problem) -> Ints:
    """Return int32[V], equal for vehicles that are alike."""
    columns = (
        *(problem.vehicle_type, problem.start_arc, problem.end_arc, problem.capacity_kg),
        *(problem.load_kg, problem.shift_start_s, problem.shift_end_s, problem.price_per_s),
        problem.fixed_price,
    )
    _, group = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    return np.asarray(group, np.int32).reshape(-1)


def _empty_routes(problem: Problem, room: int) -> Routes:
    shape = (problem.vehicles, room + 1)
    return Routes(
        stop=np.zeros(shape, STOP),
        row=np.zeros(problem.vehicles, ROW),
        link=np.zeros((*shape, 4), np.float32),
        reach=np.zeros((*shape, 4)),
    )


def _places(problem: Problem, fit: Flags) -> Places:
    spot = np.zeros(problem.tasks, SPOT)
    spot["route"] = NONE
    spot["slot"] = NONE
    spot["fit"] = fit
    absent = np.zeros(problem.tasks, np.int32)
    return Places(spot, absent, np.zeros(1, np.int64), np.zeros(2))


def _undo(problem: Problem, room: int) -> anneal.Undo:
    return anneal.Undo(
        rows=_empty_routes(problem, room),
        mark=np.zeros(problem.vehicles, np.bool_),
        routes=np.zeros(problem.vehicles, np.int32),
        tasks=np.zeros(problem.tasks, np.int32),
        absent=np.zeros(problem.tasks, np.bool_),
        counts=np.zeros(2, np.int64),
        key=np.zeros(problem.tasks),
        seen=np.zeros(problem.vehicles, np.bool_),
    )


def _best(problem: Problem, room: int) -> Best:
    return Best(
        stop=np.zeros((problem.vehicles, room + 1), STOP),
        row=np.zeros(problem.vehicles, ROW),
        stale=np.ones(problem.vehicles, np.bool_),
        cost=np.array([np.inf]),
    )
