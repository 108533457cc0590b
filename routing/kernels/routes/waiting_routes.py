"""Whole routes whose vehicles wait for passes that others do before."""

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import (
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    TaskPlaces,
)
from routing.kernels.arrays.subproblem_arrays import BIG_S
from routing.kernels.routes.construction import note_places
from routing.kernels.routes.routes import (
    BEGIN_BY,
    DONE,
    OWN_BEGIN_BY,
    OWN_RELEASE,
    RELEASE,
    compute_route,
    time_route,
)
from routing.kernels.rows.precedence import EARLIER, EARLIERS, LATER, NEXT_OF_LATER
from routing.kernels.rows.synchronization import PASSES


@kernel
def synchronize(
    deadheads: DeadheadTable, problem: ProblemArrays, routes: RouteArrays, places: TaskPlaces
) -> bool:
    """Time all routes that wait for others afresh; return whether that comes to an end."""
    for t in range(len(places.spot)):
        if places.spot[t].route < 0:
            routes.begin_s[t, DONE] = BIG_S
    for _ in range(PASSES):
        changed = False
        for x in range(len(problem.rules.pair)):
            t = problem.rules.pair[x, LATER]
            if update_release(problem, routes, places, t) and places.spot[t].route >= 0:
                changed = True
                time_route(deadheads, problem, routes, places.spot[t].route)
        if not changed:
            return True
    return False


@kernel
def update_release(
    problem: ProblemArrays, routes: RouteArrays, places: TaskPlaces, task: int
) -> bool:
    """Write when `task` may begin as the routes are; return whether that has changed."""
    release = routes.begin_s[task, OWN_RELEASE]
    begin_by = routes.begin_s[task, OWN_BEGIN_BY]
    x = problem.rules.chain[task, EARLIERS]
    while x >= 0:
        e = problem.rules.pair[x, EARLIER]
        if places.spot[e].route >= 0:
            release = max(release, routes.begin_s[e, DONE])
            begin_by = min(begin_by, routes.begin_s[e, DONE] + problem.rules.within_s[x])
        x = problem.rules.pair[x, NEXT_OF_LATER]
    changed = release != routes.begin_s[task, RELEASE] or begin_by != routes.begin_s[task, BEGIN_BY]
    routes.begin_s[task, RELEASE] = release
    routes.begin_s[task, BEGIN_BY] = begin_by
    return bool(changed)


@kernel
def first_misplaced(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    places: TaskPlaces,
    ends: bool,
) -> int:
    """Return a task that cannot be where it is, -1 for none; `ends` is what `synchronize` said."""
    for x in range(len(problem.rules.pair)):
        t = problem.rules.pair[x, LATER]
        if places.spot[t].route >= 0 and places.spot[problem.rules.pair[x, EARLIER]].route < 0:
            return int(t)
    if not ends:
        return latest_of_order(problem, routes, places)
    for v in range(len(problem.vehicle)):
        n = routes.row[v].size
        if n > 0 and not time_route(deadheads, problem, routes, v):
            for p in range(n):
                t = routes.stop[v, p].task
                s = problem.service_s[t, problem.vehicle[v].kind]
                if routes.stop[v, p].done_s - s > routes.begin_s[t, BEGIN_BY] + 1e-6:
                    return int(t)
            return int(routes.stop[v, n - 1].task)
    return -1


@kernel
def latest_of_order(problem: ProblemArrays, routes: RouteArrays, places: TaskPlaces) -> int:
    """Return the task in a route that waits longest for an earlier one, -1 for none."""
    worst = -1
    for x in range(len(problem.rules.pair)):
        t = problem.rules.pair[x, LATER]
        if places.spot[t].route < 0:
            continue
        if worst < 0 or routes.begin_s[t, RELEASE] > routes.begin_s[worst, RELEASE]:
            worst = t
    return worst


@kernel
def remove_task(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    places: TaskPlaces,
    task: int,
) -> None:
    """Take a task out of its route."""
    v = places.spot[task].route
    n = routes.row[v].size
    for p in range(places.spot[task].position, n - 1):
        routes.stop[v, p].task = routes.stop[v, p + 1].task
    routes.row[v].size = n - 1
    places.spot[task].route = -1
    compute_route(deadheads, problem, routes, v)
    note_places(routes, places, v)


@kernel
def reset_releases(routes: RouteArrays) -> None:
    """Let all tasks begin as if they came after no other."""
    for t in range(len(routes.begin_s)):
        routes.begin_s[t, RELEASE] = routes.begin_s[t, OWN_RELEASE]
        routes.begin_s[t, BEGIN_BY] = routes.begin_s[t, OWN_BEGIN_BY]
