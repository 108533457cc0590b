"""Which tasks lie near which, from the nearest ends of each end."""

import numpy as np
from numba import njit

from routing.problem import Ints, Longs


@njit(cache=True, nogil=True)
def near_tasks(end: Ints, next_end: Ints, at_start: Longs, at_task: Ints, out: Ints) -> None:
    """Fill `out` int32[T, Q] with other tasks by nearness, -1 after the last."""
    tasks = len(end)
    seen = np.full(tasks, -1, np.int32)
    for t in range(tasks):
        found = 0
        seen[t] = t
        for q in range(-1, next_end.shape[1]):
            for m in range(2):
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
