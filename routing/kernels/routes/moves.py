"""Moves of segments and tails between long routes: made, driven, and taken back."""

# mypy: no-warn-return-any

from typing import NamedTuple

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import (
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    SearchArrays,
)
from routing.kernels.routes.routes import DONE, compute_from_links, connect
from routing.problem.problem import NONE, Ints

LEAST_GAIN = 1e-6
"""What a move must save."""

OWN, OTHER = range(2)
"""Rows of the copies of the two routes that a move changes."""


class SegmentMove(NamedTuple):
    """Tasks `first` to `last` of `vehicle` go before place `at` of `other`, to save `gain`.

    With `tails` what is from `first` of `vehicle` on and from `at` of `other` change places
    instead.
    """

    gain: float
    tails: bool
    vehicle: int
    first: int
    last: int
    other: int
    at: int


class CopiedSegment(NamedTuple):
    """Positions `first` to `last` of the copy `row` of the route of a vehicle."""

    row: int
    vehicle: int
    first: int
    last: int


@kernel
def a_move(
    gain: float, tails: bool, vehicle: int, first: int, last: int, other: int, at: int
) -> SegmentMove:
    """Return a move, all its whole numbers as wide as those of any other."""
    return SegmentMove(gain, tails, vehicle, first, last, other, at)


@kernel
def no_move() -> SegmentMove:
    """Return what saves no more than a move must save at least."""
    return SegmentMove(LEAST_GAIN, False, NONE, 0, 0, NONE, 0)


@kernel
def copied(row: int, vehicle: int, first: int, last: int) -> CopiedSegment:
    """Return a copied segment, all its numbers as wide as those of any other."""
    return CopiedSegment(row, vehicle, first, last)


@kernel
def copy_row(old: RouteArrays, old_row: int, new: RouteArrays, new_row: int) -> None:
    """Make a route of `new` what a route of `old` is."""
    new.row[new_row] = old.row[old_row]
    for p in range(old.row[old_row].size + 1):
        new.stop[new_row, p] = old.stop[old_row, p]
        for k in range(old.link.shape[2]):
            new.link[new_row, p, k] = old.link[old_row, p, k]


@kernel
def restore(arrays: SearchArrays, copies: RouteArrays, vehicle: int, row: int) -> None:
    """Make a route again what it was when it was copied to a row of `copies`."""
    routes, places = arrays.routes, arrays.places
    copy_row(copies, row, routes, vehicle)
    for p in range(routes.row[vehicle].size):
        task = routes.stop[vehicle, p].task
        routes.begin_s[task, DONE] = routes.stop[vehicle, p].done_s
        places.spot[task].route = vehicle
        places.spot[task].position = p


@kernel
def copy_segment(
    arrays: SearchArrays, copies: RouteArrays, segment: CopiedSegment, vehicle: int, at: int
) -> int:
    """Lay a copied segment into a route from position `at` on; return the position behind it.

    The route has the size already that it will have.
    """
    problem, routes, row = arrays.problem, arrays.routes, segment.row
    same = problem.vehicle[vehicle].pace == problem.vehicle[segment.vehicle].pace
    for p in range(segment.first, segment.last + 1):
        routes.stop[vehicle, at] = copies.stop[row, p]
        if same and p > segment.first and copies.stop[row, p].reload == 0:
            for k in range(routes.link.shape[2]):
                routes.link[vehicle, at, k] = copies.link[row, p, k]
        else:
            connect(arrays.deadheads, problem, routes, vehicle, at)
        at += 1
    return at


@kernel
def shift_within(arrays: SearchArrays, copies: RouteArrays, move: SegmentMove) -> None:
    """Move a segment to another place of its route, which is copied."""
    vehicle, first, last, at = move.vehicle, move.first, move.last, move.at
    size = arrays.routes.row[vehicle].size
    if at < first:
        end = copy_segment(arrays, copies, copied(OWN, vehicle, first, last), vehicle, at)
        end = copy_segment(arrays, copies, copied(OWN, vehicle, at, first - 1), vehicle, end)
        copy_segment(arrays, copies, copied(OWN, vehicle, last + 1, size), vehicle, end)
    else:
        end = copy_segment(arrays, copies, copied(OWN, vehicle, last + 1, at - 1), vehicle, first)
        end = copy_segment(arrays, copies, copied(OWN, vehicle, first, last), vehicle, end)
        copy_segment(arrays, copies, copied(OWN, vehicle, at, size), vehicle, end)


