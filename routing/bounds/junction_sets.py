"""Sets of junctions whose edge deadheads may cross too seldom: around stops, seeds and trails."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree

from routing.bounds.relaxation import IntArray
from routing.bounds.separation import (
    LEAST_LACK,
    SupportGraph,
    components,
    crowded,
    flags,
    grown,
    least_cuts,
    peaks,
)
from routing.bounds.tree_sets import subtree_lacks, subtrees
from routing.bounds.undirected_relaxation import UndirectedRelaxation
from routing.problem.problem import Flags, Floats

THRESHOLDS = (1e-6, 0.25, 0.5, 0.75, 0.99)
"""Links with fewer deadheads part a network."""
FACTORS = (1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
"""Demand is enlarged by these for least cuts, as visits are rounded up."""
RINGS = 150
"""Distances from the stops beyond which parts are looked at."""
SEEDS = 10
"""Junctions in one turn around which nested sets are looked at."""
TREES = 6
"""Trees of busy links in one turn of which all subtrees are looked at."""
PEAKS = 4
"""Sets of one nest, those that fall shortest."""
STEPS = 10_000_000
"""Looks at junctions while growing, in one turn."""


def first_sets(relaxation: UndirectedRelaxation) -> Iterator[Flags]:
    """Yield sets that ask much of any plan: each junction, and what lies far from all stops."""
    size = len(relaxation.stop)
    for junction in np.unique(relaxation.task_ends):
        yield flags(size, np.array([junction]))
    links = _either_way(size, relaxation.ends, relaxation.price + 1e-9)
    away = dijkstra(links, indices=np.flatnonzero(relaxation.stop), min_only=True)
    far = np.unique(away[np.isfinite(away)])
    for least in far[: -1 : max(1, len(far) // RINGS)]:
        behind = np.flatnonzero(away > least)
        for part in components(links[behind][:, behind]):
            yield flags(size, behind[part])


def thin_sets(relaxation: UndirectedRelaxation, deadheads: Floats, turn: int) -> Iterator[Flags]:
    """Yield sets whose edge a point `deadheads` may cross too seldom; others each `turn`."""
    size = len(relaxation.stop)
    for threshold in THRESHOLDS:
        busy = deadheads >= threshold
        for part in components(_either_way(size, relaxation.ends[:, busy], deadheads[busy])):
            if np.count_nonzero(part) > 1:
                yield part
    support = _support(relaxation, deadheads)
    for factor in FACTORS:
        yield crowded(support, factor)
    yield from _tree_sets(relaxation, deadheads, support, turn)
    yield from _nested_sets(relaxation, deadheads, support, turn)
    yield from grown(support, turn, STEPS)


def odd_sets(relaxation: UndirectedRelaxation, deadheads: Floats) -> Iterator[Flags]:
    """Yield sets among which is one that an odd number of tasks and least deadheads cross.

    No link with a whole deadhead crosses such a set, so both of its ends count as one junction.
    """
    size = len(relaxation.stop)
    whole = deadheads >= 1.0 - 1e-6
    joined = _either_way(size, relaxation.ends[:, whole], deadheads[whole])
    count, label = connected_components(joined, directed=False)
    odd = np.bincount(label[relaxation.task_ends.ravel()], minlength=count) % 2 == 1
    some = ~whole & (deadheads > 1e-6)
    links = _either_way(count, label[relaxation.ends[:, some]], deadheads[some])
    for inside in least_cuts(links, odd):
        yield inside[label]


def _either_way(size: int, ends: IntArray, value: Floats) -> csr_matrix:
    """Return values of links summed between junctions, either way."""
    apart = ends[0] != ends[1]
    one, other = ends[:, apart]
    rows, columns = np.concatenate((one, other)), np.concatenate((other, one))
    return coo_matrix((np.tile(value[apart], 2), (rows, columns)), shape=(size, size)).tocsr()


def _support(relaxation: UndirectedRelaxation, deadheads: Floats) -> SupportGraph:
    size, served = len(relaxation.stop), relaxation.task_ends
    loops = served[0] == served[1]
    ends = np.concatenate((relaxation.ends, served), axis=1)
    traffic = np.concatenate((deadheads, np.ones(served.shape[1])))
    traffic[traffic < 1e-9] = 0.0
    return SupportGraph(
        _either_way(size, ends, np.ones(len(traffic))),
        _either_way(size, ends, traffic),
        _either_way(size, served, relaxation.load),
        np.bincount(served[0, loops], relaxation.load[loops], minlength=size),
        relaxation.stop,
    )


def _nested_sets(
    relaxation: UndirectedRelaxation, deadheads: Floats, support: SupportGraph, turn: int
) -> Iterator[Flags]:
    """Yield the sets around seeds that fall shortest, by distance and along busy links."""
    random = np.random.default_rng(turn)
    served = np.unique(relaxation.task_ends)
    served = served[~relaxation.stop[served]]
    size = len(relaxation.stop)
    prices = _either_way(size, relaxation.ends, relaxation.price + 1e-9)
    busy = support.traffic.copy()
    busy.eliminate_zeros()
    busy.data = 1.0 / (0.05 + busy.data)
    for lengths in (prices, busy):
        seeds = random.choice(served, min(SEEDS, len(served)), replace=False)
        lengths.data *= random.uniform(0.5, 1.5, len(lengths.data))
        for away in dijkstra(lengths, indices=seeds):
            order = np.argsort(away, kind="stable")
            order = order[np.isfinite(away[order]) & ~relaxation.stop[order]]
            lack = nested_lacks(relaxation, deadheads, order)
            for peak in sorted(peaks(lack), key=lambda place: -lack[place])[:PEAKS]:
                yield flags(size, order[: peak + 1])


def _tree_sets(
    relaxation: UndirectedRelaxation, deadheads: Floats, support: SupportGraph, turn: int
) -> Iterator[Flags]:
    """Yield what hangs on one link of a tree of busy links and falls short; several trees."""
    random = np.random.default_rng(turn)
    size, root = len(relaxation.stop), int(np.argmax(relaxation.stop))
    lengths = support.traffic + support.links * 0.05
    for _ in range(TREES):
        varied = lengths.copy()
        varied.data = random.uniform(0.5, 1.5, len(varied.data)) / varied.data
        trees = subtrees(minimum_spanning_tree(varied), root)
        lack = subtree_lacks(relaxation, deadheads, trees)
        for first in np.flatnonzero(lack > LEAST_LACK):
            yield flags(size, trees.order[first : trees.end[first]])


def nested_lacks(relaxation: UndirectedRelaxation, deadheads: Floats, order: IntArray) -> Floats:
    """Return float64[n], by how much the first 1 to n junctions of an order fall short."""
    count = len(order)
    place = np.full(len(relaxation.stop), count)
    place[order] = np.arange(count)
    comes, goes = np.sort(place[relaxation.task_ends], axis=0)
    crossing = _running(comes, count) - _running(goes, count)
    visits = np.ceil(_running(comes, count, relaxation.load) - 1e-6)
    visits = np.where(_running(comes, count) > 0, np.maximum(visits, 1.0), 0.0)
    comes, goes = np.sort(place[relaxation.ends], axis=0)
    driven = _running(comes, count, deadheads) - _running(goes, count, deadheads)
    return np.maximum(2.0 * visits - crossing, crossing % 2) - driven


def _running(place: IntArray, count: int, weight: Floats | None = None) -> Floats:
    """Return float64[count], the sum of weights at all places up to each."""
    return np.cumsum(np.bincount(place, weight, minlength=count + 1))[:count].astype(np.float64)
