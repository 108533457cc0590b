"""First routes: class by class, the vehicle that is free first takes the nearest task."""

# mypy: no-warn-return-any

import numpy as np

from routing.kernels.arrays.jit import kernel, maker
from routing.kernels.arrays.route_arrays import (
    FAR_S,
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    TaskPlaces,
    TaskStarts,
)
from routing.kernels.arrays.subproblem_arrays import BIG_S
from routing.kernels.routes.routes import DONE, OWN_RELEASE, detour_s, drive, gap, link_s
from routing.kernels.rows.precedence import EARLIER, EARLIERS, NEXT_OF_LATER
from routing.problem.problem import Flags, Floats, Ints

TRIES = 20
"""Tasks one after the other that a vehicle cannot do before it stops looking for more."""


@maker
def nearest_task(
    g: DeadheadTable,
    f: ProblemArrays,
    i: TaskStarts,
    at: TaskPlaces,
    v: int,
    here: int,
    level: int,
    most: int,
    refused: Ints,
    todo: Ints,
    left: int,
) -> tuple[int, int]:
    """Return (task, mode) of the nearest open task of the class that `v` can do, else (-1, 0)."""
    k = f.vehicle[v].kind
    if here >= g.places:
        for q in range(i.next_end.shape[1]):
            j = i.next_end[here, q]
            if j < 0:
                break
            for x in range(i.at_start[j], i.at_start[j + 1]):
                t = i.at_task[x]
                if (
                    at.spot[t].route == -1
                    and f.task[t].class_index == level
                    and f.service_s[t, k] < FAR_S
                    and i.able[t] <= most
                    and refused[t] != v
                    and may_take(f, at, v, t)
                ):
                    return t, i.at_mode[x]
    best = FAR_S
    task = -1
    mode = 0
    for x in range(left):
        t = todo[x]
        if at.spot[t].route != -1 or f.service_s[t, k] >= FAR_S or refused[t] == v:
            continue
        if not may_take(f, at, v, t):
            continue
        for m in range(len(f.modes)):
            if f.end[t, m] >= 0:
                s = gap(g, here, f.end[t, m])
                if s < best:
                    best = s
                    task = t
                    mode = m
    return task, mode


@maker
def may_take(f: ProblemArrays, at: TaskPlaces, v: int, t: int) -> bool:
    """Return whether the task is allowed to the vehicle and all earlier passes are in routes."""
    if f.terms.picky and f.terms.extra[t, v] >= BIG_S:
        return False
    if f.terms.ordered:
        x = f.terms.chain[t, EARLIERS]
        while x >= 0:
            if at.spot[f.terms.pair[x, EARLIER]].route < 0:
                return False
            x = f.terms.pair[x, NEXT_OF_LATER]
    return True


@maker
def append(
    g: DeadheadTable,
    f: ProblemArrays,
    r: RouteArrays,
    v: int,
    t: int,
    m: int,
    heres: Ints,
    clock: Floats,
    load: Floats,
) -> bool:
    """Let `v` do task `t` next where hopper and shift allow it; return whether they do."""
    pace = f.vehicle[v].pace
    need = f.task[t].material_kg
    to = f.end[t, m]
    after = load[v] - need
    s = link_s(g, pace, heres[v], to)
    if need > load[v] + 1e-6:
        if len(f.site) == 0 or need > f.vehicle[v].capacity_kg + 1e-6:
            return False
        s, _ = detour_s(g, f, pace, heres[v], to)
        after = f.vehicle[v].capacity_kg - need
    n = r.row[v].size
    level = f.task[r.stop[v, n - 1].task].class_index if n > 0 else 0
    if f.terms.strict and level > f.task[t].class_index:
        return False
    release = r.begin_s[t, OWN_RELEASE]
    if f.terms.ordered:
        x = f.terms.chain[t, EARLIERS]
        while x >= 0:
            release = max(release, r.begin_s[f.terms.pair[x, EARLIER], DONE])
            x = f.terms.pair[x, NEXT_OF_LATER]
    done = max(clock[v] + s, release) + f.service_s[t, f.vehicle[v].kind]
    home = 0.0
    if f.vehicle[v].finish >= 0:
        home = pace * gap(g, to, f.vehicle[v].finish)
    if (
        done + home + f.vehicle[v].rest_s > f.vehicle[v].shift_end_s
        or done + home >= FAR_S
        or r.row[v].size == (r.stop.shape[1] - 1)
    ):
        return False
    r.stop[v, r.row[v].size].task = t
    r.row[v].size += 1
    r.begin_s[t, DONE] = done
    heres[v] = to
    clock[v] = done
    load[v] = after
    return True


