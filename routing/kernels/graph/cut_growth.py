"""Sets of junctions grown one by one, to find where traffic is too thin for the work inside."""

# mypy: no-warn-return-any

from typing import NamedTuple

import numpy as np

from routing.kernels.arrays.jit import kernel
from routing.problem.problem import Flags, Floats, Ints, Longs


class TrafficGraph(NamedTuple):
    """Junctions and their neighbors in compressed rows (`starts`, `to`); J junctions.

    `traffic` and `demand` lie between the two, either way; `own` float64[J] is demand at a junction
    itself, `barred` bool[J] what must stay outside of sets.
    """

    starts: Longs
    to: Ints
    traffic: Floats
    demand: Floats
    own: Floats
    barred: Flags


NEAR, LINK, TRAFFIC, DEMAND, MARK, SCRATCH_ROWS = range(6)
"""Rows of the scratch: traffic and demand between a junction and the set, all of its own, and 1
where it is a neighbor of the set, 2 in it."""


@kernel
def grow(
    graph: TrafficGraph,
    weight: float,
    bias: Floats,
    seed: int,
    scratch: Floats,
    order: Ints,
    lack: Floats,
) -> int:
    """Grow a set from `seed` as far as it goes, and return its size.

    Each step takes the neighbor that least raises the traffic across the edge less `weight` times
    the demand inside, plus its `bias` float64[J]. `order[i]` is the junction taken at step i, and
    `lack[i]` the visits then needed (whole hoppers) less the traffic inward. `scratch`
    float64[SCRATCH_ROWS, J].
    """
    starts, to, traffic, demand, own, barred = graph
    near, link, mark = scratch[NEAR], scratch[LINK], scratch[MARK]
    all_traffic, all_demand = scratch[TRAFFIC], scratch[DEMAND]
    for v in range(len(own)):
        near[v] = 0.0
        link[v] = 0.0
        mark[v] = 0.0
        all_traffic[v] = 0.0
        all_demand[v] = own[v]
        for e in range(starts[v], starts[v + 1]):
            all_traffic[v] += traffic[e]
            all_demand[v] += demand[e]
    across = 0.0
    inside = 0.0
    count = 0
    take = seed
    while take >= 0:
        across += all_traffic[take] - 2.0 * near[take]
        inside += all_demand[take] - link[take]
        order[count] = take
        lack[count] = max(1.0, np.ceil(inside - 1e-6)) - 0.5 * across
        count += 1
        mark[take] = 2.0
        for e in range(starts[take], starts[take + 1]):
            v = to[e]
            near[v] += traffic[e]
            link[v] += demand[e]
            if mark[v] == 0.0 and not barred[v]:
                mark[v] = 1.0
        take = -1
        least = np.inf
        for v in range(len(own)):
            if mark[v] == 1.0:
                more = all_traffic[v] - 2.0 * near[v] - weight * (all_demand[v] - link[v])
                more += bias[v]
                if more < least:
                    least = more
                    take = v
    return count
