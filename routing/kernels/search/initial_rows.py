"""Rows computed from nothing, and absent tasks put into them."""

import numpy as np
from numpy.typing import NDArray

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import (
    ABSENT,
    COST,
    EXCESS,
    OVER,
    PLACE,
    ROUTE,
    ROWS,
    SLOT,
    WHOLE_FLEET,
    BestRows,
    InsertionCache,
    Rows,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.membership import join, leave
from routing.kernels.rows.precedence import complete
from routing.kernels.rows.rows import connect, refresh
from routing.kernels.rows.synchronization import agree
from routing.kernels.rows.undo import forget, keep_best, note, roll_back
from routing.kernels.search.annealing import list_absent, recreate


@kernel
def take_in(f: Subproblem, r: Rows, u: UndoLog, b: BestRows) -> bool:
    """Compute everything that follows from `order` and `size`; return whether all rows hold."""
    r.number[0] = 0
    r.total[ABSENT] = 0.0
    r.total[ROWS] = 0.0
    r.total[OVER] = 0.0
    r.total[WHOLE_FLEET] = 0.0
    forget(u)
    for t in range(len(r.spot)):
        r.spot[t, SLOT] = -1
        leave(f, r, t)
    holds = True
    for w in range(len(r.size)):
        r.sum[w, COST] = 0.0
        r.sum[w, EXCESS] = 0.0
        for p in range(1, r.size[w] + 1):
            join(f, r, r.order[w, p], w)
            r.spot[r.order[w, p], PLACE] = p
        for p in range(1, r.size[w] + 2):
            connect(f, r, w, p)
        holds = refresh(f, r, w, 1, r.size[w]) and holds
        b.stale[w] = True
    if len(f.ruled) > 0:
        holds = agree(f, r, u) and holds
    keep_best(r, b)
    return holds and r.total[OVER] == 0.0


@kernel
def fill(
    f: Subproblem, r: Rows, c: InsertionCache, u: UndoLog, b: BestRows, rng: NDArray[np.uint64]
) -> None:
    """Insert every absent task at its best place, one after the other."""
    forget(u)
    list_absent(r, u, r.number[0], rng)
    if recreate(f, r, c, u, 0.0, rng):
        for x in range(u.number[0]):
            b.stale[u.row[x]] = True
    elif len(f.ruled) > 0:
        roll_back(f, r, u)
        fill_singly(f, r, c, u, b, rng)
    if r.total[ABSENT] + r.total[ROWS] <= b.cost[0]:
        keep_best(r, b)


@kernel
def fill_singly(
    f: Subproblem, r: Rows, c: InsertionCache, u: UndoLog, b: BestRows, rng: NDArray[np.uint64]
) -> None:
    """Insert absent tasks one after the other, except those that then cannot be in order."""
    more = True
    while more:
        more = False
        for t in range(len(r.spot)):
            if r.spot[t, ROUTE] >= 0 or not complete(f, r, t):
                continue
            forget(u)
            note(u, t, True)
            if not recreate(f, r, c, u, 0.0, rng):
                roll_back(f, r, u)
                continue
            for x in range(u.number[0]):
                b.stale[u.row[x]] = True
            more = more or r.spot[t, ROUTE] >= 0
