"""Tasks left out inserted at the end of routes: which a vehicle could still do, and when."""

from typing import NamedTuple

import numpy as np

from routing.kernels.graph import shortest_paths
from routing.network.deadheads import LineGraph, from_arc, to_arc
from routing.network.shortest_deadheads import path_scratch
from routing.problem.problem import (
    NONE,
    Flags,
    Floats,
    Ints,
    Longs,
    Problem,
    ReloadStop,
    TaskVisit,
)
from routing.problem.row_minima import row_minima

SLACK_S = 1e-6
SLACK_KG = 1e-6
KEPT = 400
"""Stops around which roads that were followed are kept, so that who asks again need not wait."""
STEP_S, STEPS = 10.0, 10_000
"""Steps by which tasks are told apart by how long they and the way home take."""


class RouteEnd(NamedTuple):
    """Arc that a vehicle has driven, when, with how much in the hopper, and whether it has rested.

    `level` is the least class that may follow.
    """

    arc: int
    clock_s: float
    load_kg: float
    rested: bool
    level: int


class AppendedTask(NamedTuple):
    """A task to append, the stops for it, and where the vehicle is after them."""

    task: int
    stops: tuple[TaskVisit | ReloadStop, ...]
    after: RouteEnd


class _Ends(NamedTuple):
    """By task: when the shift would end, in which mode, from which site, own end, rested then."""

    over_s: Floats
    mode: Ints
    site: Ints
    done_s: Floats
    rested: Flags


