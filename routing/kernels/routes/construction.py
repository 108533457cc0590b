"""First routes: class by class, the vehicle that is free first takes the nearest task."""

# mypy: no-warn-return-any

from typing import NamedTuple

import numpy as np

from routing.kernels.arrays.jit import kernel, maker
from routing.kernels.arrays.route_arrays import (
    FAR_S,
    ProblemArrays,
    RouteArrays,
    SearchArrays,
    TaskPlaces,
    TaskStarts,
)
from routing.kernels.arrays.subproblem_arrays import BIG_S
from routing.kernels.routes.routes import (
    DONE,
    OWN_RELEASE,
    compute_route,
    deadhead_s,
    detour_s,
    link_s,
)
from routing.kernels.rows.precedence import EARLIER, EARLIERS, NEXT_OF_LATER
from routing.problem.problem import Flags, Floats, Ints

TRIES = 20
"""Tasks one after the other that a vehicle cannot do before it stops looking for more."""


class Construction(NamedTuple):
    """Routes under construction: the problem, the routes, and where each vehicle is by now.

    `end` int32[V] is the end where a vehicle is, `clock_s` and `load_kg` float64[V] when it is
    there and with how much in the hopper. `todo` int32[T] lists tasks, of which `refused` int32[T]
    names the vehicle that last could not do it, -1 for none.
    """

    arrays: SearchArrays
    starts: TaskStarts
    end: Ints
    clock_s: Floats
    load_kg: Floats
    todo: Ints
    refused: Ints


@maker
def nearest_task(
    state: Construction, vehicle: int, level: int, most: int, left: int
) -> tuple[int, int]:
    """Return (task, mode) of the nearest open task of a class for a vehicle, (-1, 0) for none.

    At most `most` vehicles can do it; it is one of the first `left` of `todo` where the nearest
    ends are not known.
    """
    deadheads, problem, _, places = state.arrays
    starts, refused, todo = state.starts, state.refused, state.todo
    here = state.end[vehicle]
    kind = problem.vehicle[vehicle].kind
    if here >= deadheads.places:
        for q in range(starts.next_end.shape[1]):
            j = starts.next_end[here, q]
            if j < 0:
                break
            for x in range(starts.at_start[j], starts.at_start[j + 1]):
                t = starts.at_task[x]
                if (
                    places.spot[t].route == -1
                    and problem.task[t].class_index == level
                    and problem.service_s[t, kind] < FAR_S
                    and starts.able[t] <= most
                    and refused[t] != vehicle
                    and may_take(problem, places, vehicle, t)
                ):
                    return t, starts.at_mode[x]
    best = FAR_S
    task = -1
    mode = 0
    for x in range(left):
        t = todo[x]
        if places.spot[t].route != -1 or problem.service_s[t, kind] >= FAR_S:
            continue
        if refused[t] == vehicle or not may_take(problem, places, vehicle, t):
            continue
        for m in range(len(problem.modes)):
            if problem.end[t, m] >= 0:
                s = deadhead_s(deadheads, here, problem.end[t, m])
                if s < best:
                    best = s
                    task = t
                    mode = m
    return task, mode


@maker
def may_take(problem: ProblemArrays, places: TaskPlaces, vehicle: int, task: int) -> bool:
    """Return whether the task is allowed to the vehicle and all earlier passes are in routes."""
    if problem.rules.priced_pairs and problem.rules.extra[task, vehicle] >= BIG_S:
        return False
    if problem.rules.ordered:
        x = problem.rules.chain[task, EARLIERS]
        while x >= 0:
            if places.spot[problem.rules.pair[x, EARLIER]].route < 0:
                return False
            x = problem.rules.pair[x, NEXT_OF_LATER]
    return True


