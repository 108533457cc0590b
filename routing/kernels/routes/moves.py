"""Moves of stretches and tails between long routes: made, driven, and taken back."""

# mypy: no-warn-return-any

from typing import NamedTuple

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import (
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    TaskPlaces,
)
from routing.kernels.routes.routes import DONE, connect, drive_on
from routing.problem.problem import NONE, Ints

LEAST_GAIN = 1e-6
"""What a move must save."""


class SegmentMove(NamedTuple):
    """Tasks `first` to `last` of route `v` go before place `at` of route `w`, to save `gain`.

    With `tails` what is from `first` of `v` on and from `at` of `w` change places instead.
    """

    gain: float
    tails: bool
    v: int
    first: int
    last: int
    w: int
    at: int


@kernel
def a_move(gain: float, tails: bool, v: int, first: int, last: int, w: int, at: int) -> SegmentMove:
    """Return a move, all its whole numbers as wide as those of any other."""
    return SegmentMove(gain, tails, v, first, last, w, at)


@kernel
def no_move() -> SegmentMove:
    """Return what saves no more than a move must save at least."""
    return SegmentMove(LEAST_GAIN, False, NONE, 0, 0, NONE, 0)


@kernel
def copy_row(a: RouteArrays, v: int, b: RouteArrays, w: int) -> None:
    """Make route `w` of `b` as route `v` of `a` is."""
    n = a.row[v].size
    b.row[w] = a.row[v]
    for p in range(n + 1):
        b.stop[w, p] = a.stop[v, p]
        for k in range(a.link.shape[2]):
            b.link[w, p, k] = a.link[v, p, k]


@kernel
def take_back(r: RouteArrays, b: RouteArrays, at: TaskPlaces, v: int, w: int) -> None:
    """Make route `v` again as it was when row `w` of `b` was copied from it."""
    copy_row(b, w, r, v)
    for p in range(r.row[v].size):
        t = r.stop[v, p].task
        r.begin_s[t, DONE] = r.stop[v, p].done_s
        at.spot[t].route = v
        at.spot[t].position = p


@kernel
def lay(
    g: DeadheadTable,
    f: ProblemArrays,
    b: RouteArrays,
    x: int,
    u: int,
    first: int,
    last: int,
    r: RouteArrays,
    v: int,
    at: int,
) -> int:
    """Lay places `first` to `last` of a copy of route `u` from place `at` of route `v` on.

    Return the place behind them. Route `v` has the size already that it will have.
    """
    same = f.vehicle[v].pace == f.vehicle[u].pace
    for p in range(first, last + 1):
        r.stop[v, at] = b.stop[x, p]
        if same and p > first and b.stop[x, p].refill == 0:
            for k in range(r.link.shape[2]):
                r.link[v, at, k] = b.link[x, p, k]
        else:
            connect(g, f, r, v, at)
        at += 1
    return at


@kernel
def shift_within(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, b: RouteArrays, m: SegmentMove
) -> None:
    """Move a stretch to another place of its route, of which row 0 of `b` is a copy."""
    n = r.row[m.v].size
    if m.at < m.first:
        size = lay(g, f, b, 0, m.v, m.first, m.last, r, m.v, m.at)
        size = lay(g, f, b, 0, m.v, m.at, m.first - 1, r, m.v, size)
        lay(g, f, b, 0, m.v, m.last + 1, n, r, m.v, size)
    else:
        size = lay(g, f, b, 0, m.v, m.last + 1, m.at - 1, r, m.v, m.first)
        size = lay(g, f, b, 0, m.v, m.first, m.last, r, m.v, size)
        lay(g, f, b, 0, m.v, m.at, n, r, m.v, size)


@kernel
def shift_across(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, b: RouteArrays, m: SegmentMove
) -> None:
    """Move a stretch to another route; rows 0 and 1 of `b` are copies of the two."""
    count = m.last - m.first + 1
    n = r.row[m.v].size
    behind = r.row[m.w].size
    r.row[m.v].size = n - count
    r.row[m.w].size = behind + count
    lay(g, f, b, 0, m.v, m.last + 1, n, r, m.v, m.first)
    size = lay(g, f, b, 0, m.v, m.first, m.last, r, m.w, m.at)
    lay(g, f, b, 1, m.w, m.at, behind, r, m.w, size)


@kernel
def swap_tails(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, b: RouteArrays, m: SegmentMove
) -> None:
    """Exchange two tails; rows 0 and 1 of `b` are copies of their routes."""
    n = r.row[m.v].size
    behind = r.row[m.w].size
    r.row[m.v].size = m.first + behind - m.at
    r.row[m.w].size = m.at + n - m.first
    lay(g, f, b, 1, m.w, m.at, behind, r, m.v, m.first)
    lay(g, f, b, 0, m.v, m.first, n, r, m.w, m.at)
    connect(g, f, r, m.v, r.row[m.v].size)
    connect(g, f, r, m.w, r.row[m.w].size)


@kernel
def drive_again(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, at: TaskPlaces, v: int) -> bool:
    """Drive a route whose deadheads are known; note where its tasks are."""
    holds = drive_on(g, f, r, v)
    for p in range(r.row[v].size):
        at.spot[r.stop[v, p].task].route = v
        at.spot[r.stop[v, p].task].position = p
    return holds


@kernel
def _move_place(r: RouteArrays, v: int, p: int, to: int) -> None:
    """Make place `to` of a route what place `p` is."""
    r.stop[v, to] = r.stop[v, p]
    for k in range(r.link.shape[2]):
        r.link[v, to, k] = r.link[v, p, k]


@kernel
def put_between(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, first: int, last: int, tasks: Ints
) -> bool:
    """Put tasks where `first` to `last - 1` of a route are; return whether it can be driven."""
    n = r.row[v].size
    more = len(tasks) - (last - first)
    if more > 0:
        for p in range(n, last - 1, -1):
            _move_place(r, v, p, p + more)
    elif more < 0:
        for p in range(last, n + 1):
            _move_place(r, v, p, p + more)
    r.row[v].size = n + more
    for x in range(len(tasks)):
        r.stop[v, first + x].task = tasks[x]
    for p in range(n + more + 1):
        if first <= p <= last + more or r.stop[v, p].refill > 0:
            connect(g, f, r, v, p)
    return drive_on(g, f, r, v)


@kernel
def make(
    g: DeadheadTable,
    f: ProblemArrays,
    r: RouteArrays,
    at: TaskPlaces,
    b: RouteArrays,
    m: SegmentMove,
) -> bool:
    """Make a move unless the routes then break a rule or cost no less; return whether it stays.

    `b` has room for copies of two routes.
    """
    before = r.row[m.v].cost
    copy_row(r, m.v, b, 0)
    if m.w != m.v:
        before += r.row[m.w].cost
        copy_row(r, m.w, b, 1)
    if m.tails:
        swap_tails(g, f, r, b, m)
    elif m.w == m.v:
        shift_within(g, f, r, b, m)
    else:
        shift_across(g, f, r, b, m)
    holds = drive_again(g, f, r, at, m.v)
    after = r.row[m.v].cost
    if m.w != m.v and holds:
        holds = drive_again(g, f, r, at, m.w)
        after += r.row[m.w].cost
    if holds and after < before - LEAST_GAIN:
        return True
    take_back(r, b, at, m.v, 0)
    if m.w != m.v:
        take_back(r, b, at, m.w, 1)
    return False
