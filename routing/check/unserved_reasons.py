"""The referee on tasks left out: whether the reasons given for them are true."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from routing.check.referee_paths import AnyInts, StreetGraph
from routing.check.referee_schedule import RESTS_LATE_S, RefereeSchedule, VehicleProgress, rest_of
from routing.problem.problem import Flags, Floats, Problem, Solution, TaskVisit
from routing.problem.row_minima import row_minima

_SLACK_S = 1e-5
_SLACK_KG = 1e-6


_BATCH = 4
"""Vehicles around whose last stops roads are followed at a time."""


class _Somebody(NamedTuple):
    """Of each task left out, bool[N]: whether some vehicle could do it as its last one.

    Whether one may do it, also gets there alone and home, also has or gets the material, and also
    would be home in time; and whether so with the order of passes and classes kept.
    """

    able: Flags
    reach: Flags
    carry: Flags
    fits: Flags
    ordered: Flags


class _Places(NamedTuple):
    """Seconds from starts and sites to all arcs, and from all arcs home, by the place's arc."""

    away_s: dict[int, Floats]
    home_s: dict[int, Floats]


def untrue_reasons(problem: Problem, solution: Solution, driven: RefereeSchedule) -> list[str]:
    """Return a sentence for each task left out for a reason that is not so."""
    left = np.array(sorted(solution.unserved), np.int64)
    if not len(left):
        return []
    some = _one_more(problem, solution, driven, left)
    orphan = np.isin(left, _orphans(problem, solution))
    truth = {
        "no_vehicle": ~some.able,
        "unreachable": some.able & ~some.reach,
        "capacity": some.reach & ~some.carry,
        "time": some.carry & ~some.fits,
        "order": orphan | (some.fits & ~some.ordered),
    }
    said = [solution.unserved[int(task)] for task in left]
    return [
        f"task {task} is left out for {reason}, which is not so"
        for i, (task, reason) in enumerate(zip(left, said, strict=True))
        if not truth[reason][i]
    ]


def _orphans(problem: Problem, solution: Solution) -> list[int]:
    """Return the passes whose earlier one is left out."""
    pairs = zip(problem.rules.earlier.tolist(), problem.rules.later.tolist(), strict=True)
    return [later for earlier, later in pairs if earlier in solution.unserved]


def _one_more(
    problem: Problem, solution: Solution, driven: RefereeSchedule, left: AnyInts
) -> _Somebody:
    some = _Somebody(*(np.zeros(len(left), np.bool_) for _ in range(5)))
    last = np.array([standing.arc for standing in driven.last], np.int64)
    graph = StreetGraph(problem, last)
    places = _places(graph)
    wait_s, begin_by_s = _order_s(problem, driven, left)
    limits_s = np.full(problem.vehicles, -np.inf)
    near: dict[int, tuple[AnyInts, Floats]] = {}
    for vehicles in _alike(problem, driven):
        first = vehicles[0]
        able, reach, carry = _may(problem, places, first, driven.last[first], left)
        some.able[able] = True
        some.reach[reach] = True
        some.carry[carry] = True
        spare = _in_time(problem, places, driven, vehicles, left, np.flatnonzero(carry))
        for v, near[v] in zip(vehicles, spare, strict=True):
            pace = problem.pace[problem.vehicle_type[v]]
            limits_s[v] = near[v][1].max(initial=-np.inf) / pace
    for v, here_s in _nearby(graph, last, limits_s):
        standing, (chosen, spare_s) = driven.last[v], near.pop(v)
        drive_s = _drive_s(problem, places, v, standing, here_s, left[chosen])
        there = row_minima(drive_s) <= spare_s
        chosen, drive_s = chosen[there], drive_s[there]
        order_s = wait_s[chosen], begin_by_s[chosen]
        fits, ordered = _fits(problem, places, v, standing, drive_s, left[chosen], order_s)
        level = _level(problem, solution, v)
        some.fits[chosen] |= fits
        some.ordered[chosen] |= ordered & (problem.class_index[left[chosen]] >= level)
    return some