class UnservedInsertion:
    """Finds tasks that could be the last of a route.

    Roads are followed from where a vehicle is only as far as its shift allows. Trees of seconds
    from and to places are kept between calls. Only tasks that were absent at first are found.
    """

    def __init__(self, problem: Problem, line: LineGraph, absent: Ints) -> None:
        self._problem = problem
        self._line = line
        self._from: dict[int, Floats] = {}
        self._to: dict[int, Floats] = {}
        self._seen: dict[tuple[int, bool, int], tuple[float, Ints, Floats]] = {}
        self._toward: dict[int, Floats] = {}
        self._scratch = path_scratch(line)
        self._near = np.empty(problem.arcs, np.int32), np.empty(problem.arcs)
        self._here_s = np.full(problem.arcs, np.inf)
        self._on_arc = _tasks_on_arcs(problem)
        self._anywhere = bool(problem.place[problem.mode_arc[problem.mode_arc != NONE]].any())
        self._absent = absent
        self._spared: dict[tuple[int, int], Floats] = {}
        self._before = problem.rules.before()
        self._forbidden = problem.rules.forbidden()

    def one_more(
        self, v: int, here: RouteEnd, open_tasks: Flags, done_s: dict[int, float]
    ) -> AppendedTask | None:
        """Return the task of those open, bool[T], that ends the shift soonest, `None` if none fits.

        `done_s` says when passes end for which others may have to wait.
        """
        problem = self._problem
        here_s, tasks = self._around(v, here, open_tasks)
        if not len(tasks):
            return None
        wait_s, begin_by_s = self._order_s(tasks, done_s)
        ends = self._ends_with(v, here, here_s, tasks, wait_s, begin_by_s)
        ends.over_s[problem.class_index[tasks] < here.level] = np.inf
        best = int(np.argmin(ends.over_s))
        if not (np.isfinite(ends.over_s[best]) and ends.over_s[best] <= problem.shift_end_s[v]):
            return None
        task = int(tasks[best])
        reload = (ReloadStop(int(ends.site[best])),) if ends.site[best] != NONE else ()
        load_kg = float(problem.capacity_kg[v]) if reload else here.load_kg
        visit = TaskVisit(task, int(ends.mode[best]))
        after = RouteEnd(
            int(problem.mode_arc[task, visit.mode]),
            float(ends.done_s[best]),
            load_kg - float(problem.material_kg[task]),
            here.rested or bool(ends.rested[best]),
            int(problem.class_index[task]) if problem.rules.strict_classes else 0,
        )
        return AppendedTask(task, (*reload, visit), after)

    def _left_s(self, v: int, here: RouteEnd, tasks: Ints) -> Floats:
        """Return the seconds that a shift has left behind each of N tasks and the way home.

        As if nobody had to drive to them; below zero where there are none.
        """
        problem = self._problem
        kind, end = problem.vehicle_type[v], int(problem.end_arc[v])
        begins_s = np.maximum(here.clock_s, problem.release_s[tasks])
        ends_s = begins_s + problem.service_s[tasks, kind]
        left_s: Floats = problem.shift_end_s[v] + SLACK_S - ends_s
        if end != NONE:
            arcs = problem.mode_arc[tasks]
            home_s = row_minima(np.where(arcs == NONE, np.inf, self._to_place(end)[arcs]))
            left_s -= home_s * problem.pace[kind]
        return left_s

    def _around(self, v: int, here: RouteEnd, open_tasks: Flags) -> tuple[Floats, Ints]:
        """Return the seconds to all arcs that a shift has time for, and the open tasks there.

        Other arcs are infinitely far. The seconds hold until the next call.
        """
        problem, here_s = self._problem, self._here_s
        kind = int(problem.vehicle_type[v])
        free_s = problem.shift_end_s[v] + SLACK_S - here.clock_s
        spared_s = self._spared_s(kind, int(problem.end_arc[v]), free_s)
        here_s[:] = np.inf
        if np.isinf(spared_s):  # most vehicles' days are full
            return here_s, np.zeros(0, np.int32)
        whole_s = free_s + max(spared_s, 0.0)
        ways = self._anywhere, int(problem.end_arc[v])
        arcs, seconds = self._within(here.arc, ways, whole_s / problem.pace[kind])
        here_s[arcs] = seconds
        tasks = self._open_on(arcs, open_tasks)
        left_s = self._left_s(v, here, tasks)
        tasks, left_s = tasks[left_s >= 0.0], left_s[left_s >= 0.0]
        spare_s = left_s + np.maximum(problem.release_s[tasks] - here.clock_s, 0.0)
        modes = problem.mode_arc[tasks]
        there_s = row_minima(np.where(modes == NONE, np.inf, here_s[modes])) * problem.pace[kind]
        return here_s, tasks[there_s <= spare_s]

    def _open_on(self, arcs: Ints, open_tasks: Flags) -> Ints:
        """Return the open tasks of which a mode is one of some arcs, in order."""
        starts, tasks = self._on_arc
        count = starts[arcs + 1] - starts[arcs]
        place = np.repeat(starts[arcs] - np.cumsum(count) + count, count) + np.arange(count.sum())
        there = tasks[place]
        found: Ints = np.unique(there[open_tasks[there]])
        return found

    def _spared_s(self, kind: int, end: int, free_s: float) -> float:
        """Return by how many seconds work is quicker than driving on, at most.

        Of the tasks for which and for the way home a kind of vehicle needs no longer than it has
        `free_s`; -infinite if there are none.
        """
        if free_s < 0.0:
            return -np.inf
        if (kind, end) not in self._spared:
            problem, tasks = self._problem, self._absent
            arcs = problem.mode_arc[tasks]
            takes_s = problem.service_s[tasks, kind]
            spared_s = np.where(arcs == NONE, 0.0, problem.drive_s[arcs]).max(axis=1, initial=0.0)
            spared_s = spared_s * problem.pace[kind] - takes_s
            if end != NONE:
                home_s = row_minima(np.where(arcs == NONE, np.inf, self._to_place(end)[arcs]))
                takes_s = takes_s + home_s * problem.pace[kind]
            most = np.full(STEPS, -np.inf)
            step = np.minimum(takes_s / STEP_S, STEPS - 1.0).astype(np.int64)
            np.maximum.at(most, step, spared_s)
            self._spared[kind, end] = np.maximum.accumulate(most)
        return float(self._spared[kind, end][int(min(free_s / STEP_S, STEPS - 1.0))])

    def _within(self, arc: int, ways: tuple[bool, int], limit_s: float) -> tuple[Ints, Floats]:
        """Return the arcs on ways home that take no longer than a limit, and the seconds to them.

        `ways` are whether stops at places may lie on them, and where they end.
        """
        line = self._line
        known = self._seen.get((arc, *ways))
        if known is None or known[0] < limit_s:
            graph, less = line.graph(self._problem.place), float(line.drive_s[arc])
            count = shortest_paths.within(
                graph, less, arc, limit_s, self._toward_s(*ways), self._scratch, self._near
            )
            arcs, seconds = self._near
            known = limit_s, arcs[:count].copy(), seconds[:count].copy()
            self._seen[arc, *ways] = known
            while len(self._seen) > KEPT:
                del self._seen[next(iter(self._seen))]
        return known[1], known[2]

    def _toward_s(self, anywhere: bool, end: int) -> Floats:
        """Return the least seconds home from each arc, a reload on the way or not; else zeros.

        Who stops at a place may turn there as nobody who drives on.
        """
        if anywhere or end == NONE:
            return np.zeros(self._problem.arcs)
        if end not in self._toward:
            toward_s = home_s = self._to_place(end)
            for site in self._problem.reload_arc.tolist():
                toward_s = np.minimum(toward_s, self._to_place(site) + home_s[site])
            self._toward[end] = toward_s
        return self._toward[end]

    def fits(self, v: int, here: RouteEnd, open_tasks: Flags) -> Ints:
        """Return which tasks of those open, bool[T], a vehicle could do if order did not count."""
        here_s, near = self._around(v, here, open_tasks)
        nothing = np.zeros(len(near))
        if not len(near):
            return near
        over_s = self._ends_with(v, here, here_s, near, nothing, nothing + np.inf).over_s
        in_time: Ints = near[np.isfinite(over_s) & (over_s <= self._problem.shift_end_s[v])]
        return in_time

    def alike(self, v: int, here: RouteEnd) -> tuple[float, ...]:
        """Return what decides the answer of `alone`; the same for alike vehicles."""
        problem = self._problem
        banned = any(vehicle == v for _, vehicle in self._forbidden)
        return (
            float(problem.vehicle_type[v]),
            float(problem.start_arc[v]),
            float(problem.end_arc[v]),
            max(here.load_kg, self._full_kg(v)),
            v if banned else NONE,
        )

    def _full_kg(self, v: int) -> float:
        """Return what a vehicle can fill up to on its way."""
        return float(self._problem.capacity_kg[v]) if self._problem.sites else 0.0

    def alone(self, v: int, here: RouteEnd, tasks: Ints) -> Flags:
        """Return bool[3, N]: whether a vehicle can and may do each of N tasks at all.

        Then whether it also gets there and home, and whether it has or gets the material too.
        """
        problem = self._problem
        able: Flags = np.isfinite(problem.service_s[tasks, problem.vehicle_type[v]])
        able &= ~np.isin(tasks, [task for task, vehicle in self._forbidden if vehicle == v])
        reaches = able & self._reaches(v, tasks)
        need_kg = problem.material_kg[tasks]
        return np.stack(
            (able, reaches, reaches & (need_kg <= max(here.load_kg, self._full_kg(v)) + SLACK_KG))
        )

    def _reaches(self, v: int, tasks: Ints) -> Flags:
        problem = self._problem
        arcs = problem.mode_arc[tasks]
        around_s = self._from_place(int(problem.start_arc[v]))[arcs]
        if problem.end_arc[v] != NONE:
            around_s = around_s + self._to_place(int(problem.end_arc[v]))[arcs]
        reaches: Flags = (np.isfinite(around_s) & (arcs != NONE)).any(axis=1)
        return reaches

    def _order_s(self, tasks: Ints, done_s: dict[int, float]) -> tuple[Floats, Floats]:
        """Return when each task may begin for the passes before it, and by when it must."""
        rules = self._problem.rules
        wait_s = np.zeros(len(tasks))
        begin_by_s = (
            rules.begin_by_s[tasks] if len(rules.begin_by_s) else np.full(len(tasks), np.inf)
        )
        for i, task in enumerate(tasks.tolist() if self._before else ()):
            for earlier, within_s in self._before.get(task, ()):
                ends_s = done_s.get(earlier, np.inf)
                wait_s[i] = max(wait_s[i], ends_s)
                begin_by_s[i] = min(begin_by_s[i], ends_s + within_s)
        return wait_s, begin_by_s

    def _ends_with(
        self,
        v: int,
        here: RouteEnd,
        here_s: Floats,
        tasks: Ints,
        wait_s: Floats,
        begin_by_s: Floats,
    ) -> _Ends:
        problem = self._problem
        pace = problem.pace[problem.vehicle_type[v]]
        arcs = problem.mode_arc[tasks]
        back_s = np.zeros(arcs.shape)
        if problem.end_arc[v] != NONE:
            back_s = self._to_place(int(problem.end_arc[v]))[arcs] * pace
        drive_s, site = self._drive_s(v, here, here_s, tasks)
        work_s = problem.service_s[tasks, problem.vehicle_type[v]][:, None]
        release_s = np.maximum(problem.release_s[tasks], wait_s)[:, None]
        rest_s = 0.0 if here.rested else problem.rules.rest_s(v)
        rest_by_s = problem.shift_start_s[v] + problem.rules.rest_after_s(v) + SLACK_S
        begins_s = np.maximum(here.clock_s + drive_s, release_s)
        rests = (begins_s + work_s > rest_by_s) & (rest_s > 0)
        begins_s = np.where(rests, np.maximum(here.clock_s + rest_s + drive_s, release_s), begins_s)
        done_s = begins_s + work_s
        over_s = done_s + back_s
        over_s += np.where(~rests & (over_s > rest_by_s), rest_s, 0.0)
        over_s[begins_s > begin_by_s[:, None]] = np.inf
        for task, vehicle in self._forbidden:
            if vehicle == v:
                over_s[tasks == task] = np.inf
        mode = over_s.argmin(axis=1).astype(np.int32)
        each = np.arange(len(tasks))
        return _Ends(over_s[each, mode], mode, site, done_s[each, mode], rests[each, mode])

    def _drive_s(self, v: int, here: RouteEnd, here_s: Floats, tasks: Ints) -> tuple[Floats, Ints]:
        """Return the seconds to each task's modes, and where the vehicle reloads before, or -1."""
        problem = self._problem
        pace = problem.pace[problem.vehicle_type[v]]
        arcs = problem.mode_arc[tasks]
        drive_s = np.where(arcs == NONE, np.inf, here_s[arcs] * pace)
        need_kg = problem.material_kg[tasks]
        site = np.full(len(tasks), NONE, np.int32)
        drive_s[need_kg > here.load_kg + SLACK_KG] = np.inf
        for k in range(problem.sites if problem.capacity_kg[v] > 0 else 0):
            place = int(problem.reload_arc[k])
            if not np.isfinite(here_s[place]):
                continue
            full_s = (here_s[place] + self._from_place(place)[arcs]) * pace + problem.fill_s[k]
            full_s[arcs == NONE] = np.inf
            full_s[need_kg > problem.capacity_kg[v] + SLACK_KG] = np.inf
            better = row_minima(full_s) < row_minima(drive_s)
            drive_s[better], site[better] = full_s[better], k
        return drive_s, site

    def _from_place(self, arc: int) -> Floats:
        if arc not in self._from:
            self._from[arc] = from_arc(self._problem, self._line, arc)
        return self._from[arc]

    def _to_place(self, arc: int) -> Floats:
        if arc not in self._to:
            self._to[arc] = to_arc(self._problem, self._line, arc)
        return self._to[arc]


def _tasks_on_arcs(problem: Problem) -> tuple[Longs, Ints]:
    """Return where the tasks of each arc begin, int64[A + 1], and the tasks, arc after arc."""
    task, mode = np.nonzero(problem.mode_arc != NONE)
    arcs = problem.mode_arc[task, mode]
    order = np.argsort(arcs, kind="stable")
    starts = np.searchsorted(arcs[order], np.arange(problem.arcs + 1)).astype(np.int64)
    return starts, task[order].astype(np.int32)
