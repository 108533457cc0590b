"""The referee on tasks left out: whether the reasons given for them are true."""

from typing import NamedTuple

import numpy as np

from routing.check.referee_paths import AnyInts, from_arcs, to_arcs
from routing.check.referee_schedule import RESTS_LATE_S, RefereeSchedule, VehicleProgress, rest_of
from routing.problem.problem import Flags, Floats, Problem, Solution, TaskVisit

_SLACK_S = 1e-5
_SLACK_KG = 1e-6


class _OneMore(NamedTuple):
    """Each task left out as the last of each route, all of [tasks, V].

    Whether the vehicle may do it, gets there alone and home, has or gets the material, and would
    be home in time; and whether so with the order of passes and classes kept.
    """

    able: Flags
    reach: Flags
    carry: Flags
    fits: Flags
    ordered: Flags


def untrue_reasons(problem: Problem, solution: Solution, driven: RefereeSchedule) -> list[str]:
    """Return a sentence for each task left out for a reason that is not so."""
    left = np.array(sorted(solution.unserved), np.int64)
    if not len(left):
        return []
    more = _one_more(problem, solution, driven, left)
    orphan = np.isin(left, _orphans(problem, solution))
    able, reach, carry, fits = np.logical_and.accumulate(
        (more.able, more.reach, more.carry, more.fits)
    )
    truth = {
        "no_vehicle": ~able.any(axis=1),
        "unreachable": able.any(axis=1) & ~reach.any(axis=1),
        "capacity": reach.any(axis=1) & ~carry.any(axis=1),
        "time": carry.any(axis=1) & ~fits.any(axis=1),
        "order": orphan | (fits.any(axis=1) & ~(fits & more.ordered).any(axis=1)),
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
) -> _OneMore:
    shape = (len(left), problem.vehicles)
    found = _OneMore(*(np.zeros(shape, np.bool_) for _ in range(5)))
    found.able[:] = np.isfinite(problem.service_s[left][:, problem.vehicle_type])
    for task, v in problem.rules.forbidden():
        found.able[left == task, v] = False
    wait_s, begin_by_s = _order_s(problem, driven, left)
    starts = {*problem.start_arc.tolist(), *problem.reload_arc.tolist()}
    sources = sorted(starts | {standing.arc for standing in driven.last})
    away_s = dict(zip(sources, from_arcs(problem, sources), strict=True))
    ends = sorted({arc for arc in problem.end_arc.tolist() if arc >= 0})
    home_s = dict(zip(ends, to_arcs(problem, ends), strict=True)) if ends else {}
    no_wait, nowhere_s = np.zeros(len(left)), np.zeros(problem.arcs)
    for v, standing in enumerate(driven.last):
        toward_s = home_s.get(int(problem.end_arc[v]), nowhere_s)
        drive_s, found.carry[:, v] = _drive_s(problem, away_s, v, standing, left)
        home = _by_mode(problem, toward_s, left)
        alone_s = away_s[int(problem.start_arc[v])][problem.mode_arc[left]]
        found.reach[:, v] = np.isfinite((alone_s + home).min(axis=1))
        latest_s = problem.shift_end_s[v] - _SLACK_S
        over_s, _ = _over_s(problem, v, standing, left, drive_s, home, no_wait)
        found.fits[:, v] = over_s.min(axis=1) < latest_s
        over_s, begins_s = _over_s(problem, v, standing, left, drive_s, home, wait_s)
        kept = (over_s < latest_s) & (begins_s < begin_by_s[:, None] - _SLACK_S)
        level = _level(problem, solution, v)
        found.ordered[:, v] = kept.any(axis=1) & (problem.class_index[left] >= level)
    return found


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


def _drive_s(
    problem: Problem, away_s: dict[int, Floats], v: int, standing: VehicleProgress, tasks: AnyInts
) -> tuple[Floats, Flags]:
    """Return the seconds to each task and mode, reload included where due, and who can be laden."""
    pace = float(problem.pace[problem.vehicle_type[v]])
    need_kg = problem.material_kg[tasks]
    has = need_kg <= standing.load_kg + _SLACK_KG
    direct_s = _by_mode(problem, away_s[standing.arc], tasks) * pace
    drive_s = np.where(has[:, None], direct_s, np.inf)
    can = (need_kg <= problem.capacity_kg[v] + _SLACK_KG) & (problem.capacity_kg[v] > 0)
    for k, site in enumerate(problem.reload_arc.tolist()):
        way_s = away_s[standing.arc][site] + _by_mode(problem, away_s[site], tasks)
        full_s = way_s * pace + problem.fill_s[k]
        drive_s = np.where(can[:, None], np.minimum(drive_s, full_s), drive_s)
    return drive_s, has | (can & (problem.sites > 0))


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
