"""One whole route of a city: its deadheads, best directions, times, reloads and cost."""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.route_arrays import FAR_S, DeadheadTable, ProblemArrays, RouteArrays
from routing.kernels.arrays.subproblem_arrays import BIG_S
from routing.kernels.rows.intermediate_facilities import (
    CHEAP,
    EXTRA,
    FROM,
    SLACK_KG,
    USED,
    cheapest_before,
)

RELEASE, BEGIN_BY, DONE, OWN_RELEASE, OWN_BEGIN_BY = range(5)
"""Columns of `RouteArrays.begin_s`."""


@kernel
def deadhead_s(deadheads: DeadheadTable, source: int, target: int) -> float:
    """Return deadhead seconds from the end of `source` to the beginning of `target`."""
    if deadheads.dense.shape[0] > 1:
        return deadheads.dense[deadheads.leave[source], deadheads.enter[target]]
    if source < deadheads.places:
        return deadheads.from_place[source, target]
    if target < deadheads.places:
        return deadheads.to_place[target, source]
    low = 0
    high = deadheads.near_key.shape[1]
    while low < high:
        middle = (low + high) >> 1
        if deadheads.near_key[source, middle] < target:
            low = middle + 1
        else:
            high = middle
    if low < deadheads.near_key.shape[1] and deadheads.near_key[source, low] == target:
        return deadheads.near_s[source, low]
    leaves, enters = deadheads.edge[source], deadheads.edge[target]
    return max(deadheads.hub_s[leaves.leave_hub, enters.enter_hub], leaves.far_s)


@kernel
def end_before(
    problem: ProblemArrays, routes: RouteArrays, vehicle: int, position: int, mode: int
) -> int:
    """Return the end where the vehicle stands before `position`, -1 where it cannot."""
    if position == 0:
        return problem.vehicle[vehicle].start if mode == 0 else -1
    return problem.end[routes.stop[vehicle, position - 1].task, mode]


@kernel
def end_after(
    problem: ProblemArrays, routes: RouteArrays, vehicle: int, position: int, mode: int
) -> int:
    """Return the end where `position` begins; -1 where it cannot, -2 for "ends anywhere"."""
    if position == routes.row[vehicle].size:
        if mode > 0:
            return -1
        return problem.vehicle[vehicle].finish if problem.vehicle[vehicle].finish >= 0 else -2
    return problem.end[routes.stop[vehicle, position].task, mode]


@kernel
def link_s(deadheads: DeadheadTable, pace: float, source: int, target: int) -> float:
    """Return the deadhead of a vehicle between two ends, with the signs of `end_after`."""
    if source == -1 or target == -1:
        return FAR_S
    if target == -2:
        return 0.0
    return pace * deadhead_s(deadheads, source, target)


@kernel
def detour_s(
    deadheads: DeadheadTable, problem: ProblemArrays, pace: float, source: int, target: int
) -> tuple[float, int]:
    """Return (seconds, site) of the best way from `source` to `target` that reloads between."""
    best = FAR_S
    site = 0
    if source == -1 or target == -1:
        return best, site
    for k in range(len(problem.site)):
        stop = problem.site[k]
        s = pace * deadhead_s(deadheads, source, stop.end) + stop.fill_s
        s += link_s(deadheads, pace, stop.end, target)
        if s < best:
            best = s
            site = k
    return best, site


@kernel
def connect(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    vehicle: int,
    position: int,
) -> None:
    """Compute the deadheads before a position afresh."""
    pace = problem.vehicle[vehicle].pace
    modes = len(problem.modes)
    for a in range(modes):
        i = end_before(problem, routes, vehicle, position, a)
        for b in range(modes):
            routes.link[vehicle, position, modes * a + b] = link_s(
                deadheads, pace, i, end_after(problem, routes, vehicle, position, b)
            )


@kernel
def place_reloads(
    deadheads: DeadheadTable, problem: ProblemArrays, routes: RouteArrays, vehicle: int
) -> bool:
    """Reload where it takes least time; return whether the hopper suffices.

    `ahead` and `behind` are to be computed without reloads before, and anew after.
    """
    n = routes.row[vehicle].size
    x = routes.reload[vehicle]
    load = 0.0
    for p in range(n):
        routes.stop[vehicle, p].reload = 0
        load += problem.task[routes.stop[vehicle, p].task].material_kg
    if load <= problem.vehicle[vehicle].load_kg + SLACK_KG:
        return True
    if len(problem.site) == 0:
        return False
    x[0, USED] = problem.vehicle[vehicle].load_kg - problem.vehicle[vehicle].capacity_kg
    straight = FAR_S
    for b in range(len(problem.modes)):
        straight = min(straight, routes.link[vehicle, 0, b] + routes.behind[vehicle, 0, b])
    load = 0.0
    for p in range(n):
        x[p + 1, USED] = load
        x[p + 1, EXTRA] = max(_via_site(deadheads, problem, routes, vehicle, p) - straight, 0.0)
        load += problem.task[routes.stop[vehicle, p].task].material_kg
    x[n + 1, USED] = load
    cheapest_before(x, n + 1, problem.vehicle[vehicle].capacity_kg)
    if x[n + 1, CHEAP] >= BIG_S:
        return False
    p = int(x[n + 1, FROM])
    while p > 0:
        routes.stop[vehicle, p - 1].reload = 1
        p = int(x[p, FROM])
    return True


