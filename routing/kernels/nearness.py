"""Which tasks lie near which, from the nearest ends of each end."""

import numpy as np

from routing.kernels.jit import kernel, maker
from routing.kernels.layout import Records
from routing.problem import Flags, Ints, Longs


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
