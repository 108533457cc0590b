"""Deadheads between ends of a city that is too large for all of them to be known."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import DeadheadTable
from routing.kernels.routes.routes import deadhead_s
from routing.problem.problem import Floats32, Ints


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
        if i < deadheads.places:
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
