"""Which tasks are in a route and which are absent, in constant time."""

from numba import njit

from routing.kernels.layout import Facts, Places


@njit(cache=True, nogil=True)
def leave(f: Facts, at: Places, t: int) -> None:
    """Note that task `t` is in no route."""
    at.spot[t].route = -1
    if at.spot[t].slot < 0:
        at.spot[t].slot = at.counts[0]
        at.absent[at.counts[0]] = t
        at.counts[0] += 1
        at.sums[0] += f.task[t].unserved_price


@njit(cache=True, nogil=True)
def join(f: Facts, at: Places, t: int, v: int, p: int) -> None:
    """Note that task `t` is at position `p` of route `v`."""
    at.spot[t].route = v
    at.spot[t].position = p
    if at.spot[t].slot >= 0:
        last = at.absent[at.counts[0] - 1]
        at.absent[at.spot[t].slot] = last
        at.spot[last].slot = at.spot[t].slot
        at.spot[t].slot = -1
        at.counts[0] -= 1
        at.sums[0] -= f.task[t].unserved_price
