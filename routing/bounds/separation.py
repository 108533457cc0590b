"""Separation: cuts that a point of the relaxation violates, by components, least cuts, growth."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    dijkstra,
    maximum_flow,
)

from routing.bounds.cuts import (
    CutInequality,
    JunctionRelaxation,
    component_visits,
    crossings,
    visits,
)
from routing.bounds.relaxation import IntArray
from routing.kernels.graph.cut_growth import SCRATCH_ROWS, TrafficGraph, grow
from routing.problem.problem import Flags, Floats

LEAST_LACK = 1e-3
"""By so much a point must break a cut to bring it in."""
FEW_JUNCTIONS = 1_000
"""In larger networks only parts that hang together are looked at."""
MOST_CUTS = 250
"""Cuts of one turn; those that the point breaks most, seen from where it is."""
STEPS = 300_000_000
"""Looks at junctions while growing, in one turn."""
WEIGHTS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
"""What demand counts for in growth, in hoppers per crossing."""
FACTORS = (1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.6, 1.8, 2.1, 2.5, 3.0, 4.0)
"""Demand is enlarged by these for least cuts, as visits are rounded up."""
_SCALE = 1 << 20
"""Whole units of flow in one vehicle."""
_STEEP = 1_000.0


class SupportGraph(NamedTuple):
    """Traffic of a point between junctions, and demand, both either way in the same rows.

    `links` has a value wherever one can drive; `own` float64[J] is demand at a junction itself,
    `stop` bool[J] where vehicles start or reload.
    """

    links: csr_matrix
    traffic: csr_matrix
    demand: csr_matrix
    own: Floats
    stop: Flags


def violated_cuts(by_junction: JunctionRelaxation, x: Floats, turn: int) -> list[CutInequality]:
    """Return cuts that a point violates, each once; another `turn` looks elsewhere."""
    if by_junction.junctions > FEW_JUNCTIONS:
        _, label = connected_components(
            _between(by_junction, x[by_junction.moving], slice(None)), False
        )
        parts = [label, *_rings(by_junction)] if by_junction.load.sum() > 1.0 else [label]
        return [
            cut
            for part in parts
            for cut in component_visits(by_junction, part)
            if cut.lack(x) > LEAST_LACK
        ]
    sets: dict[bytes, Flags] = {}
    for inside in _sets(by_junction, x, turn):
        sets |= {side.tobytes(): side for side in (inside, ~inside)}
    cuts = (make(by_junction, side) for side in sets.values() for make in (visits, crossings))
    found = {cut.column: cut for cut in cuts if cut and cut.lack(x) > LEAST_LACK}
    return sorted(found.values(), key=lambda cut: -cut.lack(x) / len(cut.column) ** 0.5)[:MOST_CUTS]


def _rings(by_junction: JunctionRelaxation) -> Iterator[IntArray]:
    """Yield the parts int64[J] that hang together beyond ever more streets from all stops.

    One hopper after another comes through each ring to what lies behind. What lies before it is
    one part more.
    """
    links = _between(by_junction, np.ones(len(by_junction.tail)), slice(None))
    stops = np.unique(np.concatenate((by_junction.start, by_junction.site)))
    steps = dijkstra(links, directed=False, indices=stops, unweighted=True, min_only=True)
    steps[~np.isfinite(steps)] = -1.0
    for far in range(int(steps.max())):
        behind = np.flatnonzero(steps > far)
        label = np.zeros(by_junction.junctions, np.int64)
        label[behind] = 1 + connected_components(links[behind][:, behind], directed=False)[1]
        yield label


def _sets(by_junction: JunctionRelaxation, x: Floats, turn: int) -> Iterator[Flags]:
    driven = x.copy()
    driven[by_junction.moving[: by_junction.modes]] = 0.0
    empty = _between(by_junction, driven[by_junction.moving], slice(None))
    yield from components(empty)
    yield from least_cuts(empty, _odd(by_junction))
    support = _town(by_junction, x)
    yield from components(support.traffic)
    for factor in FACTORS:
        yield crowded(support, factor)
    yield from grown(support, turn)


def _between(by_junction: JunctionRelaxation, value: Floats, columns: slice) -> csr_matrix:
    """Return values of moving columns summed between junctions, either way, without zeros."""
    pairs = (by_junction.tail[columns], by_junction.head[columns])
    graph = coo_matrix((value, pairs), shape=(by_junction.junctions, by_junction.junctions)).tocsr()
    graph.setdiag(0.0)
    both = (graph + graph.T).tocsr()
    both.data[both.data < 1e-9] = 0.0
    both.eliminate_zeros()
    return both


def _town(by_junction: JunctionRelaxation, x: Floats) -> SupportGraph:
    modes = by_junction.modes
    task = by_junction.relaxation.columns.task
    share = by_junction.load[task] / np.bincount(task, minlength=len(by_junction.load))[task]
    loops = by_junction.tail[:modes] == by_junction.head[:modes]
    own = np.bincount(
        by_junction.tail[:modes][loops], share[loops], minlength=by_junction.junctions
    )
    stop = np.zeros(by_junction.junctions, np.bool_)
    stop[by_junction.start] = True
    stop[by_junction.site] = True
    return SupportGraph(
        _between(by_junction, np.ones(len(by_junction.tail)), slice(None)),
        _between(by_junction, x[by_junction.moving], slice(None)),
        _between(by_junction, share, slice(modes)),
        own,
        stop,
    )


def components(graph: csr_matrix) -> Iterator[Flags]:
    """Yield bool[J] for each part of a graph that hangs together."""
    count, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1]):
        yield flags(graph.shape[0], members)


def flags(size: int, members: IntArray) -> Flags:
    """Return bool[size], true for the members."""
    inside = np.zeros(size, np.bool_)
    inside[members] = True
    return inside


def _odd(by_junction: JunctionRelaxation) -> Flags:
    """Return bool[J], where an odd number of tasks ends."""
    task = by_junction.relaxation.columns.task
    _, first = np.unique(task, return_index=True)
    ends = np.concatenate((by_junction.tail[first], by_junction.head[first]))
    odd: Flags = np.bincount(ends, minlength=by_junction.junctions) % 2 == 1
    return odd


def least_cuts(graph: csr_matrix, odd: Flags) -> Iterator[Flags]:
    """Yield a least cut between any two odd junctions that hang together.

    The flows of Gusfield (1990), Very simple methods for all pairs network flow analysis, SIAM
    Journal on Computing 19; among them is the least cut that parts the odd ones oddly (Padberg and
    Rao 1982, Odd minimum cut-sets and b-matchings, Mathematics of Operations Research 7).
    """
    for component in components(graph):
        members = np.flatnonzero(component)
        ends = np.flatnonzero(odd[members])
        if len(ends) < 2:
            continue
        flow = _whole(graph[members][:, members])
        above = np.zeros(len(ends), np.int64)
        for i in range(1, len(ends)):
            inside = _source_side(flow, int(ends[i]), int(ends[above[i]]))
            later = np.flatnonzero(inside[ends])
            later = later[(later > i) & (above[later] == above[i])]
            above[later] = i
            yield flags(graph.shape[0], members[inside])


def _whole(graph: csr_matrix) -> csr_matrix:
    values = np.round(graph.data * _SCALE).astype(np.int32)
    return csr_matrix((values, graph.indices, graph.indptr), shape=graph.shape)


def _source_side(graph: csr_matrix, source: int, target: int) -> Flags:
    """Return bool[J], what the source still reaches after a maximum flow."""
    left = (graph - maximum_flow(graph, source, target).flow).tocsr()
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    return flags(graph.shape[0], reached)


def crowded(support: SupportGraph, factor: float) -> Flags:
    """Return the set whose demand most exceeds the traffic across its edge.

    A least cut: demand on an edge of the set counts as traffic missing there. Exact but for the
    rounding of visits, which `factor` makes up for, and for one-way traffic.
    """
    size = len(support.own)
    total = factor * (support.own * 2.0 + support.demand.sum(axis=1).A1)
    edge = support.traffic - factor * support.demand
    edge.data = np.maximum(edge.data, 0.0)
    edge = edge.tocoo()
    wanting, stops = np.flatnonzero(total), np.flatnonzero(support.stop)
    rows = np.concatenate((edge.row, np.full(len(wanting), size), stops))
    columns = np.concatenate((edge.col, wanting, np.full(len(stops), size + 1)))
    values = np.concatenate((edge.data, total[wanting], np.full(len(stops), _STEEP)))
    network = coo_matrix((values, (rows, columns)), shape=(size + 2, size + 2)).tocsr()
    return _source_side(_whole(network), size, size + 1)[:size]


def grown(support: SupportGraph, turn: int, steps: int = STEPS) -> Iterator[Flags]:
    """Yield sets grown from junctions, at each size where traffic is thinnest for the demand.

    Everything is grown a second time with a bias toward some junctions, another one each `turn`.
    Seeds take turns where all of them would need more than `steps` looks at junctions.
    """
    size = len(support.own)
    graph = _traffic_graph(support)
    scratch = np.empty((SCRATCH_ROWS, size))
    order, lack = np.empty(size, np.int32), np.empty(size)
    seeds = np.flatnonzero(~support.stop)
    every = max(1, int(len(seeds) * 2 * len(WEIGHTS) * size**2 // steps))
    seeds = seeds[turn % every :: every]
    random = np.random.default_rng(turn)
    for weight, strength, seed in product(WEIGHTS, (0.0, 1.0), seeds.tolist()):
        bias = random.random(size) * strength
        count = grow(graph, weight, bias, seed, scratch, order, lack)
        for best in peaks(lack[:count]):
            yield flags(size, order[: best + 1])


def peaks(lack: Floats) -> list[int]:
    """Return where a number is large enough and none beside it is larger."""
    around = np.concatenate(([-np.inf], lack, [-np.inf]))
    top = (lack > LEAST_LACK) & (lack >= around[:-2]) & (lack > around[2:])
    return np.flatnonzero(top).tolist()


def _traffic_graph(support: SupportGraph) -> TrafficGraph:
    """Return traffic and demand of all links as compressed rows."""
    one = support.links.copy()
    one.data[:] = 1.0
    traffic, demand = (one + support.traffic).tocsr(), (one + support.demand).tocsr()
    traffic.sort_indices()
    demand.sort_indices()
    starts = traffic.indptr.astype(np.int64)
    to = traffic.indices.astype(np.int32)
    flow, load = traffic.data - 1.0, demand.data - 1.0
    return TrafficGraph(starts, to, flow, load, support.own, support.stop)