@kernel
def _via_site(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    vehicle: int,
    position: int,
) -> float:
    """Return the seconds of a route that reloads only before `position`."""
    modes = len(problem.modes)
    best = FAR_S
    for a in range(modes):
        i = end_before(problem, routes, vehicle, position, a)
        for b in range(modes):
            s, _ = detour_s(
                deadheads,
                problem,
                problem.vehicle[vehicle].pace,
                i,
                end_after(problem, routes, vehicle, position, b),
            )
            best = min(
                best, routes.ahead[vehicle, position, a] + s + routes.behind[vehicle, position, b]
            )
    return best


@kernel
def _lead_via_site(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    vehicle: int,
    position: int,
) -> None:
    """Lead the deadheads before `position` over a reload site."""
    modes = len(problem.modes)
    for a in range(modes):
        i = end_before(problem, routes, vehicle, position, a)
        for b in range(modes):
            s, _ = detour_s(
                deadheads,
                problem,
                problem.vehicle[vehicle].pace,
                i,
                end_after(problem, routes, vehicle, position, b),
            )
            routes.link[vehicle, position, modes * a + b] = s


@kernel
def compute_route(
    deadheads: DeadheadTable, problem: ProblemArrays, routes: RouteArrays, vehicle: int
) -> bool:
    """Compute all that follows from the tasks of a route; return whether it can be driven."""
    for p in range(routes.row[vehicle].size + 1):
        connect(deadheads, problem, routes, vehicle, p)
    return compute_from_links(deadheads, problem, routes, vehicle)


@kernel
def compute_from_links(
    deadheads: DeadheadTable, problem: ProblemArrays, routes: RouteArrays, vehicle: int
) -> bool:
    """Do as `compute_route` where the deadheads of the route are known, all without reloads."""
    n = routes.row[vehicle].size
    choose_modes(problem, routes, vehicle)
    fits = place_reloads(deadheads, problem, routes, vehicle)
    reloads = 0
    for p in range(n):
        if routes.stop[vehicle, p].reload > 0:
            _lead_via_site(deadheads, problem, routes, vehicle, p)
            reloads += 1
    if reloads > 0:
        choose_modes(problem, routes, vehicle)
        for p in range(n):
            if routes.stop[vehicle, p].reload > 0:
                _choose_site(deadheads, problem, routes, vehicle, p)
    return time_route(deadheads, problem, routes, vehicle) and fits


@kernel
def _choose_site(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    vehicle: int,
    position: int,
) -> None:
    """Note the best site before `position` for the modes chosen."""
    a = routes.stop[vehicle, position - 1].mode if position > 0 else 0
    i = end_before(problem, routes, vehicle, position, a)
    _, site = detour_s(
        deadheads,
        problem,
        problem.vehicle[vehicle].pace,
        i,
        end_after(problem, routes, vehicle, position, routes.stop[vehicle, position].mode),
    )
    routes.stop[vehicle, position].reload = site + 1


@kernel
def choose_modes(problem: ProblemArrays, routes: RouteArrays, vehicle: int) -> None:
    """Fill `ahead` and `behind` of a route, and give its tasks the modes that take least time."""
    n = routes.row[vehicle].size
    k = problem.vehicle[vehicle].kind
    modes = len(problem.modes)
    for m in range(modes):
        routes.ahead[vehicle, 0, m] = FAR_S if m > 0 else 0.0
        routes.behind[vehicle, n, m] = FAR_S if m > 0 else 0.0
    for p in range(n):
        s = problem.service_s[routes.stop[vehicle, p].task, k]
        for b in range(modes):
            x = routes.ahead[vehicle, p, 0] + routes.link[vehicle, p, b]
            for a in range(1, modes):
                x = min(x, routes.ahead[vehicle, p, a] + routes.link[vehicle, p, modes * a + b])
            routes.ahead[vehicle, p + 1, b] = s + x
    for p in range(n - 1, -1, -1):
        s = problem.service_s[routes.stop[vehicle, p].task, k]
        for a in range(modes):
            x = routes.behind[vehicle, p + 1, 0] + routes.link[vehicle, p + 1, modes * a]
            for b in range(1, modes):
                x = min(
                    x, routes.behind[vehicle, p + 1, b] + routes.link[vehicle, p + 1, modes * a + b]
                )
            routes.behind[vehicle, p, a] = s + x
    b = 0
    for p in range(n, 0, -1):
        a = 0
        x = routes.ahead[vehicle, p, 0] + routes.link[vehicle, p, b]
        for c in range(1, modes):
            y = routes.ahead[vehicle, p, c] + routes.link[vehicle, p, modes * c + b]
            if y < x:
                x = y
                a = c
        routes.stop[vehicle, p - 1].mode = a
        b = a


