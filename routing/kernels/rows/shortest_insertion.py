"""The cheapest places for a task in a row where nothing but its duration counts."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import inlined
from routing.kernels.arrays.subproblem_arrays import (
    AHEAD,
    BEYOND,
    BIG_S,
    END,
    FIXED,
    KIND,
    LATEST,
    PACE,
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
def evaluate_shortest(
    sub: Subproblem, rows: Rows, cache: InsertionCache, task: int, row: int, slot: int
) -> None:
    """Note the two cheapest places for `task` in `row`, as `evaluate_insertions` does.

    Without times of tasks, reloads and rules. First come the ends of the row and the places beside
    tasks that are marked as near (`InsertionCache.beside`). Places between two others, most of a
    long row, are looked at only where the least ways that these may be away could beat the second.
    """
    n = rows.size[row]
    around = 2.0 * sub.window[row, PACE] * sub.node[task, BEYOND]
    best = BIG_S * BIG_S
    second = best
    at = -1
    then = -1
    least = best
    for far in range(2):
        if far == 1 and least + around >= second:
            break
        near = True
        for p in range(n + 1):
            was_near = near
            near = p + 1 > n or cache.beside[rows.order[row, p + 1]] == task
            if far == 0 and not (near or was_near):
                least = min(least, _seconds_beside(sub, rows, row, p))
                continue
            seen = near or was_near
            if far == 1 and (seen or _seconds_beside(sub, rows, row, p) + around >= second):
                continue
            spent = _seconds_with(sub, rows, task, row, p)
            if spent < best:
                second = best
                then = at
                best = spent
                at = p + 1
            elif spent < second:
                second = spent
                then = p + 1
    free = n == 0 and sub.window[row, WHOLE] > 0.0
    now = 0.0 if free else rows.place[row, n + 1, AHEAD]
    more = sub.node[task, SERVICE + sub.which[row, KIND]] - now
    slack = sub.window[row, LATEST] + 1e-6 - rows.sum[row, END]
    fixed = sub.window[row, FIXED] if free else 0.0
    known = cache.known[task, row, slot]
    known.version = rows.version[row]
    known.price = (best + more) * sub.window[row, PRICE] + fixed
    known.second = (second + more) * sub.window[row, PRICE] + fixed
    known.place = at
    known.then = then
    if second + more > slack:
        known.second = BIG_S * BIG_S
        known.then = -1
    if best + more > slack:
        known.price = BIG_S * BIG_S
        known.place = -1
