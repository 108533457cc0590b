"""Ruin and recreate under simulated annealing (Christiaens and Vanden Berghe 2020)."""

# mypy: no-warn-return-any

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from routing.kernels.layout import FAR_S, Best, Facts, Gaps, Places, Routes
from routing.kernels.membership import join, leave
from routing.kernels.routes import cut, gap, insert, price
from routing.problem import Flags, Floats, Ints, Longs

STRING = 10
"""Longest string of tasks taken out of one route, and the mean number taken out at once."""
BLINK = 0.01
"""Share of places overlooked on purpose."""
EXTRA = 10
"""Absent tasks tried in one iteration beside those just taken out."""


class Undo(NamedTuple):
    """What an iteration changed: `rows` before it, `routes` by `mark`, `tasks` and if `absent`.

    `counts` int64[2] are the numbers of routes and tasks; `key` float64 sorts the tasks;
    `seen` bool[V] marks groups of vehicles whose first empty one was tried.
    """

    rows: Routes
    mark: Flags
    routes: Ints
    tasks: Ints
    absent: Flags
    counts: Longs
    key: Floats
    seen: Flags


@njit(cache=True, nogil=True)
def draw(rng: NDArray[np.uint64]) -> float:
    """Return the next number in [0, 1) (xorshift64*)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def copy_row(source: Routes, target: Routes, v: int) -> None:
    """Copy one route with everything known about it."""
    n = source.row[v].size
    target.row[v] = source.row[v]
    for p in range(n + 1):
        target.stop[v, p] = source.stop[v, p]
        for k in range(4):
            target.link[v, p, k] = source.link[v, p, k]
            target.reach[v, p, k] = source.reach[v, p, k]


@njit(cache=True, nogil=True)
def touch(r: Routes, u: Undo, v: int) -> None:
    """Keep a copy of route `v` before its first change."""
    if not u.mark[v]:
        u.mark[v] = True
        u.routes[u.counts[0]] = v
        u.counts[0] += 1
        copy_row(r, u.rows, v)


@njit(cache=True, nogil=True)
def note(u: Undo, t: int, absent: bool) -> None:
    """List a task that this iteration moves."""
    u.tasks[u.counts[1]] = t
    u.absent[u.counts[1]] = absent
    u.counts[1] += 1


@njit(cache=True, nogil=True)
def remove_string(
    g: Gaps, f: Facts, r: Routes, at: Places, u: Undo, v: int, first: int, count: int
) -> None:
    """Take neighbouring tasks out of a route."""
    for p in range(first, first + count):
        note(u, r.stop[v, p].task, False)
        leave(f, at, r.stop[v, p].task)
    cut(g, f, r, at, v, first, count)


@njit(cache=True, nogil=True)
def ruin(g: Gaps, f: Facts, r: Routes, at: Places, u: Undo, rng: NDArray[np.uint64]) -> None:
    """Take strings of tasks around a random one out of several routes."""
    tasks = len(at.spot)
    seed = int(draw(rng) * tasks)
    used = 0
    for v in range(len(f.vehicle)):
        if r.row[v].size > 0:
            used += 1
    mean = (tasks - at.counts[0]) / max(used, 1)
    longest = max(1.0, min(float(STRING), mean))
    strings = int(1.0 + draw(rng) * (4.0 * STRING / (1.0 + longest) - 1.0))
    taken = 0
    for q in range(-1, f.near.shape[1]):
        c = seed if q < 0 else f.near[seed, q]
        if c < 0 or taken >= strings:
            break
        v = at.spot[c].route
        if v < 0 or u.mark[v]:
            continue
        touch(r, u, v)
        taken += 1
        n = r.row[v].size
        count = int(1.0 + draw(rng) * min(float(n), longest))
        count = min(count, n)
        kept = 0
        if count > 1 and count < n and draw(rng) < 0.5:
            kept = 1
            while count + kept < n and draw(rng) > 0.01 and kept < count:
                kept += 1
        span = count + kept
        p = at.spot[c].position
        low = max(0, p - span + 1)
        high = min(p, n - span)
        first = low + int(draw(rng) * (high - low + 1))
        if kept > 0:
            hole = 1 + int(draw(rng) * (count - 1))
            remove_string(g, f, r, at, u, v, first + hole + kept, count - hole)
            remove_string(g, f, r, at, u, v, first, hole)
        else:
            remove_string(g, f, r, at, u, v, first, count)


@njit(cache=True, nogil=True)
def sort_tasks(f: Facts, u: Undo, g: Gaps, rng: NDArray[np.uint64]) -> None:
    """Order the moved tasks: at random, heaviest, most urgent, farthest or nearest first."""
    count = u.counts[1]
    rule = int(draw(rng) * 11.0)
    for x in range(count):
        t = u.tasks[x]
        if rule < 4:
            u.key[x] = draw(rng)
        elif rule < 6:
            u.key[x] = -f.task[t].material_kg
        elif rule < 8:
            u.key[x] = -f.task[t].completion_price - f.task[t].lateness_price
        elif rule < 10:
            u.key[x] = -gap(g, f.vehicle[0].start, f.end[t, 0])
        else:
            u.key[x] = gap(g, f.vehicle[0].start, f.end[t, 0])
    for x in range(1, count):
        key = u.key[x]
        t = u.tasks[x]
        was = u.absent[x]
        y = x
        while y > 0 and u.key[y - 1] > key:
            u.key[y] = u.key[y - 1]
            u.tasks[y] = u.tasks[y - 1]
            u.absent[y] = u.absent[y - 1]
            y -= 1
        u.key[y] = key
        u.tasks[y] = t
        u.absent[y] = was


@njit(cache=True, nogil=True)
def open_to(f: Facts, r: Routes, t: int, v: int) -> bool:
    """Whether vehicle `v` can do task `t` as far as type, hopper and memory go."""
    if f.service_s[t, f.vehicle[v].kind] >= FAR_S or r.row[v].size >= (r.stop.shape[1] - 1):
        return False
    need = f.task[t].material_kg
    if len(f.site) > 0:
        return need <= f.vehicle[v].capacity_kg + 1e-6 or need <= r.row[v].spare_kg + 1e-6
    return need <= r.row[v].spare_kg + 1e-6


@njit(cache=True, nogil=True)
def best_place(
    g: Gaps,
    f: Facts,
    r: Routes,
    at: Places,
    u: Undo,
    t: int,
    banned: int,
    blink: float,
    rng: NDArray[np.uint64],
) -> tuple[int, int]:
    """Return (vehicle, position) of the cheapest place for task `t`, (-1, 0) for none."""
    best = FAR_S * FAR_S
    chosen = -1
    where = 0
    vehicles = len(f.vehicle)
    u.seen[:] = False
    for v in range(vehicles):
        n = r.row[v].size
        if n == 0:
            if u.seen[f.vehicle[v].group]:
                continue
            u.seen[f.vehicle[v].group] = True
        elif not f.everywhere:
            continue
        if v == banned or not open_to(f, r, t, v):
            continue
        for p in range(n + 1):
            if draw(rng) >= blink:
                s = price(g, f, r, t, v, p)
                if s < best:
                    best = s
                    chosen = v
                    where = p
    if f.everywhere:
        return chosen, where
    for q in range(f.near.shape[1]):
        c = f.near[t, q]
        if c < 0:
            break
        v = at.spot[c].route
        if v < 0 or v == banned or draw(rng) < blink or not open_to(f, r, t, v):
            continue
        # Before `c` is behind its predecessor, which is mostly near too.
        p0 = at.spot[c].position
        for p in range(p0 if p0 == 0 else p0 + 1, p0 + 2):
            s = price(g, f, r, t, v, p)
            if s < best:
                best = s
                chosen = v
                where = p
    for _ in range(3):
        v = int(draw(rng) * vehicles)
        if v != banned and open_to(f, r, t, v):
            s = price(g, f, r, t, v, r.row[v].size)
            if s < best:
                best = s
                chosen = v
                where = r.row[v].size
    return chosen, where


@njit(cache=True, nogil=True)
def recreate(
    g: Gaps, f: Facts, r: Routes, at: Places, u: Undo, blink: float, rng: NDArray[np.uint64]
) -> None:
    """Put each listed task where it costs least; leave out what fits nowhere."""
    for x in range(u.counts[1]):
        t = u.tasks[x]
        if not at.spot[t].fit:
            continue
        banned = -1
        for _ in range(3):
            v, p = best_place(g, f, r, at, u, t, banned, blink, rng)
            if v < 0:
                break
            touch(r, u, v)
            if insert(g, f, r, at, t, v, p):
                join(f, at, t, v, p)
                break
            at.spot[t].route = -1
            cut(g, f, r, at, v, p, 1)
            banned = v


@njit(cache=True, nogil=True)
def roll_back(f: Facts, r: Routes, at: Places, u: Undo) -> None:
    """Undo the iteration."""
    for x in range(u.counts[1]):
        if at.spot[u.tasks[x]].route >= 0:
            leave(f, at, u.tasks[x])
    for y in range(u.counts[0]):
        v = u.routes[y]
        at.sums[1] += u.rows.row[v].cost - r.row[v].cost
        copy_row(u.rows, r, v)
        for p in range(r.row[v].size):
            at.spot[r.stop[v, p].task].route = v
            at.spot[r.stop[v, p].task].position = p
    for x in range(u.counts[1]):
        t = u.tasks[x]
        if not u.absent[x]:
            join(f, at, t, at.spot[t].route, at.spot[t].position)


@njit(cache=True, nogil=True)
def keep_best(r: Routes, b: Best, total: float) -> None:
    """Copy the routes that have changed since the last best."""
    b.cost[0] = total
    for v in range(len(b.stale)):
        if b.stale[v]:
            b.stale[v] = False
            b.row[v] = r.row[v]
            for p in range(r.row[v].size + 1):
                b.stop[v, p] = r.stop[v, p]


@njit(cache=True, nogil=True)
def list_absent(f: Facts, at: Places, u: Undo, limit: int, rng: NDArray[np.uint64]) -> None:
    """List up to `limit` absent tasks, from a random one on."""
    count = at.counts[0]
    if count == 0:
        return
    first = int(draw(rng) * count)
    for x in range(min(limit, count)):
        note(u, at.absent[(first + x) % count], True)


@njit(cache=True, nogil=True)
def fill(
    g: Gaps, f: Facts, r: Routes, at: Places, u: Undo, b: Best, rng: NDArray[np.uint64]
) -> None:
    """Insert every absent task at its best place, one after the other, as a first solution."""
    u.counts[:] = 0
    u.mark[:] = False
    list_absent(f, at, u, at.counts[0], rng)
    recreate(g, f, r, at, u, 0.0, rng)
    b.stale[:] = True
    total = at.sums[0] + at.sums[1]
    if total <= b.cost[0] + 1e-6:
        keep_best(r, b, total)


@njit(cache=True, nogil=True)
def anneal(
    g: Gaps,
    f: Facts,
    r: Routes,
    at: Places,
    u: Undo,
    b: Best,
    rng: NDArray[np.uint64],
    iterations: int,
    temperature: float,
) -> float:
    """Run iterations at one temperature and return the mean size of the changes they tried."""
    moved = 0.0
    at.sums[1] = 0.0
    for v in range(len(f.vehicle)):
        at.sums[1] += r.row[v].cost
    for _ in range(iterations):
        for y in range(u.counts[0]):
            u.mark[u.routes[y]] = False
        u.counts[:] = 0
        before = at.sums[0] + at.sums[1]
        list_absent(f, at, u, EXTRA, rng)
        ruin(g, f, r, at, u, rng)
        sort_tasks(f, u, g, rng)
        recreate(g, f, r, at, u, BLINK, rng)
        after = at.sums[0] + at.sums[1]
        moved += abs(after - before)
        if after < before - temperature * np.log(1.0 - draw(rng)):
            for y in range(u.counts[0]):
                b.stale[u.routes[y]] = True
            if after < b.cost[0] - 1e-7:
                keep_best(r, b, after)
        else:
            roll_back(f, r, at, u)
    return moved / max(iterations, 1)
