"""The cheapest place for a task in a row where nothing but its duration counts."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import inlined
from routing.kernels.arrays.subproblem_arrays import (
    AHEAD,
    BEYOND,
    BIG_S,
    DEARER,
    END,
    FIXED,
    KIND,
    LATEST,
    PACE,
    PLACE,
    PRICE,
    SERVICE,
    WHOLE,
    InsertionCache,
    Rows,
    Subproblem,
)


@inlined
def _seconds_with(sub: Subproblem, rows: Rows, task: int, row: int, place: int) -> float:
    """Return the seconds of a row with `task` between `place` and the next, its own work left out.

    The least over the modes of all tasks.
    """
    modes = len(sub.modes)
    behind = AHEAD + modes
    pace = sub.window[row, PACE]
    i = rows.order[row, place]
    j = rows.order[row, place + 1]
    spent = BIG_S * BIG_S
    for m in range(modes):
        into = sub.enter[task, m]
        out_of = sub.leave[task, m]
        x = rows.place[row, place, AHEAD] + pace * sub.back_s[into, sub.leave[i, 0]]
        y = rows.place[row, place + 1, behind] + pace * sub.apart_s[out_of, sub.enter[j, 0]]
        for a in range(1, modes):
            x = min(x, rows.place[row, place, AHEAD + a] + pace * sub.back_s[into, sub.leave[i, a]])
            y = min(
                y,
                rows.place[row, place + 1, behind + a]
                + pace * sub.apart_s[out_of, sub.enter[j, a]],
            )
        spent = min(spent, x + y)
    return spent


@inlined
def _seconds_beside(sub: Subproblem, rows: Rows, row: int, place: int) -> float:
    """Return the least seconds of a row without those between `place` and the next."""
    modes = len(sub.modes)
    behind = AHEAD + modes
    x = rows.place[row, place, AHEAD]
    y = rows.place[row, place + 1, behind]
    for a in range(1, modes):
        x = min(x, rows.place[row, place, AHEAD + a])
        y = min(y, rows.place[row, place + 1, behind + a])
    return x + y


@inlined
def shortest_insertion(
    sub: Subproblem, rows: Rows, cache: InsertionCache, task: int, row: int, most: float, but: int
) -> tuple[float, int]:
    """Return (price, place) of the cheapest place for `task` in `row` that costs less than `most`.

    Without times of tasks, reloads and rules; place `but` does not count. Where there is none,
    return (`most`, `DEARER`), or (a prohibitive price, -1) where the row can take no more at all.
    Of the deadheads to and from the task only the least that they can be is looked at first:
    `InsertionCache.gap_s` for tasks that are marked as near, BEYOND for others, 0 for the ends of
    the row. They are looked up where the place could then be the cheapest.
    """
    n = rows.size[row]
    pace = sub.window[row, PACE]
    price = sub.window[row, PRICE]
    beyond = pace * sub.node[task, BEYOND]
    free = n == 0 and sub.window[row, WHOLE] > 0.0
    now = 0.0 if free else rows.place[row, n + 1, AHEAD]
    fixed = sub.window[row, FIXED] if free else 0.0
    more = sub.node[task, SERVICE + sub.which[row, KIND]] - now
    slack = sub.window[row, LATEST] + 1e-6 - rows.sum[row, END] - more
    limit = (most - fixed) / price - more if price > 0.0 else BIG_S * BIG_S
    best = min(slack, limit)
    at = -1
    near = cache.nearest[row]
    first = rows.spot[near, PLACE] if near >= 0 else 0
    gap = 0.0
    for x in range(-2 if first > 0 else 0, n + 1):
        p = first + 1 + x if x < 0 else x
        if x >= 0:
            least = gap + _seconds_beside(sub, rows, row, p)
            gap = 0.0
            if p < n:
                c = rows.order[row, p + 1]
                gap = pace * cache.gap_s[c] if cache.beside[c] == task else beyond
            if least + gap >= best or (first > 0 and first - 1 <= p <= first):
                continue
        if p + 1 == but:
            continue
        spent = _seconds_with(sub, rows, task, row, p)
        if spent < best:
            best = spent
            at = p + 1
    if at >= 0:
        return (best + more) * price + fixed, at
    if limit < slack:
        return most, DEARER
    return BIG_S * BIG_S, -1
