"""Point jobs to crews: who does which ones in which order, within shifts; and when that is.

Cheapest insertion by urgency, then moves between and within lists while they make the whole
cheaper. Some hundred jobs and some ten crews; the streets' optimizer is in `search` and `kernels`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from data.model import LonLat
from data.streets.projection import Projection

LATE_S = 10.0
"""A second too late for a job of weight 1 costs as much as ten seconds on the way."""

PROMPT_S = 0.5
"""A second until a job of weight 1 is done: what matters comes first, and no crew stands idle."""

LEFT_S = 1e6
"""A job of weight 1 that nobody does costs more than any list can."""

GAIN_S = 1e-6
"""A gain below is an error of rounding."""

MOST_ROUNDS = 40
"""Rounds of improvement; small lists come to rest after five."""

type CrewLists = Mapping[int, tuple[int, ...]]
"""Keys of tasks in order, by the key of a unit; a unit without work may be missing."""


@dataclass(frozen=True, slots=True)
class CrewTask:
    """Work at a point: `labour_s` of one person, wanted by `due_s`; times count from one moment."""

    key: int
    work: str
    place: LonLat
    labour_s: float
    due_s: float
    weight: float


@dataclass(frozen=True, slots=True)
class CrewUnit:
    """A crew from when and where it is free until it must be back at its base."""

    key: int
    works: frozenset[str]
    start: LonLat
    base: LonLat
    ready_s: float
    end_s: float
    size: int
    speed_mps: float
    setup_s: float

    def stay_s(self, task: CrewTask) -> float:
        """Return how long the crew is at a job."""
        return self.setup_s + task.labour_s / self.size


@dataclass(frozen=True, slots=True)
class CrewVisit:
    """A job in a crew's list: on the way from `leaves_s`, there from `starts_s` to `ends_s`.

    `late_s` is how much after its due time it is done; `over` whether the crew could not be back
    at its base in time.
    """

    key: int
    leaves_s: float
    starts_s: float
    ends_s: float
    late_s: float
    over: bool


@dataclass(frozen=True)
class CrewProblem:
    """Tasks and units, and how much longer than a straight line a way is."""

    tasks: Sequence[CrewTask]
    units: Sequence[CrewUnit]
    detour: float
    _task: dict[int, CrewTask] = field(init=False, repr=False)
    _at: dict[int, tuple[float, float]] = field(init=False, repr=False)
    _ends: dict[int, tuple[tuple[float, float], tuple[float, float]]] = field(
        init=False, repr=False
    )

    def __post_init__(self) -> None:
        """Lay all places on a plane."""
        places = [*(one.place for one in self.tasks), *(one.start for one in self.units)]
        flat = Projection(places[0]) if places else Projection(LonLat(0.0, 0.0))
        ends = {one.key: (flat.plane(one.start), flat.plane(one.base)) for one in self.units}
        object.__setattr__(self, "_task", {one.key: one for one in self.tasks})
        object.__setattr__(self, "_at", {one.key: flat.plane(one.place) for one in self.tasks})
        object.__setattr__(self, "_ends", ends)

    def task(self, key: int) -> CrewTask:
        """Return a task by its key."""
        return self._task[key]

    def visits(self, unit: CrewUnit, keys: Sequence[int]) -> list[CrewVisit]:
        """Return when a unit does each of its jobs, in this order and without pauses."""
        here, base = self._ends[unit.key]
        now_s, found = unit.ready_s, []
        for key in keys:
            task, there = self._task[key], self._at[key]
            starts_s = now_s + self._way_s(unit, here, there)
            ends_s = starts_s + unit.stay_s(task)
            over = ends_s + self._way_s(unit, there, base) > unit.end_s
            late_s = max(ends_s - task.due_s, 0.0)
            found.append(CrewVisit(key, now_s, starts_s, ends_s, late_s, over))
            here, now_s = there, ends_s
        return found

    def list_cost_s(self, unit: CrewUnit, keys: Sequence[int]) -> float:
        """Return what a list costs in seconds; infinite where the shift or the work does not fit.

        The way back to the base counts, so that a crew does not end far away.
        """
        here, base = self._ends[unit.key]
        now_s, cost_s = unit.ready_s, 0.0
        for key in keys:
            task, there = self._task[key], self._at[key]
            if task.work not in unit.works:
                return inf
            way_s = self._way_s(unit, here, there)
            now_s += way_s + unit.stay_s(task)
            late_s = max(now_s - task.due_s, 0.0)
            cost_s += way_s + task.weight * (LATE_S * late_s + PROMPT_S * now_s)
            here = there
        back_s = self._way_s(unit, here, base) if keys else 0.0
        return inf if keys and now_s + back_s > unit.end_s else cost_s + back_s

    def cost_s(self, lists: CrewLists) -> float:
        """Return what all lists and the jobs that nobody does cost."""
        done = {key for keys in lists.values() for key in keys}
        left_s = sum(LEFT_S * one.weight for one in self.tasks if one.key not in done)
        return left_s + sum(self.list_cost_s(unit, lists.get(unit.key, ())) for unit in self.units)

    def _way_s(self, unit: CrewUnit, a: tuple[float, float], b: tuple[float, float]) -> float:
        straight_m = ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
        return float(straight_m * self.detour / unit.speed_mps)


def plan_lists(problem: CrewProblem) -> CrewLists:
    """Return lists in which every job stands at most once and every crew is back in time."""
    return improved(problem, built(problem))


def built(problem: CrewProblem) -> CrewLists:
    """Return lists by cheapest insertion: the weightiest first, then those that are due sooner."""
    lists: dict[int, tuple[int, ...]] = {unit.key: () for unit in problem.units}
    order = sorted(problem.tasks, key=lambda one: (-one.weight, one.due_s, one.key))
    for task in order:
        _insert(problem, lists, task)
    return lists


def improved(problem: CrewProblem, lists: CrewLists) -> CrewLists:
    """Return lists that cost at most as much: jobs moved, turned round, and left ones put in."""
    found = {unit.key: tuple(lists.get(unit.key, ())) for unit in problem.units}
    for _ in range(MOST_ROUNDS):
        moved = [_relocate(problem, found, task) for task in problem.tasks]
        turned = [_turn(problem, found, unit) for unit in problem.units]
        if not any(moved) and not any(turned):
            break
    return found


def _insert(problem: CrewProblem, lists: dict[int, tuple[int, ...]], task: CrewTask) -> bool:
    """Put a job where it costs least; false where it fits nowhere."""
    best_s, best = inf, None
    for unit in problem.units:
        if task.work not in unit.works:
            continue
        keys = lists[unit.key]
        before_s = problem.list_cost_s(unit, keys)
        for at in range(len(keys) + 1):
            wider = (*keys[:at], task.key, *keys[at:])
            more_s = problem.list_cost_s(unit, wider) - before_s
            if more_s < best_s:
                best_s, best = more_s, (unit.key, wider)
    if best is None:
        return False
    lists[best[0]] = best[1]
    return True


def _relocate(problem: CrewProblem, lists: dict[int, tuple[int, ...]], task: CrewTask) -> bool:
    """Take a job out and put it where it costs least, if that gains something."""
    had = next((key for key, keys in lists.items() if task.key in keys), None)
    if had is None:
        return _insert(problem, lists, task)
    before_s, before = problem.cost_s(lists), dict(lists)
    lists[had] = tuple(key for key in lists[had] if key != task.key)
    if _insert(problem, lists, task) and problem.cost_s(lists) < before_s - GAIN_S:
        return True
    lists.update(before)
    return False


def _turn(problem: CrewProblem, lists: dict[int, tuple[int, ...]], unit: CrewUnit) -> bool:
    """Turn stretches of a list round as long as that gains something (2-opt)."""
    gained = False
    keys = lists[unit.key]
    cost_s = problem.list_cost_s(unit, keys)
    for first in range(len(keys) - 1):
        for last in range(first + 2, len(keys) + 1):
            turned = (*keys[:first], *reversed(keys[first:last]), *keys[last:])
            turned_s = problem.list_cost_s(unit, turned)
            if turned_s < cost_s - GAIN_S:
                keys, cost_s, gained = turned, turned_s, True
    lists[unit.key] = keys
    return gained
