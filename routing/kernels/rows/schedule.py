"""When a window's tasks are done, what that costs, and which rules of the row it keeps."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import (
    AHEAD,
    BEGIN,
    BEGIN_BY,
    BIG_S,
    COMPLETION,
    COST,
    DONE,
    DUE,
    END,
    FIXED,
    KIND,
    LAG,
    LATENESS,
    LATEST,
    LEVEL,
    PACE,
    PER_M,
    PRICE,
    RELEASE,
    REST,
    REST_BY,
    ROWS,
    SERVICE,
    SITE,
    SLOPE,
    WHOLE,
    Rows,
    Subproblem,
)


@kernel
def retime(f: Subproblem, r: Rows, w: int) -> bool:
    """Compute times and cost of a row afresh; return whether it can be driven as the rules say."""
    n = r.size[w]
    windows = len(r.size)
    r.version[windows] += 1
    r.version[w] = r.version[windows]
    before = r.sum[w, COST]
    if f.timeless:
        unused = n == 0 and f.window[w, WHOLE] > 0.0
        spent = 0.0 if unused else r.place[w, n + 1, AHEAD]
        r.sum[w, END] = f.window[w, BEGIN] + spent
        r.sum[w, COST] = 0.0 if unused else f.window[w, FIXED] + f.window[w, PRICE] * spent
    else:
        timed(f, r, w)
    r.total[ROWS] += r.sum[w, COST] - before
    free = n == 0 and f.window[w, WHOLE] != 0.0
    drivable = r.place[w, n + 1, AHEAD] < BIG_S and r.sum[w, END] <= f.window[w, LATEST] + 1e-6
    if len(f.ruled) > 0:
        drivable = drivable and keeps(f, r, w)
    return bool(free or drivable)


@kernel
def keeps(f: Subproblem, r: Rows, w: int) -> bool:
    """Return whether a row keeps class order, has only tasks it may, and begins them in time."""
    n = r.size[w]
    if f.terms.strict:
        for p in range(1, n + 2):
            if f.node[r.order[w, p], LEVEL] < f.node[r.order[w, p - 1], LEVEL]:
                return False
    if f.terms.picky:
        for p in range(1, n + 1):
            if f.terms.extra[r.order[w, p], w] >= BIG_S:
                return False
    if f.terms.bounded:
        k = SERVICE + f.which[w, KIND]
        for p in range(1, n + 1):
            t = r.order[w, p]
            if r.place[w, p, DONE] - f.node[t, k] > f.node[t, BEGIN_BY] + 1e-6:
                return False
    return True


@kernel
def timed(f: Subproblem, r: Rows, w: int) -> None:
    """Drive the best modes: times, cost, and the price of a delay behind each place."""
    n = r.size[w]
    modes = len(f.modes)
    behind = AHEAD + modes
    link = AHEAD + 2 * modes
    k = SERVICE + f.which[w, KIND]
    now = f.window[w, BEGIN]
    r.place[w, 0, DONE] = now
    r.place[w, 0, LAG] = 0.0
    r.place[w, n + 1, SLOPE] = 0.0
    if n == 0 and f.window[w, WHOLE] > 0.0:
        r.sum[w, COST] = 0.0
        r.sum[w, END] = now
        return
    cost = f.window[w, FIXED]
    ruled = len(f.ruled) > 0
    rest_s = 0.0
    rest_by = BIG_S * BIG_S
    if ruled and f.terms.rests:
        rest_s = f.window[w, REST]
        rest_by = f.window[w, REST_BY]
    metres = 0.0
    a = 0
    for p in range(1, n + 1):
        t = r.order[w, p]
        m = 0
        x = r.place[w, p, link + a] + r.place[w, p, behind]
        for c in range(1, modes):
            y = r.place[w, p, link + modes * c + a] + r.place[w, p, behind + c]
            if y < x:
                x = y
                m = c
        arrives = now + r.place[w, p, link + modes * m + a]
        now = max(arrives, f.node[t, RELEASE]) + f.node[t, k]
        if ruled and now > rest_by:
            now = max(arrives + rest_s, f.node[t, RELEASE]) + f.node[t, k]
            rest_by = BIG_S * BIG_S
        r.place[w, p, DONE] = now
        r.place[w, p, LAG] = now - f.window[w, BEGIN] - r.place[w, p, AHEAD + m]
        cost += f.node[t, COMPLETION] * now + f.node[t, LATENESS] * max(now - f.node[t, DUE], 0.0)
        if ruled and f.terms.metric:
            metres += link_metres(f, r, w, p, a, m) + f.terms.metres[t, t, m]
        if ruled and f.terms.picky:
            cost += f.terms.extra[t, w]
        a = m
    now += r.place[w, n + 1, link + a]
    if ruled and now > rest_by:
        now += rest_s
    if ruled and f.terms.metric:
        cost += f.window[w, PER_M] * (metres + link_metres(f, r, w, n + 1, a, 0))
    slope = 0.0
    for p in range(n, 0, -1):
        t = r.order[w, p]
        slope += f.node[t, COMPLETION]
        if r.place[w, p, DONE] > f.node[t, DUE]:
            slope += f.node[t, LATENESS]
        r.place[w, p, SLOPE] = slope
    r.sum[w, COST] = cost + f.window[w, PRICE] * (now - f.window[w, BEGIN])
    r.sum[w, END] = now


@kernel
def link_metres(f: Subproblem, r: Rows, w: int, p: int, a: int, m: int) -> float:
    """Return the metres from place `p - 1` in mode a to place `p` in mode m."""
    i = r.order[w, p - 1]
    j = r.order[w, p]
    modes = len(f.modes)
    metres = f.terms.metres[j, i, modes * m + a]
    if r.place[w, p, SITE] > 0.0:
        pace = f.window[w, PACE]
        least = BIG_S * BIG_S
        for x in range(len(f.site)):
            s = f.site[x]
            seconds = pace * (f.gap[s, i, a] + f.gap[j, s, modes * m]) + f.fill_s[x]
            if seconds < least:
                least = seconds
                metres = f.terms.metres[s, i, a] + f.terms.metres[j, s, modes * m]
    return float(metres)


@kernel
def detour_metres(f: Subproblem, r: Rows, w: int, p: int, t: int, m: int) -> float:
    """Return the metres that task `t` in mode m before place `p` adds, all else as it is."""
    modes = len(f.modes)
    behind = AHEAD + modes
    pace = f.window[w, PACE]
    i = r.order[w, p - 1]
    j = r.order[w, p]
    before = 0
    after = 0
    x = BIG_S * BIG_S
    y = BIG_S * BIG_S
    for a in range(modes):
        to = r.place[w, p - 1, AHEAD + a] + pace * f.gap[t, i, modes * m + a]
        onward = r.place[w, p, behind + a] + pace * f.gap[t, j, modes * (modes + m) + a]
        if to < x:
            x = to
            before = a
        if onward < y:
            y = onward
            after = a
    metres = f.terms.metres[t, i, modes * m + before] + f.terms.metres[t, t, m]
    metres += f.terms.metres[j, t, modes * after + m]
    if r.size[w] > 0 or f.window[w, WHOLE] <= 0.0:
        metres -= link_metres(f, r, w, p, before, after)
    return float(metres)
