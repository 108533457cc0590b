"""One task after the other brought beside a near one, or into a route, where that saves most."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import FAR_S, RouteArrays, SearchArrays
from routing.kernels.routes.moves import (
    LEAST_GAIN,
    OWN,
    apply_move,
    compute_again,
    copied,
    copy_row,
    copy_segment,
    restore,
)
from routing.kernels.routes.routes import connect
from routing.kernels.routes.segment_moves import begin_s, best_move, leading_s, linked_s, onward_s
from routing.problem.problem import NONE, Flags, Ints


@kernel
def insertion_cost(
    arrays: SearchArrays, vehicle: int, position: int, task: int, mode: int
) -> float:
    """Return about what a task costs more at a position of a route, `FAR_S` squared if too much.

    The task's price of being left out is no part of it.
    """
    deadheads, problem, routes, _ = arrays
    work = problem.service_s[task, problem.vehicle[vehicle].kind]
    end = problem.end[task, mode]
    if work >= FAR_S or end < 0:
        return FAR_S * FAR_S
    lead = leading_s(deadheads, problem, routes, vehicle, position, end)
    more = lead + work + onward_s(deadheads, problem, routes, vehicle, end, position)
    more -= linked_s(problem, routes, vehicle, position)
    if routes.row[vehicle].end_s + more > problem.vehicle[vehicle].shift_end_s:
        return FAR_S * FAR_S
    done = begin_s(problem, routes, vehicle, position) + lead + work
    cost = more * (routes.stop[vehicle, position].slope + problem.vehicle[vehicle].price_per_s)
    late = max(done - problem.task[task].due_s, 0.0)
    prices = problem.task[task]
    return cost + prices.completion_price * done + prices.lateness_price * late


@kernel
def insert_absent(arrays: SearchArrays, copies: RouteArrays, task: int) -> bool:
    """Put an absent task where it costs least beside near tasks, if it saves; return whether."""
    deadheads, problem, routes, places = arrays
    best = problem.task[task].unserved_price
    route = NONE
    place = 0
    mode = 0
    for q in range(problem.near.shape[1]):
        near = problem.near[task, q]
        if near < 0:
            break
        w = places.spot[near].route
        if w < 0 or routes.row[w].size + 3 > routes.stop.shape[1]:
            continue
        for x in range(places.spot[near].position, places.spot[near].position + 2):
            for m in range(len(problem.modes)):
                cost = insertion_cost(arrays, w, x, task, m)
                if cost < best:
                    best = cost
                    route = w
                    place = x
                    mode = m
    if route == NONE:
        return False
    most = routes.row[route].cost + problem.task[task].unserved_price - LEAST_GAIN
    copy_row(routes, route, copies, OWN)
    size = routes.row[route].size
    routes.row[route].size = size + 1
    routes.stop[route, place].task = task
    routes.stop[route, place].mode = mode
    routes.stop[route, place].reload = 0
    connect(deadheads, problem, routes, route, place)
    copy_segment(arrays, copies, copied(OWN, route, place, size), route, place + 1)
    if compute_again(arrays, route) and routes.row[route].cost < most:
        return True
    restore(arrays, copies, route, OWN)
    places.spot[task].route = NONE
    return False


@kernel
def mark_stale(routes: RouteArrays, vehicle: int, position: int, stale: Flags) -> None:
    """Note that tasks about a position of a route are to be looked at again."""
    for q in range(max(position - 2, 0), min(position + 2, routes.row[vehicle].size)):
        stale[routes.stop[vehicle, q].task] = True


@kernel
def sweep(
    arrays: SearchArrays, copies: RouteArrays, order: Ints, stale: Flags, most: int
) -> tuple[int, int]:
    """Make the best move of each of the first stale tasks of `order`, at most of so many.

    Return how many entries of `order` are done with, and how many tasks were looked at. Tasks that
    something has changed about are stale again. `copies` has room for two routes.
    """
    routes, places = arrays.routes, arrays.places
    looked = 0
    for x in range(len(order)):
        task = order[x]
        if not stale[task]:
            continue
        if looked == most:
            return x, looked
        looked += 1
        stale[task] = False
        if places.spot[task].route < 0:
            if insert_absent(arrays, copies, task):
                mark_stale(routes, places.spot[task].route, places.spot[task].position, stale)
            continue
        move = best_move(arrays, task)
        if move.vehicle != NONE and apply_move(arrays, copies, move):
            mark_stale(routes, move.vehicle, move.first, stale)
            mark_stale(routes, move.vehicle, move.last + 1, stale)
            mark_stale(routes, move.other, move.at, stale)
            mark_stale(routes, places.spot[task].route, places.spot[task].position, stale)
    return len(order), looked
