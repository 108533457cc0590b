"""Long stretches of rows turned around or moved, which strings of a few tasks cannot do."""

# mypy: no-warn-return-any

import numpy as np
from numpy.typing import NDArray

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.randomness import draw
from routing.kernels.arrays.subproblem_arrays import (
    AHEAD,
    BIG_S,
    KIND,
    PACE,
    PLACE,
    PRICE,
    ROUTE,
    SERVICE,
    Rows,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.rows import connect, refresh
from routing.kernels.rows.undo import touch

CLOSE = 12
"""Nearest tasks that a stretch may come to lie beside."""
TURNED = 0.5
"""Share of stretches that are turned around where they are."""


@kernel
def _mode(f: Subproblem, r: Rows, w: int, p: int) -> int:
    """Return the mode that place `p` of row `w` is done in."""
    modes = len(f.modes)
    best = 0
    for m in range(1, modes):
        x = r.place[w, p, AHEAD + m] + r.place[w, p, AHEAD + modes + m]
        if x < r.place[w, p, AHEAD + best] + r.place[w, p, AHEAD + modes + best]:
            best = m
    return best


@kernel
def _apart(f: Subproblem, w: int, i: int, a: int, j: int, m: int) -> float:
    """Return the seconds from mode `a` of node `i` to mode `m` of `j`, the best mode where -1."""
    modes = len(f.modes)
    best = BIG_S
    for y in range(modes):
        for x in range(modes):
            if a in (x, -1) and m in (y, -1):
                best = min(best, f.gap[j, i, modes * y + x])
    return f.window[w, PACE] * best


@kernel
def _link(f: Subproblem, r: Rows, w: int, p: int) -> float:
    """Return the seconds that row `w` takes between places `p - 1` and `p`."""
    modes = len(f.modes)
    k = modes * _mode(f, r, w, p) + _mode(f, r, w, p - 1)
    return r.place[w, p, AHEAD + 2 * modes + k]


@kernel
def _lay(
    f: Subproblem,
    r: Rows,
    u: UndoLog,
    w: int,
    at: int,
    source: int,
    first: int,
    last: int,
    turned: bool,
) -> int:
    """Lay places `first` to `last` of an old row behind the first `at` of row `w`; count them."""
    same = f.window[w, PACE] == f.window[source, PACE]
    for x in range(last - first + 1):
        p = last - x if turned else first + x
        node = u.before.order[source, p]
        r.order[w, at] = node
        if node < len(r.spot):
            r.spot[node, PLACE] = at
        if same and not turned:
            for k in range(r.place.shape[2]):
                r.place[w, at, k] = u.before.place[source, p, k]
        if not same or turned or x == 0:
            connect(f, r, w, at)
        at += 1
    return at


@kernel
def _turn_around(
    f: Subproblem, r: Rows, u: UndoLog, w: int, p: int, q: int, most: float
) -> tuple[bool, bool]:
    """Turn places `p` to `q` of row `w` around, where it may cost no more than `most`.

    Return (whether it was tried, whether the row can then be driven).
    """
    if p >= q:
        return False, True
    o = r.order[w]
    before = _mode(f, r, w, p - 1)
    behind = _mode(f, r, w, q + 1)
    more = _apart(f, w, o[p - 1], before, o[q], -1) + _apart(f, w, o[p], -1, o[q + 1], behind)
    more -= _link(f, r, w, p) + _link(f, r, w, q + 1)
    if more * f.window[w, PRICE] > most:
        return False, True
    touch(r, u, w)
    at = _lay(f, r, u, w, p, w, p, q, True)
    connect(f, r, w, at)
    return True, refresh(f, r, w, p, q)


@kernel
def _taken_s(f: Subproblem, r: Rows, w: int, first: int, last: int) -> float:
    """Return about the seconds of deadheads that row `w` saves without places `first` to `last`."""
    before = _mode(f, r, w, first - 1)
    behind = _mode(f, r, w, last + 1)
    past = _apart(f, w, r.order[w, first - 1], before, r.order[w, last + 1], behind)
    return _link(f, r, w, first) + _link(f, r, w, last + 1) - past


@kernel
def _put_s(
    f: Subproblem, r: Rows, w: int, first: int, last: int, v: int, at: int, turned: bool
) -> float:
    """Return about the seconds of deadheads that row `v` gains with them before place `at`."""
    head = r.order[w, last] if turned else r.order[w, first]
    tail = r.order[w, first] if turned else r.order[w, last]
    begin = -1 if turned else _mode(f, r, w, first)
    end = -1 if turned else _mode(f, r, w, last)
    to = _apart(f, v, r.order[v, at - 1], _mode(f, r, v, at - 1), head, begin)
    onward = _apart(f, v, tail, end, r.order[v, at], _mode(f, r, v, at))
    return to + onward - _link(f, r, v, at)


@kernel
def _shift(
    f: Subproblem,
    r: Rows,
    u: UndoLog,
    w: int,
    first: int,
    last: int,
    at: int,
    turned: bool,
    most: float,
) -> tuple[bool, bool]:
    """Move places `first` to `last` of row `w` before place `at`, which is not among them.

    Return as `_turn_around`.
    """
    more = _put_s(f, r, w, first, last, w, at, turned) - _taken_s(f, r, w, first, last)
    if more * f.window[w, PRICE] > most:
        return False, True
    touch(r, u, w)
    n = r.size[w]
    if at < first:
        end = _lay(f, r, u, w, at, w, first, last, turned)
        end = _lay(f, r, u, w, end, w, at, first - 1, False)
        connect(f, r, w, end)
        return True, refresh(f, r, w, at, last)
    end = _lay(f, r, u, w, first, w, last + 1, at - 1, False)
    end = _lay(f, r, u, w, end, w, first, last, turned)
    connect(f, r, w, end)
    return True, refresh(f, r, w, first, min(at - 1, n))


@kernel
def _change_rows(
    f: Subproblem,
    r: Rows,
    u: UndoLog,
    w: int,
    first: int,
    last: int,
    v: int,
    at: int,
    turned: bool,
    most: float,
) -> tuple[bool, bool]:
    """Move places `first` to `last` of row `w` before place `at` of another row `v`."""
    o = r.order[w]
    n = r.size[w]
    count = last - first + 1
    more = _put_s(f, r, w, first, last, v, at, turned) * f.window[v, PRICE]
    if more - _taken_s(f, r, w, first, last) * f.window[w, PRICE] > most:
        return False, True
    if r.size[v] + count > r.order.shape[1] - 4:
        return False, True
    for p in range(first, last + 1):
        if f.node[o[p], SERVICE + f.which[v, KIND]] >= BIG_S:
            return False, True
    touch(r, u, w)
    touch(r, u, v)
    end = _lay(f, r, u, v, at, w, first, last, turned)
    end = _lay(f, r, u, v, end, v, at, r.size[v] + 1, False)
    r.size[v] += count
    _lay(f, r, u, w, first, w, last + 1, n + 1, False)
    r.size[w] = n - count
    for p in range(at, at + count):
        r.spot[r.order[v, p], ROUTE] = v
    fits = refresh(f, r, v, at, at + count - 1)
    return True, refresh(f, r, w, first, first - 1) and fits


@kernel
def rearrange(
    f: Subproblem, r: Rows, u: UndoLog, most: float, rng: NDArray[np.uint64]
) -> tuple[bool, bool]:
    """Bring a random task beside a near one, with a stretch of its row.

    Return (whether rows have changed, whether they can all be driven). `most` is what it may cost
    by an estimate that leaves out directions and refills.
    """
    t = int(draw(rng) * len(r.spot))
    c = f.near[t, int(draw(rng) * min(CLOSE, f.near.shape[1]))]
    if c < 0 or r.spot[t, ROUTE] < 0 or r.spot[c, ROUTE] < 0:
        return False, True
    w = r.spot[t, ROUTE]
    v = r.spot[c, ROUTE]
    p = r.spot[t, PLACE]
    q = r.spot[c, PLACE]
    n = r.size[w]
    kind = draw(rng)
    if w == v and kind < TURNED:
        first = min(p, q)
        last = max(p, q)
        if kind < 0.5 * TURNED:
            return _turn_around(f, r, u, w, first + 1, last, most)
        return _turn_around(f, r, u, w, first, last - 1, most)
    longest = n - p + 1
    if w == v and q > p:
        longest = q - p
    last = p + int(draw(rng) * longest)
    turned = draw(rng) < 0.5
    at = q + 1 if (draw(rng) < 0.5) != turned else q
    if w == v:
        if at == p or at == last + 1:
            return False, True
        return _shift(f, r, u, w, p, last, at, turned, most)
    return _change_rows(f, r, u, w, p, last, v, at, turned, most)
