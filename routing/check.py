"""The referee: what is wrong with a solution, and what it costs. Shares no code with the search."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.problem import Cost, Flags, Floats, Problem, Refill, Route, Solution, Visit

TOLERANCE = 1e-6
"""Relative difference of costs, and seconds or kilograms, that count as equal."""
_BATCH = 256
_LIMITS_S = (60.0, 300.0, 1800.0, np.inf)

type _Numbers = NDArray[np.integer[Any]]
type _Deadheads = dict[tuple[int, int], float]


def violations(problem: Problem, solution: Solution) -> list[str]:
    """Return everything that is wrong with a solution, one sentence each; empty if it holds."""
    found = _broken_shape(problem, solution)
    if found:
        return found
    found = _broken_service(problem, solution)
    deadheads = _deadheads(problem, _legs(problem, solution.routes))
    for v, route in enumerate(solution.routes):
        found += _broken_route(problem, deadheads, v, route)
    found += _untrue_reasons(problem, solution, deadheads)
    cost = _cost(problem, solution, deadheads).total
    if not abs(cost - solution.cost.total) <= TOLERANCE * max(1.0, abs(cost)):
        found.append(f"the cost is {cost:.6f}, not {solution.cost.total:.6f}")
    if solution.bound > cost * (1 + TOLERANCE) + TOLERANCE:
        found.append(f"the lower bound {solution.bound:.6f} is above the cost {cost:.6f}")
    return found


def cost_of(problem: Problem, solution: Solution) -> Cost:
    """Return the cost of a solution, computed afresh; infinite where a leg cannot be driven."""
    return _cost(problem, solution, _deadheads(problem, _legs(problem, solution.routes)))


def _broken_shape(problem: Problem, solution: Solution) -> list[str]:
    """Look at the numbers that all else relies on."""
    found = []
    if len(solution.routes) != problem.vehicles:
        found.append(f"{len(solution.routes)} routes for {problem.vehicles} vehicles")
    for v, route in enumerate(solution.routes):
        for stop in route:
            if isinstance(stop, Refill):
                if not 0 <= stop.site < problem.sites:
                    found.append(f"vehicle {v} reloads at {stop.site}, which is no site")
            elif not (0 <= stop.task < problem.tasks and 0 <= stop.mode < problem.modes):
                found.append(f"vehicle {v} does {stop}, which is no task")
            elif problem.mode_arc[stop.task, stop.mode] < 0:
                found.append(f"vehicle {v} does task {stop.task} in a forbidden direction")
    return found


def _broken_service(problem: Problem, solution: Solution) -> list[str]:
    """Look whether each task is either done once or left out."""
    times = np.zeros(problem.tasks, np.int64)
    for route in solution.routes:
        for stop in route:
            if isinstance(stop, Visit):
                times[stop.task] += 1
    left = solution.unserved
    found = [f"task {t} is done {times[t]} times" for t in np.flatnonzero(times > 1)]
    found += [
        f"task {t} is said to be left out, but is not"
        for t in left
        if not 0 <= t < problem.tasks or times[t]
    ]
    missing = np.flatnonzero(times == 0)
    return found + [f"task {t} is neither done nor left out" for t in missing if int(t) not in left]


def _broken_route(problem: Problem, deadheads: _Deadheads, v: int, route: Route) -> list[str]:
    """Drive one route: ability, load, reachability, end of shift."""
    found = []
    kind = int(problem.vehicle_type[v])
    load_kg = float(problem.load_kg[v])
    for stop in route:
        if isinstance(stop, Refill):
            load_kg = float(problem.capacity_kg[v])
            continue
        load_kg -= float(problem.material_kg[stop.task])
        if not np.isfinite(problem.service_s[stop.task, kind]):
            found.append(f"vehicle {v} is not able to do task {stop.task}")
        if load_kg < -TOLERANCE:
            found.append(f"vehicle {v} lacks {-load_kg:.1f} kg at task {stop.task}")
            load_kg = np.inf
    ends_s = _times(problem, deadheads, v, route)[1]
    if not np.isfinite(ends_s):
        found.append(f"vehicle {v} has a leg that cannot be driven")
    elif route and ends_s > problem.shift_end_s[v] + TOLERANCE * 10:
        late_s = ends_s - problem.shift_end_s[v]
        found.append(f"vehicle {v} ends {late_s:.1f} s after its shift")
    return found


def _stop_arc(problem: Problem, stop: Visit | Refill) -> int:
    if isinstance(stop, Visit):
        return int(problem.mode_arc[stop.task, stop.mode])
    return int(problem.reload_arc[stop.site])


def _legs(problem: Problem, routes: tuple[Route, ...]) -> set[tuple[int, int]]:
    """Return the pairs of arcs between which the routes drive."""
    pairs: set[tuple[int, int]] = set()
    for v, route in enumerate(routes):
        if not route:
            continue
        arcs = [int(problem.start_arc[v]), *(_stop_arc(problem, stop) for stop in route)]
        if problem.end_arc[v] >= 0:
            arcs.append(int(problem.end_arc[v]))
        pairs.update(pairwise(arcs))
    return pairs


def _times(
    problem: Problem, deadheads: _Deadheads, v: int, route: Route
) -> tuple[dict[int, float], float]:
    """Return when each task of a route ends and when the vehicle is home."""
    done_s: dict[int, float] = {}
    kind = int(problem.vehicle_type[v])
    here = int(problem.start_arc[v])
    clock_s = float(problem.shift_start_s[v])
    for stop in route:
        arc = _stop_arc(problem, stop)
        clock_s += deadheads[here, arc] * float(problem.pace[kind])
        here = arc
        if isinstance(stop, Refill):
            clock_s += float(problem.fill_s[stop.site])
            continue
        clock_s = max(clock_s, float(problem.release_s[stop.task]))
        clock_s += float(problem.service_s[stop.task, kind])
        done_s[stop.task] = clock_s
    if route and problem.end_arc[v] >= 0:
        clock_s += deadheads[here, int(problem.end_arc[v])] * float(problem.pace[kind])
    return done_s, clock_s


def _cost(problem: Problem, solution: Solution, deadheads: _Deadheads) -> Cost:
    time = vehicles = completion = lateness = 0.0
    for v, route in enumerate(solution.routes):
        if not route:
            continue
        done_s, ends_s = _times(problem, deadheads, v, route)
        time += float(problem.price_per_s[v]) * (ends_s - float(problem.shift_start_s[v]))
        vehicles += float(problem.fixed_price[v])
        for task, end_s in done_s.items():
            completion += float(problem.completion_price[task]) * end_s
            late_s = max(0.0, end_s - float(problem.due_s[task]))
            lateness += float(problem.lateness_price[task]) * late_s
    unserved = sum(float(problem.unserved_price[task]) for task in solution.unserved)
    return Cost(time, vehicles, completion, lateness, unserved)


def _untrue_reasons(problem: Problem, solution: Solution, deadheads: _Deadheads) -> list[str]:
    """Look whether what is said of tasks left out is so."""
    left = np.array(sorted(solution.unserved), np.int64)
    if not len(left):
        return []
    said = np.array([solution.unserved[int(task)] for task in left])
    able = np.isfinite(problem.service_s[left][:, problem.vehicle_type])
    driven_s, ends_s = (np.full(able.shape, np.inf) for _ in range(2))
    laden = np.zeros(able.shape, np.bool_)
    after = [
        _after_last(problem, deadheads, v, solution.routes[v]) for v in range(problem.vehicles)
    ]
    away_s = _away(problem, [here for here, _, _ in after])
    home_s = {int(arc): _to_arc(problem, int(arc)) for arc in np.unique(problem.end_arc)}
    for v in range(problem.vehicles):
        driven_s[:, v], laden[:, v], ends_s[:, v] = _one_more(
            problem, away_s, home_s[int(problem.end_arc[v])], v, after[v], left
        )
    reach = able & np.isfinite(driven_s)
    carry = reach & laden
    fits = carry & (ends_s < problem.shift_end_s - TOLERANCE * 10)
    truth = {
        "no_vehicle": ~able.any(axis=1),
        "unreachable": able.any(axis=1) & ~reach.any(axis=1),
        "capacity": reach.any(axis=1) & ~carry.any(axis=1),
        "time": carry.any(axis=1) & ~fits.any(axis=1),
    }
    return [
        f"task {task} is left out for {reason}, which is not so"
        for i, (task, reason) in enumerate(zip(left, said, strict=True))
        if not truth[reason][i]
    ]


def _away(problem: Problem, here: list[int]) -> dict[int, Floats]:
    """Return the seconds to every arc from some arcs, from all starts and from all sites."""
    sources = sorted({*here, *problem.start_arc.tolist(), *problem.reload_arc.tolist()})
    return dict(zip(sources, _from_arcs(problem, sources, np.inf), strict=True))


def _one_more(
    problem: Problem,
    away_s: dict[int, Floats],
    toward_s: Floats,
    v: int,
    after: tuple[int, float, float],
    tasks: _Numbers,
) -> tuple[Floats, Flags, Floats]:
    """Return three arrays on doing each task as the last of a route.

    Seconds there and home for the task alone, whether the vehicle has or gets the material, and
    when the shift would end.
    """
    pace = float(problem.pace[problem.vehicle_type[v]])
    here, clock_s, load_kg = after
    arcs = problem.mode_arc[tasks]
    home_s = np.where(arcs < 0, np.inf, toward_s[arcs])
    need_kg = problem.material_kg[tasks]
    has = need_kg <= load_kg + TOLERANCE
    arrive_s = np.where(has[:, None], clock_s + away_s[here][arcs] * pace, np.inf)
    can = (need_kg <= problem.capacity_kg[v] + TOLERANCE) & (problem.capacity_kg[v] > 0)
    for k, site in enumerate(problem.reload_arc):
        there_s = away_s[here][site] + away_s[int(site)][arcs]
        full_s = clock_s + there_s * pace + problem.fill_s[k]
        arrive_s = np.where(can[:, None], np.minimum(arrive_s, full_s), arrive_s)
        has = has | can
    starts_s = np.maximum(arrive_s, problem.release_s[tasks][:, None])
    work_s = problem.service_s[tasks, problem.vehicle_type[v]][:, None]
    over_s = starts_s + work_s + home_s * pace
    start_s = away_s[int(problem.start_arc[v])][arcs]
    return (start_s + home_s).min(axis=1), has, over_s.min(axis=1)


def _after_last(
    problem: Problem, deadheads: _Deadheads, v: int, route: Route
) -> tuple[int, float, float]:
    """Return arc, time and load after the last task of a route."""
    here, load_kg = int(problem.start_arc[v]), float(problem.load_kg[v])
    done_s, _ = _times(problem, deadheads, v, route)
    kept_kg = load_kg
    for stop in route:
        if isinstance(stop, Refill):
            load_kg = float(problem.capacity_kg[v])
        else:
            load_kg -= float(problem.material_kg[stop.task])
            here, kept_kg = _stop_arc(problem, stop), load_kg
    return here, max(done_s.values(), default=float(problem.shift_start_s[v])), kept_kg


def _graph(problem: Problem, sources: _Numbers) -> csr_matrix:
    """Return arcs as vertices and turns as edges, and a copy of each source to set out from.

    An edge weighs driving its first arc and the turn; out of a copy only the turn, as the source
    has been driven. Nothing leads on through a place.
    """
    first = np.repeat(np.arange(problem.arcs), np.diff(problem.turn_start))
    open_turn = ~problem.place[first]
    rows = [first[open_turn]]
    columns = [problem.turn_to[open_turn]]
    weights = [problem.drive_s[first[open_turn]] + problem.turn_s[open_turn]]
    for i, arc in enumerate(sources):
        turns = slice(problem.turn_start[arc], problem.turn_start[arc + 1])
        rows.append(np.full(turns.stop - turns.start, problem.arcs + i))
        columns.append(problem.turn_to[turns])
        weights.append(problem.turn_s[turns])
    size = problem.arcs + len(sources)
    parts = (np.concatenate(rows), np.concatenate(columns))
    return coo_matrix((np.concatenate(weights), parts), shape=(size, size)).tocsr()


def _from_arcs(problem: Problem, sources: list[int], limit_s: float) -> Floats:
    """Return float64[sources, A], seconds from the end of each to the beginning of every arc."""
    graph = _graph(problem, np.array(sources))
    copies = np.arange(len(sources)) + problem.arcs
    away_s: Floats = dijkstra(graph, indices=copies, limit=limit_s)
    return away_s[:, : problem.arcs]


def _to_arc(problem: Problem, arc: int) -> Floats:
    """Return float64[A], seconds from the end of every arc to the beginning of one, 0 to none."""
    if arc < 0:
        return np.zeros(problem.arcs)
    everything = _graph(problem, np.arange(problem.arcs))
    toward_s: Floats = dijkstra(everything.T.tocsr(), indices=arc)
    return toward_s[problem.arcs :]


def _deadheads(problem: Problem, legs: set[tuple[int, int]]) -> _Deadheads:
    """Return the seconds of each leg, looking ever farther for those not found near by."""
    found: _Deadheads = {}
    for limit_s in _LIMITS_S:
        goals: dict[int, list[int]] = {}
        for source, target in legs:
            if (source, target) not in found:
                goals.setdefault(source, []).append(target)
        sources = sorted(goals)
        for first in range(0, len(sources), _BATCH):
            batch = sources[first : first + _BATCH]
            away = _from_arcs(problem, batch, limit_s)
            for row, source in zip(away, batch, strict=True):
                for target in goals[source]:
                    if np.isfinite(row[target]) or limit_s == np.inf:
                        found[source, target] = float(row[target])
    return found
