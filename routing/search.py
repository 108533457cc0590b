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
    Facts,
    Gaps,
    Places,
    Records,
    Routes,
    Starts,
)
from routing.kernels.refills import COLUMNS
from routing.kernels.routes import drive
from routing.parts import OpenPart, Window
from routing.paths import Ends, LineGraph, Walker, ends_of, gaps_of
from routing.problem import NONE, Flags, Ints, Longs, Problem, Refill, Route, Visit

WHOLE_TASKS = 1_200
"""Up to so many tasks the search looks at everything at once; above, at one part at a time."""
PART_WINDOWS = 8
"""Routes in a part."""
PART_HALF = 14
"""Tasks of a route before and behind the one that is near."""
PART_ABSENT = 20
PART_LOOKS = 2_000
"""Tasks without a place in a part, and tasks looked at to find its windows."""
PART_NEIGHBORS = 60
PART_ITERATIONS = 60
"""Iterations on a part before the next one."""
CHUNK_ITERATIONS = 500
"""Iterations on everything between two looks at the stop."""
REACHES_S = (30.0, 60.0, 120.0, 240.0, 480.0, FAR_S)
"""First routes are made once for each: farther no vehicle goes while others may be nearer."""
NEIGHBORS = 50
"""Tasks that count as near."""
FEW_TASKS_NEIGHBORS = 100
"""The same where every place is tried and only the ruin asks."""


