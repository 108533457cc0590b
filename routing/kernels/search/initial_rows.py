"""Rows computed from nothing, and absent tasks put into them."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import (
    ABSENT,
    CHANGED_ROWS,
    COST,
    EXCESS,
    OVER,
    PLACE,
    ROUTE,
    ROWS,
    SLOT,
    WHOLE_FLEET,
    BestRows,
    Rows,
    RowSearch,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.membership import note_absent, note_row
from routing.kernels.rows.precedence import has_all_earlier
from routing.kernels.rows.rows import connect, refresh
from routing.kernels.rows.synchronization import synchronize
from routing.kernels.rows.undo import begin_iteration, log_task, roll_back, save_best
from routing.kernels.search.annealing import list_absent, recreate


@kernel
def compute_rows(sub: Subproblem, rows: Rows, undo: UndoLog, best_rows: BestRows) -> bool:
    """Compute everything that follows from `order` and `size`; return whether all rows hold."""
    rows.number[0] = 0
    rows.total[ABSENT] = 0.0
    rows.total[ROWS] = 0.0
    rows.total[OVER] = 0.0
    rows.total[WHOLE_FLEET] = 0.0
    begin_iteration(undo)
    for t in range(len(rows.spot)):
        rows.spot[t, SLOT] = -1
        note_absent(sub, rows, t)
    holds = True
    for w in range(len(rows.size)):
        rows.sum[w, COST] = 0.0
        rows.sum[w, EXCESS] = 0.0
        for p in range(1, rows.size[w] + 1):
            note_row(sub, rows, rows.order[w, p], w)
            rows.spot[rows.order[w, p], PLACE] = p
        for p in range(1, rows.size[w] + 2):
            connect(sub, rows, w, p)
        holds = refresh(sub, rows, w, 1, rows.size[w]) and holds
        best_rows.stale[w] = True
    if len(sub.ruled) > 0:
        holds = synchronize(sub, rows, undo) and holds
    save_best(rows, best_rows)
    return holds and rows.total[OVER] == 0.0


@kernel
def insert_all(search: RowSearch) -> None:
    """Insert every absent task at its best place, one after the other."""
    sub, rows, _, undo, best_rows, rng = search
    begin_iteration(undo)
    list_absent(rows, undo, rows.number[0], rng)
    if recreate(search, 0.0):
        for x in range(undo.number[CHANGED_ROWS]):
            best_rows.stale[undo.row[x]] = True
    elif len(sub.ruled) > 0:
        roll_back(sub, rows, undo)
        insert_singly(search)
    if rows.total[ABSENT] + rows.total[ROWS] <= best_rows.cost[0]:
        save_best(rows, best_rows)


@kernel
def insert_singly(search: RowSearch) -> None:
    """Insert absent tasks one after the other, except those that then cannot be in order."""
    sub, rows, _, undo, best_rows, _ = search
    more = True
    while more:
        more = False
        for t in range(len(rows.spot)):
            if rows.spot[t, ROUTE] >= 0 or not has_all_earlier(sub, rows, t):
                continue
            begin_iteration(undo)
            log_task(undo, t, True)
            if not recreate(search, 0.0):
                roll_back(sub, rows, undo)
                continue
            for x in range(undo.number[CHANGED_ROWS]):
                best_rows.stale[undo.row[x]] = True
            more = more or rows.spot[t, ROUTE] >= 0
