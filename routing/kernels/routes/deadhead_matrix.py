"""Deadheads between the nodes of a part of a problem."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import FAR_S, DeadheadTable
from routing.kernels.arrays.subproblem_arrays import BIG_S
from routing.kernels.routes.routes import gap
from routing.problem.problem import Floats32, Ints

NOWHERE = -2
"""End of a node where a route may be over without going anywhere."""


@kernel
def between(g: DeadheadTable, ends: Ints, local: Ints, out: Floats32) -> None:
    """Fill `out` float32[M, M] with the deadheads from each of M different ends to each.

    `local` int32, one for every end of the problem, is -1 everywhere, also afterwards. Looking at
    the few near ends of each is quicker than looking for every pair among them.
    """
    count = len(ends)
    for y in range(count):
        local[ends[y]] = y
    for x in range(count):
        i = ends[x]
        if g.dense.shape[0] > 1 or i < g.places:
            for y in range(count):
                out[x, y] = gap(g, i, ends[y])
            continue
        for y in range(count):
            j = ends[y]
            far_s = max(g.hub_s[g.edge[i].leave_hub, g.edge[j].enter_hub], g.edge[i].far_s)
            out[x, y] = g.to_place[j, i] if j < g.places else far_s
        for q in range(g.near_key.shape[1]):
            j = g.near_key[i, q]
            if j >= len(local):
                break
            if j >= g.places and local[j] >= 0:
                out[x, local[j]] = g.near_s[i, q]
    for y in range(count):
        local[ends[y]] = -1


@kernel
def spread(
    apart: Floats32,
    back: Floats32,
    number: Ints,
    tasks: int,
    starts: int,
    sites: int,
    modes: tuple[int, ...],
    out: Floats32,
) -> None:
    """Fill `out` as `Part.gap` from deadheads `apart` between ends; `back` is its transpose.

    `number` int32[N, M] is the end of each node's modes in `apart`, -1 for none. Nodes are tasks,
    starts, finishes and sites, in this order: nothing leads to a start or away from a finish.
    `modes` is as in `Part`. Rows are written and read in order: the transpose saves cache misses.
    """
    nodes = len(number)
    count = len(modes)
    finishes = tasks + starts
    last = nodes - sites
    for i in range(nodes):
        for j in range(nodes):
            leaves = i != j and not finishes <= i < last and not tasks <= j < finishes
            comes = i != j and not finishes <= j < last and not tasks <= i < finishes
            for a in range(count):
                x = number[i, a]
                for m in range(count):
                    y = number[j, m]
                    k = count * a + m
                    out[i, j, count * count + k] = _known(apart, x, y) if leaves else BIG_S
                    out[i, j, k] = _known(back, x, y) if comes else BIG_S


@kernel
def _known(apart: Floats32, x: int, y: int) -> float:
    if x == -1 or y == -1:
        return BIG_S
    s = float(apart[x, y]) if x >= 0 and y >= 0 else 0.0
    return s if s < FAR_S else BIG_S
