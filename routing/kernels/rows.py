"""Windows of routes: deadheads, best directions, times, refills, cost, and places for a task."""

from routing.kernels.jit import kernel
from routing.kernels.part import (
    AHEAD,
    BEGIN,
    BEHIND,
    BIG_S,
    CAPACITY,
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
    LINK,
    LOAD,
    MATERIAL,
    PACE,
    PLACE,
    PRICE,
    REFILL,
    RELEASE,
    RESERVE,
    SERVICE,
    SITE,
    SLOPE,
    SPARE,
    WHOLE,
    Memo,
    Part,
    Rows,
)


@kernel
def connect(f: Part, r: Rows, w: int, p: int) -> None:
    """Compute the deadheads between places `p - 1` and `p` afresh, over a site where one is due."""
    pace = f.window[w, PACE]
    i = r.order[w, p - 1]
    j = r.order[w, p]
    if r.clock[w, p, SITE] == 0.0:
        for k in range(4):
            r.place[w, p, LINK + k] = pace * f.gap[j, i, k]
        return
    for k in range(4):
        r.place[w, p, LINK + k] = BIG_S
    best = BIG_S
    for x in range(len(f.site)):
        s = f.site[x]
        for a in range(2):
            there = pace * f.gap[s, i, a] + f.fill_s[x]
            for m in range(2):
                way = there + pace * f.gap[j, s, 2 * m]
                r.place[w, p, LINK + 2 * m + a] = min(r.place[w, p, LINK + 2 * m + a], way)
                if way < best:
                    best = way
                    r.clock[w, p, SITE] = x + 1.0


@kernel
def place_refills(f: Part, r: Rows, w: int) -> bool:
    """Reload as late as possible; return whether the hopper then suffices."""
    n = r.size[w]
    load = f.window[w, LOAD]
    fits = True
    for p in range(1, n + 2):
        need = f.window[w, RESERVE] if p > n else f.node[r.order[w, p], MATERIAL]
        due = need > load + 1e-6
        if due and (len(f.site) == 0 or need > f.window[w, CAPACITY] + 1e-6):
            fits = False
            due = False
        if due:
            load = f.window[w, CAPACITY]
        if due != (r.clock[w, p, SITE] > 0.0):
            r.clock[w, p, SITE] = 1.0 if due else 0.0
            connect(f, r, w, p)
        load -= need
    r.sum[w, SPARE] = load
    return fits


@kernel
def refresh(f: Part, r: Rows, w: int, first: int, last: int) -> bool:
    """Recompute a row with new places `first` to `last`; return whether it can be driven."""
    n = r.size[w]
    k = SERVICE + f.which[w, KIND]
    fits = place_refills(f, r, w)
    if len(f.site) > 0:
        first = 1
        last = n
    r.place[w, 0, AHEAD] = 0.0
    r.place[w, 0, AHEAD + 1] = BIG_S
    x = r.place[w, first - 1, AHEAD]
    y = r.place[w, first - 1, AHEAD + 1]
    for p in range(first, n + 2):
        s = f.node[r.order[w, p], k]
        z = s + min(x + r.place[w, p, LINK], y + r.place[w, p, LINK + 1])
        y = s + min(x + r.place[w, p, LINK + 2], y + r.place[w, p, LINK + 3])
        x = z
        r.place[w, p, AHEAD] = x
        r.place[w, p, AHEAD + 1] = y
    r.place[w, n + 1, BEHIND] = 0.0
    r.place[w, n + 1, BEHIND + 1] = BIG_S
    x = r.place[w, last + 1, BEHIND]
    y = r.place[w, last + 1, BEHIND + 1]
    for p in range(last, -1, -1):
        s = f.node[r.order[w, p], k]
        z = s + min(x + r.place[w, p + 1, LINK], y + r.place[w, p + 1, LINK + 2])
        y = s + min(x + r.place[w, p + 1, LINK + 1], y + r.place[w, p + 1, LINK + 3])
        x = z
        r.place[w, p, BEHIND] = x
        r.place[w, p, BEHIND + 1] = y
    windows = len(r.size)
    r.version[windows] += 1
    r.version[w] = r.version[windows]
    before = r.sum[w, COST]
    if f.timeless:
        _untimed(f, r, w)
    else:
        _timed(f, r, w)
    r.total[1] += r.sum[w, COST] - before
    free = n == 0 and f.window[w, WHOLE] > 0.0
    drivable = r.place[w, n + 1, AHEAD] < BIG_S and r.sum[w, END] <= f.window[w, LATEST] + 1e-6
    return free or (fits and drivable)


@kernel
def _untimed(f: Part, r: Rows, w: int) -> None:
    n = r.size[w]
    spent = r.place[w, n + 1, AHEAD]
    r.sum[w, END] = f.window[w, BEGIN] + spent
    r.sum[w, COST] = f.window[w, FIXED] + f.window[w, PRICE] * spent
    if n == 0 and f.window[w, WHOLE] > 0.0:
        r.sum[w, COST] = 0.0
        r.sum[w, END] = f.window[w, BEGIN]


