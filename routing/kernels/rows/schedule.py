"""When a window's tasks are done, what that costs, and which rules of the row it keeps."""

from routing.kernels.arrays.jit import inlined, kernel
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
from routing.kernels.rows.between import metres_between, seconds_between


@inlined
def update_schedule(sub: Subproblem, rows: Rows, row: int) -> bool:
    """Compute times and cost of a row afresh; return whether it can be driven as the rules say."""
    n = rows.size[row]
    windows = len(rows.size)
    rows.version[windows] += 1
    rows.version[row] = rows.version[windows]
    before = rows.sum[row, COST]
    if sub.timeless:
        unused = n == 0 and sub.window[row, WHOLE] > 0.0
        spent = 0.0 if unused else rows.place[row, n + 1, AHEAD]
        rows.sum[row, END] = sub.window[row, BEGIN] + spent
        rows.sum[row, COST] = (
            0.0 if unused else sub.window[row, FIXED] + sub.window[row, PRICE] * spent
        )
    else:
        time_row(sub, rows, row)
    rows.total[ROWS] += rows.sum[row, COST] - before
    free = n == 0 and sub.window[row, WHOLE] != 0.0
    drivable = (
        rows.place[row, n + 1, AHEAD] < BIG_S
        and rows.sum[row, END] <= sub.window[row, LATEST] + 1e-6
    )
    if len(sub.ruled) > 0:
        drivable = drivable and keeps_rules(sub, rows, row)
    return bool(free or drivable)


@kernel
def keeps_rules(sub: Subproblem, rows: Rows, row: int) -> bool:
    """Return whether a row keeps class order, has only tasks it may, and begins them in time."""
    n = rows.size[row]
    if sub.rules.strict:
        for p in range(1, n + 2):
            if sub.node[rows.order[row, p], LEVEL] < sub.node[rows.order[row, p - 1], LEVEL]:
                return False
    if sub.rules.priced_pairs:
        for p in range(1, n + 1):
            if sub.rules.extra[rows.order[row, p], row] >= BIG_S:
                return False
    if sub.rules.bounded:
        k = SERVICE + sub.which[row, KIND]
        for p in range(1, n + 1):
            t = rows.order[row, p]
            if rows.place[row, p, DONE] - sub.node[t, k] > sub.node[t, BEGIN_BY] + 1e-6:
                return False
    return True


@kernel
def time_row(sub: Subproblem, rows: Rows, row: int) -> None:
    """Drive the best modes: times, cost, and the price of a delay behind each place."""
    n = rows.size[row]
    modes = len(sub.modes)
    behind = AHEAD + modes
    link = AHEAD + 2 * modes
    k = SERVICE + sub.which[row, KIND]
    now = sub.window[row, BEGIN]
    rows.place[row, 0, DONE] = now
    rows.place[row, 0, LAG] = 0.0
    rows.place[row, n + 1, SLOPE] = 0.0
    if n == 0 and sub.window[row, WHOLE] > 0.0:
        rows.sum[row, COST] = 0.0
        rows.sum[row, END] = now
        return
    cost = sub.window[row, FIXED]
    ruled = len(sub.ruled) > 0
    rest_s = 0.0
    rest_by = BIG_S * BIG_S
    if ruled and sub.rules.rests:
        rest_s = sub.window[row, REST]
        rest_by = sub.window[row, REST_BY]
    metres = 0.0
    a = 0
    for p in range(1, n + 1):
        t = rows.order[row, p]
        m = 0
        x = rows.place[row, p, link + a] + rows.place[row, p, behind]
        for c in range(1, modes):
            y = rows.place[row, p, link + modes * c + a] + rows.place[row, p, behind + c]
            if y < x:
                x = y
                m = c
        arrives = now + rows.place[row, p, link + modes * m + a]
        now = max(arrives, sub.node[t, RELEASE]) + sub.node[t, k]
        if ruled and now > rest_by:
            now = max(arrives + rest_s, sub.node[t, RELEASE]) + sub.node[t, k]
            rest_by = BIG_S * BIG_S
        rows.place[row, p, DONE] = now
        rows.place[row, p, LAG] = now - sub.window[row, BEGIN] - rows.place[row, p, AHEAD + m]
        cost += sub.node[t, COMPLETION] * now + sub.node[t, LATENESS] * max(
            now - sub.node[t, DUE], 0.0
        )
        if ruled and sub.rules.metric:
            metres += link_metres(sub, rows, row, p, a, m) + sub.rules.own_m[t, m]
        if ruled and sub.rules.priced_pairs:
            cost += sub.rules.extra[t, row]
        a = m
    now += rows.place[row, n + 1, link + a]
    if ruled and now > rest_by:
        now += rest_s
    if ruled and sub.rules.metric:
        cost += sub.window[row, PER_M] * (metres + link_metres(sub, rows, row, n + 1, a, 0))
    slope = 0.0
    for p in range(n, 0, -1):
        t = rows.order[row, p]
        slope += sub.node[t, COMPLETION]
        if rows.place[row, p, DONE] > sub.node[t, DUE]:
            slope += sub.node[t, LATENESS]
        rows.place[row, p, SLOPE] = slope
    rows.sum[row, COST] = cost + sub.window[row, PRICE] * (now - sub.window[row, BEGIN])
    rows.sum[row, END] = now


@kernel
def link_metres(
    sub: Subproblem, rows: Rows, row: int, place: int, mode_before: int, mode: int
) -> float:
    """Return the metres from place `place - 1` in mode a to `place` in mode m."""
    i = rows.order[row, place - 1]
    j = rows.order[row, place]
    metres = metres_between(sub, i, mode_before, j, mode)
    if rows.place[row, place, SITE] > 0.0:
        pace = sub.window[row, PACE]
        least = BIG_S * BIG_S
        for x in range(len(sub.site)):
            s = sub.site[x]
            seconds = (
                pace * seconds_between(sub, i, mode_before, s, 0)
                + pace * seconds_between(sub, s, 0, j, mode)
                + sub.fill_s[x]
            )
            if seconds < least:
                least = seconds
                metres = metres_between(sub, i, mode_before, s, 0)
                metres += metres_between(sub, s, 0, j, mode)
    return float(metres)


@kernel
def detour_metres(sub: Subproblem, rows: Rows, row: int, place: int, task: int, mode: int) -> float:
    """Return the metres that `task` in mode m before `place` adds, all else as it is."""
    modes = len(sub.modes)
    behind = AHEAD + modes
    pace = sub.window[row, PACE]
    i = rows.order[row, place - 1]
    j = rows.order[row, place]
    before = 0
    after = 0
    x = BIG_S * BIG_S
    y = BIG_S * BIG_S
    for a in range(modes):
        to = rows.place[row, place - 1, AHEAD + a] + pace * seconds_between(sub, i, a, task, mode)
        onward = rows.place[row, place, behind + a] + pace * seconds_between(sub, task, mode, j, a)
        if to < x:
            x = to
            before = a
        if onward < y:
            y = onward
            after = a
    metres = metres_between(sub, i, before, task, mode) + sub.rules.own_m[task, mode]
    metres += metres_between(sub, task, mode, j, after)
    if rows.size[row] > 0 or sub.window[row, WHOLE] <= 0.0:
        metres -= link_metres(sub, rows, row, place, before, after)
    return float(metres)