@maker
def construct(
    g: DeadheadTable,
    f: ProblemArrays,
    i: TaskStarts,
    r: RouteArrays,
    at: TaskPlaces,
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
    vehicles = len(f.vehicle)
    heres = np.empty(vehicles, np.int32)
    clock = np.empty(vehicles)
    load = np.empty(vehicles)
    for v in range(vehicles):
        heres[v], clock[v], load[v] = end_of(f, r, v)
    todo = np.empty(len(f.task), np.int32)
    active = np.empty(vehicles, np.bool_)
    rounds = 4 if f.terms.ordered else 2
    for phase in range(rounds * levels):
        level = phase % levels
        reach_s = near_s if phase < levels else FAR_S
        for v in range(vehicles):
            active[v] = phase >= levels or not spared[v]
        most = next_able(f, i, at, level, 0)
        while most > 0:
            left = 0
            for t in range(len(f.task)):
                if is_open(f, at, t, level) and i.able[t] <= most:
                    todo[left] = t
                    left += 1
            working = active.copy()
            work_on(
                g,
                f,
                i,
                r,
                at,
                level,
                most,
                reach_s,
                in_turn,
                working,
                todo,
                left,
                heres,
                clock,
                load,
            )
            most = next_able(f, i, at, level, most)


@maker
def end_of(f: ProblemArrays, r: RouteArrays, v: int) -> tuple[int, float, float]:
    """Return where a vehicle is after its last task, when, and with how much in the hopper."""
    load = f.vehicle[v].load_kg
    n = r.row[v].size
    if n == 0:
        return f.vehicle[v].start, f.vehicle[v].shift_start_s, load
    for p in range(n):
        if r.stop[v, p].refill > 0:
            load = f.vehicle[v].capacity_kg
        load -= f.task[r.stop[v, p].task].material_kg
    last = r.stop[v, n - 1]
    return f.end[last.task, last.mode], last.done_s, load


@maker
def is_open(f: ProblemArrays, at: TaskPlaces, t: int, level: int) -> bool:
    """Return whether a task of the class still has to find a vehicle that can do it."""
    return f.task[t].class_index == level and at.spot[t].route == -1 and at.spot[t].fit


@maker
def next_able(f: ProblemArrays, i: TaskStarts, at: TaskPlaces, level: int, most: int) -> int:
    """Return the least number above `most` of vehicles that can do an open task, 0 for none."""
    least = 0
    for t in range(len(f.task)):
        if is_open(f, at, t, level) and i.able[t] > most and (least == 0 or i.able[t] < least):
            least = i.able[t]
    return least


@maker
def work_on(
    g: DeadheadTable,
    f: ProblemArrays,
    i: TaskStarts,
    r: RouteArrays,
    at: TaskPlaces,
    level: int,
    most: int,
    reach_s: float,
    in_turn: bool,
    active: Flags,
    todo: Ints,
    left: int,
    heres: Ints,
    clock: Floats,
    load: Floats,
) -> None:
    """Give the first `left` of `todo` to whoever of the `active` is free first.

    At most `most` vehicles can do them. Who cannot go on with the nearest, because no way home is
    left in the shift or in the streets, tries the next ones.
    """
    refused = np.full(len(f.task), -1, np.int32)
    vain = np.zeros(len(f.vehicle), np.int32)
    open_tasks = left
    while open_tasks > 0:
        v = first(active) if in_turn else earliest(active, clock)
        if v < 0:
            break
        t, m = nearest_task(g, f, i, at, v, heres[v], level, most, refused, todo, left)
        strayed = t >= 0 and r.row[v].size > 0 and gap(g, heres[v], f.end[t, m]) > reach_s
        if t < 0 or strayed or vain[v] == TRIES:
            active[v] = False
            continue
        if not append(g, f, r, v, t, m, heres, clock, load):
            refused[t] = v
            vain[v] += 1
            continue
        vain[v] = 0
        at.spot[t].route = v
        open_tasks -= 1
        if open_tasks < left // 2:
            left = compact(at, todo, left)


@maker
def earliest(active: Flags, clock: Floats) -> int:
    """Return the active vehicle that is free first, -1 for none."""
    best = np.inf
    chosen = -1
    for v in range(len(active)):
        if active[v] and clock[v] < best:
            best = clock[v]
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
def compact(at: TaskPlaces, todo: Ints, left: int) -> int:
    """Drop tasks that have found a route and return how many remain."""
    kept = 0
    for x in range(left):
        if at.spot[todo[x]].route == -1:
            todo[kept] = todo[x]
            kept += 1
    return kept


@kernel
def rebuild(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, at: TaskPlaces) -> None:
    """Compute all routes from their tasks; take off ends that cannot be driven."""
    for t in range(len(at.spot)):
        at.spot[t].route = -1
    for v in range(len(f.vehicle)):
        while not drive(g, f, r, v) and r.row[v].size > 0:
            r.row[v].size -= 1
        settle(r, at, v)


@kernel
def settle(r: RouteArrays, at: TaskPlaces, v: int) -> None:
    """Note where the tasks of a route are."""
    for p in range(r.row[v].size):
        at.spot[r.stop[v, p].task].route = v
        at.spot[r.stop[v, p].task].position = p
