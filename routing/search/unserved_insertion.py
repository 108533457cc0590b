"""Tasks left out inserted at the end of routes: which a vehicle could still do, and when."""

from typing import NamedTuple

import numpy as np

from routing.network.deadheads import LineGraph, from_arc, to_arc
from routing.problem.problem import NONE, Flags, Floats, Ints, Problem, ReloadStop, TaskVisit

SLACK_S = 1e-6
SLACK_KG = 1e-6


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
    """Finds tasks that could be the last of a route; keeps trees of seconds between calls."""

    def __init__(self, problem: Problem, line: LineGraph) -> None:
        self._problem = problem
        self._line = line
        self._from: dict[int, Floats] = {}
        self._to: dict[int, Floats] = {}
        self._here: dict[int, tuple[int, Floats]] = {}
        self._before = problem.rules.before()
        self._forbidden = problem.rules.forbidden()

    def one_more(
        self, v: int, here: RouteEnd, tasks: Ints, done_s: dict[int, float]
    ) -> AppendedTask | None:
        """Return the task that ends the shift soonest, `None` if none fits.

        `done_s` says when passes end for which others may have to wait.
        """
        problem = self._problem
        tasks = tasks[self._near_enough(v, here, tasks)]
        if not len(tasks):
            return None
        wait_s, begin_by_s = self._order_s(tasks, done_s)
        ends = self._ends_with(v, here, tasks, wait_s, begin_by_s)
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

    def _near_enough(self, v: int, here: RouteEnd, tasks: Ints) -> Flags:
        """Return which of N tasks the shift has time for if nothing else had to be driven."""
        problem = self._problem
        kind = problem.vehicle_type[v]
        left_s = problem.shift_end_s[v] - here.clock_s + SLACK_S
        enough: Flags = problem.service_s[tasks, kind] <= left_s
        if not enough.any():  # most vehicles' days are full: nobody has to look for their ways
            return enough
        there_s = self._from_here(v, here.arc)[problem.mode_arc[tasks]]
        there_s[problem.mode_arc[tasks] == NONE] = np.inf
        takes_s = there_s.min(axis=1) * problem.pace[kind] + problem.service_s[tasks, kind]
        enough &= takes_s <= left_s
        return enough

    def fits(self, v: int, here: RouteEnd, tasks: Ints) -> Flags:
        """Return which of N tasks a vehicle could do if only order did not count, bool[N]."""
        nothing = np.zeros(len(tasks))
        ends = self._ends_with(v, here, tasks, nothing, nothing + np.inf)
        fits: Flags = np.isfinite(ends.over_s) & (ends.over_s <= self._problem.shift_end_s[v])
        return fits

    def alone(self, v: int, here: RouteEnd, tasks: Ints) -> Flags:
        """Return bool[3, N]: whether a vehicle can and may do each of N tasks at all.

        Then whether it also gets there and home, and whether it has or gets the material too.
        """
        problem = self._problem
        full_kg = float(problem.capacity_kg[v]) if problem.sites else 0.0
        able: Flags = np.isfinite(problem.service_s[tasks, problem.vehicle_type[v]])
        able &= ~np.isin(tasks, [task for task, vehicle in self._forbidden if vehicle == v])
        reaches = able & self._reaches(v, tasks)
        need_kg = problem.material_kg[tasks]
        return np.stack(
            (able, reaches, reaches & (need_kg <= max(here.load_kg, full_kg) + SLACK_KG))
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
        self, v: int, here: RouteEnd, tasks: Ints, wait_s: Floats, begin_by_s: Floats
    ) -> _Ends:
        problem = self._problem
        pace = problem.pace[problem.vehicle_type[v]]
        arcs = problem.mode_arc[tasks]
        back_s = np.zeros(arcs.shape)
        if problem.end_arc[v] != NONE:
            back_s = self._to_place(int(problem.end_arc[v]))[arcs] * pace
        drive_s, site = self._drive_s(v, here, tasks)
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

    def _drive_s(self, v: int, here: RouteEnd, tasks: Ints) -> tuple[Floats, Ints]:
        """Return the seconds to each task's modes, and where the vehicle reloads before, or -1."""
        problem = self._problem
        pace = problem.pace[problem.vehicle_type[v]]
        arcs = problem.mode_arc[tasks]
        here_s = self._from_here(v, here.arc)
        drive_s = np.where(arcs == NONE, np.inf, here_s[arcs] * pace)
        need_kg = problem.material_kg[tasks]
        site = np.full(len(tasks), NONE, np.int32)
        drive_s[need_kg > here.load_kg + SLACK_KG] = np.inf
        for k in range(problem.sites if problem.capacity_kg[v] > 0 else 0):
            place = int(problem.reload_arc[k])
            full_s = (here_s[place] + self._from_place(place)[arcs]) * pace + problem.fill_s[k]
            full_s[arcs == NONE] = np.inf
            full_s[need_kg > problem.capacity_kg[v] + SLACK_KG] = np.inf
            better = full_s.min(axis=1) < drive_s.min(axis=1)
            drive_s[better], site[better] = full_s[better], k
        return drive_s, site

    def _from_here(self, v: int, arc: int) -> Floats:
        """Return the seconds from where a vehicle is, kept until it is elsewhere."""
        if v not in self._here or self._here[v][0] != arc:
            self._here[v] = (arc, from_arc(self._problem, self._line, arc))
        return self._here[v][1]

    def _from_place(self, arc: int) -> Floats:
        if arc not in self._from:
            self._from[arc] = from_arc(self._problem, self._line, arc)
        return self._from[arc]

    def _to_place(self, arc: int) -> Floats:
        if arc not in self._to:
            self._to[arc] = to_arc(self._problem, self._line, arc)
        return self._to[arc]
