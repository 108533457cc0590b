"""What rows must agree on after a change: who waits for whom, and when all are home."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import PLACE, ROUTE, Rows, Subproblem, UndoLog
from routing.kernels.rows.fleet_cost import price_fleet
from routing.kernels.rows.membership import leave
from routing.kernels.rows.precedence import LATER, LATERS, NEXT_OF_EARLIER, complete, hold_back
from routing.kernels.rows.rows import cut
from routing.kernels.rows.schedule import retime
from routing.kernels.rows.undo import note, touch

PASSES = 50
"""Vehicles that still make one another wait after so many rounds are taken to do so for ever."""


@kernel
def agree(f: Subproblem, r: Rows, u: UndoLog) -> bool:
    """Bring times and totals of all rows to what holds between them; return whether that can be.

    It cannot where a pass lacks its earlier one or begins too late, where a shift ends too late by
    waiting, and where vehicles wait for one another. Rows that wait longer count as touched.
    """
    holds = True
    if f.terms.ordered:
        holds = _wait(f, r, u)
        for x in range(len(f.terms.pair)):
            t = f.terms.pair[x, LATER]
            if r.spot[t, ROUTE] >= 0 and not complete(f, r, t):
                holds = False
        for x in range(u.number[0]):
            if r.size[u.row[x]] > 0:
                holds = retime(f, r, u.row[x]) and holds
    price_fleet(f, r)
    return holds


@kernel
def _wait(f: Subproblem, r: Rows, u: UndoLog) -> bool:
    """Let passes wait for their earlier ones; return whether that comes to an end."""
    for _ in range(PASSES):
        changed = False
        for x in range(len(f.terms.pair)):
            t = f.terms.pair[x, LATER]
            if hold_back(f, r, t) and r.spot[t, ROUTE] >= 0:
                changed = True
                touch(r, u, r.spot[t, ROUTE])
                retime(f, r, r.spot[t, ROUTE])
        if not changed:
            return True
    return False


@kernel
def take_out_followers(f: Subproblem, r: Rows, u: UndoLog) -> None:
    """Take out the later passes of all that has been taken out."""
    if not f.terms.ordered:
        return
    x = 0
    while x < u.number[1]:
        y = f.terms.chain[u.task[x], LATERS]
        while y >= 0:
            t = f.terms.pair[y, LATER]
            w = r.spot[t, ROUTE]
            if w >= 0:
                touch(r, u, w)
                note(u, t, False)
                leave(f, r, t)
                cut(f, r, w, r.spot[t, PLACE], 1)
            y = f.terms.pair[y, NEXT_OF_EARLIER]
        x += 1