@maker
def append(state: Construction, vehicle: int, task: int, mode: int) -> bool:
    """Let a vehicle do a task next where hopper and shift allow it; return whether they do."""
    deadheads, problem, routes, _ = state.arrays
    machine = problem.vehicle[vehicle]
    need_kg = problem.task[task].material_kg
    to = problem.end[task, mode]
    here = state.end[vehicle]
    load_kg = state.load_kg[vehicle]
    after_kg = load_kg - need_kg
    drive_s = link_s(deadheads, machine.pace, here, to)
    if need_kg > load_kg + 1e-6:
        if len(problem.site) == 0 or need_kg > machine.capacity_kg + 1e-6:
            return False
        drive_s, _ = detour_s(deadheads, problem, machine.pace, here, to)
        after_kg = machine.capacity_kg - need_kg
    size = routes.row[vehicle].size
    level = problem.task[routes.stop[vehicle, size - 1].task].class_index if size > 0 else 0
    if problem.rules.strict and level > problem.task[task].class_index:
        return False
    release_s = routes.begin_s[task, OWN_RELEASE]
    if problem.rules.ordered:
        x = problem.rules.chain[task, EARLIERS]
        while x >= 0:
            release_s = max(release_s, routes.begin_s[problem.rules.pair[x, EARLIER], DONE])
            x = problem.rules.pair[x, NEXT_OF_LATER]
    done_s = max(state.clock_s[vehicle] + drive_s, release_s)
    done_s += problem.service_s[task, machine.kind]
    home_s = 0.0
    if machine.finish >= 0:
        home_s = machine.pace * deadhead_s(deadheads, to, machine.finish)
    if (
        done_s + home_s + machine.rest_s > machine.shift_end_s
        or done_s + home_s >= FAR_S
        or size == routes.stop.shape[1] - 1
    ):
        return False
    routes.stop[vehicle, size].task = task
    routes.row[vehicle].size += 1
    routes.begin_s[task, DONE] = done_s
    state.end[vehicle] = to
    state.clock_s[vehicle] = done_s
    state.load_kg[vehicle] = after_kg
    return True


@maker
def construct(
    arrays: SearchArrays,
    starts: TaskStarts,
    levels: int,
    near_s: float,
    in_turn: bool,
    spared: Flags,
) -> None:
    """Let routes, which may be empty, go on as long as they can; the rest of tasks stays absent.

    A vehicle at work goes no farther than `near_s` for a task of the class; who finds none moves
    on to the next class. In a class what few vehicles can do goes first, so that these have time.
    What then is left in all classes goes to whoever is free first. With `in_turn` one vehicle after
    the other works on a class until it is full. Those `spared` (bool[V]) come in only for what the
    others leave.
    """
    _, problem, routes, places = arrays
    vehicles, tasks = len(problem.vehicle), len(problem.task)
    state = Construction(
        arrays,
        starts,
        np.empty(vehicles, np.int32),
        np.empty(vehicles),
        np.empty(vehicles),
        np.empty(tasks, np.int32),
        np.empty(tasks, np.int32),
    )
    for v in range(vehicles):
        state.end[v], state.clock_s[v], state.load_kg[v] = end_of(problem, routes, v)
    active = np.empty(vehicles, np.bool_)
    rounds = 4 if problem.rules.ordered else 2
    for phase in range(rounds * levels):
        level = phase % levels
        reach_s = near_s if phase < levels else FAR_S
        for v in range(vehicles):
            active[v] = phase >= levels or not spared[v]
        most = next_able(problem, starts, places, level, 0)
        while most > 0:
            left = 0
            for t in range(tasks):
                if is_open(problem, places, t, level) and starts.able[t] <= most:
                    state.todo[left] = t
                    left += 1
            work_on(state, level, most, reach_s, in_turn, active.copy(), left)
            most = next_able(problem, starts, places, level, most)


