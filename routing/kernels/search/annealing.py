"""Ruin and recreate under simulated annealing (Christiaens and Vanden Berghe 2020)."""

# mypy: no-warn-return-any

import numpy as np
from numpy.typing import NDArray

from routing.kernels.arrays.jit import inlined, kernel
from routing.kernels.arrays.randomness import draw
from routing.kernels.arrays.subproblem_arrays import (
    ABSENT,
    BIG_S,
    CHANGED,
    CHANGED_ROWS,
    COMPLETION,
    DISTANCE,
    EXCESS,
    LATENESS,
    MATERIAL,
    MOVED_TASKS,
    OVER,
    PLACE,
    ROUTE,
    ROWS,
    UNCHANGED,
    WEIGHT,
    BestRows,
    Rows,
    RowSearch,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.membership import note_absent, note_row
from routing.kernels.rows.precedence import EARLIERS, has_all_earlier, update_release
from routing.kernels.rows.rows import insert_task, remove_tasks
from routing.kernels.rows.synchronization import remove_later_passes, synchronize
from routing.kernels.rows.undo import begin_iteration, log_task, roll_back, save_best, save_row
from routing.kernels.search.best_insertion import best_place
from routing.kernels.search.segment_reversal import move_segment

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
LONG_ROWS = 0.1
"""Segments of rows tried after each ruin, for each task of a mean row,"""
MOST_SEGMENTS = 10
"""but no more than this."""
REPRICED = 250
"""Iterations after which the price of lacking material changes,"""
STEP = 1.05
"""by this factor: up"""
SOUND = 0.4
"""where less than this share of them ended with nothing lacking, else down."""


@inlined
def remove_string(
    sub: Subproblem, rows: Rows, undo: UndoLog, row: int, first: int, count: int
) -> None:
    """Take neighboring tasks out of a row."""
    for p in range(first, first + count):
        log_task(undo, rows.order[row, p], False)
        note_absent(sub, rows, rows.order[row, p])
    remove_tasks(sub, rows, row, first, count)


@inlined
def _mean_row(rows: Rows) -> float:
    """Return the mean number of tasks in open rows that have any."""
    used = 0
    placed = 0
    for w in range(len(rows.size)):
        if rows.open[w] and rows.size[w] > 0:
            used += 1
            placed += rows.size[w]
    return placed / max(used, 1)


@inlined
def _open_task(rows: Rows, rng: NDArray[np.uint64]) -> int:
    """Return a random task that is in no row or in an open one."""
    while True:
        t = int(draw(rng) * len(rows.spot))
        if rows.spot[t, ROUTE] < 0 or rows.open[rows.spot[t, ROUTE]]:
            return t


@inlined
def ruin(sub: Subproblem, rows: Rows, undo: UndoLog, rng: NDArray[np.uint64]) -> None:
    """Take strings of tasks around a random one out of several rows."""
    seed = _open_task(rows, rng)
    mean = _mean_row(rows)
    string = STRING
    out = STRING
    if mean >= LONG_ROW and draw(rng) < LONG_SHARE:
        string = LONG_STRING
        out = LONG_RUIN
    longest = max(1.0, min(string, mean))
    strings = int(1.0 + draw(rng) * (4.0 * out / (1.0 + longest) - 1.0))
    taken = 0
    for q in range(-1, sub.near.shape[1]):
        c = seed if q < 0 else sub.near[seed, q]
        if c < 0 or taken >= strings:
            break
        w = rows.spot[c, ROUTE]
        if w < 0 or undo.mark[w] or not rows.open[w]:
            continue
        save_row(rows, undo, w)
        taken += 1
        n = rows.size[w]
        count = min(int(1.0 + draw(rng) * min(float(n), longest)), n)
        kept = 0
        if 1 < count < n and draw(rng) < SPLIT:
            kept = 1
            while count + kept < n and draw(rng) < SPLIT:
                kept += 1
        span = count + kept
        p = rows.spot[c, PLACE]
        low = max(1, p - span + 1)
        high = min(p, n + 1 - span)
        first = low + int(draw(rng) * (high - low + 1))
        if kept > 0:
            hole = 1 + int(draw(rng) * (count - 1))
            remove_string(sub, rows, undo, w, first + hole + kept, count - hole)
            remove_string(sub, rows, undo, w, first, hole)
        else:
            remove_string(sub, rows, undo, w, first, count)
    if len(sub.ruled) > 0:
        remove_later_passes(sub, rows, undo)


@inlined
def sort_tasks(sub: Subproblem, undo: UndoLog, rng: NDArray[np.uint64]) -> None:
    """Order the moved tasks: at random, heaviest, most urgent, farthest or nearest first."""
    count = undo.number[MOVED_TASKS]
    rule = int(draw(rng) * 11.0)
    for x in range(count):
        t = undo.task[x]
        if rule < 4:
            undo.key[x] = draw(rng)
        elif rule < 6 or (rule < 8 and sub.timeless):
            undo.key[x] = -sub.node[t, MATERIAL]
        elif rule < 8:
            undo.key[x] = -sub.node[t, COMPLETION] - sub.node[t, LATENESS]
        elif rule < 10:
            undo.key[x] = -sub.node[t, DISTANCE]
        else:
            undo.key[x] = sub.node[t, DISTANCE]
    for x in range(1, count):
        key = undo.key[x]
        t = undo.task[x]
        was = undo.absent[x]
        y = x
        while y > 0 and undo.key[y - 1] > key:
            undo.key[y] = undo.key[y - 1]
            undo.task[y] = undo.task[y - 1]
            undo.absent[y] = undo.absent[y - 1]
            y -= 1
        undo.key[y] = key
        undo.task[y] = t
        undo.absent[y] = was


@inlined
def recreate(search: RowSearch, blink: float) -> bool:
    """Put each listed task where it costs least; leave out what fits nowhere.

    Earlier passes go first. Return whether what holds between the rows can hold.
    """
    sub, rows, cache, undo, _, _ = search
    everywhere = len(rows.size) <= FEW_ROWS
    ordered = len(sub.ruled) > 0 and sub.rules.ordered
    if ordered:
        undo.key[: undo.number[MOVED_TASKS]] = 0.0
    more = True
    while more:
        more = False
        for x in range(undo.number[MOVED_TASKS]):
            t = undo.task[x]
            if ordered:
                if undo.key[x] > 0.0 or not has_all_earlier(sub, rows, t):
                    continue
                undo.key[x] = 1.0
                more = True
                if sub.rules.chain[t, EARLIERS] >= 0:  # where it may begin changes with other rows
                    update_release(sub, rows, t)
                    for w in range(len(rows.size)):
                        cache.known[t, w, UNCHANGED].version = -1
                        cache.known[t, w, CHANGED].version = -1
            banned = -1
            tries = 0
            anywhere = everywhere
            while tries < 3:
                w, p = best_place(search, t, banned, anywhere, blink)
                if w < 0 and not anywhere:
                    anywhere = True
                    continue
                if w < 0:
                    break
                tries += 1
                save_row(rows, undo, w)
                if insert_task(sub, rows, t, w, p):
                    note_row(sub, rows, t, w)
                    break
                remove_tasks(sub, rows, w, p, 1)
                banned = w
    return len(sub.ruled) == 0 or synchronize(sub, rows, undo)


@inlined
def list_absent(rows: Rows, undo: UndoLog, limit: int, rng: NDArray[np.uint64]) -> None:
    """List up to `limit` absent tasks, from a random one on."""
    count = rows.number[0]
    if count > 0:
        first = int(draw(rng) * count)
        for x in range(min(limit, count)):
            log_task(undo, rows.absent[(first + x) % count], True)


@inlined
def _reprice(rows: Rows, sound: int) -> None:
    """Change the price of lacking material, and add up afresh what is lacking."""
    rows.total[WEIGHT] *= STEP if sound < SOUND * REPRICED else 1.0 / STEP
    rows.total[OVER] = 0.0
    for w in range(len(rows.size)):
        if rows.open[w]:
            rows.total[OVER] += rows.sum[w, EXCESS]


@kernel
def _decide(sub: Subproblem, rows: Rows, undo: UndoLog, best_rows: BestRows, most: float) -> None:
    """Keep what has been changed where all rows then cost less than `most`; else take it back."""
    after = rows.total[ABSENT] + rows.total[ROWS] + rows.total[WEIGHT] * rows.total[OVER]
    if after >= most:
        roll_back(sub, rows, undo)
        return
    for y in range(undo.number[CHANGED_ROWS]):
        best_rows.stale[undo.row[y]] = True
    if after < best_rows.cost[0] - 1e-7 and rows.total[OVER] < 1e-6:
        save_best(rows, best_rows)


@inlined
def _segments(sub: Subproblem, rows: Rows) -> int:
    """Return how many segments are tried after each ruin: more where rows are long.

    None where rules bind tasks to rows or to an order: few segments would keep to them.
    """
    if sub.rules.strict or sub.rules.priced_pairs or sub.rules.ordered:
        return 0
    return min(int(LONG_ROWS * _mean_row(rows)), MOST_SEGMENTS)


@kernel
def anneal(search: RowSearch, iterations: int, temperature: float) -> None:
    """Run iterations at one temperature.

    Rows may lack material at a price, which keeps adapting (Vidal 2022); the best ones do not.
    """
    sub, rows, _, undo, best_rows, rng = search
    sound = 0
    segments = _segments(sub, rows)
    for x in range(iterations):
        begin_iteration(undo)
        before = rows.total[ABSENT] + rows.total[ROWS] + rows.total[WEIGHT] * rows.total[OVER]
        list_absent(rows, undo, EXTRA, rng)
        ruin(sub, rows, undo, rng)
        sort_tasks(sub, undo, rng)
        holds = recreate(search, BLINK)
        margin = -temperature * np.log(1.0 - draw(rng))
        _decide(sub, rows, undo, best_rows, before + margin if holds else -BIG_S)
        for _ in range(segments):
            begin_iteration(undo)
            before = rows.total[ABSENT] + rows.total[ROWS] + rows.total[WEIGHT] * rows.total[OVER]
            margin = -temperature * np.log(1.0 - draw(rng))
            changed, holds = move_segment(sub, rows, undo, margin, rng)
            if changed:
                holds = synchronize(sub, rows, undo) and holds
                _decide(sub, rows, undo, best_rows, before + margin if holds else -BIG_S)
        if rows.total[OVER] < 1e-6:
            sound += 1
        if x % REPRICED == REPRICED - 1:
            _reprice(rows, sound)
            sound = 0