@kernel
def shift_across(arrays: SearchArrays, copies: RouteArrays, move: SegmentMove) -> None:
    """Move a segment to another route; both are copied."""
    routes, vehicle, other = arrays.routes, move.vehicle, move.other
    first, last, at = move.first, move.last, move.at
    size = routes.row[vehicle].size
    other_size = routes.row[other].size
    routes.row[vehicle].size = size - (last - first + 1)
    routes.row[other].size = other_size + (last - first + 1)
    copy_segment(arrays, copies, copied(OWN, vehicle, last + 1, size), vehicle, first)
    end = copy_segment(arrays, copies, copied(OWN, vehicle, first, last), other, at)
    copy_segment(arrays, copies, copied(OTHER, other, at, other_size), other, end)


@kernel
def swap_tails(arrays: SearchArrays, copies: RouteArrays, move: SegmentMove) -> None:
    """Exchange the tails of two routes; both are copied."""
    deadheads, problem, routes, _ = arrays
    vehicle, other = move.vehicle, move.other
    size = routes.row[vehicle].size
    other_size = routes.row[other].size
    routes.row[vehicle].size = move.first + other_size - move.at
    routes.row[other].size = move.at + size - move.first
    copy_segment(arrays, copies, copied(OTHER, other, move.at, other_size), vehicle, move.first)
    copy_segment(arrays, copies, copied(OWN, vehicle, move.first, size), other, move.at)
    connect(deadheads, problem, routes, vehicle, routes.row[vehicle].size)
    connect(deadheads, problem, routes, other, routes.row[other].size)


@kernel
def compute_again(arrays: SearchArrays, vehicle: int) -> bool:
    """Drive a route whose deadheads are known, and note where its tasks are; whether it holds."""
    deadheads, problem, routes, places = arrays
    holds = compute_from_links(deadheads, problem, routes, vehicle)
    for p in range(routes.row[vehicle].size):
        places.spot[routes.stop[vehicle, p].task].route = vehicle
        places.spot[routes.stop[vehicle, p].task].position = p
    return holds


@kernel
def _move_stop(routes: RouteArrays, vehicle: int, position: int, to: int) -> None:
    """Make position `to` of a route what another position is."""
    routes.stop[vehicle, to] = routes.stop[vehicle, position]
    for k in range(routes.link.shape[2]):
        routes.link[vehicle, to, k] = routes.link[vehicle, position, k]


@kernel
def replace_tasks(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    vehicle: int,
    first: int,
    last: int,
    tasks: Ints,
) -> bool:
    """Put tasks where `first` to `last - 1` of a route are; return whether it can be driven."""
    size = routes.row[vehicle].size
    more = len(tasks) - (last - first)
    if more > 0:
        for p in range(size, last - 1, -1):
            _move_stop(routes, vehicle, p, p + more)
    elif more < 0:
        for p in range(last, size + 1):
            _move_stop(routes, vehicle, p, p + more)
    routes.row[vehicle].size = size + more
    for x in range(len(tasks)):
        routes.stop[vehicle, first + x].task = tasks[x]
    for p in range(size + more + 1):
        if first <= p <= last + more or routes.stop[vehicle, p].reload > 0:
            connect(deadheads, problem, routes, vehicle, p)
    return compute_from_links(deadheads, problem, routes, vehicle)


@kernel
def apply_move(arrays: SearchArrays, copies: RouteArrays, move: SegmentMove) -> bool:
    """Make a move unless the routes then break a rule or cost no less; return whether it stays.

    `copies` has room for two routes.
    """
    routes, vehicle, other = arrays.routes, move.vehicle, move.other
    before = routes.row[vehicle].cost
    copy_row(routes, vehicle, copies, OWN)
    if other != vehicle:
        before += routes.row[other].cost
        copy_row(routes, other, copies, OTHER)
    if move.tails:
        swap_tails(arrays, copies, move)
    elif other == vehicle:
        shift_within(arrays, copies, move)
    else:
        shift_across(arrays, copies, move)
    holds = compute_again(arrays, vehicle)
    after = routes.row[vehicle].cost
    if other != vehicle and holds:
        holds = compute_again(arrays, other)
        after += routes.row[other].cost
    if holds and after < before - LEAST_GAIN:
        return True
    restore(arrays, copies, vehicle, OWN)
    if other != vehicle:
        restore(arrays, copies, other, OTHER)
    return False
