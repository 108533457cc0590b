"""What it saves to bring stretches or tails of long routes beside near tasks.

That is known from times, deadheads and prices of delay that the routes keep, in a few steps however
long they are. What would only then be late, refills and directions are left out.
"""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import (
    FAR_S,
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    TaskPlaces,
)
from routing.kernels.routes.moves import SegmentMove, a_move, no_move
from routing.kernels.routes.routes import end_after, end_before, link_s

CLOSE = 20
"""Nearest tasks that a stretch may come to lie beside."""
LONGEST = 30
"""Tasks in the longest stretch that is moved."""


@kernel
def begin_s(f: ProblemArrays, r: RouteArrays, v: int, p: int) -> float:
    """Return when the vehicle leaves for position `p`."""
    return r.stop[v, p - 1].done_s if p > 0 else f.vehicle[v].shift_start_s


@kernel
def mode_at(r: RouteArrays, v: int, p: int) -> int:
    """Return the mode of the task at position `p`, 0 before the first and behind the last."""
    return r.stop[v, p].mode if 0 <= p < r.row[v].size else 0


@kernel
def linked_s(f: ProblemArrays, r: RouteArrays, v: int, p: int) -> float:
    """Return the deadhead before position `p`."""
    return r.link[v, p, len(f.modes) * mode_at(r, v, p - 1) + mode_at(r, v, p)]


@kernel
def leading_s(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, p: int, to: int) -> float:
    """Return the deadhead of the vehicle from before position `p` to an end."""
    return link_s(g, f.vehicle[v].pace, end_before(f, r, v, p, mode_at(r, v, p - 1)), to)


@kernel
def onward_s(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, start: int, p: int
) -> float:
    """Return the deadhead of the vehicle from an end to position `p`."""
    return link_s(g, f.vehicle[v].pace, start, end_after(f, r, v, p, mode_at(r, v, p)))


@kernel
def without_s(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, first: int, last: int
) -> float:
    """Return the seconds that a route saves without its tasks `first` to `last`."""
    spent = begin_s(f, r, v, last + 1) - begin_s(f, r, v, first) + linked_s(f, r, v, last + 1)
    start = end_before(f, r, v, first, mode_at(r, v, first - 1))
    return spent - onward_s(g, f, r, v, start, last + 1)


@kernel
def worked_s(f: ProblemArrays, r: RouteArrays, v: int, first: int, last: int, w: int) -> float:
    """Return the seconds that tasks `first` to `last` of route `v` take vehicle `w`."""
    spent = r.stop[v, last].done_s - begin_s(f, r, v, first) - linked_s(f, r, v, first)
    k = f.vehicle[v].kind
    kind = f.vehicle[w].kind
    if k == kind:
        return spent
    for p in range(first, last + 1):
        spent += f.service_s[r.stop[v, p].task, kind] - f.service_s[r.stop[v, p].task, k]
    return spent


@kernel
def shift_gain(
    f: ProblemArrays,
    r: RouteArrays,
    v: int,
    first: int,
    last: int,
    less: float,
    w: int,
    at: int,
    lead: float,
    onward: float,
) -> float:
    """Return about what is saved when tasks `first` to `last` of `v` go before place `at` of `w`.

    `less` is `without_s` of them, `lead` and `onward` are the deadheads to and from them there.
    `at` is neither among them nor right behind them.
    """
    work = worked_s(f, r, v, first, last, w)
    if work >= FAR_S:
        return -FAR_S
    more = lead + work + onward - linked_s(f, r, w, at)
    own = r.stop[v, first].slope - r.stop[v, last + 1].slope
    sooner = begin_s(f, r, v, first) + linked_s(f, r, v, first) - begin_s(f, r, w, at) - lead
    price = f.vehicle[v].price_per_s
    behind = r.stop[v, last + 1].slope
    there = r.stop[w, at].slope
    if v != w:
        saved = less * (behind + price) - more * (there + f.vehicle[w].price_per_s)
        return saved + own * sooner
    if at > last:
        return own * (sooner + less) + less * (behind - there) + (less - more) * (there + price)
    return own * sooner - more * (there - r.stop[v, first].slope) + (less - more) * (behind + price)