def _places(graph: StreetGraph) -> _Places:
    problem = graph.problem
    sources = np.union1d(problem.start_arc, problem.reload_arc)
    ends = np.unique(problem.end_arc[problem.end_arc >= 0])
    around = StreetGraph(problem, np.union1d(sources, ends))
    home_s = dict(zip(ends.tolist(), around.to_s(ends), strict=True))
    home_s[-1] = np.zeros(problem.arcs)
    return _Places(dict(zip(sources.tolist(), around.from_s(sources), strict=True)), home_s)


def _alike(problem: Problem, driven: RefereeSchedule) -> list[list[int]]:
    """Return the vehicles that have the same answer of `_may` together."""
    banned = {vehicle for _, vehicle in problem.rules.forbidden()}
    found: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for v, standing in enumerate(driven.last):
        decides = (
            float(problem.vehicle_type[v]),
            float(problem.start_arc[v]),
            float(problem.end_arc[v]),
            float(problem.capacity_kg[v]),
            float(standing.load_kg),
            float(v) if v in banned else -1.0,
        )
        found[decides].append(v)
    return list(found.values())


def _may(
    problem: Problem, places: _Places, v: int, standing: VehicleProgress, left: AnyInts
) -> tuple[Flags, Flags, Flags]:
    """Return which tasks a vehicle may do, also gets to and home from, and also is laden for."""
    able: Flags = np.isfinite(problem.service_s[left, problem.vehicle_type[v]])
    for task, vehicle in problem.rules.forbidden():
        if vehicle == v:
            able[left == task] = False
    around_s = places.away_s[int(problem.start_arc[v])] + places.home_s[int(problem.end_arc[v])]
    reach = able & np.isfinite(_by_mode(problem, around_s, left)).any(axis=1)
    has, can = _laden(problem, v, standing, left)
    return able, reach, reach & (has | (can & (problem.sites > 0)))


def _in_time(
    problem: Problem,
    places: _Places,
    driven: RefereeSchedule,
    vehicles: list[int],
    left: AnyInts,
    chosen: AnyInts,
) -> Iterator[tuple[AnyInts, Floats]]:
    """Yield for each of some alike vehicles which tasks a shift has time for, and what is spare.

    `chosen` are numbers of the tasks `left`. Spare seconds are those beside work and the way home:
    nobody has to drive to the tasks for that, and waiting for a release is time to drive.
    """
    kind, end = problem.vehicle_type[vehicles[0]], int(problem.end_arc[vehicles[0]])
    home_s = row_minima(_by_mode(problem, places.home_s[end], left[chosen]))
    takes_s = problem.service_s[left[chosen], kind] + home_s * problem.pace[kind]
    free_s = problem.shift_end_s[vehicles] - [driven.last[v].clock_s for v in vehicles]
    possible = takes_s <= free_s.max()
    chosen, takes_s = chosen[possible], takes_s[possible]
    over_s = problem.release_s[left[chosen]] + takes_s
    for v, own_s in zip(vehicles, free_s.tolist(), strict=True):
        fits = (takes_s <= own_s) & (over_s <= problem.shift_end_s[v])
        yield chosen[fits], own_s - takes_s[fits]


def _nearby(graph: StreetGraph, last: AnyInts, limits_s: Floats) -> Iterator[tuple[int, Floats]]:
    """Yield vehicles with the seconds from their last stop to all arcs within their limits."""
    busy = np.flatnonzero(limits_s >= 0.0)
    busy = busy[np.argsort(limits_s[busy], kind="stable")]
    for first in range(0, len(busy), _BATCH):
        batch = busy[first : first + _BATCH]
        rows = graph.from_s(last[batch], float(limits_s[batch[-1]]))
        yield from zip(batch.tolist(), rows, strict=True)


def _fits(
    problem: Problem,
    places: _Places,
    v: int,
    standing: VehicleProgress,
    drive_s: Floats,
    tasks: AnyInts,
    order_s: tuple[Floats, Floats],
) -> tuple[Flags, Flags]:
    """Return which tasks a vehicle would do and be home in time, and which so in their order."""
    wait_s, begin_by_s = order_s
    home_s = _by_mode(problem, places.home_s[int(problem.end_arc[v])], tasks)
    latest_s = problem.shift_end_s[v] - _SLACK_S
    over_s, _ = _over_s(problem, v, standing, tasks, drive_s, home_s, np.zeros(len(tasks)))
    fits = row_minima(over_s) < latest_s
    over_s, begins_s = _over_s(problem, v, standing, tasks, drive_s, home_s, wait_s)
    kept = (over_s < latest_s) & (begins_s < begin_by_s[:, None] - _SLACK_S)
    return fits, fits & kept.any(axis=1)


