"""One route: its deadheads, best directions, times, reloads and cost, and places in it."""

# mypy: no-warn-return-any

from numba import njit

from routing.kernels.layout import FAR_S, Facts, Gaps, Places, Routes


@njit(cache=True, nogil=True)
def gap(g: Gaps, i: int, j: int) -> float:
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


@njit(cache=True, nogil=True)
def end_before(f: Facts, r: Routes, v: int, p: int, mode: int) -> int:
    """Return the end where the vehicle stands before position `p`, -1 where it cannot."""
    if p == 0:
        return f.vehicle[v].start if mode == 0 else -1
    return f.end[r.stop[v, p - 1].task, mode]


@njit(cache=True, nogil=True)
def end_after(f: Facts, r: Routes, v: int, p: int, mode: int) -> int:
    """Return the end where position `p` begins; -1 where it cannot, -2 for "ends anywhere"."""
    if p == r.row[v].size:
        if mode == 1:
            return -1
        return f.vehicle[v].finish if f.vehicle[v].finish >= 0 else -2
    return f.end[r.stop[v, p].task, mode]


@njit(cache=True, nogil=True)
def link_s(g: Gaps, pace: float, i: int, j: int) -> float:
    """Return the deadhead of a vehicle between two ends, with the signs of `end_after`."""
    if i == -1 or j == -1:
        return FAR_S
    if j == -2:
        return 0.0
    return pace * gap(g, i, j)


@njit(cache=True, nogil=True)
def detour_s(g: Gaps, f: Facts, pace: float, i: int, j: int) -> tuple[float, int]:
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


@njit(cache=True, nogil=True)
def connect(g: Gaps, f: Facts, r: Routes, v: int, p: int) -> None:
    """Compute the deadheads between position `p - 1` and `p` afresh."""
    pace = f.vehicle[v].pace
    for a in range(2):
        i = end_before(f, r, v, p, a)
        for b in range(2):
            r.link[v, p, 2 * a + b] = link_s(g, pace, i, end_after(f, r, v, p, b))


@njit(cache=True, nogil=True)
def place_refills(f: Facts, r: Routes, v: int) -> bool:
    """Reload as late as possible; return whether the hopper then suffices."""
    load = f.vehicle[v].load_kg
    fits = True
    for p in range(r.row[v].size):
        need = f.task[r.stop[v, p].task].material_kg
        r.stop[v, p].refill = 0
        if need > load + 1e-6:
            if len(f.site) == 0 or need > f.vehicle[v].capacity_kg + 1e-6:
                fits = False
            else:
                load = f.vehicle[v].capacity_kg
                r.stop[v, p].refill = 1
        load -= need
    r.stop[v, r.row[v].size].refill = 0
    r.row[v].spare_kg = load
    return fits


@njit(cache=True, nogil=True)
def via_site(g: Gaps, f: Facts, r: Routes, v: int, p: int) -> None:
    """Lead the deadheads before position `p` over a reload site."""
    pace = f.vehicle[v].pace
    best = FAR_S
    for a in range(2):
        i = end_before(f, r, v, p, a)
        for b in range(2):
            s, site = detour_s(g, f, pace, i, end_after(f, r, v, p, b))
            r.link[v, p, 2 * a + b] = s
            if s < best:
                best = s
                r.stop[v, p].refill = site + 1


@njit(cache=True, nogil=True)
def refresh(g: Gaps, f: Facts, r: Routes, at: Places, v: int, p0: int) -> bool:
    """Recompute a route that changed from task `p0` on; return whether it can be driven."""
    n = r.row[v].size
    k = f.vehicle[v].kind
    fits = True
    if len(f.site) > 0 and f.vehicle[v].capacity_kg > 0:
        for p in range(n):
            if r.stop[v, p].refill > 0:
                connect(g, f, r, v, p)
        fits = place_refills(f, r, v)
        for p in range(n):
            if r.stop[v, p].refill > 0:
                via_site(g, f, r, v, p)
        p0 = 0
    else:
        fits = place_refills(f, r, v)
    r.reach[v, 0, 0] = 0.0
    r.reach[v, 0, 1] = FAR_S
    for p in range(p0, n):
        s = f.service_s[r.stop[v, p].task, k]
        x = r.reach[v, p, 0]
        y = r.reach[v, p, 1]
        r.reach[v, p + 1, 0] = s + min(x + r.link[v, p, 0], y + r.link[v, p, 2])
        r.reach[v, p + 1, 1] = s + min(x + r.link[v, p, 1], y + r.link[v, p, 3])
    r.reach[v, n, 2] = 0.0
    r.reach[v, n, 3] = FAR_S
    for p in range(n - 1, -1, -1):
        s = f.service_s[r.stop[v, p].task, k]
        x = r.reach[v, p + 1, 2]
        y = r.reach[v, p + 1, 3]
        r.reach[v, p, 2] = s + min(x + r.link[v, p + 1, 0], y + r.link[v, p + 1, 1])
        r.reach[v, p, 3] = s + min(x + r.link[v, p + 1, 2], y + r.link[v, p + 1, 3])
    b = 0
    for p in range(n, 0, -1):
        a = 0
        if r.reach[v, p, 1] + r.link[v, p, 2 + b] < r.reach[v, p, 0] + r.link[v, p, b]:
            a = 1
        r.stop[v, p - 1].mode = a
        b = a
    return time_route(f, r, at, v, p0) and fits


