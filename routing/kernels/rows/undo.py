"""What an iteration changes, so that it can be taken back; and the best rows so far."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import (
    AHEAD,
    COST,
    EXCESS,
    OVER,
    PLACE,
    ROUTE,
    BestRows,
    Rows,
    Subproblem,
    UndoLog,
)
from routing.kernels.rows.fleet_cost import price_fleet
from routing.kernels.rows.membership import join, leave
from routing.kernels.rows.precedence import hold_all_back


@kernel
def copy_row(source: Rows, target: Rows, w: int) -> None:
    """Copy one row with everything known about it."""
    n = source.size[w]
    modes = len(source.modes)
    width = AHEAD + modes * (2 + modes)
    target.size[w] = n
    target.version[w] = source.version[w]
    for k in range(4):
        target.sum[w, k] = source.sum[w, k]
    for p in range(n + 2):
        target.order[w, p] = source.order[w, p]
        for k in range(width):
            target.place[w, p, k] = source.place[w, p, k]
    if len(source.refills) > 0:
        for p in range(n + 2):
            for k in range(width, source.place.shape[2]):
                target.place[w, p, k] = source.place[w, p, k]


@kernel
def forget(u: UndoLog) -> None:
    """Begin a new iteration."""
    for x in range(u.number[0]):
        u.mark[u.row[x]] = False
    u.number[0] = 0
    u.number[1] = 0


@kernel
def touch(r: Rows, u: UndoLog, w: int) -> None:
    """Keep a copy of row `w` before its first change."""
    if not u.mark[w]:
        u.mark[w] = True
        u.row[u.number[0]] = w
        u.number[0] += 1
        copy_row(r, u.before, w)


@kernel
def note(u: UndoLog, t: int, absent: bool) -> None:
    """List a task that this iteration moves."""
    u.task[u.number[1]] = t
    u.absent[u.number[1]] = absent
    u.number[1] += 1


@kernel
def roll_back(f: Subproblem, r: Rows, u: UndoLog) -> None:
    """Take the iteration back."""
    for x in range(u.number[1]):
        if r.spot[u.task[x], ROUTE] >= 0:
            leave(f, r, u.task[x])
    for y in range(u.number[0]):
        w = u.row[y]
        r.total[1] += u.before.sum[w, COST] - r.sum[w, COST]
        r.total[OVER] += u.before.sum[w, EXCESS] - r.sum[w, EXCESS]
        copy_row(u.before, r, w)
        for p in range(1, r.size[w] + 1):
            r.spot[r.order[w, p], ROUTE] = w
            r.spot[r.order[w, p], PLACE] = p
    for x in range(u.number[1]):
        if not u.absent[x]:
            join(f, r, u.task[x], r.spot[u.task[x], ROUTE])
    if len(f.ruled) > 0:
        if f.terms.ordered:
            hold_all_back(f, r)
        price_fleet(f, r)


@kernel
def keep_best(r: Rows, b: BestRows) -> None:
    """Copy the rows that have changed since the last best."""
    b.cost[0] = r.total[0] + r.total[1]
    for w in range(len(b.stale)):
        if b.stale[w]:
            b.stale[w] = False
            b.size[w] = r.size[w]
            for p in range(r.size[w] + 2):
                b.order[w, p] = r.order[w, p]
