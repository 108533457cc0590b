"""Windows of routes: deadheads, best directions, times, reloads, cost, and places for a task."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import inlined, kernel
from routing.kernels.arrays.subproblem_arrays import (
    AHEAD,
    BEGIN,
    BEGIN_BY,
    BIG_S,
    COMPLETION,
    DONE,
    DUE,
    END,
    EXCESS,
    FIXED,
    KIND,
    LAG,
    LATENESS,
    LATEST,
    LEVEL,
    LOAD,
    MATERIAL,
    OVER,
    PACE,
    PER_M,
    PLACE,
    PRICE,
    RELEASE,
    RESERVE,
    REST,
    REST_BY,
    SERVICE,
    SITE,
    SLOPE,
    SPARE,
    WHOLE,
    InsertionCache,
    Rows,
    Subproblem,
)
from routing.kernels.rows.between import seconds_between
from routing.kernels.rows.fleet_cost import fleet_delay
from routing.kernels.rows.intermediate_facilities import (
    SLACK_KG,
    TRIP,
    direct_column,
    first_column,
    insertion_at_reload,
    place_reloads,
    reload_detour_s,
    update_detours,
)
from routing.kernels.rows.precedence import earliest_place
from routing.kernels.rows.schedule import detour_metres, update_schedule


@inlined
def connect(sub: Subproblem, rows: Rows, row: int, place: int) -> None:
    """Compute the deadheads between places `place - 1` and `place` afresh."""
    modes = len(sub.modes)
    link = AHEAD + 2 * modes
    pace = sub.window[row, PACE]
    i = rows.order[row, place - 1]
    j = rows.order[row, place]
    for m in range(modes):
        for a in range(modes):
            s = pace * seconds_between(sub, i, a, j, m)
            rows.place[row, place, link + modes * m + a] = s
    if len(sub.reloads) > 0:
        update_detours(sub, rows, row, place)


@inlined
def refresh(sub: Subproblem, rows: Rows, row: int, first: int, last: int) -> bool:
    """Recompute a row with new places `first` to `last`; return whether it can be driven.

    Where there is no site to reload at, a row that lacks material can be driven all the same: the
    search prices what it lacks.
    """
    if len(sub.reloads) > 0:
        fits, first, last = place_reloads(sub, rows, row, first, last)
    else:
        fits = True
        _weigh(sub, rows, row)
    _ahead(sub, rows, row, first)
    _behind(sub, rows, row, last)
    return update_schedule(sub, rows, row) and fits


@inlined
def _weigh(sub: Subproblem, rows: Rows, row: int) -> None:
    """Note the material that a row without sites has to spare, and what it lacks."""
    load = sub.window[row, LOAD] - sub.window[row, RESERVE]
    for p in range(1, rows.size[row] + 1):
        load -= sub.node[rows.order[row, p], MATERIAL]
    rows.sum[row, SPARE] = load
    rows.total[OVER] -= rows.sum[row, EXCESS]
    rows.sum[row, EXCESS] = -rows.sum[row, SPARE] if rows.sum[row, SPARE] < -1e-6 else 0.0
    rows.total[OVER] += rows.sum[row, EXCESS]


@inlined
def _ahead(sub: Subproblem, rows: Rows, row: int, first: int) -> None:
    """Compute the least seconds to have done each place from `first` on, in each mode."""
    modes = len(sub.modes)
    link = AHEAD + 2 * modes
    k = SERVICE + sub.which[row, KIND]
    for m in range(modes):
        rows.place[row, 0, AHEAD + m] = BIG_S if m > 0 else 0.0
    for p in range(first, rows.size[row] + 2):
        s = sub.node[rows.order[row, p], k]
        for m in range(modes):
            x = rows.place[row, p - 1, AHEAD] + rows.place[row, p, link + modes * m]
            for a in range(1, modes):
                x = min(
                    x, rows.place[row, p - 1, AHEAD + a] + rows.place[row, p, link + modes * m + a]
                )
            rows.place[row, p, AHEAD + m] = s + x


@inlined
def _behind(sub: Subproblem, rows: Rows, row: int, last: int) -> None:
    """Compute the least seconds from the beginning of each place up to `last` to the end."""
    modes = len(sub.modes)
    behind = AHEAD + modes
    link = AHEAD + 2 * modes
    n = rows.size[row]
    k = SERVICE + sub.which[row, KIND]
    for m in range(modes):
        rows.place[row, n + 1, behind + m] = BIG_S if m > 0 else 0.0
    for p in range(last, -1, -1):
        s = sub.node[rows.order[row, p], k]
        for a in range(modes):
            x = rows.place[row, p + 1, behind] + rows.place[row, p + 1, link + a]
            for m in range(1, modes):
                x = min(
                    x,
                    rows.place[row, p + 1, behind + m]
                    + rows.place[row, p + 1, link + modes * m + a],
                )
            rows.place[row, p, behind + a] = s + x


@kernel
def evaluate_insertions(
    sub: Subproblem, rows: Rows, cache: InsertionCache, task: int, row: int, slot: int
) -> None:
    """Note the two cheapest places for `task` in `row`.

    Exact over the best directions of the whole row for its duration, where reloads stay as they
    are; else with what they take more. The delay of what is behind is priced by its slope: exact
    for completion, at most its true price for lateness.
    """
    n = rows.size[row]
    modes = len(sub.modes)
    behind = AHEAD + modes
    pace = sub.window[row, PACE]
    s = sub.node[task, SERVICE + sub.which[row, KIND]]
    now = rows.place[row, n + 1, AHEAD]
    free = n == 0 and sub.window[row, WHOLE] > 0.0
    slack = sub.window[row, LATEST] + 1e-6 - rows.sum[row, END]
    reloads = len(sub.reloads) > 0
    trip = first_column(sub) + TRIP
    if free:
        now = 0.0
    best = BIG_S * BIG_S
    second = best
    at = -1
    then = -1
    ruled = len(sub.ruled) > 0
    first = earliest_place(sub, rows, task, row) if ruled and sub.rules.ordered else 0
    rest_by = BIG_S * BIG_S
    if ruled and sub.rules.rests and rows.sum[row, END] <= sub.window[row, REST_BY]:
        rest_by = sub.window[row, REST_BY] - rows.sum[row, END]
    for p in range(first, n + 1):
        i = rows.order[row, p]
        j = rows.order[row, p + 1]
        if ruled and sub.rules.strict:
            level = sub.node[task, LEVEL]
            if sub.node[i, LEVEL] > level or sub.node[j, LEVEL] < level:
                continue
        spent = BIG_S * BIG_S
        arrive = 0.0
        mode = 0
        for m in range(modes):
            into = sub.enter[task, m]
            out_of = sub.leave[task, m]
            x = rows.place[row, p, AHEAD] + pace * sub.back_s[into, sub.leave[i, 0]]
            y = rows.place[row, p + 1, behind] + pace * sub.apart_s[out_of, sub.enter[j, 0]]
            for a in range(1, modes):
                x = min(x, rows.place[row, p, AHEAD + a] + pace * sub.back_s[into, sub.leave[i, a]])
                y = min(
                    y,
                    rows.place[row, p + 1, behind + a]
                    + pace * sub.apart_s[out_of, sub.enter[j, a]],
                )
            if x + y < spent:
                spent = x + y
                arrive = x
                mode = m
        if reloads:
            if rows.place[row, p + 1, SITE] > 0.0:
                spent, arrive = insertion_at_reload(sub, rows, task, row, p + 1)
            elif (
                sub.node[task, MATERIAL] > rows.place[row, p, trip] + SLACK_KG
                and (spent + s - now) * sub.window[row, PRICE] < second
            ):
                spent += reload_detour_s(sub, rows, row, p + 1, sub.node[task, MATERIAL])
        delay = spent + s - now
        if ruled and delay > rest_by:
            delay += sub.window[row, REST]
        over = delay
        if not sub.timeless:  # what waits behind absorb comes home no later
            waits = rows.place[row, n, LAG] - rows.place[row, p, LAG]
            if ruled and sub.rules.rests and rows.place[row, p, DONE] <= sub.window[row, REST_BY]:
                waits -= sub.window[row, REST]
            over = min(delay, max(delay - waits, 0.0))
        if over > slack:
            continue
        cost = over * sub.window[row, PRICE]
        if not sub.timeless:
            arrive += sub.window[row, BEGIN] + max(rows.place[row, p, LAG], 0.0)
            done = max(arrive, sub.node[task, RELEASE]) + s
            if (
                ruled
                and sub.rules.rests
                and rows.place[row, p, DONE] <= sub.window[row, REST_BY] < done
            ):
                done = max(arrive + sub.window[row, REST], sub.node[task, RELEASE]) + s
            if ruled and sub.rules.bounded and done - s > sub.node[task, BEGIN_BY] + 1e-6:
                continue
            late = max(done - sub.node[task, DUE], 0.0)
            cost += delay * rows.place[row, p + 1, SLOPE]
            cost += sub.node[task, COMPLETION] * done + sub.node[task, LATENESS] * late
        if ruled and sub.rules.metric:
            cost += sub.window[row, PER_M] * detour_metres(sub, rows, row, p + 1, task, mode)
        if ruled and sub.rules.fleet_priced:
            cost += fleet_delay(sub, rows, row, over)
        if cost < best:
            second = best
            then = at
            best = cost
            at = p + 1
        elif cost < second:
            second = cost
            then = p + 1
    fixed = sub.window[row, FIXED] if free else 0.0
    known = cache.known[task, row, slot]
    known.version = rows.version[row]
    known.price = best + fixed
    known.second = second + fixed
    known.place = at
    known.then = then


@inlined
def _copy_place(sub: Subproblem, rows: Rows, row: int, place: int, target: int) -> None:
    """Copy what is known about `place` itself, not its trip or its times, to place `target`."""
    for k in range(SITE, AHEAD + len(sub.modes) * (2 + len(sub.modes))):
        rows.place[row, target, k] = rows.place[row, place, k]
    if len(sub.reloads) > 0:
        for k in range(direct_column(sub), first_column(sub)):
            rows.place[row, target, k] = rows.place[row, place, k]


@inlined
def insert_task(sub: Subproblem, rows: Rows, task: int, row: int, place: int) -> bool:
    """Put `task` at `place` of `row`; return whether the row can be driven."""
    n = rows.size[row]
    for q in range(n + 1, place - 1, -1):
        o = rows.order[row, q]
        rows.order[row, q + 1] = o
        _copy_place(sub, rows, row, q, q + 1)
        if q <= n:
            rows.spot[o, PLACE] = q + 1
    rows.order[row, place] = task
    rows.spot[task, PLACE] = place
    rows.size[row] = n + 1
    connect(sub, rows, row, place)
    connect(sub, rows, row, place + 1)
    return refresh(sub, rows, row, place, place)


@kernel
def remove_tasks(sub: Subproblem, rows: Rows, row: int, place: int, count: int) -> bool:
    """Take `count` tasks from `place` on out of `row`; return whether it can be driven."""
    n = rows.size[row]
    for q in range(place, n + 2 - count):
        o = rows.order[row, q + count]
        rows.order[row, q] = o
        _copy_place(sub, rows, row, q + count, q)
        if q <= n - count:
            rows.spot[o, PLACE] = q
    rows.size[row] = n - count
    connect(sub, rows, row, place)
    return refresh(sub, rows, row, place, place - 1)
