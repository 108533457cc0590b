"""Hubs: junctions that stand for all, with estimated seconds between them."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.kernels.arrays.route_arrays import FAR_S
from routing.kernels.graph import shortest_paths
from routing.kernels.graph.shortest_paths import ArcGraph
from routing.network.steps import Steps
from routing.problem.problem import Flags, Floats32, Ints, Problem

HUBS = 2_500
"""Up to so many junctions each is its own hub; in a larger city `FEW_HUBS` stand for all."""
FEW_HUBS = 1_500
HUB_STEPS = 30_000_000
"""Junctions that are reached from all hubs together: in a metropolis hubs become fewer, so that
they take no longer."""


def between_hubs(problem: Problem, steps: Steps) -> tuple[Floats32, Ints]:
    """Return estimated seconds between hubs, and the hub of each junction.

    Between junctions, not arcs: each arc is taken to end with its median turn.
    """
    junctions = int(max(problem.tail.max(), problem.head.max())) + 1
    streets = np.flatnonzero(~problem.place)
    weight = problem.drive_s[streets] + _median_turn_s(problem)
    graph = csr_matrix(
        (weight, (problem.tail[streets], problem.head[streets])), shape=(junctions, junctions)
    )
    used = np.unique((problem.tail[streets], problem.head[streets]))
    if len(used) <= HUBS:
        hubs = used
        hub_of = np.zeros(junctions, np.int32)
        hub_of[hubs] = np.arange(len(hubs))
    else:
        few = max(1, min(FEW_HUBS, HUB_STEPS // len(used)))
        hubs = used[:: -(-len(used) // few)]
        _, _, source = dijkstra(graph, indices=hubs, min_only=True, return_predecessors=True)
        hub_of = np.maximum(np.searchsorted(hubs, source), 0).astype(np.int32)
    out = np.empty((len(hubs), len(hubs)), np.float32)
    starts = graph.indptr.astype(np.int64)
    to = graph.indices.astype(np.int32)
    closed: Flags = np.zeros(junctions, np.bool_)
    wanted = hubs.astype(np.int32)
    arcs = ArcGraph(starts, to, graph.data, closed)

    def some_rows(first: int, last: int) -> None:
        shortest_paths.rows(arcs, wanted, first, last, wanted, out)

    steps.work(some_rows, len(hubs))
    return np.minimum(out, np.float32(FAR_S), out=out), hub_of


def _median_turn_s(problem: Problem) -> float:
    streets = ~problem.place[problem.turn_to]
    return float(np.median(problem.turn_s[streets])) if np.any(streets) else 0.0