@kernel
def time_route(
    deadheads: DeadheadTable, problem: ProblemArrays, routes: RouteArrays, vehicle: int
) -> bool:
    """Drive the chosen modes: times, cost and price of delay; return whether all rules hold."""
    n = routes.row[vehicle].size
    k = problem.vehicle[vehicle].kind
    modes = len(problem.modes)
    clock = problem.vehicle[vehicle].shift_start_s
    if n == 0 and not problem.vehicle[vehicle].out:
        routes.row[vehicle].cost = 0.0
        routes.row[vehicle].end_s = clock
        routes.stop[vehicle, 0].slope = 0.0
        return True
    cost = problem.vehicle[vehicle].fixed_price
    rest_by = problem.vehicle[vehicle].rest_by_s
    metres = 0.0
    holds = True
    a = 0
    for p in range(n):
        t = routes.stop[vehicle, p].task
        b = routes.stop[vehicle, p].mode
        arrives = clock + routes.link[vehicle, p, modes * a + b]
        clock = max(arrives, routes.begin_s[t, RELEASE]) + problem.service_s[t, k]
        if problem.rules.rests and clock > rest_by:
            clock = (
                max(arrives + problem.vehicle[vehicle].rest_s, routes.begin_s[t, RELEASE])
                + problem.service_s[t, k]
            )
            rest_by = FAR_S * FAR_S
        if (
            problem.rules.bounded
            and clock - problem.service_s[t, k] > routes.begin_s[t, BEGIN_BY] + 1e-6
        ):
            holds = False
        routes.stop[vehicle, p].done_s = clock
        routes.begin_s[t, DONE] = clock
        cost += problem.task[t].completion_price * clock
        if clock > problem.task[t].due_s:
            cost += problem.task[t].lateness_price * (clock - problem.task[t].due_s)
        if problem.rules.metric:
            metres += (
                link_metres(deadheads, problem, routes, vehicle, p, a)
                + problem.rules.own_m[problem.end[t, b], 0]
            )
        if problem.rules.priced_pairs:
            cost += problem.rules.extra[t, vehicle]
            holds = holds and problem.rules.extra[t, vehicle] < BIG_S
        a = b
    clock += routes.link[vehicle, n, modes * a]
    if problem.rules.rests and clock > rest_by:
        clock += problem.vehicle[vehicle].rest_s
    if problem.rules.metric:
        metres += link_metres(deadheads, problem, routes, vehicle, n, a)
    slope = 0.0
    routes.stop[vehicle, n].slope = 0.0
    for p in range(n - 1, -1, -1):
        t = routes.stop[vehicle, p].task
        slope += problem.task[t].completion_price
        if routes.stop[vehicle, p].done_s > problem.task[t].due_s:
            slope += problem.task[t].lateness_price
        routes.stop[vehicle, p].slope = slope
        if problem.rules.strict and p < n - 1:
            after = problem.task[routes.stop[vehicle, p + 1].task].class_index
            holds = holds and problem.task[t].class_index <= after
    spent = clock - problem.vehicle[vehicle].shift_start_s
    routes.row[vehicle].cost = (
        cost
        + problem.vehicle[vehicle].price_per_s * spent
        + problem.vehicle[vehicle].per_m * metres
    )
    routes.row[vehicle].end_s = clock
    if n == 0:
        return True
    return holds and clock <= problem.vehicle[vehicle].shift_end_s + 1e-6 and clock < FAR_S


@kernel
def link_metres(
    deadheads: DeadheadTable,
    problem: ProblemArrays,
    routes: RouteArrays,
    vehicle: int,
    position: int,
    mode: int,
) -> float:
    """Return the metres of the deadhead before `position`, from `mode` of the one before."""
    i = end_before(problem, routes, vehicle, position, mode)
    j = end_after(
        problem,
        routes,
        vehicle,
        position,
        routes.stop[vehicle, position].mode if position < routes.row[vehicle].size else 0,
    )
    if i < 0 or j < 0:
        return 0.0
    if routes.stop[vehicle, position].reload > 0 and position < routes.row[vehicle].size:
        site = problem.site[routes.stop[vehicle, position].reload - 1].end
        return gap_metres(deadheads, problem, i, site) + gap_metres(deadheads, problem, site, j)
    return gap_metres(deadheads, problem, i, j)


@kernel
def gap_metres(deadheads: DeadheadTable, problem: ProblemArrays, source: int, target: int) -> float:
    """Return the metres from the end of `source` to the beginning of `target`, or what is usual."""
    if problem.rules.metres.shape[0] > 1:
        return problem.rules.metres[deadheads.leave[source], deadheads.enter[target]]
    return deadhead_s(deadheads, source, target) * problem.rules.mps
