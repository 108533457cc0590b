"""Which tasks are in a row and which are absent, in constant time."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import ROUTE, SLOT, UNSERVED, Rows, Subproblem


@kernel
def leave(f: Subproblem, r: Rows, t: int) -> None:
    """Note that task `t` is in no row."""
    r.spot[t, ROUTE] = -1
    if r.spot[t, SLOT] < 0:
        r.spot[t, SLOT] = r.number[0]
        r.absent[r.number[0]] = t
        r.number[0] += 1
        r.total[0] += f.node[t, UNSERVED]


@kernel
def join(f: Subproblem, r: Rows, t: int, w: int) -> None:
    """Note that task `t` is in row `w`."""
    r.spot[t, ROUTE] = w
    slot = r.spot[t, SLOT]
    if slot >= 0:
        last = r.absent[r.number[0] - 1]
        r.absent[slot] = last
        r.spot[last, SLOT] = slot
        r.spot[t, SLOT] = -1
        r.number[0] -= 1
        r.total[0] -= f.node[t, UNSERVED]