@kernel
def _timed(f: Part, r: Rows, w: int) -> None:
    """Drive the best modes: times, cost, and the price of a delay behind each place."""
    n = r.size[w]
    k = SERVICE + f.which[w, KIND]
    now = f.window[w, BEGIN]
    r.clock[w, 0, DONE] = now
    r.clock[w, 0, LAG] = 0.0
    r.clock[w, n + 1, SLOPE] = 0.0
    if n == 0 and f.window[w, WHOLE] > 0.0:
        r.sum[w, COST] = 0.0
        r.sum[w, END] = now
        return
    cost = f.window[w, FIXED]
    a = 0
    for p in range(1, n + 1):
        t = r.order[w, p]
        link = r.place[w, p, LINK + a]
        m = 0
        if r.place[w, p, LINK + 2 + a] + r.place[w, p, BEHIND + 1] < link + r.place[w, p, BEHIND]:
            link = r.place[w, p, LINK + 2 + a]
            m = 1
        now = max(now + link, f.node[t, RELEASE]) + f.node[t, k]
        r.clock[w, p, DONE] = now
        r.clock[w, p, LAG] = now - f.window[w, BEGIN] - r.place[w, p, AHEAD + m]
        cost += f.node[t, COMPLETION] * now + f.node[t, LATENESS] * max(now - f.node[t, DUE], 0.0)
        a = m
    now += r.place[w, n + 1, LINK + a]
    slope = 0.0
    for p in range(n, 0, -1):
        t = r.order[w, p]
        slope += f.node[t, COMPLETION]
        if r.clock[w, p, DONE] > f.node[t, DUE]:
            slope += f.node[t, LATENESS]
        r.clock[w, p, SLOPE] = slope
    r.sum[w, COST] = cost + f.window[w, PRICE] * (now - f.window[w, BEGIN])
    r.sum[w, END] = now


@kernel
def look(f: Part, r: Rows, c: Memo, t: int, w: int) -> None:
    """Note the two cheapest places for task `t` in row `w`.

    Exact over the best directions of the whole row for its duration. The delay of what is behind is
    priced by its slope: exact for completion, at most its true price for lateness.
    """
    n = r.size[w]
    pace = f.window[w, PACE]
    s = f.node[t, SERVICE + f.which[w, KIND]]
    now = r.place[w, n + 1, AHEAD]
    free = n == 0 and f.window[w, WHOLE] > 0.0
    slack = f.window[w, LATEST] + 1e-6 - r.sum[w, END]
    more = 0.0
    if free:
        now = 0.0
    if len(f.site) > 0 and f.node[t, MATERIAL] > r.sum[w, SPARE] + 1e-6:
        more = f.window[w, REFILL]
    best = BIG_S * BIG_S
    second = best
    at = -1
    then = -1
    for p in range(n + 1):
        i = r.order[w, p]
        j = r.order[w, p + 1]
        x = r.place[w, p, AHEAD]
        y = r.place[w, p, AHEAD + 1]
        to0 = min(x + pace * f.gap[t, i, 0], y + pace * f.gap[t, i, 1])
        to1 = min(x + pace * f.gap[t, i, 2], y + pace * f.gap[t, i, 3])
        x = r.place[w, p + 1, BEHIND]
        y = r.place[w, p + 1, BEHIND + 1]
        spent = to0 + min(x + pace * f.gap[t, j, 4], y + pace * f.gap[t, j, 5])
        other = to1 + min(x + pace * f.gap[t, j, 6], y + pace * f.gap[t, j, 7])
        if other < spent:
            spent = other
            to0 = to1
        delay = spent + s + more - now
        if r.clock[w, p + 1, SITE] > 0.0:  # the refill comes between again
            x = min(r.place[w, p + 1, LINK], r.place[w, p + 1, LINK + 1])
            y = min(r.place[w, p + 1, LINK + 2], r.place[w, p + 1, LINK + 3])
            delay += min(x, y)
        if delay > slack:
            continue
        cost = delay * f.window[w, PRICE]
        if not f.timeless:
            lag = max(r.clock[w, p, LAG], 0.0)
            done = max(f.window[w, BEGIN] + to0 + lag, f.node[t, RELEASE]) + s
            late = max(done - f.node[t, DUE], 0.0)
            cost += delay * r.clock[w, p + 1, SLOPE]
            cost += f.node[t, COMPLETION] * done + f.node[t, LATENESS] * late
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
def insert(f: Part, r: Rows, t: int, w: int, p: int) -> bool:
    """Put task `t` at place `p` of row `w`; return whether the row can be driven."""
    n = r.size[w]
    for q in range(n + 1, p - 1, -1):
        o = r.order[w, q]
        r.order[w, q + 1] = o
        for k in range(8):
            r.place[w, q + 1, k] = r.place[w, q, k]
        r.clock[w, q + 1, SITE] = r.clock[w, q, SITE]
        if q <= n:
            r.spot[o, PLACE] = q + 1
    r.order[w, p] = t
    r.spot[t, PLACE] = p
    r.size[w] = n + 1
    r.clock[w, p, SITE] = 0.0
    connect(f, r, w, p)
    connect(f, r, w, p + 1)
    return refresh(f, r, w, p, p)


@kernel
def cut(f: Part, r: Rows, w: int, p: int, count: int) -> bool:
    """Take `count` tasks from place `p` on out of row `w`; return whether it can be driven."""
    n = r.size[w]
    for q in range(p, n + 2 - count):
        o = r.order[w, q + count]
        r.order[w, q] = o
        for k in range(8):
            r.place[w, q, k] = r.place[w, q + count, k]
        r.clock[w, q, SITE] = r.clock[w, q + count, SITE]
        if q <= n - count:
            r.spot[o, PLACE] = q
    r.size[w] = n - count
    r.clock[w, p, SITE] = 0.0
    connect(f, r, w, p)
    return refresh(f, r, w, p, p - 1)
