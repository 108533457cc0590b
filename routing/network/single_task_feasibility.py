"""Each task as the only one: when it could be done at the earliest, or why it cannot be."""

from dataclasses import dataclass

import numpy as np

from routing.network.deadheads import LineGraph, from_arc, to_arc
from routing.problem.problem import NONE, Flags, Floats, Problem, Reason
from routing.problem.row_minima import row_minima

SLACK_S = 1e-6
SLACK_KG = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class SingleTaskFeasibility:
    """`earliest_s` float64[T]: no route ends a task sooner; `hopeless`: what nobody can do."""

    earliest_s: Floats
    hopeless: dict[int, Reason]

    def fit(self) -> Flags:
        """Return bool[T], whether a task can be done at all."""
        flags = np.ones(len(self.earliest_s), np.bool_)
        flags[list(self.hopeless)] = False
        return flags


def feasibility_of_tasks(problem: Problem, line: LineGraph) -> SingleTaskFeasibility:
    """Look at each task by itself with every vehicle; what is pinned counts as any other task."""
    tasks = problem.tasks
    earliest_s = np.full(tasks, np.inf)
    able, reached, carried, timely = (np.zeros(tasks, np.bool_) for _ in range(4))
    there: dict[int, Floats] = {}
    back: dict[int, Floats] = {}
    most_kg = problem.capacity_kg if problem.sites else problem.load_kg
    forbidden = problem.rules.forbidden()
    for v in _unlike(problem, {vehicle for _, vehicle in forbidden}):
        start, end = int(problem.start_arc[v]), int(problem.end_arc[v])
        if start not in there:
            there[start] = _by_mode(problem, from_arc(problem, line, start))
        if end not in back:
            back[end] = _home(problem, line, end)
        can = np.isfinite(problem.service_s[:, problem.vehicle_type[v]])
        can[[task for task, vehicle in forbidden if vehicle == v]] = False
        done_s, round_s = _ends_s(problem, v, there[start], back[end])
        able |= can
        can &= np.isfinite(round_s)
        reached |= can
        can &= problem.material_kg <= np.maximum(most_kg[v], problem.load_kg[v]) + SLACK_KG
        carried |= can
        timely |= can & (round_s <= problem.shift_end_s[v])
        earliest_s = np.where(can, np.minimum(earliest_s, done_s), earliest_s)
    steps: tuple[tuple[Flags, Reason], ...] = (
        (timely, "time"),
        (carried, "capacity"),
        (reached, "unreachable"),
        (able, "no_vehicle"),
    )
    hopeless: dict[int, Reason] = {}
    for passed, reason in steps:
        hopeless |= {int(task): reason for task in np.flatnonzero(~passed)}
    return SingleTaskFeasibility(_in_order_s(problem, earliest_s), _with_orphans(problem, hopeless))


def _unlike(problem: Problem, singular: set[int]) -> list[int]:
    """Return vehicles of which none is alike another, the `singular` ones among them."""
    rules = problem.rules
    columns = (
        problem.vehicle_type,
        problem.start_arc,
        problem.end_arc,
        problem.capacity_kg,
        problem.load_kg,
        problem.shift_start_s,
        problem.shift_end_s,
    )
    known: dict[tuple[float, ...], int] = {}
    for v, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        own = v if v in singular else NONE
        known.setdefault((*row, rules.rest_s(v), rules.rest_after_s(v), own), v)
    return list(known.values())


def _ends_s(problem: Problem, v: int, there: Floats, back: Floats) -> tuple[Floats, Floats]:
    """Return when each task alone is done and when the vehicle is home, the best of all modes."""
    kind = problem.vehicle_type[v]
    service_s = problem.service_s[:, kind, None]
    arrives_s = problem.shift_start_s[v] + there * problem.pace[kind]
    release_s = problem.release_s[:, None]
    rest_s = problem.rules.rest_s(v)
    rest_by_s = problem.shift_start_s[v] + problem.rules.rest_after_s(v) + SLACK_S
    done_s = np.maximum(arrives_s, release_s) + service_s
    rests = done_s > rest_by_s
    if rest_s > 0:
        done_s = np.where(rests, np.maximum(arrives_s + rest_s, release_s) + service_s, done_s)
    home_s = done_s + back * problem.pace[kind]
    home_s += np.where(~rests & (home_s > rest_by_s), rest_s, 0.0)
    return row_minima(done_s), row_minima(home_s)


def _in_order_s(problem: Problem, earliest_s: Floats) -> Floats:
    """Return when each task is done at the earliest, as its earlier passes come before it."""
    rules = problem.rules
    if not len(rules.earlier) or not problem.vehicles:
        return earliest_s
    work_s = problem.service_s[:, problem.vehicle_type].min(axis=1)
    found = earliest_s.copy()
    while True:
        ordered = found.copy()
        np.maximum.at(ordered, rules.later, found[rules.earlier] + work_s[rules.later])
        if np.array_equal(ordered, found):
            return found
        found = ordered


def _with_orphans(problem: Problem, hopeless: dict[int, Reason]) -> dict[int, Reason]:
    """Return what is hopeless, with the passes that come after it."""
    pairs = list(zip(problem.rules.earlier.tolist(), problem.rules.later.tolist(), strict=True))
    found = dict(hopeless)
    more = True
    while more:
        orphans: dict[int, Reason] = {
            later: "order" for earlier, later in pairs if earlier in found and later not in found
        }
        found |= orphans
        more = bool(orphans)
    return found


def _home(problem: Problem, line: LineGraph, end: int) -> Floats:
    if end == NONE:
        return np.where(problem.mode_arc == NONE, np.inf, 0.0)
    return _by_mode(problem, to_arc(problem, line, end))


def _by_mode(problem: Problem, seconds: Floats) -> Floats:
    return np.where(problem.mode_arc == NONE, np.inf, seconds[problem.mode_arc])
