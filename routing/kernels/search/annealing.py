"""Ruin and recreate under simulated annealing (Christiaens and Vanden Berghe 2020)."""

# mypy: no-warn-return-any

import numpy as np
from numpy.typing import NDArray

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.randomness import draw
from routing.kernels.arrays.subproblem_arrays import (
    ABSENT,
    BIG_S,
    CAPACITY,
    COMPLETION,
    DISTANCE,
    EXCESS,
    GROUP,
    KIND,
    LATENESS,
    MATERIAL,
    OVER,
    PLACE,
    ROUTE,
    ROWS,
    SERVICE,
    SPARE,
    WEIGHT,
    BestRows,
    InsertionCache,
    Rows,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.membership import join, leave
from routing.kernels.rows.precedence import EARLIERS, complete, hold_back
from routing.kernels.rows.rows import cut, insert, look
from routing.kernels.rows.synchronization import agree, take_out_followers
from routing.kernels.rows.undo import forget, keep_best, note, roll_back, touch
from routing.kernels.search.segment_reversal import rearrange

STRING = 10.0
"""Longest string of tasks taken out of one row, and the mean number taken out at once."""
LONG_ROW = 50.0
"""Mean tasks of a row from which there are two kinds of ruins:"""
LONG_SHARE = 0.25
"""this share of them takes out"""
LONG_STRING = 30.0
"""longer strings"""
LONG_RUIN = 20.0
"""and so many tasks on average: what fits into another full row may be much."""
SPLIT = 0.5
"""Share of strings that keep some tasks in their middle, and of those that keep one more."""
BLINK = 0.01
"""Probability that the cheapest place in a row is overlooked on purpose."""
EXTRA = 10
"""Absent tasks tried in one iteration beside those just taken out."""
FEW_ROWS = 12
"""Up to so many rows a task is tried in all of them; above, only where its nearest tasks are."""
NEAR_PLACES = 50
"""Nearest tasks whose rows are tried."""
LONG_ROWS = 0.1
"""Stretches of rows tried after each ruin, for each task of a mean row,"""
MOST_STRETCHES = 10
"""but no more than this."""
REPRICED = 250
"""Iterations after which the price of lacking material changes,"""
STEP = 1.05
"""by this factor: up"""
SOUND = 0.4
"""where less than this share of them ended with nothing lacking, else down."""


@kernel
def remove_string(f: Subproblem, r: Rows, u: UndoLog, w: int, first: int, count: int) -> None:
    """Take neighbouring tasks out of a row."""
    for p in range(first, first + count):
        note(u, r.order[w, p], False)
        leave(f, r, r.order[w, p])
    cut(f, r, w, first, count)


@kernel
def ruin(f: Subproblem, r: Rows, u: UndoLog, rng: NDArray[np.uint64]) -> None:
    """Take strings of tasks around a random one out of several rows."""
    tasks = len(r.spot)
    seed = int(draw(rng) * tasks)
    used = 0
    for w in range(len(r.size)):
        if r.size[w] > 0:
            used += 1
    mean = (tasks - r.number[0]) / max(used, 1)
    string = STRING
    out = STRING
    if mean >= LONG_ROW and draw(rng) < LONG_SHARE:
        string = LONG_STRING
        out = LONG_RUIN
    longest = max(1.0, min(string, mean))
    strings = int(1.0 + draw(rng) * (4.0 * out / (1.0 + longest) - 1.0))
    taken = 0
    for q in range(-1, f.near.shape[1]):
        c = seed if q < 0 else f.near[seed, q]
        if c < 0 or taken >= strings:
            break
        w = r.spot[c, ROUTE]
        if w < 0 or u.mark[w]:
            continue
        touch(r, u, w)
        taken += 1
        n = r.size[w]
        count = min(int(1.0 + draw(rng) * min(float(n), longest)), n)
        kept = 0
        if 1 < count < n and draw(rng) < SPLIT:
            kept = 1
            while count + kept < n and draw(rng) < SPLIT:
                kept += 1
        span = count + kept
        p = r.spot[c, PLACE]
        low = max(1, p - span + 1)
        high = min(p, n + 1 - span)
        first = low + int(draw(rng) * (high - low + 1))
        if kept > 0:
            hole = 1 + int(draw(rng) * (count - 1))
            remove_string(f, r, u, w, first + hole + kept, count - hole)
            remove_string(f, r, u, w, first, hole)
        else:
            remove_string(f, r, u, w, first, count)
    if len(f.ruled) > 0:
        take_out_followers(f, r, u)


@kernel
def sort_tasks(f: Subproblem, u: UndoLog, rng: NDArray[np.uint64]) -> None:
    """Order the moved tasks: at random, heaviest, most urgent, farthest or nearest first."""
    count = u.number[1]
    rule = int(draw(rng) * 11.0)
    for x in range(count):
        t = u.task[x]
        if rule < 4:
            u.key[x] = draw(rng)
        elif rule < 6 or (rule < 8 and f.timeless):
            u.key[x] = -f.node[t, MATERIAL]
        elif rule < 8:
            u.key[x] = -f.node[t, COMPLETION] - f.node[t, LATENESS]
        elif rule < 10:
            u.key[x] = -f.node[t, DISTANCE]
        else:
            u.key[x] = f.node[t, DISTANCE]
    for x in range(1, count):
        key = u.key[x]
        t = u.task[x]
        was = u.absent[x]
        y = x
        while y > 0 and u.key[y - 1] > key:
            u.key[y] = u.key[y - 1]
            u.task[y] = u.task[y - 1]
            u.absent[y] = u.absent[y - 1]
            y -= 1
        u.key[y] = key
        u.task[y] = t
        u.absent[y] = was


@kernel
def _price_of_lack(f: Subproblem, r: Rows, w: int, need: float) -> float:
    """Return what the material costs that row `w` would lack with so much more needed."""
    if need <= r.sum[w, SPARE] + 1e-6:
        return 0.0
    if need > f.window[w, CAPACITY] + 1e-6:
        return BIG_S * BIG_S
    if len(f.site) > 0:
        return 0.0
    if r.total[WEIGHT] == 0.0:
        return BIG_S * BIG_S
    return r.total[WEIGHT] * (need - max(r.sum[w, SPARE], 0.0))


@kernel
def note_near(f: Subproblem, r: Rows, u: UndoLog, t: int, everywhere: bool) -> None:
    """Mark rows that hold one of the nearest tasks of `t` in the second half of `UndoLog.seen`."""
    windows = len(r.size)
    u.seen[:windows] = False
    u.seen[windows:] = everywhere
    if not everywhere:
        for q in range(min(NEAR_PLACES, f.near.shape[1])):
            c = f.near[t, q]
            if c < 0:
                break
            if r.spot[c, ROUTE] >= 0:
                u.seen[windows + r.spot[c, ROUTE]] = True


@kernel
def best_place(
    f: Subproblem,
    r: Rows,
    c: InsertionCache,
    u: UndoLog,
    t: int,
    banned: int,
    everywhere: bool,
    blink: float,
    rng: NDArray[np.uint64],
) -> tuple[int, int]:
    """Return (row, place) of the cheapest place for task `t`, (-1, 0) for none.

    Unless `everywhere`, only in empty rows and in those where near tasks are.
    """
    best = BIG_S * BIG_S
    chosen = -1
    where = 0
    need = f.node[t, MATERIAL]
    note_near(f, r, u, t, everywhere)
    windows = len(r.size)
    overlooked = int(draw(rng) * max(1.0 / blink, windows)) if blink > 0.0 else -1
    for w in range(windows):
        if r.size[w] == 0:
            if u.seen[f.which[w, GROUP]]:
                continue
            u.seen[f.which[w, GROUP]] = True
        elif not u.seen[windows + w]:
            continue
        if w == banned or f.node[t, SERVICE + f.which[w, KIND]] >= BIG_S:
            continue
        if r.size[w] >= r.order.shape[1] - 3:
            continue
        over = _price_of_lack(f, r, w, need)
        if len(f.ruled) > 0 and f.terms.picky:
            over += f.terms.extra[t, w]
            if over >= BIG_S:
                continue
        if over >= best:
            continue
        if c.version[t, w] != r.version[w]:
            look(f, r, c, t, w)
        x = 1 if w == overlooked else 0
        if c.price[t, w, x] + over < best:
            best = c.price[t, w, x] + over
            chosen = w
            where = c.place[t, w, x]
    return chosen, where


@kernel
def recreate(
    f: Subproblem, r: Rows, c: InsertionCache, u: UndoLog, blink: float, rng: NDArray[np.uint64]
) -> bool:
    """Put each listed task where it costs least; leave out what fits nowhere.

    Earlier passes go first. Return whether what holds between the rows can hold.
    """
    everywhere = len(r.size) <= FEW_ROWS
    ordered = len(f.ruled) > 0 and f.terms.ordered
    if ordered:
        u.key[: u.number[1]] = 0.0
    more = True
    while more:
        more = False
        for x in range(u.number[1]):
            t = u.task[x]
            if ordered:
                if u.key[x] > 0.0 or not complete(f, r, t):
                    continue
                u.key[x] = 1.0
                more = True
                if f.terms.chain[t, EARLIERS] >= 0:  # where it may begin changes with other rows
                    hold_back(f, r, t)
                    c.version[t, :] = -1
            banned = -1
            for _ in range(3):
                w, p = best_place(f, r, c, u, t, banned, everywhere, blink, rng)
                if w < 0 and not everywhere:
                    w, p = best_place(f, r, c, u, t, banned, True, blink, rng)
                if w < 0:
                    break
                touch(r, u, w)
                if insert(f, r, t, w, p):
                    join(f, r, t, w)
                    break
                cut(f, r, w, p, 1)
                banned = w
    return len(f.ruled) == 0 or agree(f, r, u)


@kernel
def list_absent(r: Rows, u: UndoLog, limit: int, rng: NDArray[np.uint64]) -> None:
    """List up to `limit` absent tasks, from a random one on."""
    count = r.number[0]
    if count > 0:
        first = int(draw(rng) * count)
        for x in range(min(limit, count)):
            note(u, r.absent[(first + x) % count], True)


@kernel
def _reprice(r: Rows, sound: int) -> None:
    """Change the price of lacking material, and add up afresh what is lacking."""
    r.total[WEIGHT] *= STEP if sound < SOUND * REPRICED else 1.0 / STEP
    r.total[OVER] = 0.0
    for w in range(len(r.size)):
        r.total[OVER] += r.sum[w, EXCESS]


@kernel
def _decide(f: Subproblem, r: Rows, u: UndoLog, b: BestRows, most: float) -> None:
    """Keep what has been changed where all rows then cost less than `most`; else take it back."""
    after = r.total[ABSENT] + r.total[ROWS] + r.total[WEIGHT] * r.total[OVER]
    if after >= most:
        roll_back(f, r, u)
        return
    for y in range(u.number[0]):
        b.stale[u.row[y]] = True
    if after < b.cost[0] - 1e-7 and r.total[OVER] < 1e-6:
        keep_best(r, b)


@kernel
def _stretches(f: Subproblem, r: Rows) -> int:
    """Return how many stretches are tried after each ruin: more where rows are long.

    None where rules bind tasks to rows or to an order: few stretches would keep to them.
    """
    if f.terms.strict or f.terms.picky or f.terms.ordered:
        return 0
    used = 0
    for w in range(len(r.size)):
        if r.size[w] > 0:
            used += 1
    placed = len(r.spot) - r.number[0]
    return min(int(LONG_ROWS * placed / max(used, 1)), MOST_STRETCHES)


@kernel
def anneal(
    f: Subproblem,
    r: Rows,
    c: InsertionCache,
    u: UndoLog,
    b: BestRows,
    rng: NDArray[np.uint64],
    iterations: int,
    temperature: float,
) -> None:
    """Run iterations at one temperature.

    Rows may lack material at a price, which keeps adapting (Vidal 2022); the best ones do not.
    """
    sound = 0
    stretches = _stretches(f, r)
    for x in range(iterations):
        forget(u)
        before = r.total[ABSENT] + r.total[ROWS] + r.total[WEIGHT] * r.total[OVER]
        list_absent(r, u, EXTRA, rng)
        ruin(f, r, u, rng)
        sort_tasks(f, u, rng)
        holds = recreate(f, r, c, u, BLINK, rng)
        margin = -temperature * np.log(1.0 - draw(rng))
        _decide(f, r, u, b, before + margin if holds else -BIG_S)
        for _ in range(stretches):
            forget(u)
            before = r.total[ABSENT] + r.total[ROWS] + r.total[WEIGHT] * r.total[OVER]
            margin = -temperature * np.log(1.0 - draw(rng))
            changed, holds = rearrange(f, r, u, margin, rng)
            if changed:
                holds = agree(f, r, u) and holds
                _decide(f, r, u, b, before + margin if holds else -BIG_S)
        if r.total[OVER] < 1e-6:
            sound += 1
        if x % REPRICED == REPRICED - 1:
            _reprice(r, sound)
            sound = 0
