"""What it saves to bring segments or tails of long routes beside near tasks.

That is known from times, deadheads and prices of delay that the routes keep, in a few steps however
long they are. What would only then be late, reloads and directions are left out.
"""

# mypy: no-warn-return-any

from typing import NamedTuple

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import (
    FAR_S,
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    SearchArrays,
)
from routing.kernels.routes.moves import SegmentMove, a_move, no_move
from routing.kernels.routes.routes import end_after, end_before, link_s

CLOSE = 20
"""Nearest tasks that a segment may come to lie beside."""
LONGEST = 30
"""Tasks in the longest segment that is moved."""


class RouteSegment(NamedTuple):
    """Tasks `first` to `last` of a vehicle's route, which takes `less_s` less without them."""

    vehicle: int
    first: int
    last: int
    less_s: float


@kernel
def a_segment(vehicle: int, first: int, last: int, less_s: float) -> RouteSegment:
    """Return a segment, all its whole numbers as wide as those of any other."""
    return RouteSegment(vehicle, first, last, less_s)


@kernel
def begin_s(problem: ProblemArrays, routes: RouteArrays, vehicle: int, position: int) -> float:
    """Return when the vehicle leaves for a position."""
    if position > 0:
        return routes.stop[vehicle, position - 1].done_s
    return problem.vehicle[vehicle].shift_start_s


@kernel
def mode_at(routes: RouteArrays, vehicle: int, position: int) -> int:
    """Return the mode of the task at a position, 0 before the first and behind the last."""
    if 0 <= position < routes.row[vehicle].size:
        return routes.stop[vehicle, position].mode
    return 0


@kernel
def linked_s(problem: ProblemArrays, routes: RouteArrays, vehicle: int, position: int) -> float:
    """Return the deadhead before a position."""
    before = mode_at(routes, vehicle, position - 1)
    here = mode_at(routes, vehicle, position)
    return routes.link[vehicle, position, len(problem.modes) * before + here]


@kernel
def leading_s(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    vehicle: int,
    position: int,
    to: int,
) -> float:
    """Return the deadhead of the vehicle from before a position to an end."""
    mode = mode_at(routes, vehicle, position - 1)
    start = end_before(problem, routes, vehicle, position, mode)
    return link_s(deadheads, problem.vehicle[vehicle].pace, start, to)


@kernel
def onward_s(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    vehicle: int,
    start: int,
    position: int,
) -> float:
    """Return the deadhead of the vehicle from an end to a position."""
    mode = mode_at(routes, vehicle, position)
    to = end_after(problem, routes, vehicle, position, mode)
    return link_s(deadheads, problem.vehicle[vehicle].pace, start, to)


@kernel
def without_s(arrays: SearchArrays, vehicle: int, first: int, last: int) -> float:
    """Return the seconds that a route saves without its tasks `first` to `last`."""
    deadheads, problem, routes, _ = arrays
    spent = begin_s(problem, routes, vehicle, last + 1) - begin_s(problem, routes, vehicle, first)
    spent += linked_s(problem, routes, vehicle, last + 1)
    start = end_before(problem, routes, vehicle, first, mode_at(routes, vehicle, first - 1))
    return spent - onward_s(deadheads, problem, routes, vehicle, start, last + 1)


@kernel
def worked_s(
    problem: ProblemArrays, routes: RouteArrays, segment: RouteSegment, other: int
) -> float:
    """Return the seconds that the tasks of a segment take another vehicle."""
    vehicle, first, last = segment.vehicle, segment.first, segment.last
    spent = routes.stop[vehicle, last].done_s - begin_s(problem, routes, vehicle, first)
    spent -= linked_s(problem, routes, vehicle, first)
    old_kind = problem.vehicle[vehicle].kind
    kind = problem.vehicle[other].kind
    if old_kind == kind:
        return spent
    for p in range(first, last + 1):
        task = routes.stop[vehicle, p].task
        spent += problem.service_s[task, kind] - problem.service_s[task, old_kind]
    return spent


@kernel
def shift_gain(
    problem: ProblemArrays,
    routes: RouteArrays,
    segment: RouteSegment,
    other: int,
    at: int,
    lead: float,
    onward: float,
) -> float:
    """Return about what is saved when a segment goes before position `at` of route `other`.

    `lead` and `onward` are the deadheads to and from it there. `at` is neither in the segment nor
    right behind it.
    """
    vehicle, first, last, less = segment
    work = worked_s(problem, routes, segment, other)
    if work >= FAR_S:
        return -FAR_S
    more = lead + work + onward - linked_s(problem, routes, other, at)
    own = routes.stop[vehicle, first].slope - routes.stop[vehicle, last + 1].slope
    sooner = begin_s(problem, routes, vehicle, first) + linked_s(problem, routes, vehicle, first)
    sooner = sooner - begin_s(problem, routes, other, at) - lead
    price = problem.vehicle[vehicle].price_per_s
    behind = routes.stop[vehicle, last + 1].slope
    there = routes.stop[other, at].slope
    if vehicle != other:
        saved = less * (behind + price) - more * (there + problem.vehicle[other].price_per_s)
        return saved + own * sooner
    if at > last:
        later = less * (behind - there) + (less - more) * (there + price)
        return own * (sooner + less) + later
    earlier = more * (there - routes.stop[vehicle, first].slope)
    return own * sooner - earlier + (less - more) * (behind + price)