class Search:
    """A problem being solved: the best routes known, and the random numbers."""

    def __init__(
        self,
        problem: Problem,
        line: LineGraph,
        alone: Alone,
        seed: int,
        threads: int,
        whole_tasks: int | None = None,
    ) -> None:
        ends = ends_of(problem)
        self._problem = problem
        self._ends = ends
        self._gaps, next_end = gaps_of(problem, line, ends, threads)
        self._facts, self._index = _facts(problem, ends, self._gaps, next_end)
        self._routes = _empty_routes(problem, _room(problem))
        self._at = _places(problem, alone.fit())
        few = problem.tasks <= (WHOLE_TASKS if whole_tasks is None else whole_tasks)
        self._whole = few and not self._index.next_end.shape[1]
        self._everything: OpenPart | None = None
        self._mark = np.zeros(problem.tasks, np.bool_)
        self._queue = np.empty(PART_LOOKS, np.int32)
        self._local = np.full(len(ends.arc), NONE, np.int32)
        self._sure: tuple[Route, ...] = ()
        self._sure_cost = np.inf
        self._random = np.array(
            [(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 or 1], np.uint64
        )

    @property
    def chunk(self) -> int:
        """Iterations that `run` is best called with."""
        return PART_ITERATIONS if self._everything is None else CHUNK_ITERATIONS

    @property
    def best_cost(self) -> float:
        """Cost of the best routes, distant deadheads estimated."""
        return self._everything.cost if self._everything else self._cost()

    @property
    def cost_per_task(self) -> float:
        """Mean cost of the tasks that the routes serve."""
        self._settle()
        return float(self._routes.row["cost"].sum()) / max(int(self._routes.row["size"].sum()), 1)

    def _cost(self) -> float:
        left = self._problem.unserved_price[self._absent()].sum()
        return float(self._routes.row["cost"].sum() + left)

    def _absent(self) -> Ints:
        return np.flatnonzero(self._at.spot["route"] == NONE).astype(np.int32)

    @property
    def absent(self) -> int:
        """Number of tasks without a place in the best routes."""
        return self._everything.absent if self._everything else len(self._absent())

    def begin(self, start: Sequence[Route] | None) -> None:
        """Take over given routes, or make first ones; then place what is left at its best."""
        if start is not None:
            self._load(start)
        else:
            self._construct()
        if self._whole:
            self._open()

    def _construct(self) -> None:
        parts = (self._gaps, self._facts, self._index, self._routes, self._at)
        levels = int(self._problem.class_index.max(initial=-1)) + 1
        best: tuple[Route, ...] = ()
        least = np.inf
        for reach_s, in_turn in (*((reach_s, False) for reach_s in REACHES_S), (FAR_S, True)):
            self._routes.row["size"] = 0
            self._at.spot["route"] = NONE
            construct.construct(*parts, levels, reach_s, in_turn)
            construct.rebuild(self._gaps, self._facts, self._routes, self._at)
            if self._cost() < least:
                best, least = self._shown(), self._cost()
        self._load(best)

    def _load(self, start: Sequence[Route]) -> None:
        for v, route in enumerate(start):
            tasks = [stop.task for stop in route if isinstance(stop, Visit)]
            self._routes.stop["task"][v, : len(tasks)] = tasks
            self._routes.row["size"][v] = len(tasks)
        construct.rebuild(self._gaps, self._facts, self._routes, self._at)

    def _open(self) -> None:
        """Make the one part that is everything, and find places for absent tasks."""
        sizes = self._routes.row["size"].tolist()
        windows = [Window(v, 0, size) for v, size in enumerate(sizes)]
        absent = self._absent()[self._at.spot["fit"][self._absent()]]
        self._everything = self._part(windows, absent, FEW_TASKS_NEIGHBORS)
        self._everything.fill(self._random)
        self._everything.price_lack()

    def _part(self, windows: Sequence[Window], absent: Ints, near: int) -> OpenPart:
        return OpenPart(self._gaps, self._facts, self._routes, self._local, windows, absent, near)

    def _settle(self) -> None:
        """Bring the best of the part that is everything back into the routes."""
        if self._everything is not None:
            sizes = self._routes.row["size"].tolist()
            self._put(self._everything, [Window(v, 0, size) for v, size in enumerate(sizes)])

    def _put(self, part: OpenPart, windows: Sequence[Window]) -> bool:
        """Bring the best of a part into the routes; return whether all can be driven."""
        news = zip(windows, part.best(), strict=True)
        holds = [self._replace(window, tasks) for window, tasks in news]
        self._at.spot["route"][part.tasks] = NONE
        for window in windows:
            construct.settle(self._routes, self._at, window.vehicle)
        return all(holds)

    def _replace(self, window: Window, tasks: Ints) -> bool:
        v = window.vehicle
        row, size = self._routes.stop["task"][v], int(self._routes.row["size"][v])
        behind = row[window.last : size].copy()
        middle = window.first + len(tasks)
        row[window.first : middle] = tasks
        row[middle : middle + len(behind)] = behind
        self._routes.row["size"][v] = middle + len(behind)
        return bool(drive(self._gaps, self._facts, self._routes, v))

    def correct(self, walker: Walker) -> None:
        """Replace the estimates that the best routes rely on by the truth; go on from the best.

        Where the truth is worse than the best routes known for sure, those come back.
        """
        if self._everything is not None:  # a small problem has no estimates
            return
        pairs = np.empty((self._problem.tasks + self._problem.vehicles, 2), np.int32)
        count = farness.guessed(self._gaps, self._facts, self._routes, pairs)
        for i, j in pairs[:count].tolist():
            seconds, _ = walker.path(int(self._ends.arc[i]), int(self._ends.arc[j]))
            farness.learn(self._gaps, i, j, min(seconds, FAR_S))
        construct.rebuild(self._gaps, self._facts, self._routes, self._at)
        if self._cost() <= self._sure_cost:
            self._sure, self._sure_cost = self._shown(), self._cost()
        else:
            self._load(self._sure)

    def run(self, iterations: int, temperature: float) -> None:
        """Improve for some iterations."""
        if self._everything is not None:
            self._everything.run(iterations, temperature, self._random)
        else:
            self._improve_somewhere(iterations, temperature)

    def _improve_somewhere(self, iterations: int, temperature: float) -> None:
        """Improve one part around a random task."""
        windows, absent = self._around(self._random_task())
        if not windows:  # far from all routes
            return
        part = self._part(windows, absent, PART_NEIGHBORS)
        part.run(iterations, temperature, self._random)
        if part.longest + int(self._routes.row["size"].max()) < self._routes.stop.shape[1]:
            self._try(part)

    def _try(self, part: OpenPart) -> None:
        """Put the best of a part into the routes, unless they cost more with it."""
        touched = [window.vehicle for window in part.windows]
        before = [self._routes.stop["task"][v].copy() for v in touched]
        sizes = self._routes.row["size"][touched]
        cost = self._cost()
        if self._put(part, part.windows) and self._cost() < cost - 1e-7:
            return
        self._at.spot["route"][part.tasks] = NONE
        for v, row, size in zip(touched, before, sizes, strict=True):
            self._routes.stop["task"][v] = row
            self._routes.row["size"][v] = size
            drive(self._gaps, self._facts, self._routes, v)
            construct.settle(self._routes, self._at, v)

    def _random_task(self) -> int:
        return min(int(anneal.draw(self._random) * self._problem.tasks), self._problem.tasks - 1)

    def _around(self, seed: int) -> tuple[list[Window], Ints]:
        """Return windows around the nearest tasks of a task, and absent tasks there."""
        center = np.empty((PART_WINDOWS, 2), np.int32)
        absent = np.empty(PART_ABSENT, np.int32)
        nearness.around(
            self._facts.near, self._at.spot, seed, self._mark, self._queue, center, absent
        )
        sizes = self._routes.row["size"]
        windows = [
            Window(v, max(0, at - PART_HALF), min(int(sizes[v]), at + PART_HALF))
            for v, at in center[center[:, 0] != NONE].tolist()
        ]
        idle = np.flatnonzero(sizes == 0)
        if len(idle):
            v = int(idle[int(anneal.draw(self._random) * len(idle))])
            windows.append(Window(v, 0, 0))
        return windows, absent[absent != NONE]

    def best_routes(self) -> tuple[Route, ...]:
        """Return the best routes so far."""
        self._settle()
        return self._shown()

    def _shown(self) -> tuple[Route, ...]:
        return tuple(self._route(v) for v in range(self._problem.vehicles))

    def _route(self, v: int) -> Route:
        stops: list[Visit | Refill] = []
        for stop in self._routes.stop[v, : self._routes.row["size"][v]]:
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
    task = _records(problem, TASK, problem.tasks)
    vehicle = _records(problem, VEHICLE, problem.vehicles)
    vehicle["kind"] = problem.vehicle_type
    vehicle["pace"] = problem.pace[problem.vehicle_type]
    vehicle["start"] = ends.number[problem.start_arc]
    vehicle["finish"] = np.where(problem.end_arc == NONE, NONE, ends.number[problem.end_arc])
    vehicle["group"] = _groups(problem)
    site = _records(problem, SITE, problem.sites)
    site["end"] = ends.number[problem.reload_arc]
    near = _near(end, gaps, index)
    service_s = np.minimum(problem.service_s, FAR_S)
    return Facts(task, vehicle, site, end, service_s, near, (0,) * end.shape[1]), index


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


def _near(end: Ints, gaps: Gaps, index: Starts) -> Ints:
    """Return int32[T, Q], the tasks near each task, nearest first."""
    tasks = len(end)
    width = min(max(tasks - 1, 1), NEIGHBORS)
    near = np.full((tasks, width), NONE, np.int32)
    if index.next_end.shape[1]:
        nearness.near_tasks(end, index.next_end, index.at_start, index.at_task, near)
    elif tasks > 1:
        apart = np.full((tasks, tasks), np.float32(FAR_S))
        for a in range(end.shape[1]):
            for b in range(end.shape[1]):
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
        link=np.zeros((*shape, problem.modes**2), np.float32),
        ahead=np.zeros((*shape, problem.modes)),
        behind=np.zeros((*shape, problem.modes)),
        refill=np.zeros((shape[0], shape[1] + 1, COLUMNS if problem.sites else 1)),
    )


def _places(problem: Problem, fit: Flags) -> Places:
    spot = np.zeros(problem.tasks, SPOT)
    spot["route"] = NONE
    spot["fit"] = fit
    return Places(spot)