@maker
def end_of(problem: ProblemArrays, routes: RouteArrays, vehicle: int) -> tuple[int, float, float]:
    """Return where a vehicle is after its last task, when, and with how much in the hopper."""
    load = problem.vehicle[vehicle].load_kg
    n = routes.row[vehicle].size
    if n == 0:
        return problem.vehicle[vehicle].start, problem.vehicle[vehicle].shift_start_s, load
    for p in range(n):
        if routes.stop[vehicle, p].reload > 0:
            load = problem.vehicle[vehicle].capacity_kg
        load -= problem.task[routes.stop[vehicle, p].task].material_kg
    last = routes.stop[vehicle, n - 1]
    return problem.end[last.task, last.mode], last.done_s, load


@maker
def is_open(problem: ProblemArrays, places: TaskPlaces, task: int, level: int) -> bool:
    """Return whether a task of the class still has to find a vehicle that can do it."""
    return (
        problem.task[task].class_index == level
        and places.spot[task].route == -1
        and places.spot[task].fit
    )


@maker
def next_able(
    problem: ProblemArrays, starts: TaskStarts, places: TaskPlaces, level: int, most: int
) -> int:
    """Return the least number above `most` of vehicles that can do an open task, 0 for none."""
    least = 0
    for t in range(len(problem.task)):
        if (
            is_open(problem, places, t, level)
            and starts.able[t] > most
            and (least == 0 or starts.able[t] < least)
        ):
            least = starts.able[t]
    return least


@maker
def work_on(
    state: Construction,
    level: int,
    most: int,
    reach_s: float,
    in_turn: bool,
    active: Flags,
    left: int,
) -> None:
    """Give the first `left` of `todo` to whoever of the `active` is free first.

    At most `most` vehicles can do them. Who cannot go on with the nearest, because no way home is
    left in the shift or in the streets, tries the next ones.
    """
    deadheads, problem, routes, places = state.arrays
    state.refused[:] = -1
    vain = np.zeros(len(problem.vehicle), np.int32)
    open_tasks = left
    while open_tasks > 0:
        v = first(active) if in_turn else earliest(active, state.clock_s)
        if v < 0:
            break
        t, m = nearest_task(state, v, level, most, left)
        strayed = False
        if t >= 0 and routes.row[v].size > 0:
            strayed = deadhead_s(deadheads, state.end[v], problem.end[t, m]) > reach_s
        if t < 0 or strayed or vain[v] == TRIES:
            active[v] = False
            continue
        if not append(state, v, t, m):
            state.refused[t] = v
            vain[v] += 1
            continue
        vain[v] = 0
        places.spot[t].route = v
        open_tasks -= 1
        if open_tasks < left // 2:
            left = compact(places, state.todo, left)


@maker
def earliest(active: Flags, clock_s: Floats) -> int:
    """Return the active vehicle that is free first, -1 for none."""
    best = np.inf
    chosen = -1
    for v in range(len(active)):
        if active[v] and clock_s[v] < best:
            best = clock_s[v]
            chosen = v
    return chosen


@maker
def first(active: Flags) -> int:
    """Return the first active vehicle, -1 for none."""
    for v in range(len(active)):
        if active[v]:
            return v
    return -1


@maker
def compact(places: TaskPlaces, todo: Ints, left: int) -> int:
    """Drop tasks that have found a route and return how many remain."""
    kept = 0
    for x in range(left):
        if places.spot[todo[x]].route == -1:
            todo[kept] = todo[x]
            kept += 1
    return kept


@kernel
def rebuild(arrays: SearchArrays) -> None:
    """Compute all routes from their tasks; take off ends that cannot be driven."""
    deadheads, problem, routes, places = arrays
    for t in range(len(places.spot)):
        places.spot[t].route = -1
    for v in range(len(problem.vehicle)):
        while not compute_route(deadheads, problem, routes, v) and routes.row[v].size > 0:
            routes.row[v].size -= 1
        note_places(routes, places, v)


@kernel
def note_places(routes: RouteArrays, places: TaskPlaces, vehicle: int) -> None:
    """Note where the tasks of a route are."""
    for p in range(routes.row[vehicle].size):
        places.spot[routes.stop[vehicle, p].task].route = vehicle
        places.spot[routes.stop[vehicle, p].task].position = p
