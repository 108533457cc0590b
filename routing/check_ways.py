"""The referee's shortest paths, by scipy: from arc to arc with turns, seconds and metres."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.problem import Floats, Problem, Refill, Route, Visit

_BATCH = 256
_LIMITS_S = (60.0, 300.0, 1800.0, np.inf)
_TIE_S_PER_M = 1e-9
"""What a metre weighs where metres have a price: of equally quick ways the shortest is driven."""

type Numbers = NDArray[np.integer[Any]]


class Way(NamedTuple):
    """A deadhead; infinite seconds where there is none."""

    seconds: float
    metres: float


type Deadheads = dict[tuple[int, int], Way]


def stop_arc(problem: Problem, stop: Visit | Refill) -> int:
    """Return the arc that is driven at a stop."""
    if isinstance(stop, Visit):
        return int(problem.mode_arc[stop.task, stop.mode])
    return int(problem.reload_arc[stop.site])


def legs_of(problem: Problem, routes: tuple[Route, ...]) -> set[tuple[int, int]]:
    """Return the pairs of arcs between which the routes drive."""
    pairs: set[tuple[int, int]] = set()
    for v, route in enumerate(routes):
        if not route and not problem.rules.is_out(v):
            continue
        arcs = [int(problem.start_arc[v]), *(stop_arc(problem, stop) for stop in route)]
        if problem.end_arc[v] >= 0:
            arcs.append(int(problem.end_arc[v]))
        pairs.update(pairwise(arcs))
    return pairs


def deadheads_of(problem: Problem, legs: set[tuple[int, int]]) -> Deadheads:
    """Return the way of each leg, looking ever farther for those not found near by."""
    found: Deadheads = {}
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


def _ways(problem: Problem, goals: dict[int, list[int]], limit_s: float) -> Deadheads:
    """Return the ways from each source to its goals; without a limit also those that are none."""
    found: Deadheads = {}
    sources = np.array(list(goals))
    indices = np.arange(len(sources)) + problem.arcs
    graph = _graph(problem, sources)
    metres_count = problem.rules.metres_count
    if metres_count:
        away, before = dijkstra(graph, indices=indices, limit=limit_s, return_predecessors=True)
    else:
        away, before = dijkstra(graph, indices=indices, limit=limit_s), None
    for row, (source, targets) in enumerate(goals.items()):
        for target in targets:
            weight = float(away[row, target])
            if not np.isfinite(weight) and limit_s < np.inf:
                continue
            metres = 0.0
            if before is not None and np.isfinite(weight):
                metres = _metres(problem, before[row], target)
            found[source, target] = Way(weight - _TIE_S_PER_M * metres, metres)
    return found


def _metres(problem: Problem, before: Numbers, target: int) -> float:
    """Return the length of the arcs before a target."""
    metres = 0.0
    arc = int(before[target])
    while arc < problem.arcs:
        metres += float(problem.length_m[arc])
        arc = int(before[arc])
    return metres


def _graph(problem: Problem, sources: Numbers) -> csr_matrix:
    """Return arcs as vertices and turns as edges, and a copy of each source to set out from.

    An edge weighs driving its first arc and the turn; out of a copy only the turn, as the source
    has been driven. Nothing leads on through a place.
    """
    drive_s = problem.drive_s
    if problem.rules.metres_count:
        drive_s = drive_s + _TIE_S_PER_M * problem.length_m
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


def from_arcs(problem: Problem, sources: list[int]) -> Floats:
    """Return float64[sources, A], seconds from the end of each to the beginning of every arc."""
    graph = _graph(problem, np.array(sources))
    copies = np.arange(len(sources)) + problem.arcs
    away_s: Floats = dijkstra(graph, indices=copies)
    return away_s[:, : problem.arcs]


def to_arc(problem: Problem, arc: int) -> Floats:
    """Return float64[A], seconds from the end of every arc to the beginning of one, 0 to none."""
    if arc < 0:
        return np.zeros(problem.arcs)
    everything = _graph(problem, np.arange(problem.arcs))
    toward_s: Floats = dijkstra(everything.T.tocsr(), indices=arc)
    return toward_s[problem.arcs :]
