"""One task after the other brought beside a near one, or into a route, where that saves most."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import (
    FAR_S,
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    TaskPlaces,
)
from routing.kernels.routes.moves import LEAST_GAIN, copy_row, drive_again, lay, make, take_back
from routing.kernels.routes.routes import connect
from routing.kernels.routes.segment_moves import begin_s, best_move, leading_s, linked_s, onward_s
from routing.problem.problem import NONE, Flags, Ints


@kernel
def arrival_cost(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, w: int, x: int, t: int, mode: int
) -> float:
    """Return about what a task costs more in route `w` at place `x`, `FAR_S` squared if too much.

    The task's price of being left out is no part of it.
    """
    work = f.service_s[t, f.vehicle[w].kind]
    if work >= FAR_S or f.end[t, mode] < 0:
        return FAR_S * FAR_S
    lead = leading_s(g, f, r, w, x, f.end[t, mode])
    more = lead + work + onward_s(g, f, r, w, f.end[t, mode], x) - linked_s(f, r, w, x)
    if r.row[w].end_s + more > f.vehicle[w].shift_end_s:
        return FAR_S * FAR_S
    done = begin_s(f, r, w, x) + lead + work
    cost = more * (r.stop[w, x].slope + f.vehicle[w].price_per_s)
    late = max(done - f.task[t].due_s, 0.0)
    return cost + f.task[t].completion_price * done + f.task[t].lateness_price * late


@kernel
def take_in(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, at: TaskPlaces, b: RouteArrays, t: int
) -> bool:
    """Put an absent task where it costs least beside near tasks, if it saves; return whether."""
    best = f.task[t].unserved_price
    route = NONE
    place = 0
    mode = 0
    for q in range(f.near.shape[1]):
        c = f.near[t, q]
        if c < 0:
            break
        w = at.spot[c].route
        if w < 0 or r.row[w].size + 3 > r.stop.shape[1]:
            continue
        for x in range(at.spot[c].position, at.spot[c].position + 2):
            for m in range(len(f.modes)):
                cost = arrival_cost(g, f, r, w, x, t, m)
                if cost < best:
                    best = cost
                    route = w
                    place = x
                    mode = m
    if route == NONE:
        return False
    most = r.row[route].cost + f.task[t].unserved_price - LEAST_GAIN
    copy_row(r, route, b, 0)
    n = r.row[route].size
    r.row[route].size = n + 1
    r.stop[route, place].task = t
    r.stop[route, place].mode = mode
    r.stop[route, place].refill = 0
    connect(g, f, r, route, place)
    lay(g, f, b, 0, route, place, n, r, route, place + 1)
    if drive_again(g, f, r, at, route) and r.row[route].cost < most:
        return True
    take_back(r, b, at, route, 0)
    at.spot[t].route = NONE
    return False


@kernel
def wake(r: RouteArrays, v: int, p: int, stale: Flags) -> None:
    """Note that tasks about a place of a route are to be looked at again."""
    for q in range(max(p - 2, 0), min(p + 2, r.row[v].size)):
        stale[r.stop[v, q].task] = True


@kernel
def improve(
    g: DeadheadTable,
    f: ProblemArrays,
    r: RouteArrays,
    at: TaskPlaces,
    b: RouteArrays,
    order: Ints,
    stale: Flags,
    most: int,
) -> tuple[int, int]:
    """Make the best move of each of the first stale tasks of `order`, at most of so many.

    Return how many entries of `order` are done with, and how many tasks were looked at. Tasks that
    something has changed about are stale again. `b` has room for copies of two routes.
    """
    looked = 0
    for x in range(len(order)):
        t = order[x]
        if not stale[t]:
            continue
        if looked == most:
            return x, looked
        looked += 1
        stale[t] = False
        if at.spot[t].route < 0:
            if take_in(g, f, r, at, b, t):
                wake(r, at.spot[t].route, at.spot[t].position, stale)
            continue
        move = best_move(g, f, r, at, t)
        if move.v != NONE and make(g, f, r, at, b, move):
            wake(r, move.v, move.first, stale)
            wake(r, move.v, move.last + 1, stale)
            wake(r, move.w, move.at, stale)
            wake(r, at.spot[t].route, at.spot[t].position, stale)
    return len(order), looked
