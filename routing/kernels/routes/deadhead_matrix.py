"""Deadheads between the nodes of a subproblem."""

from typing import NamedTuple

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import FAR_S, DeadheadTable
from routing.kernels.arrays.subproblem_arrays import BIG_S
from routing.kernels.routes.routes import deadhead_s
from routing.problem.problem import Floats32, Ints

NOWHERE = -2
"""End of a node where a route may be over without going anywhere."""


class NodeCounts(NamedTuple):
    """How many tasks, starts (and as many finishes) and sites a subproblem has."""

    tasks: int
    starts: int
    sites: int


@kernel
def between(deadheads: DeadheadTable, ends: Ints, local: Ints, out: Floats32) -> None:
    """Fill `out` float32[M, M] with the deadheads from each of M different ends to each.

    `local` int32, one for every end of the problem, is -1 everywhere, also afterwards. Looking at
    the few near ends of each is quicker than looking for every pair among them.
    """
    count = len(ends)
    for y in range(count):
        local[ends[y]] = y
    for x in range(count):
        i = ends[x]
        if deadheads.dense.shape[0] > 1 or i < deadheads.places:
            for y in range(count):
                out[x, y] = deadhead_s(deadheads, i, ends[y])
            continue
        for y in range(count):
            j = ends[y]
            far_s = max(
                deadheads.hub_s[deadheads.edge[i].leave_hub, deadheads.edge[j].enter_hub],
                deadheads.edge[i].far_s,
            )
            out[x, y] = deadheads.to_place[j, i] if j < deadheads.places else far_s
        for q in range(deadheads.near_key.shape[1]):
            j = deadheads.near_key[i, q]
            if j >= len(local):
                break
            if j >= deadheads.places and local[j] >= 0:
                out[x, local[j]] = deadheads.near_s[i, q]
    for y in range(count):
        local[ends[y]] = -1


@kernel
def spread(
    apart: Floats32,
    back: Floats32,
    number: Ints,
    counts: NodeCounts,
    modes: tuple[int, ...],
    out: Floats32,
) -> None:
    """Fill `out` as `Subproblem.deadhead_s` from `apart` between ends; `back` is its transpose.

    `number` int32[N, M] is the end of each node's modes in `apart`, -1 for none. Nodes are tasks,
    starts, finishes and sites, in this order: nothing leads to a start or away from a finish.
    `modes` is as in `Subproblem`. Rows are written and read in order: the transpose saves cache
    misses.
    """
    tasks, starts, sites = counts
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
def _known(apart: Floats32, source: int, target: int) -> float:
    if source == -1 or target == -1:
        return BIG_S
    s = float(apart[source, target]) if source >= 0 and target >= 0 else 0.0
    return s if s < FAR_S else BIG_S
