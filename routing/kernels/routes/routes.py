"""One whole route of a city: its deadheads, best directions, times, reloads and cost."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import FAR_S, DeadheadTable, ProblemArrays, RouteArrays
from routing.kernels.arrays.subproblem_arrays import BIG_S
from routing.kernels.rows.intermediate_facilities import (
    CHEAP,
    EXTRA,
    FROM,
    SLACK_KG,
    USED,
    cheapest_before,
)

RELEASE, BEGIN_BY, DONE, OWN_RELEASE, OWN_BEGIN_BY = range(5)
"""Columns of `RouteArrays.begin_s`."""


@kernel
def gap(g: DeadheadTable, i: int, j: int) -> float:
    """Return deadhead seconds from the end of `i` to the beginning of `j`."""
    if g.dense.shape[0] > 1:
        return g.dense[i, j]
    if i < g.places:
        return g.from_place[i, j]
    if j < g.places:
        return g.to_place[j, i]
    low = 0
    high = g.near_key.shape[1]
    while low < high:
        middle = (low + high) >> 1
        if g.near_key[i, middle] < j:
            low = middle + 1
        else:
            high = middle
    if low < g.near_key.shape[1] and g.near_key[i, low] == j:
        return g.near_s[i, low]
    return max(g.hub_s[g.edge[i].leave_hub, g.edge[j].enter_hub], g.edge[i].far_s)


@kernel
def end_before(f: ProblemArrays, r: RouteArrays, v: int, p: int, mode: int) -> int:
    """Return the end where the vehicle stands before position `p`, -1 where it cannot."""
    if p == 0:
        return f.vehicle[v].start if mode == 0 else -1
    return f.end[r.stop[v, p - 1].task, mode]


@kernel
def end_after(f: ProblemArrays, r: RouteArrays, v: int, p: int, mode: int) -> int:
    """Return the end where position `p` begins; -1 where it cannot, -2 for "ends anywhere"."""
    if p == r.row[v].size:
        if mode > 0:
            return -1
        return f.vehicle[v].finish if f.vehicle[v].finish >= 0 else -2
    return f.end[r.stop[v, p].task, mode]


@kernel
def link_s(g: DeadheadTable, pace: float, i: int, j: int) -> float:
    """Return the deadhead of a vehicle between two ends, with the signs of `end_after`."""
    if i == -1 or j == -1:
        return FAR_S
    if j == -2:
        return 0.0
    return pace * gap(g, i, j)


@kernel
def detour_s(g: DeadheadTable, f: ProblemArrays, pace: float, i: int, j: int) -> tuple[float, int]:
    """Return (seconds, site) of the best way from `i` to `j` that reloads between."""
    best = FAR_S
    site = 0
    if i == -1 or j == -1:
        return best, site
    for k in range(len(f.site)):
        s = pace * gap(g, i, f.site[k].end) + f.site[k].fill_s + link_s(g, pace, f.site[k].end, j)
        if s < best:
            best = s
            site = k
    return best, site


@kernel
def connect(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, p: int) -> None:
    """Compute the deadheads between position `p - 1` and `p` afresh."""
    pace = f.vehicle[v].pace
    modes = len(f.modes)
    for a in range(modes):
        i = end_before(f, r, v, p, a)
        for b in range(modes):
            r.link[v, p, modes * a + b] = link_s(g, pace, i, end_after(f, r, v, p, b))


@kernel
def place_refills(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int) -> bool:
    """Refill where it takes least time, by `kernels.refills`; return whether the hopper suffices.

    `ahead` and `behind` are to be computed without refills before, and anew after.
    """
    n = r.row[v].size
    x = r.refill[v]
    load = 0.0
    for p in range(n):
        r.stop[v, p].refill = 0
        load += f.task[r.stop[v, p].task].material_kg
    if load <= f.vehicle[v].load_kg + SLACK_KG:
        return True
    if len(f.site) == 0:
        return False
    x[0, USED] = f.vehicle[v].load_kg - f.vehicle[v].capacity_kg
    straight = FAR_S
    for b in range(len(f.modes)):
        straight = min(straight, r.link[v, 0, b] + r.behind[v, 0, b])
    load = 0.0
    for p in range(n):
        x[p + 1, USED] = load
        x[p + 1, EXTRA] = max(_via_site(g, f, r, v, p) - straight, 0.0)
        load += f.task[r.stop[v, p].task].material_kg
    x[n + 1, USED] = load
    cheapest_before(x, n + 1, f.vehicle[v].capacity_kg)
    if x[n + 1, CHEAP] >= BIG_S:
        return False
    p = int(x[n + 1, FROM])
    while p > 0:
        r.stop[v, p - 1].refill = 1
        p = int(x[p, FROM])
    return True


@kernel
def _via_site(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, p: int) -> float:
    """Return the seconds of a route that refills only before position `p`."""
    modes = len(f.modes)
    best = FAR_S
    for a in range(modes):
        i = end_before(f, r, v, p, a)
        for b in range(modes):
            s, _ = detour_s(g, f, f.vehicle[v].pace, i, end_after(f, r, v, p, b))
            best = min(best, r.ahead[v, p, a] + s + r.behind[v, p, b])
    return best


@kernel
def _lead_via_site(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, p: int) -> None:
    """Lead the deadheads before position `p` over a reload site."""
    modes = len(f.modes)
    for a in range(modes):
        i = end_before(f, r, v, p, a)
        for b in range(modes):
            s, _ = detour_s(g, f, f.vehicle[v].pace, i, end_after(f, r, v, p, b))
            r.link[v, p, modes * a + b] = s


@kernel
def drive(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int) -> bool:
    """Compute all that follows from the tasks of a route; return whether it can be driven."""
    for p in range(r.row[v].size + 1):
        connect(g, f, r, v, p)
    return drive_on(g, f, r, v)


@kernel
def drive_on(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int) -> bool:
    """Do as `drive` where the deadheads of the route are known, all without refills."""
    n = r.row[v].size
    choose_modes(f, r, v)
    fits = place_refills(g, f, r, v)
    refills = 0
    for p in range(n):
        if r.stop[v, p].refill > 0:
            _lead_via_site(g, f, r, v, p)
            refills += 1
    if refills > 0:
        choose_modes(f, r, v)
        for p in range(n):
            if r.stop[v, p].refill > 0:
                _choose_site(g, f, r, v, p)
    return time_route(g, f, r, v) and fits


@kernel
def _choose_site(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, p: int) -> None:
    """Note the best site before position `p` for the modes chosen."""
    a = r.stop[v, p - 1].mode if p > 0 else 0
    i = end_before(f, r, v, p, a)
    _, site = detour_s(g, f, f.vehicle[v].pace, i, end_after(f, r, v, p, r.stop[v, p].mode))
    r.stop[v, p].refill = site + 1


@kernel
def choose_modes(f: ProblemArrays, r: RouteArrays, v: int) -> None:
    """Fill `ahead` and `behind` of a route, and give its tasks the modes that take least time."""
    n = r.row[v].size
    k = f.vehicle[v].kind
    modes = len(f.modes)
    for m in range(modes):
        r.ahead[v, 0, m] = FAR_S if m > 0 else 0.0
        r.behind[v, n, m] = FAR_S if m > 0 else 0.0
    for p in range(n):
        s = f.service_s[r.stop[v, p].task, k]
        for b in range(modes):
            x = r.ahead[v, p, 0] + r.link[v, p, b]
            for a in range(1, modes):
                x = min(x, r.ahead[v, p, a] + r.link[v, p, modes * a + b])
            r.ahead[v, p + 1, b] = s + x
    for p in range(n - 1, -1, -1):
        s = f.service_s[r.stop[v, p].task, k]
        for a in range(modes):
            x = r.behind[v, p + 1, 0] + r.link[v, p + 1, modes * a]
            for b in range(1, modes):
                x = min(x, r.behind[v, p + 1, b] + r.link[v, p + 1, modes * a + b])
            r.behind[v, p, a] = s + x
    b = 0
    for p in range(n, 0, -1):
        a = 0
        x = r.ahead[v, p, 0] + r.link[v, p, b]
        for c in range(1, modes):
            y = r.ahead[v, p, c] + r.link[v, p, modes * c + b]
            if y < x:
                x = y
                a = c
        r.stop[v, p - 1].mode = a
        b = a


@kernel
def time_route(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int) -> bool:
    """Drive the chosen modes: times, cost and price of delay; return whether all rules hold."""
    n = r.row[v].size
    k = f.vehicle[v].kind
    modes = len(f.modes)
    clock = f.vehicle[v].shift_start_s
    if n == 0 and not f.vehicle[v].out:
        r.row[v].cost = 0.0
        r.row[v].end_s = clock
        r.stop[v, 0].slope = 0.0
        return True
    cost = f.vehicle[v].fixed_price
    rest_by = f.vehicle[v].rest_by_s
    metres = 0.0
    holds = True
    a = 0
    for p in range(n):
        t = r.stop[v, p].task
        b = r.stop[v, p].mode
        arrives = clock + r.link[v, p, modes * a + b]
        clock = max(arrives, r.begin_s[t, RELEASE]) + f.service_s[t, k]
        if f.terms.rests and clock > rest_by:
            clock = max(arrives + f.vehicle[v].rest_s, r.begin_s[t, RELEASE]) + f.service_s[t, k]
            rest_by = FAR_S * FAR_S
        if f.terms.bounded and clock - f.service_s[t, k] > r.begin_s[t, BEGIN_BY] + 1e-6:
            holds = False
        r.stop[v, p].done_s = clock
        r.begin_s[t, DONE] = clock
        cost += f.task[t].completion_price * clock
        if clock > f.task[t].due_s:
            cost += f.task[t].lateness_price * (clock - f.task[t].due_s)
        if f.terms.metric:
            metres += link_metres(g, f, r, v, p, a) + f.terms.metres[-1, f.end[t, b], 0]
        if f.terms.picky:
            cost += f.terms.extra[t, v]
            holds = holds and f.terms.extra[t, v] < BIG_S
        a = b
    clock += r.link[v, n, modes * a]
    if f.terms.rests and clock > rest_by:
        clock += f.vehicle[v].rest_s
    if f.terms.metric:
        metres += link_metres(g, f, r, v, n, a)
    slope = 0.0
    r.stop[v, n].slope = 0.0
    for p in range(n - 1, -1, -1):
        t = r.stop[v, p].task
        slope += f.task[t].completion_price
        if r.stop[v, p].done_s > f.task[t].due_s:
            slope += f.task[t].lateness_price
        r.stop[v, p].slope = slope
        if f.terms.strict and p < n - 1:
            after = f.task[r.stop[v, p + 1].task].class_index
            holds = holds and f.task[t].class_index <= after
    spent = clock - f.vehicle[v].shift_start_s
    r.row[v].cost = cost + f.vehicle[v].price_per_s * spent + f.vehicle[v].per_m * metres
    r.row[v].end_s = clock
    if n == 0:
        return True
    return holds and clock <= f.vehicle[v].shift_end_s + 1e-6 and clock < FAR_S


@kernel
def link_metres(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, v: int, p: int, a: int
) -> float:
    """Return the metres of the deadhead before position `p`, from mode `a` of the one before."""
    i = end_before(f, r, v, p, a)
    j = end_after(f, r, v, p, r.stop[v, p].mode if p < r.row[v].size else 0)
    if i < 0 or j < 0:
        return 0.0
    if r.stop[v, p].refill > 0 and p < r.row[v].size:
        site = f.site[r.stop[v, p].refill - 1].end
        return gap_metres(g, f, i, site) + gap_metres(g, f, site, j)
    return gap_metres(g, f, i, j)


@kernel
def gap_metres(g: DeadheadTable, f: ProblemArrays, i: int, j: int) -> float:
    """Return the metres from the end of `i` to the beginning of `j`, or what is usual."""
    if f.terms.metres.shape[0] > 1:
        return f.terms.metres[i, j, 0]
    return gap(g, i, j) * f.terms.mps
