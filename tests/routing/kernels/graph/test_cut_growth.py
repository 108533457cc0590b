"""Grown sets of junctions: the kernel against sums made afresh."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from routing.kernels.graph.cut_growth import SCRATCH_ROWS, TrafficGraph, grow


def plain_grow(traffic, demand, own, barred, weight, bias, seed):
    """Junctions in the order taken, and what each set lacks; all sums made afresh."""
    linked = traffic >= 0
    order, lack = [seed], []

    def across(members):
        out = [v for v in range(len(own)) if v not in members]
        return sum(traffic[u, v] for u in members for v in out if linked[u, v])

    def inside(members):
        pairs = {(min(u, v), max(u, v)) for u in members for v in range(len(own)) if linked[u, v]}
        return sum(own[v] for v in members) + sum(demand[pair] for pair in pairs)

    def worth(members):
        return across(members) - weight * inside(members)

    while True:
        lack.append(max(1.0, np.ceil(inside(order) - 1e-6)) - across(order) / 2)
        near = [
            v
            for v in range(len(own))
            if v not in order and not barred[v] and any(linked[u, v] for u in order)
        ]
        if not near:
            return order, lack
        order.append(min(near, key=lambda v: worth([*order, v]) + bias[v]))


@given(seed=st.integers(0, 10**6), size=st.integers(1, 9), weight=st.sampled_from([0.0, 1.0]))
def test_sets_grow_as_sums_made_afresh_say(seed, size, weight):
    random = np.random.default_rng(seed)
    linked = np.triu(random.random((size, size)) < 0.4, 1)
    linked |= linked.T
    traffic, demand = (np.triu(random.random((size, size)), 1) for _ in range(2))
    traffic, demand = traffic + traffic.T, demand + demand.T
    bias = random.random(size) * random.choice([0.0, 1.0])
    own, barred = random.random(size) * (random.random(size) < 0.3), random.random(size) < 0.2
    rows = csr_matrix(linked)
    at = np.repeat(np.arange(size), np.diff(rows.indptr)), rows.indices
    order, lack = np.empty(size, np.int32), np.empty(size)
    starts, to = rows.indptr.astype(np.int64), rows.indices.astype(np.int32)
    graph = TrafficGraph(starts, to, traffic[at], demand[at], own, barred)
    count = grow(graph, weight, bias, 0, np.empty((SCRATCH_ROWS, size)), order, lack)
    plain_order, plain_lack = plain_grow(
        np.where(linked, traffic, -1.0), demand, own, barred, weight, bias, 0
    )
    assert order[:count].tolist() == plain_order
    np.testing.assert_allclose(lack[:count], plain_lack, atol=1e-9)
