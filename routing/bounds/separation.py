"""Where a point of the relaxation breaks a cut: sets by components, least cuts and growth."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from routing.bounds.cuts import Country, Cut, crossings, visits
from routing.bounds.relaxation import Numbers
from routing.kernels.growth import grow
from routing.problem import Flags, Floats, Ints, Longs

LEAST_LACK = 1e-3
"""By so much a point must break a cut to bring it in."""
FEW_JUNCTIONS = 500
"""Up to so many junctions all are tried as seeds, and all pairs parted by least cuts."""
SEEDS = 200
"""Seeds tried in larger networks."""
WEIGHTS = (0.0, 0.5, 1.0, 2.0)
"""What demand counts for in growth, in hoppers per crossing."""
FACTORS = (1.0, 1.15, 1.4, 1.8, 2.5)
"""Demand is enlarged by these for least cuts, as visits are rounded up."""
_SCALE = 1 << 20
"""Whole units of flow in one vehicle."""
_STEEP = 1_000.0


class Town(NamedTuple):
    """Traffic of a point between junctions, and demand, both either way in the same rows.

    `own` float64[J] is demand at a junction itself, `stop` bool[J] where vehicles start or reload.
    """

    country: Country
    traffic: csr_matrix
    demand: csr_matrix
    own: Floats
    stop: Flags


def broken(country: Country, x: Floats) -> list[Cut]:
    """Return cuts that a point breaks, each once."""
    found: dict[tuple[int, ...], Cut] = {}
    for inside in _sets(country, x):
        for side in (inside, ~inside):
            for make in (visits, crossings):
                cut = make(country, side)
                if cut and cut.lack(x) > LEAST_LACK:
                    found[cut.column] = cut
    return list(found.values())


def _sets(country: Country, x: Floats) -> Iterator[Flags]:
    driven = x.copy()
    driven[country.moving[: country.modes]] = 0.0
    empty = _between(country, driven[country.moving], slice(None))
    yield from _components(empty)
    if country.junctions <= FEW_JUNCTIONS:
        yield from _least_cuts(empty)
    town = _town(country, x)
    yield from _components(town.traffic)
    for factor in FACTORS:
        yield _crowded(town, factor)
    yield from _grown(town)


def _between(country: Country, value: Floats, columns: slice) -> csr_matrix:
    """Return values of moving columns summed between junctions, either way, without zeros."""
    pairs = (country.tail[columns], country.head[columns])
    graph = coo_matrix((value, pairs), shape=(country.junctions, country.junctions)).tocsr()
    graph.setdiag(0.0)
    both = (graph + graph.T).tocsr()
    both.data[both.data < 1e-9] = 0.0
    both.eliminate_zeros()
    return both


def _town(country: Country, x: Floats) -> Town:
    modes = country.modes
    task = country.relaxation.columns.task
    share = country.load[task] / np.bincount(task, minlength=len(country.load))[task]
    loops = country.tail[:modes] == country.head[:modes]
    own = np.bincount(country.tail[:modes][loops], share[loops], minlength=country.junctions)
    stop = np.zeros(country.junctions, np.bool_)
    stop[country.start] = True
    stop[country.site] = True
    return Town(
        country,
        _between(country, x[country.moving], slice(None)),
        _between(country, share, slice(modes)),
        own,
        stop,
    )


def _components(graph: csr_matrix) -> Iterator[Flags]:
    count, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1]):
        yield _flags(graph.shape[0], members)


def _flags(size: int, members: Numbers) -> Flags:
    inside = np.zeros(size, np.bool_)
    inside[members] = True
    return inside


def _least_cuts(graph: csr_matrix) -> Iterator[Flags]:
    """Yield a least cut between any two junctions.

    The n - 1 flows of Gusfield (1990), Very simple methods for all pairs network flow analysis,
    SIAM Journal on Computing 19.
    """
    flow = _whole(graph)
    above = np.zeros(graph.shape[0], np.int64)
    for node in range(1, graph.shape[0]):
        inside = _source_side(flow, node, int(above[node]))
        later = np.flatnonzero(inside)
        later = later[later > node]
        above[later[above[later] == above[node]]] = node
        yield inside


def _whole(graph: csr_matrix) -> csr_matrix:
    values = np.round(graph.data * _SCALE).astype(np.int32)
    return csr_matrix((values, graph.indices, graph.indptr), shape=graph.shape)


def _source_side(graph: csr_matrix, source: int, target: int) -> Flags:
    """Return bool[J], what the source still reaches after a maximum flow."""
    left = (graph - maximum_flow(graph, source, target).flow).tocsr()
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    return _flags(graph.shape[0], reached)


def _crowded(town: Town, factor: float) -> Flags:
    """Return the set whose demand most exceeds the traffic across its edge.

    A least cut: demand on an edge of the set counts as traffic missing there. Exact but for the
    rounding of visits, which `factor` makes up for, and for one-way traffic.
    """
    size = town.country.junctions
    total = factor * (town.own * 2.0 + town.demand.sum(axis=1).A1)
    edge = town.traffic - factor * town.demand
    edge.data = np.maximum(edge.data, 0.0)
    edge = edge.tocoo()
    wanting, stops = np.flatnonzero(total), np.flatnonzero(town.stop)
    rows = np.concatenate((edge.row, np.full(len(wanting), size), stops))
    columns = np.concatenate((edge.col, wanting, np.full(len(stops), size + 1)))
    values = np.concatenate((edge.data, total[wanting], np.full(len(stops), _STEEP)))
    network = coo_matrix((values, (rows, columns)), shape=(size + 2, size + 2)).tocsr()
    return _source_side(_whole(network), size, size + 1)[:size]


def _grown(town: Town) -> Iterator[Flags]:
    """Yield sets grown from junctions, at the size where traffic is thinnest for the demand."""
    size = town.country.junctions
    rows = _same_rows(town)
    state, order, lack = np.empty((5, size)), np.empty(size, np.int32), np.empty(size)
    seeds = np.flatnonzero(~town.stop)
    if size > FEW_JUNCTIONS:
        seeds = seeds[:: max(1, len(seeds) // SEEDS)]
    for weight in WEIGHTS:
        for seed in seeds:
            count = grow(*rows, town.own, town.stop, weight, int(seed), state, order, lack)
            best = int(lack[:count].argmax())
            if lack[best] > LEAST_LACK:
                yield _flags(size, order[: best + 1])


def _same_rows(town: Town) -> tuple[Longs, Ints, Floats, Floats]:
    """Return starts, junctions, traffic and demand of all links as compressed rows."""
    country = town.country
    one = _between(country, np.ones(len(country.tail)), slice(None))
    one.data[:] = 1.0
    traffic, demand = (one + town.traffic).tocsr(), (one + town.demand).tocsr()
    traffic.sort_indices()
    demand.sort_indices()
    starts = traffic.indptr.astype(np.int64)
    return starts, traffic.indices.astype(np.int32), traffic.data - 1.0, demand.data - 1.0
