"""Distant deadheads that routes use: found, and replaced by the truth."""

import numpy as np

from routing.kernels.arrays.jit import maker
from routing.kernels.arrays.route_arrays import DeadheadTable, ProblemArrays, RouteArrays
from routing.kernels.routes.routes import end_after, end_before
from routing.problem.problem import Floats, Ints


@maker
def estimated_pairs(
    deadheads: DeadheadTable, problem: ProblemArrays, routes: RouteArrays, pairs: Ints
) -> int:
    """Fill `pairs` int32[., 2] with the ends between which routes rely on estimates; count them."""
    count = 0
    if deadheads.dense.shape[0] > 1:
        return count
    for v in range(len(problem.vehicle)):
        a = 0
        for p in range(routes.row[v].size + 1):
            b = routes.stop[v, p].mode if p < routes.row[v].size else 0
            i = end_before(problem, routes, v, p, a)
            j = end_after(problem, routes, v, p, b)
            a = b
            if i < deadheads.places or j < deadheads.places or routes.stop[v, p].reload > 0:
                continue
            at = np.searchsorted(deadheads.near_key[i], j)
            known = at < deadheads.near_key.shape[1] and deadheads.near_key[i, at] == j
            if not known and count < len(pairs):
                pairs[count, 0] = i
                pairs[count, 1] = j
                count += 1
    return count


@maker
def store_exact(deadheads: DeadheadTable, pairs: Ints, seconds: Floats) -> None:
    """Note the true deadheads between pairs of ends while there is room among those of the first.

    `pairs` int32[P, 2], `seconds` float64[P].
    """
    width = deadheads.near_key.shape[1]
    for x in range(len(pairs)):
        source, target = pairs[x, 0], pairs[x, 1]
        at = np.searchsorted(deadheads.near_key[source], target)
        if (
            deadheads.near_key[source, width - 1] != np.iinfo(np.int32).max
            or deadheads.near_key[source, at] == target
        ):
            continue
        for q in range(width - 1, at, -1):
            deadheads.near_key[source, q] = deadheads.near_key[source, q - 1]
            deadheads.near_s[source, q] = deadheads.near_s[source, q - 1]
        deadheads.near_key[source, at] = target
        deadheads.near_s[source, at] = seconds[x]
