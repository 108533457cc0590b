"""Whole routes whose vehicles wait for passes that others do before."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import (
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    TaskPlaces,
)
from routing.kernels.arrays.subproblem_arrays import BIG_S
from routing.kernels.routes.construction import settle
from routing.kernels.routes.routes import (
    BEGIN_BY,
    DONE,
    OWN_BEGIN_BY,
    OWN_RELEASE,
    RELEASE,
    drive,
    time_route,
)
from routing.kernels.rows.precedence import EARLIER, EARLIERS, LATER, NEXT_OF_LATER
from routing.kernels.rows.synchronization import PASSES


@kernel
def wait_for_all(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, at: TaskPlaces) -> bool:
    """Time all routes that wait for others afresh; return whether that comes to an end."""
    for t in range(len(at.spot)):
        if at.spot[t].route < 0:
            r.begin_s[t, DONE] = BIG_S
    for _ in range(PASSES):
        changed = False
        for x in range(len(f.terms.pair)):
            t = f.terms.pair[x, LATER]
            if hold_back(f, r, at, t) and at.spot[t].route >= 0:
                changed = True
                time_route(g, f, r, at.spot[t].route)
        if not changed:
            return True
    return False


@kernel
def hold_back(f: ProblemArrays, r: RouteArrays, at: TaskPlaces, t: int) -> bool:
    """Write when task `t` may begin as the routes are; return whether that has changed."""
    release = r.begin_s[t, OWN_RELEASE]
    begin_by = r.begin_s[t, OWN_BEGIN_BY]
    x = f.terms.chain[t, EARLIERS]
    while x >= 0:
        e = f.terms.pair[x, EARLIER]
        if at.spot[e].route >= 0:
            release = max(release, r.begin_s[e, DONE])
            begin_by = min(begin_by, r.begin_s[e, DONE] + f.terms.within_s[x])
        x = f.terms.pair[x, NEXT_OF_LATER]
    changed = release != r.begin_s[t, RELEASE] or begin_by != r.begin_s[t, BEGIN_BY]
    r.begin_s[t, RELEASE] = release
    r.begin_s[t, BEGIN_BY] = begin_by
    return bool(changed)


@kernel
def first_fault(
    g: DeadheadTable, f: ProblemArrays, r: RouteArrays, at: TaskPlaces, ends: bool
) -> int:
    """Return a task that cannot be where it is, -1 for none; `ends` is what `wait_for_all` said."""
    for x in range(len(f.terms.pair)):
        t = f.terms.pair[x, LATER]
        if at.spot[t].route >= 0 and at.spot[f.terms.pair[x, EARLIER]].route < 0:
            return int(t)
    if not ends:
        return latest_of_order(f, r, at)
    for v in range(len(f.vehicle)):
        n = r.row[v].size
        if n > 0 and not time_route(g, f, r, v):
            for p in range(n):
                t = r.stop[v, p].task
                s = f.service_s[t, f.vehicle[v].kind]
                if r.stop[v, p].done_s - s > r.begin_s[t, BEGIN_BY] + 1e-6:
                    return int(t)
            return int(r.stop[v, n - 1].task)
    return -1


@kernel
def latest_of_order(f: ProblemArrays, r: RouteArrays, at: TaskPlaces) -> int:
    """Return the task in a route that waits longest for an earlier one, -1 for none."""
    worst = -1
    for x in range(len(f.terms.pair)):
        t = f.terms.pair[x, LATER]
        if at.spot[t].route < 0:
            continue
        if worst < 0 or r.begin_s[t, RELEASE] > r.begin_s[worst, RELEASE]:
            worst = t
    return worst


@kernel
def take_out(g: DeadheadTable, f: ProblemArrays, r: RouteArrays, at: TaskPlaces, t: int) -> None:
    """Take a task out of its route."""
    v = at.spot[t].route
    n = r.row[v].size
    for p in range(at.spot[t].position, n - 1):
        r.stop[v, p].task = r.stop[v, p + 1].task
    r.row[v].size = n - 1
    at.spot[t].route = -1
    drive(g, f, r, v)
    settle(r, at, v)


@kernel
def forget_order(r: RouteArrays) -> None:
    """Let all tasks begin as if they came after no other."""
    for t in range(len(r.begin_s)):
        r.begin_s[t, RELEASE] = r.begin_s[t, OWN_RELEASE]
        r.begin_s[t, BEGIN_BY] = r.begin_s[t, OWN_BEGIN_BY]
