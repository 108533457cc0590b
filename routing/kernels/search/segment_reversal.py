"""Long segments of rows reversed or moved, which strings of a few tasks cannot do."""

# mypy: no-warn-return-any

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernels.arrays.jit import inlined, kernel
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
from routing.kernels.rows.between import seconds_between
from routing.kernels.rows.rows import connect, refresh
from routing.kernels.rows.undo import save_row

CLOSE = 12
"""Nearest tasks that a segment may come to lie beside."""
TURNED = 0.5
"""Share of segments that are turned around where they are."""


class RowSegment(NamedTuple):
    """Places `first` to `last` of a row, to be driven in the opposite order where `turned`."""

    row: int
    first: int
    last: int
    turned: bool


@inlined
def _mode(sub: Subproblem, rows: Rows, row: int, place: int) -> int:
    """Return the mode that `place` of `row` is done in."""
    modes = len(sub.modes)
    best = 0
    for m in range(1, modes):
        x = rows.place[row, place, AHEAD + m] + rows.place[row, place, AHEAD + modes + m]
        if x < rows.place[row, place, AHEAD + best] + rows.place[row, place, AHEAD + modes + best]:
            best = m
    return best


@inlined
def _apart(
    sub: Subproblem, row: int, source: int, source_mode: int, target: int, target_mode: int
) -> float:
    """Return the seconds between two nodes in two modes; -1 stands for the best mode."""
    modes = len(sub.modes)
    best = BIG_S
    for m in range(modes):
        for a in range(modes):
            if source_mode in (a, -1) and target_mode in (m, -1):
                best = min(best, seconds_between(sub, source, a, target, m))
    return sub.window[row, PACE] * best


@inlined
def _link(sub: Subproblem, rows: Rows, row: int, place: int) -> float:
    """Return the seconds that `row` takes between places `place - 1` and `place`."""
    modes = len(sub.modes)
    k = modes * _mode(sub, rows, row, place) + _mode(sub, rows, row, place - 1)
    return rows.place[row, place, AHEAD + 2 * modes + k]


@inlined
def _segment(row: int, first: int, last: int, turned: bool) -> RowSegment:
    """Return a segment, all its numbers as wide as those of any other."""
    return RowSegment(row, first, last, turned)


@kernel
def _lay(sub: Subproblem, rows: Rows, undo: UndoLog, segment: RowSegment, row: int, at: int) -> int:
    """Lay a segment of the old rows into a row from place `at` on; return the place behind it."""
    source, first, last, turned = segment
    same = sub.window[row, PACE] == sub.window[source, PACE]
    for x in range(last - first + 1):
        p = last - x if turned else first + x
        node = undo.before.order[source, p]
        rows.order[row, at] = node
        if node < len(rows.spot):
            rows.spot[node, PLACE] = at
        if same and not turned:
            for k in range(rows.place.shape[2]):
                rows.place[row, at, k] = undo.before.place[source, p, k]
        if not same or turned or x == 0:
            connect(sub, rows, row, at)
        at += 1
    return at


@inlined
def _turned_s(sub: Subproblem, rows: Rows, row: int, first: int, last: int) -> float:
    """Return about the seconds of deadheads that turning places `first` to `last` around adds."""
    order = rows.order[row]
    before = _mode(sub, rows, row, first - 1)
    behind = _mode(sub, rows, row, last + 1)
    more = _apart(sub, row, order[first - 1], before, order[last], -1)
    more += _apart(sub, row, order[first], -1, order[last + 1], behind)
    return more - _link(sub, rows, row, first) - _link(sub, rows, row, last + 1)


@kernel
def _turn_around(
    sub: Subproblem, rows: Rows, undo: UndoLog, row: int, first: int, last: int
) -> bool:
    """Turn places `first` to `last` of a row around; return whether it can be driven."""
    save_row(rows, undo, row)
    at = _lay(sub, rows, undo, _segment(row, first, last, True), row, first)
    connect(sub, rows, row, at)
    return refresh(sub, rows, row, first, last)


@inlined
def _taken_s(sub: Subproblem, rows: Rows, segment: RowSegment) -> float:
    """Return about the seconds of deadheads that a row saves without a segment."""
    row, first, last, _ = segment
    before = _mode(sub, rows, row, first - 1)
    behind = _mode(sub, rows, row, last + 1)
    past = _apart(sub, row, rows.order[row, first - 1], before, rows.order[row, last + 1], behind)
    return _link(sub, rows, row, first) + _link(sub, rows, row, last + 1) - past


