"""Streets of an instance as directed arcs, and the turns between arcs."""

from typing import NamedTuple

import numpy as np

from routing.formats.benchmarks.instance import Instance
from routing.problem.problem import NONE, Floats, Ints, Longs

type TurnRows = tuple[Longs, Ints, Floats]
"""`turn_start`, `turn_to` and `turn_s` of a problem."""


class StreetArcs(NamedTuple):
    """Arcs of the streets: one for each link from u to v, then those back.

    `tail`, `head` int32[A], `drive_s` float64[A]; `back` int32[L] is a link's arc from v to u,
    -1 where it is one-way.
    """

    tail: Ints
    head: Ints
    drive_s: Floats
    back: Ints


def streets_of(instance: Instance, unit: float) -> StreetArcs:
    """Return the arcs of an instance, `unit` of its cost driven in a second."""
    both = np.flatnonzero(instance.both_ways)
    back = np.full(len(instance.u), NONE, np.int32)
    back[both] = len(instance.u) + np.arange(len(both))
    tail = np.concatenate((instance.u, instance.v[both]))
    head = np.concatenate((instance.v, instance.u[both]))
    drive_s = np.concatenate((instance.drive, instance.drive[both])) / unit
    return StreetArcs(tail, head, drive_s, back)


def least_of_parallels(streets: StreetArcs, nodes: int) -> Floats:
    """Return float64[A]: of arcs between the same two nodes, all cost what the cheapest does."""
    way = streets.tail.astype(np.int64) * nodes + streets.head
    _, group = np.unique(way, return_inverse=True)
    least = np.full(int(group.max(initial=-1)) + 1, np.inf)
    np.minimum.at(least, group, streets.drive_s)
    return least[group]


def onward(tail: Ints, head: Ints, junctions: int) -> tuple[Longs, Longs]:
    """Return two arrays of all pairs of an arc and one that begins where it ends."""
    order = np.argsort(tail, kind="stable").astype(np.int64)
    first = np.searchsorted(tail[order], np.arange(junctions + 1)).astype(np.int64)
    count = first[head + 1] - first[head]
    origin = np.repeat(np.arange(len(tail), dtype=np.int64), count)
    begin = np.cumsum(count) - count
    to = order[np.repeat(first[head] - begin, count) + np.arange(len(origin))]
    return origin, to


def rows_of(arcs: int, origin: Longs, to: Longs, cost_s: Floats | None = None) -> TurnRows:
    """Return turns from `origin` to `to` in compressed rows; without costs they are free."""
    start = np.zeros(arcs + 1, np.int64)
    np.cumsum(np.bincount(origin, minlength=arcs), out=start[1:])
    order = np.lexsort((to, origin))
    cost_s = np.zeros(len(to)) if cost_s is None else cost_s[order]
    return start, to[order].astype(np.int32), cost_s
