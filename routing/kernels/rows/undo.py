"""What an iteration changes, so that it can be taken back; and the best rows so far."""

from routing.kernels.arrays.jit import inlined, kernel
from routing.kernels.arrays.subproblem_arrays import (
    ABSENT,
    AHEAD,
    CHANGED_ROWS,
    COST,
    EXCESS,
    MOVED_TASKS,
    OVER,
    PLACE,
    ROUTE,
    ROWS,
    SUMS,
    BestRows,
    Rows,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.fleet_cost import price_fleet
from routing.kernels.rows.membership import note_absent, note_row
from routing.kernels.rows.precedence import update_all_releases


@inlined
def copy_row(source: Rows, target: Rows, row: int) -> None:
    """Copy one row with everything known about it."""
    n = source.size[row]
    modes = len(source.modes)
    width = AHEAD + modes * (2 + modes)
    target.size[row] = n
    target.version[row] = source.version[row]
    for k in range(SUMS):
        target.sum[row, k] = source.sum[row, k]
    for p in range(n + 2):
        target.order[row, p] = source.order[row, p]
        for k in range(width):
            target.place[row, p, k] = source.place[row, p, k]
    if len(source.reloads) > 0:
        for p in range(n + 2):
            for k in range(width, source.place.shape[2]):
                target.place[row, p, k] = source.place[row, p, k]


@inlined
def begin_iteration(undo: UndoLog) -> None:
    """Begin a new iteration."""
    for x in range(undo.number[CHANGED_ROWS]):
        undo.mark[undo.row[x]] = False
    undo.number[CHANGED_ROWS] = 0
    undo.number[MOVED_TASKS] = 0


@inlined
def save_row(rows: Rows, undo: UndoLog, row: int) -> None:
    """Keep a copy of `row` before its first change."""
    if not undo.mark[row]:
        undo.mark[row] = True
        undo.row[undo.number[CHANGED_ROWS]] = row
        undo.number[CHANGED_ROWS] += 1
        copy_row(rows, undo.before, row)


@inlined
def log_task(undo: UndoLog, task: int, absent: bool) -> None:
    """List a task that this iteration moves."""
    undo.task[undo.number[MOVED_TASKS]] = task
    undo.absent[undo.number[MOVED_TASKS]] = absent
    undo.number[MOVED_TASKS] += 1


@kernel
def roll_back(sub: Subproblem, rows: Rows, undo: UndoLog) -> None:
    """Take the iteration back."""
    for x in range(undo.number[MOVED_TASKS]):
        if rows.spot[undo.task[x], ROUTE] >= 0:
            note_absent(sub, rows, undo.task[x])
    for y in range(undo.number[CHANGED_ROWS]):
        w = undo.row[y]
        rows.total[ROWS] += undo.before.sum[w, COST] - rows.sum[w, COST]
        rows.total[OVER] += undo.before.sum[w, EXCESS] - rows.sum[w, EXCESS]
        copy_row(undo.before, rows, w)
        for p in range(1, rows.size[w] + 1):
            rows.spot[rows.order[w, p], ROUTE] = w
            rows.spot[rows.order[w, p], PLACE] = p
    for x in range(undo.number[MOVED_TASKS]):
        if not undo.absent[x]:
            note_row(sub, rows, undo.task[x], rows.spot[undo.task[x], ROUTE])
    if len(sub.ruled) > 0:
        if sub.rules.ordered:
            update_all_releases(sub, rows)
        price_fleet(sub, rows)


@kernel
def save_best(rows: Rows, best_rows: BestRows) -> None:
    """Copy the rows that have changed since the last best."""
    best_rows.cost[0] = rows.total[ABSENT] + rows.total[ROWS]
    for w in range(len(best_rows.stale)):
        if best_rows.stale[w]:
            best_rows.stale[w] = False
            best_rows.size[w] = rows.size[w]
            for p in range(rows.size[w] + 2):
                best_rows.order[w, p] = rows.order[w, p]
