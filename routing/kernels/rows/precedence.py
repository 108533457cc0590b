"""Passes that come after others: they wait for them, and leave and return with them."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import (
    BEGIN_BY,
    DONE,
    OWN_BEGIN_BY,
    OWN_RELEASE,
    PLACE,
    RELEASE,
    ROUTE,
    Rows,
    Subproblem,
)

EARLIER, LATER, NEXT_OF_EARLIER, NEXT_OF_LATER = range(4)
"""Columns of `Terms.pair`."""
LATERS, EARLIERS = range(2)
"""Columns of `Terms.chain`: first pairs in which a task is the earlier, and the later one."""


@kernel
def earliest_place(sub: Subproblem, rows: Rows, task: int, row: int) -> int:
    """Return the place in `row` behind which `task` may come: that of its last earlier pass."""
    place = 0
    if sub.rules.ordered:
        x = sub.rules.chain[task, EARLIERS]
        while x >= 0:
            e = sub.rules.pair[x, EARLIER]
            if rows.spot[e, ROUTE] == row:
                place = max(place, rows.spot[e, PLACE])
            x = sub.rules.pair[x, NEXT_OF_LATER]
    return place


@kernel
def has_all_earlier(sub: Subproblem, rows: Rows, task: int) -> bool:
    """Return whether all earlier passes of a task are in some row."""
    x = sub.rules.chain[task, EARLIERS]
    while x >= 0:
        if rows.spot[sub.rules.pair[x, EARLIER], ROUTE] < 0:
            return False
        x = sub.rules.pair[x, NEXT_OF_LATER]
    return True


@kernel
def update_release(sub: Subproblem, rows: Rows, task: int) -> bool:
    """Write when `task` may begin as the rows are; return whether that has changed."""
    release = sub.node[task, OWN_RELEASE]
    begin_by = sub.node[task, OWN_BEGIN_BY]
    x = sub.rules.chain[task, EARLIERS]
    while x >= 0:
        e = sub.rules.pair[x, EARLIER]
        w = rows.spot[e, ROUTE]
        if w >= 0:
            done = rows.place[w, rows.spot[e, PLACE], DONE]
            release = max(release, done)
            begin_by = min(begin_by, done + sub.rules.within_s[x])
        x = sub.rules.pair[x, NEXT_OF_LATER]
    changed = release != sub.node[task, RELEASE] or begin_by != sub.node[task, BEGIN_BY]
    sub.node[task, RELEASE] = release
    sub.node[task, BEGIN_BY] = begin_by
    return bool(changed)


@kernel
def update_all_releases(sub: Subproblem, rows: Rows) -> None:
    """Write for all later passes when they may begin as the rows are."""
    for x in range(len(sub.rules.pair)):
        update_release(sub, rows, sub.rules.pair[x, LATER])
