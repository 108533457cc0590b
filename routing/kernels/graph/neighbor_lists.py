"""Which tasks lie near which, from the nearest ends of each end."""

import numpy as np

from routing.kernels.arrays.jit import kernel, maker
from routing.kernels.arrays.route_arrays import Records
from routing.problem.problem import Flags, Floats32, Ints, Longs


@maker
def near_tasks(end: Ints, next_end: Ints, at_start: Longs, at_task: Ints, out: Ints) -> None:
    """Fill `out` int32[T, Q] with other tasks by nearness, -1 after the last."""
    tasks = len(end)
    seen = np.full(tasks, -1, np.int32)
    for t in range(tasks):
        found = 0
        seen[t] = t
        for q in range(-1, next_end.shape[1]):
            for m in range(end.shape[1]):
                e = end[t, m]
                if e < 0:
                    continue
                j = e if q < 0 else next_end[e, q]
                if j < 0:
                    continue
                for x in range(at_start[j], at_start[j + 1]):
                    c = at_task[x]
                    if seen[c] != t and found < out.shape[1]:
                        seen[c] = t
                        out[t, found] = c
                        found += 1


@maker
def near_by_all(
    leave: Ints, enter: Ints, apart: Floats32, back: Floats32, far: float, out: Ints
) -> None:
    """Fill `out` int32[T, Q] with other tasks by the least deadhead either way, then by number.

    `apart` float32[S, E] holds all deadheads and `back` is that turned over; none exceeds `far`.
    `leave` and `enter` int32[T, M] are the ways out of and into each mode, -1 for none.
    """
    width = out.shape[1]
    gaps = np.empty(width, np.float32)
    for t in range(len(leave)):
        found = 0
        for c in range(len(leave)):
            if c == t:
                continue
            gap = np.float32(far)
            for a in range(leave.shape[1]):
                for b in range(leave.shape[1]):
                    if leave[t, a] >= 0 and leave[c, b] >= 0:
                        to = apart[leave[t, a], enter[c, b]]
                        fro = back[enter[t, a], leave[c, b]]
                        gap = min(gap, to, fro)
            if found == width and gap >= gaps[width - 1]:
                continue
            found = min(found + 1, width)
            at = found - 1
            while at > 0 and gaps[at - 1] > gap:
                gaps[at] = gaps[at - 1]
                out[t, at] = out[t, at - 1]
                at -= 1
            gaps[at] = gap
            out[t, at] = c


@kernel
def around(
    near: Ints, spot: Records, seed: int, mark: Flags, queue: Ints, center: Ints, absent: Ints
) -> None:
    """Find the routes that pass nearest to a task, and absent tasks there.

    `center` int32[W, 2] gets vehicles and positions, `absent` int32[A] tasks that somebody can do,
    both -1 after the last. `queue` int32[Q] bounds how many tasks are looked at; `mark` bool[T] is
    false everywhere, also afterwards.
    """
    center[:] = -1
    absent[:] = -1
    routes = 0
    lost = 0
    known = 1
    looked = 0
    queue[0] = seed
    mark[seed] = True
    while looked < known and routes < len(center):
        t = queue[looked]
        looked += 1
        v = spot[t].route
        if v >= 0:
            new = True
            for x in range(routes):
                if center[x, 0] == v:
                    new = False
            if new:
                center[routes, 0] = v
                center[routes, 1] = spot[t].position
                routes += 1
        elif spot[t].fit and lost < len(absent):
            absent[lost] = t
            lost += 1
        for q in range(near.shape[1]):
            c = near[t, q]
            if c < 0 or known == len(queue):
                break
            if not mark[c]:
                mark[c] = True
                queue[known] = c
                known += 1
    for x in range(known):
        mark[queue[x]] = False


@kernel
def pulls(near: Ints, spot: Records, width: int, out: Ints) -> None:
    """Count in `out` int32[V, V] how often a task of one route is among the nearest of another's.

    `out` must be 0 and becomes symmetric; `width` is how many nearest tasks count.
    """
    for t in range(len(near)):
        v = spot[t].route
        if v < 0:
            continue
        for q in range(min(width, near.shape[1])):
            if near[t, q] < 0:
                break
            u = spot[near[t, q]].route
            if u >= 0 and u != v:
                out[v, u] += 1
                out[u, v] += 1


@kernel
def near_within(near: Ints, tasks: Ints, local: Ints, out: Ints) -> None:
    """Fill `out` int32[N, Q] with what `near` has of N tasks among themselves, by their position.

    It is -1 after the last. `local` int32[T] is -1 everywhere, also afterwards.
    """
    out[:] = -1
    for x in range(len(tasks)):
        local[tasks[x]] = x
    for x in range(len(tasks)):
        found = 0
        for q in range(near.shape[1]):
            c = near[tasks[x], q]
            if c < 0:
                break
            if local[c] >= 0:
                out[x, found] = local[c]
                found += 1
    for x in range(len(tasks)):
        local[tasks[x]] = -1
