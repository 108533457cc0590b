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
def first_place(f: Subproblem, r: Rows, t: int, w: int) -> int:
    """Return the place in row `w` behind which task `t` may come: that of its last earlier pass."""
    place = 0
    if f.terms.ordered:
        x = f.terms.chain[t, EARLIERS]
        while x >= 0:
            e = f.terms.pair[x, EARLIER]
            if r.spot[e, ROUTE] == w:
                place = max(place, r.spot[e, PLACE])
            x = f.terms.pair[x, NEXT_OF_LATER]
    return place


@kernel
def complete(f: Subproblem, r: Rows, t: int) -> bool:
    """Return whether all earlier passes of a task are in some row."""
    x = f.terms.chain[t, EARLIERS]
    while x >= 0:
        if r.spot[f.terms.pair[x, EARLIER], ROUTE] < 0:
            return False
        x = f.terms.pair[x, NEXT_OF_LATER]
    return True


@kernel
def hold_back(f: Subproblem, r: Rows, t: int) -> bool:
    """Write when task `t` may begin as the rows are; return whether that has changed."""
    release = f.node[t, OWN_RELEASE]
    begin_by = f.node[t, OWN_BEGIN_BY]
    x = f.terms.chain[t, EARLIERS]
    while x >= 0:
        e = f.terms.pair[x, EARLIER]
        w = r.spot[e, ROUTE]
        if w >= 0:
            done = r.place[w, r.spot[e, PLACE], DONE]
            release = max(release, done)
            begin_by = min(begin_by, done + f.terms.within_s[x])
        x = f.terms.pair[x, NEXT_OF_LATER]
    changed = release != f.node[t, RELEASE] or begin_by != f.node[t, BEGIN_BY]
    f.node[t, RELEASE] = release
    f.node[t, BEGIN_BY] = begin_by
    return bool(changed)


@kernel
def hold_all_back(f: Subproblem, r: Rows) -> None:
    """Write for all later passes when they may begin as the rows are."""
    for x in range(len(f.terms.pair)):
        hold_back(f, r, f.terms.pair[x, LATER])
