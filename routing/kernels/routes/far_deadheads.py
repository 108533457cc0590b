"""Distant deadheads that routes use: found, and replaced by the truth."""

import numpy as np

from routing.kernels.arrays.jit import maker
from routing.kernels.arrays.route_arrays import DeadheadTable, ProblemArrays, RouteArrays
from routing.kernels.routes.routes import end_after, end_before
from routing.problem.problem import Ints


@maker
def guessed(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, pairs: Ints) -> int:
    """Fill `pairs` int32[., 2] with the ends between which routes rely on estimates; count them."""
    count = 0
    if g.dense.shape[0] > 1:
        return count
    for v in range(len(f.vehicle)):
        a = 0
        for p in range(r.row[v].size + 1):
            b = r.stop[v, p].mode if p < r.row[v].size else 0
            i = end_before(f, r, v, p, a)
            j = end_after(f, r, v, p, b)
            a = b
            if i < g.places or j < g.places or r.stop[v, p].refill > 0:
                continue
            at = np.searchsorted(g.near_key[i], j)
            known = at < g.near_key.shape[1] and g.near_key[i, at] == j
            if not known and count < len(pairs):
                pairs[count, 0] = i
                pairs[count, 1] = j
                count += 1
    return count


@maker
def learn(g: DeadheadTable, i: int, j: int, seconds: float) -> None:
    """Note the true deadhead from `i` to `j` while there is room among what `i` has near."""
    width = g.near_key.shape[1]
    at = np.searchsorted(g.near_key[i], j)
    if g.near_key[i, width - 1] != np.iinfo(np.int32).max or g.near_key[i, at] == j:
        return
    for q in range(width - 1, at, -1):
        g.near_key[i, q] = g.near_key[i, q - 1]
        g.near_s[i, q] = g.near_s[i, q - 1]
    g.near_key[i, at] = j
    g.near_s[i, at] = seconds
