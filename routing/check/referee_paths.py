"""The referee's shortest paths, by scipy: from arc to arc with turns, seconds and metres."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.problem.problem import Floats, Problem, TaskRoute, TaskVisit

_BATCH = 256
_LIMITS_S = (60.0, 300.0, 1800.0, np.inf)
_TIE_S_PER_M = 1e-9
"""What a metre weighs where metres have a price: of equally quick ways the shortest is driven."""

type AnyInts = NDArray[np.integer[Any]]


class DeadheadPath(NamedTuple):
    """A deadhead; infinite seconds where there is none."""

    seconds: float
    metres: float


type RefereePaths = dict[tuple[int, int], DeadheadPath]


def arcs_of(problem: Problem, route: TaskRoute) -> list[int]:
    """Return the arc that is driven at each stop of a route."""
    visits = [stop for stop in route if isinstance(stop, TaskVisit)]
    tasks = np.array([stop.task for stop in visits], np.int64)
    modes = np.array([stop.mode for stop in visits], np.int64)
    worked = iter(problem.mode_arc[tasks, modes].tolist())
    sites: list[int] = problem.reload_arc.tolist()
    return [next(worked) if isinstance(stop, TaskVisit) else sites[stop.site] for stop in route]


def legs_of(problem: Problem, routes: tuple[TaskRoute, ...]) -> set[tuple[int, int]]:
    """Return the pairs of arcs between which the routes drive."""
    pairs: set[tuple[int, int]] = set()
    for v, route in enumerate(routes):
        if not route and not problem.rules.is_out(v):
            continue
        arcs = [int(problem.start_arc[v]), *arcs_of(problem, route)]
        if problem.end_arc[v] >= 0:
            arcs.append(int(problem.end_arc[v]))
        pairs.update(pairwise(arcs))
    return pairs


def deadheads_of(
    problem: Problem, legs: set[tuple[int, int]], known: RefereePaths | None = None
) -> RefereePaths:
    """Return the shortest path of each leg, searching ever farther for those not found nearby.

    What is `known` of the same streets is not looked for again, and what was found is known then.
    """
    kept: RefereePaths = {} if known is None else known
    kept |= _deadheads(problem, legs - kept.keys())
    return kept


def _deadheads(problem: Problem, legs: set[tuple[int, int]]) -> RefereePaths:
    found = _turns(problem, legs)
    for limit_s in _LIMITS_S:
        goals: dict[int, list[int]] = {}
        for source, target in legs:
            if (source, target) not in found:
                goals.setdefault(source, []).append(target)
        sources = sorted(goals)
        for first in range(0, len(sources), _BATCH):
            batch = sources[first : first + _BATCH]
            found |= _ways(problem, {source: goals[source] for source in batch}, limit_s)
    return found


def _turns(problem: Problem, legs: set[tuple[int, int]]) -> RefereePaths:
    """Return the paths of legs that are one turn, where every other turn takes longer at once.

    Any other way turns into another arc and drives all of it.
    """
    if not legs or not len(problem.turn_to):
        return {}
    count = np.diff(problem.turn_start)
    source = np.repeat(np.arange(problem.arcs), count)
    onward_s = problem.turn_s + _weight_s(problem)[problem.turn_to]
    onward_s[problem.place[problem.turn_to]] = np.inf
    order = np.lexsort((onward_s, source))
    left_s = np.full((problem.arcs, 2), np.inf)  # the two quickest arcs out of each
    to = np.full(problem.arcs, -1)
    first = problem.turn_start[:-1]
    some, more = count > 0, count > 1
    left_s[some, 0], to[some] = onward_s[order[first[some]]], problem.turn_to[order[first[some]]]
    left_s[more, 1] = onward_s[order[first[more] + 1]]
    pairs = np.array(sorted(legs), np.int64).reshape(-1, 2)
    direct_s = _direct_s(problem, source, pairs)
    others_s = left_s[pairs[:, 0], (to[pairs[:, 0]] == pairs[:, 1]).astype(int)]
    surely = np.isfinite(direct_s) & (direct_s <= others_s)
    return {
        (int(a), int(b)): DeadheadPath(float(seconds), 0.0)
        for (a, b), seconds in zip(pairs[surely], direct_s[surely], strict=True)
    }


def _direct_s(problem: Problem, source: AnyInts, pairs: AnyInts) -> Floats:
    """Return the seconds of the turn between each pair of arcs, infinite where there is none."""
    turns = source * problem.arcs + problem.turn_to
    order = np.lexsort((problem.turn_s, turns))
    wanted = pairs[:, 0] * problem.arcs + pairs[:, 1]
    at = np.minimum(np.searchsorted(turns[order], wanted), len(turns) - 1)
    direct_s: Floats = np.where(turns[order][at] == wanted, problem.turn_s[order][at], np.inf)
    return direct_s


def _weight_s(problem: Problem) -> Floats:
    """Return what driving each arc weighs."""
    if problem.rules.metres_count:
        return problem.drive_s + _TIE_S_PER_M * problem.length_m
    return problem.drive_s


def _ways(problem: Problem, goals: dict[int, list[int]], limit_s: float) -> RefereePaths:
    """Return the ways from each source to its goals; without a limit also those that are none."""
    found: RefereePaths = {}
    sources = np.array(list(goals))
    graph, near = _nearby(_graph(problem, sources), problem.arcs, limit_s)
    place = np.full(problem.arcs, -1)
    streets = near[near < problem.arcs]
    place[streets] = np.arange(len(streets))
    indices = np.arange(len(sources)) + len(streets)
    metres_count = problem.rules.metres_count
    if metres_count:
        away, before = dijkstra(graph, indices=indices, limit=limit_s, return_predecessors=True)
    else:
        away, before = dijkstra(graph, indices=indices, limit=limit_s), None
    for row, (source, targets) in enumerate(goals.items()):
        for target in targets:
            weight = float(away[row, place[target]]) if place[target] >= 0 else np.inf
            if not np.isfinite(weight) and limit_s < np.inf:
                continue
            metres = 0.0
            if before is not None and np.isfinite(weight):
                metres = _metres(problem, streets, before[row], int(place[target]))
            found[source, target] = DeadheadPath(weight - _TIE_S_PER_M * metres, metres)
    return found


def _nearby(graph: csr_matrix, arcs: int, limit_s: float) -> tuple[csr_matrix, AnyInts]:
    """Return the part of a graph within a limit of any copy of a source, and its vertices.

    A row for each source over all of a large city would take longer than its search.
    """
    size = graph.shape[0]
    if not np.isfinite(limit_s):
        return graph, np.arange(size)
    copies = np.arange(arcs, size)
    away = dijkstra(graph, indices=copies, limit=limit_s, min_only=True)
    near = np.union1d(np.flatnonzero(np.isfinite(away)), copies)
    return graph[near][:, near], near


def _metres(problem: Problem, streets: AnyInts, before: AnyInts, place: int) -> float:
    """Return the length of the arcs before a target; `streets` says which arc each place is."""
    metres = 0.0
    at = int(before[place])
    while at < len(streets):
        metres += float(problem.length_m[streets[at]])
        at = int(before[at])
    return metres


def _graph(problem: Problem, sources: AnyInts) -> csr_matrix:
    """Return arcs as vertices and turns as edges, and a copy of each source to set out from.

    An edge weighs driving its first arc and the turn; out of a copy only the turn, as the source
    has been driven. Nothing leads on through a place.
    """
    drive_s = _weight_s(problem)
    first = np.repeat(np.arange(problem.arcs), np.diff(problem.turn_start))
    open_turn = ~problem.place[first]
    rows = [first[open_turn]]
    columns = [problem.turn_to[open_turn]]
    weights = [drive_s[first[open_turn]] + problem.turn_s[open_turn]]
    for i, arc in enumerate(sources):
        turns = slice(problem.turn_start[arc], problem.turn_start[arc + 1])
        rows.append(np.full(turns.stop - turns.start, problem.arcs + i))
        columns.append(problem.turn_to[turns])
        weights.append(problem.turn_s[turns])
    size = problem.arcs + len(sources)
    parts = (np.concatenate(rows), np.concatenate(columns))
    return coo_matrix((np.concatenate(weights), parts), shape=(size, size)).tocsr()


def from_arcs(problem: Problem, sources: list[int], limit_s: float = np.inf) -> Floats:
    """Return float64[sources, A], seconds from the end of each to the beginning of every arc.

    Infinite where it is farther than a limit.
    """
    graph = _graph(problem, np.array(sources))
    copies = np.arange(len(sources)) + problem.arcs
    away_s: Floats = dijkstra(graph, indices=copies, limit=limit_s)
    return away_s[:, : problem.arcs]


def to_arcs(problem: Problem, arcs: list[int]) -> Floats:
    """Return float64[arcs, A], seconds from the end of every arc to the beginning of each."""
    back = _graph(problem, np.arange(problem.arcs)).T.tocsr()
    toward_s: Floats = dijkstra(back, indices=arcs)
    return toward_s[:, problem.arcs :]