@njit(cache=True, nogil=True)
def time_route(f: Facts, r: Routes, at: Places, v: int, p0: int) -> bool:
    """Drive the chosen modes: times, cost and price of delay; return whether the shift suffices."""
    n = r.row[v].size
    k = f.vehicle[v].kind
    clock = f.vehicle[v].shift_start_s
    cost = 0.0
    a = 0
    for p in range(n):
        t = r.stop[v, p].task
        b = r.stop[v, p].mode
        clock = max(clock + r.link[v, p, 2 * a + b], f.task[t].release_s) + f.service_s[t, k]
        r.stop[v, p].done_s = clock
        cost += f.task[t].completion_price * clock
        if clock > f.task[t].due_s:
            cost += f.task[t].lateness_price * (clock - f.task[t].due_s)
        if p >= p0:
            at.spot[t].route = v
            at.spot[t].position = p
        a = b
    if n == 0:
        at.sums[1] -= r.row[v].cost
        r.row[v].cost = 0.0
        r.row[v].end_s = clock
        r.stop[v, 0].slope = 0.0
        return True
    clock += r.link[v, n, 2 * a]
    slope = 0.0
    r.stop[v, n].slope = 0.0
    for p in range(n - 1, -1, -1):
        t = r.stop[v, p].task
        slope += f.task[t].completion_price
        if r.stop[v, p].done_s > f.task[t].due_s:
            slope += f.task[t].lateness_price
        r.stop[v, p].slope = slope
    cost += f.vehicle[v].fixed_price + f.vehicle[v].price_per_s * (
        clock - f.vehicle[v].shift_start_s
    )
    at.sums[1] += cost - r.row[v].cost
    r.row[v].cost = cost
    r.row[v].end_s = clock
    return clock <= f.vehicle[v].shift_end_s + 1e-6 and clock < FAR_S


@njit(cache=True, nogil=True)
def open_gap(r: Routes, v: int, p: int) -> None:
    """Make room for one task at position `p`."""
    n = r.row[v].size
    for q in range(n, p, -1):
        r.stop[v, q].task = r.stop[v, q - 1].task
    for q in range(n + 1, p + 1, -1):
        r.stop[v, q].refill = r.stop[v, q - 1].refill
        for m in range(4):
            r.link[v, q, m] = r.link[v, q - 1, m]
    r.stop[v, p].refill = 0
    r.stop[v, p + 1].refill = 0
    r.row[v].size = n + 1


@njit(cache=True, nogil=True)
def insert(g: Gaps, f: Facts, r: Routes, at: Places, t: int, v: int, p: int) -> bool:
    """Put task `t` into route `v` at `p`; return whether the route can be driven."""
    open_gap(r, v, p)
    r.stop[v, p].task = t
    connect(g, f, r, v, p)
    connect(g, f, r, v, p + 1)
    return refresh(g, f, r, at, v, p)


@njit(cache=True, nogil=True)
def cut(g: Gaps, f: Facts, r: Routes, at: Places, v: int, p: int, count: int) -> None:
    """Take `count` tasks from position `p` on out of route `v`; the caller lists them."""
    n = r.row[v].size
    for q in range(p, n - count):
        r.stop[v, q].task = r.stop[v, q + count].task
    for q in range(p, n - count + 1):
        r.stop[v, q].refill = r.stop[v, q + count].refill
        for m in range(4):
            r.link[v, q, m] = r.link[v, q + count, m]
    r.row[v].size = n - count
    r.stop[v, p].refill = 0
    connect(g, f, r, v, p)
    refresh(g, f, r, at, v, p)


@njit(cache=True, nogil=True)
def price(g: Gaps, f: Facts, r: Routes, t: int, v: int, p: int) -> float:
    """Return what inserting `t` before position `p` of route `v` would cost, about.

    Exact over the best directions of the whole route for its duration. The delay of the tasks
    behind is priced by their slope: exact for completion, at least its true price for lateness.
    """
    k = f.vehicle[v].kind
    pace = f.vehicle[v].pace
    n = r.row[v].size
    s = f.service_s[t, k]
    best = FAR_S
    before = FAR_S
    for m in range(2):
        e = f.end[t, m]
        if e < 0:
            continue
        x = FAR_S
        for a in range(2):
            i = end_before(f, r, v, p, a)
            if i >= 0:
                x = min(x, r.reach[v, p, a] + link_s(g, pace, i, e))
        y = FAR_S
        for b in range(2):
            j = end_after(f, r, v, p, b)
            if j != -1:
                y = min(y, link_s(g, pace, e, j) + r.reach[v, p, 2 + b])
        if x + s + y < best:
            best = x + s + y
            before = x
    if best >= FAR_S:
        return FAR_S * FAR_S
    whole = min(r.reach[v, n, 0] + r.link[v, n, 0], r.reach[v, n, 1] + r.link[v, n, 2])
    if n == 0:
        whole = 0.0
    delay = best - whole
    if r.stop[v, p].refill > 0:
        mine = min(r.link[v, p, 0], min(r.link[v, p, 1], min(r.link[v, p, 2], r.link[v, p, 3])))
        delay += mine
    if r.row[v].end_s + delay > f.vehicle[v].shift_end_s + 1e-6:
        return FAR_S * FAR_S
    lag = 0.0
    if p > 0:
        a = r.stop[v, p - 1].mode
        lag = r.stop[v, p - 1].done_s - f.vehicle[v].shift_start_s - r.reach[v, p, a]
    done = max(f.vehicle[v].shift_start_s + before + max(lag, 0.0), f.task[t].release_s) + s
    cost = (
        delay * (f.vehicle[v].price_per_s + r.stop[v, p].slope) + f.task[t].completion_price * done
    )
    if done > f.task[t].due_s:
        cost += f.task[t].lateness_price * (done - f.task[t].due_s)
    if n == 0:
        cost += f.vehicle[v].fixed_price
    return cost