@kernel
def tails_gain(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, p: int, w: int, q: int
) -> float:
    """Return about what is saved when the tails from `p` of `v` and from `q` of `w` change places.

    The two vehicles are alike in kind.
    """
    old_v = linked_s(f, r, v, p)
    old_w = linked_s(f, r, w, q)
    start_v = begin_s(f, r, v, p)
    start_w = begin_s(f, r, w, q)
    to_v = leading_s(g, f, r, w, q, end_after(f, r, v, p, mode_at(r, v, p)))
    to_w = leading_s(g, f, r, v, p, end_after(f, r, w, q, mode_at(r, w, q)))
    saved = (old_v + old_w - to_v - to_w) * f.vehicle[v].price_per_s
    saved += r.stop[v, p].slope * (start_v + old_v - start_w - to_v)
    return saved + r.stop[w, q].slope * (start_w + old_w - start_v - to_w)


@kernel
def best_stretch(
    g: DeadheadTable,
    f: ProblemArrays,
    r: RouteArrays,
    at: TaskPlaces,
    t: int,
    length: int,
    ends: bool,
    best: SegmentMove,
) -> SegmentMove:
    """Return the best move of so many tasks beside one that is near task `t`, or `best`.

    The first of them is `t` and goes behind the near one, or the last, where it `ends` with `t`.
    """
    v = at.spot[t].route
    first = at.spot[t].position - (length - 1 if ends else 0)
    last = first + length - 1
    if first < 0 or last >= r.row[v].size:
        return best
    less = without_s(g, f, r, v, first, last)
    head = f.end[r.stop[v, first].task, r.stop[v, first].mode]
    tail = f.end[r.stop[v, last].task, r.stop[v, last].mode]
    for q in range(min(CLOSE, f.near.shape[1])):
        c = f.near[t, q]
        if c < 0:
            break
        w = at.spot[c].route
        x = at.spot[c].position + (0 if ends else 1)
        if w < 0 or (w == v and first <= x <= last + 1):
            continue
        if r.row[w].size + length + 2 > r.stop.shape[1]:
            continue
        if shift_gain(f, r, v, first, last, less, w, x, 0.0, 0.0) <= best.gain:
            continue
        lead = leading_s(g, f, r, w, x, head)
        if shift_gain(f, r, v, first, last, less, w, x, lead, 0.0) <= best.gain:
            continue
        onward = onward_s(g, f, r, w, tail, x)
        gain = shift_gain(f, r, v, first, last, less, w, x, lead, onward)
        if gain > best.gain:
            best = a_move(gain, False, v, first, last, w, x)
    return best


@kernel
def best_tails(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, at: TaskPlaces, t: int, best: SegmentMove
) -> SegmentMove:
    """Return the best exchange of tails that brings task `t` beside a near task, or `best`."""
    v = at.spot[t].route
    for q in range(min(CLOSE, f.near.shape[1])):
        c = f.near[t, q]
        if c < 0:
            break
        w = at.spot[c].route
        if w < 0 or w == v or f.vehicle[v].kind != f.vehicle[w].kind:
            continue
        for side in range(2):
            p = at.spot[t].position + side
            x = at.spot[c].position + 1 - side
            if max(p + r.row[w].size - x, x + r.row[v].size - p) + 2 > r.stop.shape[1]:
                continue
            gain = tails_gain(g, f, r, v, p, w, x)
            if gain > best.gain:
                best = a_move(gain, True, v, p, p, w, x)
    return best


@kernel
def best_move(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, at: TaskPlaces, t: int
) -> SegmentMove:
    """Return the move that saves most of those that bring task `t` beside a near task."""
    best = no_move()
    length = 1
    while length <= LONGEST:
        best = best_stretch(g, f, r, at, t, length, False, best)
        best = best_stretch(g, f, r, at, t, length, True, best)
        length += 1 + length // 3
    return best_tails(g, f, r, at, t, best)