@kernel
def tails_gain(
    arrays: SearchArrays, vehicle: int, position: int, other: int, other_position: int
) -> float:
    """Return about what is saved when the tails of two routes from two positions change places.

    The two vehicles are alike in kind.
    """
    deadheads, problem, routes, _ = arrays
    old = linked_s(problem, routes, vehicle, position)
    other_old = linked_s(problem, routes, other, other_position)
    start = begin_s(problem, routes, vehicle, position)
    other_start = begin_s(problem, routes, other, other_position)
    end = end_after(problem, routes, vehicle, position, mode_at(routes, vehicle, position))
    mode = mode_at(routes, other, other_position)
    other_end = end_after(problem, routes, other, other_position, mode)
    to = leading_s(deadheads, problem, routes, other, other_position, end)
    other_to = leading_s(deadheads, problem, routes, vehicle, position, other_end)
    saved = (old + other_old - to - other_to) * problem.vehicle[vehicle].price_per_s
    saved += routes.stop[vehicle, position].slope * (start + old - other_start - to)
    other_saved = other_start + other_old - start - other_to
    return saved + routes.stop[other, other_position].slope * other_saved


@kernel
def best_segment(
    arrays: SearchArrays, task: int, length: int, ends: bool, best: SegmentMove
) -> SegmentMove:
    """Return the best move of so many tasks beside one that is near a task, or `best`.

    The first of them is `task` and goes behind the near one, or the last, where they end with it.
    """
    deadheads, problem, routes, places = arrays
    vehicle = places.spot[task].route
    first = places.spot[task].position - (length - 1 if ends else 0)
    last = first + length - 1
    if first < 0 or last >= routes.row[vehicle].size:
        return best
    segment = a_segment(vehicle, first, last, without_s(arrays, vehicle, first, last))
    head = problem.end[routes.stop[vehicle, first].task, routes.stop[vehicle, first].mode]
    tail = problem.end[routes.stop[vehicle, last].task, routes.stop[vehicle, last].mode]
    for q in range(min(CLOSE, problem.near.shape[1])):
        near = problem.near[task, q]
        if near < 0:
            break
        other = places.spot[near].route
        at = places.spot[near].position + (0 if ends else 1)
        if other < 0 or (other == vehicle and first <= at <= last + 1):
            continue
        if routes.row[other].size + length + 2 > routes.stop.shape[1]:
            continue
        if shift_gain(problem, routes, segment, other, at, 0.0, 0.0) <= best.gain:
            continue
        lead = leading_s(deadheads, problem, routes, other, at, head)
        if shift_gain(problem, routes, segment, other, at, lead, 0.0) <= best.gain:
            continue
        onward = onward_s(deadheads, problem, routes, other, tail, at)
        gain = shift_gain(problem, routes, segment, other, at, lead, onward)
        if gain > best.gain:
            best = a_move(gain, False, vehicle, first, last, other, at)
    return best


@kernel
def best_tails(arrays: SearchArrays, task: int, best: SegmentMove) -> SegmentMove:
    """Return the best exchange of tails that brings a task beside a near task, or `best`."""
    _, problem, routes, places = arrays
    vehicle = places.spot[task].route
    for q in range(min(CLOSE, problem.near.shape[1])):
        near = problem.near[task, q]
        if near < 0:
            break
        other = places.spot[near].route
        if other < 0 or other == vehicle:
            continue
        if problem.vehicle[vehicle].kind != problem.vehicle[other].kind:
            continue
        size, other_size = routes.row[vehicle].size, routes.row[other].size
        for side in range(2):
            p = places.spot[task].position + side
            x = places.spot[near].position + 1 - side
            if max(p + other_size - x, x + size - p) + 2 > routes.stop.shape[1]:
                continue
            gain = tails_gain(arrays, vehicle, p, other, x)
            if gain > best.gain:
                best = a_move(gain, True, vehicle, p, p, other, x)
    return best


@kernel
def best_move(arrays: SearchArrays, task: int) -> SegmentMove:
    """Return the move that saves most of those that bring a task beside a near task."""
    best = no_move()
    length = 1
    while length <= LONGEST:
        best = best_segment(arrays, task, length, False, best)
        best = best_segment(arrays, task, length, True, best)
        length += 1 + length // 3
    return best_tails(arrays, task, best)
