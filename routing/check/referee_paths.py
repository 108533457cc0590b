"""The referee's shortest paths, by scipy: from arc to arc with turns, seconds and metres."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.problem.problem import Floats, Problem, TaskRoute, TaskVisit

_BATCH = 256
"""Sources that are looked at together, with the streets around all of them."""
_ROOM = 4_000_000
"""Seconds in memory at a time."""
_LIMITS_S = (60.0, 120.0, 240.0, 480.0, 960.0, np.inf)
_CLAIMS_S, _CLAIM_RATIO = 60.0, 1.2
"""Legs of which up to so many seconds are claimed are looked for together; so are those above
whose seconds differ by no more than this factor."""
_CLAIM_SLACK_S = 1e-3
_TIE_S_PER_M = 1e-9
"""What a metre weighs where metres have a price: of equally quick ways the shortest is driven."""

type AnyInts = NDArray[np.integer[Any]]


class DeadheadPath(NamedTuple):
    """A deadhead; infinite seconds where there is none."""

    seconds: float
    metres: float


type RefereePaths = dict[tuple[int, int], DeadheadPath]

type ClaimedSeconds = Mapping[tuple[int, int], float]
"""How long somebody else says that legs take; the referee looks there first, and believes none."""


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
    problem: Problem,
    legs: set[tuple[int, int]],
    known: RefereePaths | None = None,
    claimed: ClaimedSeconds | None = None,
) -> RefereePaths:
    """Return the shortest path of each leg, searching ever farther for those not found nearby.

    What is `known` of the same streets is not looked for again, and what was found is known then.
    What is `claimed` of a leg is how far it is looked for at first; it does not change the answer.
    """
    kept: RefereePaths = {} if known is None else known
    kept |= _deadheads(problem, legs - kept.keys(), claimed or {})
    return kept


def _deadheads(
    problem: Problem, legs: set[tuple[int, int]], claimed: ClaimedSeconds
) -> RefereePaths:
    found = _turns(problem, legs)
    left: AnyInts = np.array(sorted(legs - found.keys()), np.int64).reshape(-1, 2)
    if not len(left):
        return found
    around = left[left[:, 0] == left[:, 1], 0]
    graph = StreetGraph(problem, around)
    if not problem.rules.metres_count:
        left = _take_places(graph, left, found)
    if claimed:
        left = _take_claimed(graph, left, claimed, found)
    for limit_s in _LIMITS_S:
        parts = [_take_near(graph, batch, limit_s, found) for batch in _batches(left)]
        left = np.concatenate(parts) if parts else left
    return found


def _batches(legs: AnyInts) -> Iterator[AnyInts]:
    """Yield legs, sorted by their sources, so many sources at a time."""
    firsts = np.flatnonzero(np.diff(legs[:, 0], prepend=-1))[::_BATCH].tolist()
    for first, end in pairwise([*firsts, len(legs)]):
        yield legs[first:end]


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
        (a, b): DeadheadPath(seconds, 0.0)
        for (a, b), seconds in zip(pairs[surely].tolist(), direct_s[surely].tolist(), strict=True)
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


class StreetGraph:
    """Arcs as vertices and turns as edges, with copies of all places and of some other arcs.

    An edge weighs driving its first arc and the turn; out of a copy only the turn, as its arc has
    been driven. Nothing leads into a copy, and nothing on through a place.

    Attributes
    ----------
    edges
        The graph: arcs, then copies.
    vertex
        int64[A], from where to set out at the end of each arc: its copy, or itself.
    driven_s
        float64[A], what the first edge from there weighs too much, as the arc has been driven.
    """

    def __init__(self, problem: Problem, copied: AnyInts) -> None:
        self.problem = problem
        copies = np.union1d(np.flatnonzero(problem.place), copied)
        self.vertex = np.arange(problem.arcs)
        self.vertex[copies] = problem.arcs + np.arange(len(copies))
        drive_s = _weight_s(problem)
        self.driven_s = drive_s.copy()
        self.driven_s[copies] = 0.0
        first = np.repeat(np.arange(problem.arcs), np.diff(problem.turn_start))
        through, out = ~problem.place[first], self.vertex[first] >= problem.arcs
        rows = np.concatenate((first[through], self.vertex[first[out]]))
        columns = np.concatenate((problem.turn_to[through], problem.turn_to[out]))
        onward_s = drive_s[first[through]] + problem.turn_s[through]
        weights = np.concatenate((onward_s, problem.turn_s[out]))
        size = problem.arcs + len(copies)
        self.edges: csr_matrix = coo_matrix((weights, (rows, columns)), shape=(size, size)).tocsr()

    def from_s(self, sources: AnyInts, limit_s: float = np.inf) -> Floats:
        """Return float64[N, A], seconds from the end of each source to the beginning of each arc.

        Infinite where it is farther than a limit; a source has to be a copy to be reached itself.
        """
        far_s = limit_s + self.driven_s[sources].max(initial=0.0)
        away_s: Floats = dijkstra(self.edges, indices=self.vertex[sources], limit=far_s)
        away_s = away_s[:, : self.problem.arcs]
        away_s -= self.driven_s[sources, None]
        return away_s

    def to_s(self, targets: AnyInts) -> Floats:
        """Return float64[N, A], seconds from the end of each arc to the beginning of targets.

        A target has to be a copy to be set out from itself.
        """
        toward_s: Floats = dijkstra(self.edges.T.tocsr(), indices=targets)
        toward_s = toward_s[:, self.vertex]
        toward_s -= self.driven_s
        return toward_s


def _take_places(graph: StreetGraph, legs: AnyInts, found: RefereePaths) -> AnyInts:
    """Add the paths from and to places to those found, by a tree for each place; return the rest.

    Hundreds of vehicles set out from few places, and half a city away.
    """
    for end, seconds in ((0, graph.from_s), (1, graph.to_s)):
        here = graph.problem.place[legs[:, end]]
        mine = legs[here]
        arcs, tree = np.unique(mine[:, end], return_inverse=True)
        if len(arcs):
            _add(found, mine, seconds(arcs)[tree, mine[:, 1 - end]], np.zeros(len(mine)))
        legs = legs[~here]
    return legs


def _take_claimed(
    graph: StreetGraph, legs: AnyInts, claimed: ClaimedSeconds, found: RefereePaths
) -> AnyInts:
    """Add the paths of legs that take no longer than is claimed to those found; return the others.

    A long leg then costs a search as far as it leads, not as far as the next limit.
    """
    seconds = np.array([claimed.get((a, b), np.inf) for a, b in legs.tolist()], np.float64)
    limits_s = seconds + graph.driven_s[legs[:, 0]] + _CLAIM_SLACK_S
    step = np.ceil(np.log(np.maximum(limits_s, _CLAIMS_S) / _CLAIMS_S) / np.log(_CLAIM_RATIO))
    others = [legs[np.isinf(step)]]
    for each in np.unique(step[np.isfinite(step)]):
        mine = step == each
        limit_s = float(limits_s[mine].max())
        others += [_take_near(graph, batch, limit_s, found) for batch in _batches(legs[mine])]
    return np.unique(np.concatenate(others), axis=0)


def _take_near(graph: StreetGraph, legs: AnyInts, limit_s: float, found: RefereePaths) -> AnyInts:
    """Add the paths of legs that are within a limit to those found; return the other legs.

    A row for each source over all of a large city would take longer than its search.
    """
    sources, row = np.unique(legs[:, 0], return_inverse=True)
    vertices = graph.vertex[sources]
    edges, near = graph.edges, np.arange(graph.edges.shape[0])
    if np.isfinite(limit_s):
        away = dijkstra(graph.edges, indices=vertices, limit=limit_s, min_only=True)
        near = np.flatnonzero(np.isfinite(away))
        edges = graph.edges[near][:, near]
    place = np.full(graph.edges.shape[0], -1)
    place[near] = np.arange(len(near))
    target = place[legs[:, 1]]
    weight = np.full(len(legs), np.inf)
    metres = np.zeros(len(legs))
    step = max(_ROOM // len(near), 1)
    for first in range(0, len(sources), step):
        mine = np.flatnonzero((row >= first) & (row < first + step) & (target >= 0))
        starts = place[vertices[first : first + step]]
        rows = row[mine] - first
        if graph.problem.rules.metres_count:
            away, before = dijkstra(edges, indices=starts, limit=limit_s, return_predecessors=True)
            reached = np.isfinite(away[rows, target[mine]])
            for leg, at in zip(mine[reached], rows[reached], strict=True):
                ends = int(starts[at]), int(target[leg])
                metres[leg] = _metres(graph.problem, near, before[at], *ends)
        else:
            away = dijkstra(edges, indices=starts, limit=limit_s)
        weight[mine] = away[rows, target[mine]] - graph.driven_s[legs[mine, 0]]
    known = np.isfinite(weight) | np.isinf(limit_s)
    _add(found, legs[known], weight[known] - _TIE_S_PER_M * metres[known], metres[known])
    others: AnyInts = legs[~known]
    return others


def _add(found: RefereePaths, legs: AnyInts, seconds: Floats, metres: Floats) -> None:
    """Add the paths of some legs to those found."""
    paths = map(DeadheadPath, seconds.tolist(), metres.tolist())
    found |= zip(map(tuple, legs.tolist()), paths, strict=True)


def _metres(problem: Problem, near: AnyInts, before: AnyInts, start: int, place: int) -> float:
    """Return the length of the arcs between a start and a target; `near` are a graph's vertices."""
    metres = 0.0
    at = int(before[place])
    while at != start:
        metres += float(problem.length_m[near[at]])
        at = int(before[at])
    return metres