@inlined
def _put_s(sub: Subproblem, rows: Rows, segment: RowSegment, other: int, at: int) -> float:
    """Return about the seconds of deadheads that a row gains with a segment before place `at`."""
    row, first, last, turned = segment
    head = rows.order[row, last] if turned else rows.order[row, first]
    tail = rows.order[row, first] if turned else rows.order[row, last]
    begin = -1 if turned else _mode(sub, rows, row, first)
    end = -1 if turned else _mode(sub, rows, row, last)
    before = _mode(sub, rows, other, at - 1)
    to = _apart(sub, other, rows.order[other, at - 1], before, head, begin)
    onward = _apart(sub, other, tail, end, rows.order[other, at], _mode(sub, rows, other, at))
    return to + onward - _link(sub, rows, other, at)


@kernel
def _shift(sub: Subproblem, rows: Rows, undo: UndoLog, segment: RowSegment, at: int) -> bool:
    """Move a segment before place `at` of its row, which is not in it; return as `_turn_around`."""
    row, first, last, _ = segment
    save_row(rows, undo, row)
    size = rows.size[row]
    if at < first:
        end = _lay(sub, rows, undo, segment, row, at)
        end = _lay(sub, rows, undo, _segment(row, at, first - 1, False), row, end)
        connect(sub, rows, row, end)
        return refresh(sub, rows, row, at, last)
    end = _lay(sub, rows, undo, _segment(row, last + 1, at - 1, False), row, first)
    end = _lay(sub, rows, undo, segment, row, end)
    connect(sub, rows, row, end)
    return refresh(sub, rows, row, first, min(at - 1, size))


@inlined
def _may_change(sub: Subproblem, rows: Rows, segment: RowSegment, other: int) -> bool:
    """Return whether another row has room for a segment and its vehicle may do its tasks."""
    row, first, last, _ = segment
    if rows.size[other] + last - first + 1 > rows.order.shape[1] - 4:
        return False
    for p in range(first, last + 1):
        if sub.node[rows.order[row, p], SERVICE + sub.which[other, KIND]] >= BIG_S:
            return False
    return True


@kernel
def _change_rows(
    sub: Subproblem, rows: Rows, undo: UndoLog, segment: RowSegment, other: int, at: int
) -> bool:
    """Move a segment before place `at` of another row; return as `_turn_around`."""
    row, first, last, _ = segment
    size = rows.size[row]
    count = last - first + 1
    save_row(rows, undo, row)
    save_row(rows, undo, other)
    end = _lay(sub, rows, undo, segment, other, at)
    tail = _segment(other, at, rows.size[other] + 1, False)
    end = _lay(sub, rows, undo, tail, other, end)
    rows.size[other] += count
    _lay(sub, rows, undo, _segment(row, last + 1, size + 1, False), row, first)
    rows.size[row] = size - count
    for p in range(at, at + count):
        rows.spot[rows.order[other, p], ROUTE] = other
    fits = refresh(sub, rows, other, at, at + count - 1)
    return refresh(sub, rows, row, first, first - 1) and fits


@inlined
def move_segment(
    sub: Subproblem, rows: Rows, undo: UndoLog, most: float, rng: NDArray[np.uint64]
) -> tuple[bool, bool]:
    """Bring a random task beside a near one, with a segment of its row.

    Return (whether rows have changed, whether they can all be driven). `most` is what it may cost
    by an estimate that leaves out directions and reloads.
    """
    t = int(draw(rng) * len(rows.spot))
    c = sub.near[t, int(draw(rng) * min(CLOSE, sub.near.shape[1]))]
    if c < 0 or rows.spot[t, ROUTE] < 0 or rows.spot[c, ROUTE] < 0:
        return False, True
    w = rows.spot[t, ROUTE]
    v = rows.spot[c, ROUTE]
    if not (rows.open[w] and rows.open[v]):
        return False, True
    p = rows.spot[t, PLACE]
    q = rows.spot[c, PLACE]
    n = rows.size[w]
    kind = draw(rng)
    if w == v and kind < TURNED:
        first = min(p, q)
        last = max(p, q)
        if kind < 0.5 * TURNED:
            first += 1
        else:
            last -= 1
        if first >= last or _turned_s(sub, rows, w, first, last) * sub.window[w, PRICE] > most:
            return False, True
        return True, _turn_around(sub, rows, undo, w, first, last)
    longest = n - p + 1
    if w == v and q > p:
        longest = q - p
    last = p + int(draw(rng) * longest)
    turned = draw(rng) < 0.5
    at = q + 1 if (draw(rng) < 0.5) != turned else q
    if w == v and (at == p or at == last + 1):
        return False, True
    segment = _segment(w, p, last, turned)
    more = _put_s(sub, rows, segment, v, at) * sub.window[v, PRICE]
    if more - _taken_s(sub, rows, segment) * sub.window[w, PRICE] > most:
        return False, True
    if w == v:
        return True, _shift(sub, rows, undo, segment, at)
    if not _may_change(sub, rows, segment, v):
        return False, True
    return True, _change_rows(sub, rows, undo, segment, v, at)
