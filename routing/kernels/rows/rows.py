"""Windows of routes: deadheads, best directions, times, refills, cost, and places for a task."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import kernel
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
from routing.kernels.rows.fleet_cost import fleet_delay
from routing.kernels.rows.intermediate_facilities import (
    SLACK_KG,
    TRIP,
    beside_refill,
    detours,
    direct_column,
    first_column,
    place_refills,
    room_s,
)
from routing.kernels.rows.precedence import first_place
from routing.kernels.rows.schedule import detour_metres, retime


@kernel
def connect(f: Subproblem, r: Rows, w: int, p: int) -> None:
    """Compute the deadheads between places `p - 1` and `p` afresh."""
    modes = len(f.modes)
    link = AHEAD + 2 * modes
    pace = f.window[w, PACE]
    i = r.order[w, p - 1]
    j = r.order[w, p]
    for k in range(modes * modes):
        r.place[w, p, link + k] = pace * f.gap[j, i, k]
    if len(f.refills) > 0:
        detours(f, r, w, p)


@kernel
def refresh(f: Subproblem, r: Rows, w: int, first: int, last: int) -> bool:
    """Recompute a row with new places `first` to `last`; return whether it can be driven.

    Where there is no site to reload at, a row that lacks material can be driven all the same: the
    search prices what it lacks.
    """
    if len(f.refills) > 0:
        fits, first, last = place_refills(f, r, w, first, last)
    else:
        fits = True
        _weigh(f, r, w)
    _ahead(f, r, w, first)
    _behind(f, r, w, last)
    return retime(f, r, w) and fits


@kernel
def _weigh(f: Subproblem, r: Rows, w: int) -> None:
    """Note the material that a row without sites has to spare, and what it lacks."""
    load = f.window[w, LOAD] - f.window[w, RESERVE]
    for p in range(1, r.size[w] + 1):
        load -= f.node[r.order[w, p], MATERIAL]
    r.sum[w, SPARE] = load
    r.total[OVER] -= r.sum[w, EXCESS]
    r.sum[w, EXCESS] = -r.sum[w, SPARE] if r.sum[w, SPARE] < -1e-6 else 0.0
    r.total[OVER] += r.sum[w, EXCESS]


@kernel
def _ahead(f: Subproblem, r: Rows, w: int, first: int) -> None:
    """Compute the least seconds to have done each place from `first` on, in each mode."""
    modes = len(f.modes)
    link = AHEAD + 2 * modes
    k = SERVICE + f.which[w, KIND]
    for m in range(modes):
        r.place[w, 0, AHEAD + m] = BIG_S if m > 0 else 0.0
    for p in range(first, r.size[w] + 2):
        s = f.node[r.order[w, p], k]
        for m in range(modes):
            x = r.place[w, p - 1, AHEAD] + r.place[w, p, link + modes * m]
            for a in range(1, modes):
                x = min(x, r.place[w, p - 1, AHEAD + a] + r.place[w, p, link + modes * m + a])
            r.place[w, p, AHEAD + m] = s + x


@kernel
def _behind(f: Subproblem, r: Rows, w: int, last: int) -> None:
    """Compute the least seconds from the beginning of each place up to `last` to the end."""
    modes = len(f.modes)
    behind = AHEAD + modes
    link = AHEAD + 2 * modes
    n = r.size[w]
    k = SERVICE + f.which[w, KIND]
    for m in range(modes):
        r.place[w, n + 1, behind + m] = BIG_S if m > 0 else 0.0
    for p in range(last, -1, -1):
        s = f.node[r.order[w, p], k]
        for a in range(modes):
            x = r.place[w, p + 1, behind] + r.place[w, p + 1, link + a]
            for m in range(1, modes):
                x = min(x, r.place[w, p + 1, behind + m] + r.place[w, p + 1, link + modes * m + a])
            r.place[w, p, behind + a] = s + x


@kernel
def look(f: Subproblem, r: Rows, c: InsertionCache, t: int, w: int) -> None:
    """Note the two cheapest places for task `t` in row `w`.

    Exact over the best directions of the whole row for its duration, where refills stay as they
    are; else with what they take more. The delay of what is behind is priced by its slope: exact
    for completion, at most its true price for lateness.
    """
    n = r.size[w]
    modes = len(f.modes)
    behind = AHEAD + modes
    pace = f.window[w, PACE]
    s = f.node[t, SERVICE + f.which[w, KIND]]
    now = r.place[w, n + 1, AHEAD]
    free = n == 0 and f.window[w, WHOLE] > 0.0
    slack = f.window[w, LATEST] + 1e-6 - r.sum[w, END]
    refills = len(f.refills) > 0
    trip = first_column(f) + TRIP
    if free:
        now = 0.0
    best = BIG_S * BIG_S
    second = best
    at = -1
    then = -1
    ruled = len(f.ruled) > 0
    first = first_place(f, r, t, w) if ruled and f.terms.ordered else 0
    rest_by = BIG_S * BIG_S
    if ruled and f.terms.rests and r.sum[w, END] <= f.window[w, REST_BY]:
        rest_by = f.window[w, REST_BY] - r.sum[w, END]
    for p in range(first, n + 1):
        i = r.order[w, p]
        j = r.order[w, p + 1]
        if ruled and f.terms.strict:
            level = f.node[t, LEVEL]
            if f.node[i, LEVEL] > level or f.node[j, LEVEL] < level:
                continue
        spent = BIG_S * BIG_S
        arrive = 0.0
        mode = 0
        for m in range(modes):
            x = r.place[w, p, AHEAD] + pace * f.gap[t, i, modes * m]
            y = r.place[w, p + 1, behind] + pace * f.gap[t, j, modes * (modes + m)]
            for a in range(1, modes):
                x = min(x, r.place[w, p, AHEAD + a] + pace * f.gap[t, i, modes * m + a])
                y = min(
                    y, r.place[w, p + 1, behind + a] + pace * f.gap[t, j, modes * (modes + m) + a]
                )
            if x + y < spent:
                spent = x + y
                arrive = x
                mode = m
        if refills:
            if r.place[w, p + 1, SITE] > 0.0:
                spent, arrive = beside_refill(f, r, t, w, p + 1)
            elif (
                f.node[t, MATERIAL] > r.place[w, p, trip] + SLACK_KG
                and (spent + s - now) * f.window[w, PRICE] < second
            ):
                spent += room_s(f, r, w, p + 1, f.node[t, MATERIAL])
        delay = spent + s - now
        if ruled and delay > rest_by:
            delay += f.window[w, REST]
        over = delay
        if not f.timeless:  # what waits behind absorb comes home no later
            waits = r.place[w, n, LAG] - r.place[w, p, LAG]
            if ruled and f.terms.rests and r.place[w, p, DONE] <= f.window[w, REST_BY]:
                waits -= f.window[w, REST]
            over = min(delay, max(delay - waits, 0.0))
        if over > slack:
            continue
        cost = over * f.window[w, PRICE]
        if not f.timeless:
            arrive += f.window[w, BEGIN] + max(r.place[w, p, LAG], 0.0)
            done = max(arrive, f.node[t, RELEASE]) + s
            if ruled and f.terms.rests and r.place[w, p, DONE] <= f.window[w, REST_BY] < done:
                done = max(arrive + f.window[w, REST], f.node[t, RELEASE]) + s
            if ruled and f.terms.bounded and done - s > f.node[t, BEGIN_BY] + 1e-6:
                continue
            late = max(done - f.node[t, DUE], 0.0)
            cost += delay * r.place[w, p + 1, SLOPE]
            cost += f.node[t, COMPLETION] * done + f.node[t, LATENESS] * late
        if ruled and f.terms.metric:
            cost += f.window[w, PER_M] * detour_metres(f, r, w, p + 1, t, mode)
        if ruled and f.terms.united:
            cost += fleet_delay(f, r, w, over)
        if cost < best:
            second = best
            then = at
            best = cost
            at = p + 1
        elif cost < second:
            second = cost
            then = p + 1
    fixed = f.window[w, FIXED] if free else 0.0
    c.version[t, w] = r.version[w]
    c.price[t, w, 0] = best + fixed
    c.price[t, w, 1] = second + fixed
    c.place[t, w, 0] = at
    c.place[t, w, 1] = then


@kernel
def _copy_place(f: Subproblem, r: Rows, w: int, p: int, q: int) -> None:
    """Copy what is known about place `p` itself, not its trip or its times, to place `q`."""
    for k in range(SITE, AHEAD + len(f.modes) * (2 + len(f.modes))):
        r.place[w, q, k] = r.place[w, p, k]
    if len(f.refills) > 0:
        for k in range(direct_column(f), first_column(f)):
            r.place[w, q, k] = r.place[w, p, k]


@kernel
def insert(f: Subproblem, r: Rows, t: int, w: int, p: int) -> bool:
    """Put task `t` at place `p` of row `w`; return whether the row can be driven."""
    n = r.size[w]
    for q in range(n + 1, p - 1, -1):
        o = r.order[w, q]
        r.order[w, q + 1] = o
        _copy_place(f, r, w, q, q + 1)
        if q <= n:
            r.spot[o, PLACE] = q + 1
    r.order[w, p] = t
    r.spot[t, PLACE] = p
    r.size[w] = n + 1
    connect(f, r, w, p)
    connect(f, r, w, p + 1)
    return refresh(f, r, w, p, p)


@kernel
def cut(f: Subproblem, r: Rows, w: int, p: int, count: int) -> bool:
    """Take `count` tasks from place `p` on out of row `w`; return whether it can be driven."""
    n = r.size[w]
    for q in range(p, n + 2 - count):
        o = r.order[w, q + count]
        r.order[w, q] = o
        _copy_place(f, r, w, q + count, q)
        if q <= n - count:
            r.spot[o, PLACE] = q
    r.size[w] = n - count
    connect(f, r, w, p)
    return refresh(f, r, w, p, p - 1)
