"""What rows must agree on after a change: who waits for whom, and when all are home."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import (
    CHANGED_ROWS,
    MOVED_TASKS,
    PLACE,
    ROUTE,
    Rows,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.fleet_cost import price_fleet
from routing.kernels.rows.membership import note_absent
from routing.kernels.rows.precedence import (
    LATER,
    LATERS,
    NEXT_OF_EARLIER,
    has_all_earlier,
    update_release,
)
from routing.kernels.rows.rows import remove_tasks
from routing.kernels.rows.schedule import update_schedule
from routing.kernels.rows.undo import log_task, save_row

PASSES = 50
"""Vehicles that still make one another wait after so many rounds are taken to do so for ever."""


@kernel
def synchronize(sub: Subproblem, rows: Rows, undo: UndoLog) -> bool:
    """Bring times and totals of all rows to what holds between them; return whether that can be.

    It cannot where a pass lacks its earlier one or begins too late, where a shift ends too late by
    waiting, and where vehicles wait for one another. Rows that wait longer count as touched.
    """
    holds = True
    if sub.rules.ordered:
        holds = _wait(sub, rows, undo)
        for x in range(len(sub.rules.pair)):
            t = sub.rules.pair[x, LATER]
            if rows.spot[t, ROUTE] >= 0 and not has_all_earlier(sub, rows, t):
                holds = False
        for x in range(undo.number[CHANGED_ROWS]):
            if rows.size[undo.row[x]] > 0:
                holds = update_schedule(sub, rows, undo.row[x]) and holds
    price_fleet(sub, rows)
    return holds


@kernel
def _wait(sub: Subproblem, rows: Rows, undo: UndoLog) -> bool:
    """Let passes wait for their earlier ones; return whether that comes to an end."""
    for _ in range(PASSES):
        changed = False
        for x in range(len(sub.rules.pair)):
            t = sub.rules.pair[x, LATER]
            if update_release(sub, rows, t) and rows.spot[t, ROUTE] >= 0:
                changed = True
                save_row(rows, undo, rows.spot[t, ROUTE])
                update_schedule(sub, rows, rows.spot[t, ROUTE])
        if not changed:
            return True
    return False


@kernel
def remove_later_passes(sub: Subproblem, rows: Rows, undo: UndoLog) -> None:
    """Take out the later passes of all that has been taken out."""
    if not sub.rules.ordered:
        return
    x = 0
    while x < undo.number[MOVED_TASKS]:
        y = sub.rules.chain[undo.task[x], LATERS]
        while y >= 0:
            t = sub.rules.pair[y, LATER]
            w = rows.spot[t, ROUTE]
            if w >= 0:
                save_row(rows, undo, w)
                log_task(undo, t, False)
                note_absent(sub, rows, t)
                remove_tasks(sub, rows, w, rows.spot[t, PLACE], 1)
            y = sub.rules.pair[y, NEXT_OF_EARLIER]
        x += 1
