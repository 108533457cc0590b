"""Which tasks are in a row and which are absent, in constant time."""

from routing.kernels.arrays.jit import inlined
from routing.kernels.arrays.subproblem_arrays import ABSENT, ROUTE, SLOT, UNSERVED, Rows, Subproblem


@inlined
def note_absent(sub: Subproblem, rows: Rows, task: int) -> None:
    """Note that `task` is in no row."""
    rows.spot[task, ROUTE] = -1
    if rows.spot[task, SLOT] < 0:
        rows.spot[task, SLOT] = rows.number[0]
        rows.absent[rows.number[0]] = task
        rows.number[0] += 1
        rows.total[ABSENT] += sub.node[task, UNSERVED]


@inlined
def note_row(sub: Subproblem, rows: Rows, task: int, row: int) -> None:
    """Note that `task` is in `row`."""
    rows.spot[task, ROUTE] = row
    slot = rows.spot[task, SLOT]
    if slot >= 0:
        last = rows.absent[rows.number[0] - 1]
        rows.absent[slot] = last
        rows.spot[last, SLOT] = slot
        rows.spot[task, SLOT] = -1
        rows.number[0] -= 1
        rows.total[ABSENT] -= sub.node[task, UNSERVED]
