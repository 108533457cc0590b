"""What each task would take if it were the only one: when it could be done, or why it cannot."""

from dataclasses import dataclass

import numpy as np

from routing.paths import LineGraph, from_arc, to_arc
from routing.problem import NONE, Flags, Floats, Problem, Reason


@dataclass(frozen=True, slots=True, eq=False)
class Alone:
    """`earliest_s` float64[T]: no route ends a task sooner; `hopeless`: what nobody can do."""

    earliest_s: Floats
    hopeless: dict[int, Reason]

    def fit(self) -> Flags:
        """Return bool[T], whether a task can be done at all."""
        flags = np.ones(len(self.earliest_s), np.bool_)
        flags[list(self.hopeless)] = False
        return flags


def alone(problem: Problem, line: LineGraph) -> Alone:
    """Look at each task by itself with every vehicle."""
    tasks = problem.tasks
    earliest_s = np.full(tasks, np.inf)
    able, reached, carried, timely = (np.zeros(tasks, np.bool_) for _ in range(4))
    there: dict[int, Floats] = {}
    back: dict[int, Floats] = {}
    most_kg = problem.capacity_kg if problem.sites else problem.load_kg
    for v in range(problem.vehicles):
        start, end = int(problem.start_arc[v]), int(problem.end_arc[v])
        if start not in there:
            there[start] = _by_mode(problem, from_arc(problem, line, start))
        if end not in back:
            back[end] = _home(problem, line, end)
        kind = problem.vehicle_type[v]
        service_s = problem.service_s[:, kind]
        can = np.isfinite(service_s)
        arrives_s = problem.shift_start_s[v] + there[start] * problem.pace[kind]
        done_s = np.maximum(arrives_s, problem.release_s[:, None]) + service_s[:, None]
        round_s = (done_s + back[end] * problem.pace[kind]).min(axis=1)
        able |= can
        can &= np.isfinite(round_s)
        reached |= can
        can &= problem.material_kg <= np.maximum(most_kg[v], problem.load_kg[v]) + 1e-6
        carried |= can
        timely |= can & (round_s <= problem.shift_end_s[v])
        earliest_s = np.where(can, np.minimum(earliest_s, done_s.min(axis=1)), earliest_s)
    steps: tuple[tuple[Flags, Reason], ...] = (
        *((timely, "time"), (carried, "capacity")),
        *((reached, "unreachable"), (able, "no_vehicle")),
    )
    hopeless: dict[int, Reason] = {}
    for passed, reason in steps:
        hopeless |= {int(task): reason for task in np.flatnonzero(~passed)}
    return Alone(earliest_s, hopeless)


def _home(problem: Problem, line: LineGraph, end: int) -> Floats:
    if end == NONE:
        return np.where(problem.mode_arc == NONE, np.inf, 0.0)
    return _by_mode(problem, to_arc(problem, line, end))


def _by_mode(problem: Problem, seconds: Floats) -> Floats:
    return np.where(problem.mode_arc == NONE, np.inf, seconds[problem.mode_arc])
