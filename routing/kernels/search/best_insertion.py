"""The cheapest place for a task in all rows, of what is known about each and what is looked for."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import inlined
from routing.kernels.arrays.randomness import draw
from routing.kernels.arrays.subproblem_arrays import (
    BIG_S,
    CAPACITY,
    CHANGED,
    DEARER,
    GROUP,
    KIND,
    MATERIAL,
    ROUTE,
    SERVICE,
    SPARE,
    UNCHANGED,
    WEIGHT,
    InsertionCache,
    Rows,
    RowSearch,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.rows import evaluate_insertions
from routing.kernels.rows.shortest_insertion import shortest_insertion


@inlined
def _price_of_lack(sub: Subproblem, rows: Rows, row: int, need: float) -> float:
    """Return what the material costs that `row` would lack with so much more needed."""
    if need <= rows.sum[row, SPARE] + 1e-6:
        return 0.0
    if need > sub.window[row, CAPACITY] + 1e-6:
        return BIG_S * BIG_S
    if len(sub.site) > 0:
        return 0.0
    if rows.total[WEIGHT] == 0.0:
        return BIG_S * BIG_S
    return rows.total[WEIGHT] * (need - max(rows.sum[row, SPARE], 0.0))


@inlined
def list_rows(
    sub: Subproblem, rows: Rows, cache: InsertionCache, undo: UndoLog, task: int, everywhere: bool
) -> int:
    """List in `InsertionCache.row` where `task` is tried, and return in how many rows.

    Rows with one of its nearest tasks by their nearness, then an empty one of each kind; where
    `everywhere` also all others. Its nearest tasks are marked in `InsertionCache.beside`.
    """
    windows = len(rows.size)
    undo.seen[:] = False
    count = 0
    for q in range(sub.near_s.shape[1]):
        c = sub.near[task, q]
        if c < 0:
            break
        cache.beside[c] = task
        cache.gap_s[c] = sub.near_s[task, q]
        w = rows.spot[c, ROUTE]
        if w >= 0 and rows.open[w] and not undo.seen[windows + w]:
            undo.seen[windows + w] = True
            cache.nearest[w] = c
            cache.row[count] = w
            count += 1
    for w in range(windows):
        if not rows.open[w]:
            continue
        if rows.size[w] == 0:
            if undo.seen[sub.which[w, GROUP]]:
                continue
            undo.seen[sub.which[w, GROUP]] = True
        elif undo.seen[windows + w] or not everywhere:
            continue
        cache.nearest[w] = -1
        cache.row[count] = w
        count += 1
    return count


@inlined
def known_insertion(
    sub: Subproblem, rows: Rows, cache: InsertionCache, task: int, row: int, changed: bool
) -> int:
    """Return the slot with the cheapest places of `task` in `row`, which are looked for if unknown.

    `changed` says whether the iteration has changed the row.
    """
    for slot in range(2):
        if cache.known[task, row, slot].version == rows.version[row]:
            return slot
    slot = CHANGED if changed else UNCHANGED
    evaluate_insertions(sub, rows, cache, task, row, slot)
    return slot


@inlined
def known_shortest(
    sub: Subproblem,
    rows: Rows,
    cache: InsertionCache,
    task: int,
    row: int,
    changed: bool,
    most: float,
) -> int:
    """Return as `known_insertion`, where `shortest_insertion` is enough.

    A place that costs `most` or more may be `DEARER`. The task's nearest ones are marked.
    """
    slot = CHANGED if changed else UNCHANGED
    for x in range(2):
        known = cache.known[task, row, x]
        if known.version == rows.version[row]:
            if known.place != DEARER or known.price >= most:
                return x
            slot = x
    known = cache.known[task, row, slot]
    known.version = rows.version[row]
    known.price, known.place = shortest_insertion(sub, rows, cache, task, row, most, 0)
    return slot


@inlined
def best_place(
    search: RowSearch, task: int, banned: int, everywhere: bool, blink: float
) -> tuple[int, int]:
    """Return (row, place) of the cheapest place for `task`, (-1, 0) for none.

    Unless `everywhere`, only in empty rows and in those where near tasks are.
    """
    sub, rows, cache, undo, _, rng = search
    shortest = sub.timeless and len(sub.reloads) == 0 and len(sub.ruled) == 0
    best = BIG_S * BIG_S
    chosen = -1
    where = 0
    need = sub.node[task, MATERIAL]
    windows = len(rows.size)
    overlooked = int(draw(rng) * max(1.0 / blink, windows)) if blink > 0.0 else -1
    for x in range(list_rows(sub, rows, cache, undo, task, everywhere)):
        w = cache.row[x]
        if w == banned or sub.node[task, SERVICE + sub.which[w, KIND]] >= BIG_S:
            continue
        if rows.size[w] >= rows.order.shape[1] - 3:
            continue
        over = _price_of_lack(sub, rows, w, need)
        if len(sub.ruled) > 0 and sub.rules.priced_pairs:
            over += sub.rules.extra[task, w]
            if over >= BIG_S:
                continue
        if over >= best:
            continue
        if shortest:
            most = BIG_S * BIG_S if w == overlooked else best - over
            slot = known_shortest(sub, rows, cache, task, w, undo.mark[w], most)
            price, place = cache.known[task, w, slot].price, cache.known[task, w, slot].place
            if w == overlooked:
                price, place = shortest_insertion(sub, rows, cache, task, w, best - over, place)
        else:
            slot = known_insertion(sub, rows, cache, task, w, undo.mark[w])
            known = cache.known[task, w, slot]
            price = known.second if w == overlooked else known.price
            place = known.then if w == overlooked else known.place
        if place > 0 and price + over < best:
            best = price + over
            chosen = w
            where = place
    return chosen, where