def _level(problem: Problem, solution: Solution, v: int) -> int:
    """Return the least class that may still follow in a route."""
    behind = solution.routes[v][len(problem.rules.pin(v)) :]
    tasks = [stop.task for stop in behind if isinstance(stop, TaskVisit)]
    return int(problem.class_index[tasks].max(initial=0)) if problem.rules.strict_classes else 0


def _order_s(problem: Problem, driven: RefereeSchedule, left: AnyInts) -> tuple[Floats, Floats]:
    """Return when the passes before each task are done, and when it begins at the latest."""
    before = problem.rules.before()
    wait_s = np.zeros(len(left))
    begin_by_s = np.array([problem.rules.begin_by(int(task)) for task in left])
    for i, task in enumerate(left.tolist()):
        for earlier, within_s in before.get(task, []):
            done_s = driven.ends_s.get(earlier, np.inf)
            wait_s[i] = max(wait_s[i], done_s)
            begin_by_s[i] = min(begin_by_s[i], done_s + within_s)
    return wait_s, begin_by_s


def _by_mode(problem: Problem, seconds: Floats, tasks: AnyInts) -> Floats:
    arcs = problem.mode_arc[tasks]
    return np.where(arcs < 0, np.inf, seconds[arcs])


def _laden(
    problem: Problem, v: int, standing: VehicleProgress, tasks: AnyInts
) -> tuple[Flags, Flags]:
    """Return which tasks a vehicle has the material for, and which its hopper could hold."""
    need_kg = problem.material_kg[tasks]
    has = need_kg <= standing.load_kg + _SLACK_KG
    can = (need_kg <= problem.capacity_kg[v] + _SLACK_KG) & (problem.capacity_kg[v] > 0)
    return has, can


def _drive_s(
    problem: Problem,
    places: _Places,
    v: int,
    standing: VehicleProgress,
    here_s: Floats,
    tasks: AnyInts,
) -> Floats:
    """Return the seconds to each task and mode, reload included where due.

    Infinite where a shift has no time to reload.
    """
    pace = float(problem.pace[problem.vehicle_type[v]])
    free_s = float(problem.shift_end_s[v]) - standing.clock_s
    has, can = _laden(problem, v, standing, tasks)
    drive_s: Floats = np.where(has[:, None], _by_mode(problem, here_s, tasks) * pace, np.inf)
    for k, site in enumerate(problem.reload_arc.tolist()):
        if here_s[site] * pace + problem.fill_s[k] <= free_s:
            way_s = here_s[site] + _by_mode(problem, places.away_s[site], tasks)
            full_s = way_s * pace + problem.fill_s[k]
            drive_s = np.where(can[:, None], np.minimum(drive_s, full_s), drive_s)
    return drive_s


def _over_s(
    problem: Problem,
    v: int,
    standing: VehicleProgress,
    tasks: AnyInts,
    drive_s: Floats,
    home_s: Floats,
    wait_s: Floats,
) -> tuple[Floats, Floats]:
    """Return when the shift would be over and the work begin, by task and mode."""
    pace = float(problem.pace[problem.vehicle_type[v]])
    release_s = np.maximum(problem.release_s[tasks], wait_s)[:, None]
    work_s = problem.service_s[tasks, problem.vehicle_type[v]][:, None]
    latest_s, rest_s = rest_of(problem, v, rested=standing.rested)
    latest_s += RESTS_LATE_S
    begins_s = np.maximum(standing.clock_s + drive_s, release_s)
    rests = begins_s + work_s > latest_s
    rested_s = np.maximum(standing.clock_s + rest_s + drive_s, release_s)
    begins_s = np.where(rests, rested_s, begins_s)
    over_s = begins_s + work_s + home_s * pace
    return over_s + np.where(~rests & (over_s > latest_s), rest_s, 0.0), begins_s
