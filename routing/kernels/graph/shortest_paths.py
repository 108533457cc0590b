"""Shortest paths on compressed rows, with vertices that may be reached but not driven through."""

from typing import NamedTuple

import numpy as np

from routing.kernels.arrays.jit import maker
from routing.problem.problem import Flags, Floats, Floats32, Ints, Longs


class ArcGraph(NamedTuple):
    """Vertices in compressed rows: those after `u` are `to[starts[u]:starts[u + 1]]`.

    `starts` int64[N + 1], `to` int32[M], `weight` float64[M] seconds; `closed` bool[N] may be
    reached but not driven through.
    """

    starts: Longs
    to: Ints
    weight: Floats
    closed: Flags


class PathScratch(NamedTuple):
    """Memory of single searches, kept between them; all labels are infinite then.

    `label` float64[N], `parent` and `seen` int32[N]; `keys` float64[M + 1] and `items` int32[M + 1]
    are the heap.
    """

    label: Floats
    parent: Ints
    seen: Ints
    keys: Floats
    items: Ints


@maker
def push(keys: Floats, items: Ints, size: int, key: float, item: int) -> int:
    """Add to a binary heap of `size` entries and return the new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at] = keys[above]
        items[at] = items[above]
        at = above
    keys[at] = key
    items[at] = item
    return size + 1


@maker
def drop_first(keys: Floats, items: Ints, size: int) -> int:
    """Remove the smallest entry of a binary heap and return the new size."""
    size -= 1
    key = keys[size]
    item = items[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at] = keys[below]
        items[at] = items[below]
        at = below
    keys[at] = key
    items[at] = item
    return size


@maker
def tree(graph: ArcGraph, source: int, less: float, label: Floats) -> None:
    """Fill `label` with the distance from `source`, back to itself by the shortest circle.

    `less` is taken off every first step: the source itself has been driven already.
    """
    starts, to, weight, closed = graph
    keys = np.empty(len(to) + 1, np.float64)
    items = np.empty(len(to) + 1, np.int32)
    label[:] = np.inf
    size = 0
    for e in range(starts[source], starts[source + 1]):
        d = weight[e] - less
        if d < label[to[e]]:
            label[to[e]] = d
            size = push(keys, items, size, d, to[e])
    while size > 0:
        d = keys[0]
        u = items[0]
        size = drop_first(keys, items, size)
        if d > label[u] or closed[u]:
            continue
        for e in range(starts[u], starts[u + 1]):
            n = d + weight[e]
            if n < label[to[e]]:
                label[to[e]] = n
                size = push(keys, items, size, n, to[e])


@maker
def metres_along(
    graph: ArcGraph, length: Floats, source: int, less: float, label: Floats, metres: Floats
) -> None:
    """Fill `label` as `tree` does, and `metres` with the length of what is driven through."""
    starts, to, weight, closed = graph
    keys = np.empty(len(to) + 1, np.float64)
    items = np.empty(len(to) + 1, np.int32)
    label[:] = np.inf
    metres[:] = 0.0
    size = 0
    for e in range(starts[source], starts[source + 1]):
        d = weight[e] - less
        if d < label[to[e]]:
            label[to[e]] = d
            size = push(keys, items, size, d, to[e])
    while size > 0:
        d = keys[0]
        u = items[0]
        size = drop_first(keys, items, size)
        if d > label[u] or closed[u]:
            continue
        for e in range(starts[u], starts[u + 1]):
            n = d + weight[e]
            if n < label[to[e]]:
                label[to[e]] = n
                metres[to[e]] = metres[u] + length[u]
                size = push(keys, items, size, n, to[e])


@maker
def rows(
    graph: ArcGraph, sources: Ints, first: int, last: int, wanted: Ints, out: Floats32
) -> None:
    """Fill `out[i]` with distances from `sources[i]` to the vertices `wanted`, 0 to itself."""
    label = np.empty(len(graph.starts) - 1, np.float64)
    for i in range(first, last):
        tree(graph, sources[i], 0.0, label)
        label[sources[i]] = 0.0
        for j in range(len(wanted)):
            out[i, j] = label[wanted[j]]


@maker
def nearest(
    graph: ArcGraph,
    drive: Floats,
    sources: Ints,
    first: int,
    last: int,
    number: Ints,
    out: tuple[Ints, Floats32],
) -> None:
    """Fill the rows of `out`, keys and seconds, with the nearest wanted vertices of `sources`.

    In order, for the sources `first` to `last - 1`. `drive` float64[N] is taken off first steps.
    `number[v]` is the key of a wanted vertex, -1 where it is not wanted. Unused ends of the rows
    stay as they are.
    """
    starts, to, weight, closed = graph
    out_key, out_s = out
    size_v = len(starts) - 1
    label = np.full(size_v, np.inf)
    seen = np.empty(size_v, np.int32)
    keys = np.empty(len(to) + 1, np.float64)
    items = np.empty(len(to) + 1, np.int32)
    width = out_key.shape[1]
    for i in range(first, last):
        source = sources[i]
        size = 0
        touched = 0
        found = 0
        for e in range(starts[source], starts[source + 1]):
            d = weight[e] - drive[source]
            v = to[e]
            if d < label[v]:
                if label[v] == np.inf:
                    seen[touched] = v
                    touched += 1
                label[v] = d
                size = push(keys, items, size, d, v)
        while size > 0 and found < width:
            d = keys[0]
            u = items[0]
            size = drop_first(keys, items, size)
            if d > label[u]:
                continue
            if number[u] >= 0:
                repeated = found > 0 and out_key[i, found - 1] == number[u]
                if not repeated:
                    out_key[i, found] = number[u]
                    out_s[i, found] = d
                    found += 1
            if closed[u]:
                continue
            for e in range(starts[u], starts[u + 1]):
                n = d + weight[e]
                v = to[e]
                if n < label[v]:
                    if label[v] == np.inf:
                        seen[touched] = v
                        touched += 1
                    label[v] = n
                    size = push(keys, items, size, n, v)
        for k in range(touched):
            label[seen[k]] = np.inf


@maker
def path(
    graph: ArcGraph, less: float, source: int, target: int, scratch: PathScratch, out: Ints
) -> tuple[float, int]:
    """Return (seconds, number of vertices) of the shortest path, its inner vertices in `out`.

    `less` is taken off first steps. The number is -1 where there is no path.
    """
    starts, to, weight, closed = graph
    label, parent, seen, keys, items = scratch
    size = 0
    touched = 0
    answer = np.inf
    for e in range(starts[source], starts[source + 1]):
        d = weight[e] - less
        v = to[e]
        if d < label[v]:
            if label[v] == np.inf:
                seen[touched] = v
                touched += 1
            label[v] = d
            parent[v] = -1
            size = push(keys, items, size, d, v)
    while size > 0:
        d = keys[0]
        u = items[0]
        size = drop_first(keys, items, size)
        if d > label[u]:
            continue
        if u == target:
            answer = d
            break
        if closed[u]:
            continue
        for e in range(starts[u], starts[u + 1]):
            n = d + weight[e]
            v = to[e]
            if n < label[v]:
                if label[v] == np.inf:
                    seen[touched] = v
                    touched += 1
                label[v] = n
                parent[v] = u
                size = push(keys, items, size, n, v)
    count = -1
    if answer < np.inf:
        count = 0
        at = parent[target]
        while at >= 0:
            out[count] = at
            count += 1
            at = parent[at]
    for k in range(touched):
        label[seen[k]] = np.inf
    return answer, count


@maker
def paths(
    graph: ArcGraph,
    drive: Floats,
    pairs: Ints,
    first: int,
    last: int,
    scratch: PathScratch,
    out: tuple[Floats, Longs, Ints],
) -> int:
    """Find the paths of `pairs[first:last]` and return which pair is the next one, room permitting.

    `pairs` int32[P, 2] are sources and targets, `drive` float64[N] is taken off first steps. `out`
    has the seconds float64[P] and the number of inner vertices int64[P] of each, -1 where there is
    no path, and the inner vertices of all int32[R], in order and one path after the other.
    """
    out_s, out_count, inner = out
    used = 0
    for i in range(first, last):
        if used + len(drive) > len(inner):
            return i
        source, target = pairs[i, 0], pairs[i, 1]
        here = inner[used:]
        seconds, count = path(graph, drive[source], source, target, scratch, here)
        for k in range(max(count, 0) // 2):
            here[k], here[count - 1 - k] = here[count - 1 - k], here[k]
        out_s[i] = seconds
        out_count[i] = count
        used += max(count, 0)
    return last


@maker
def within(
    graph: ArcGraph,
    less: float,
    source: int,
    limit_s: float,
    toward: Floats,
    scratch: PathScratch,
    out: tuple[Ints, Floats],
) -> int:
    """Return how many vertices lie on ways of at most a limit; `out` gets them and their seconds.

    In order; the source is among them where a circle is short enough. `toward` float64[N] is what
    is still to be driven from each vertex at least. `less` is taken off first steps.
    """
    starts, to, weight, closed = graph
    label, _, seen, keys, items = scratch
    found, found_s = out
    size = 0
    touched = 0
    count = 0
    for e in range(starts[source], starts[source + 1]):
        d = weight[e] - less
        v = to[e]
        if d < label[v] and d + toward[v] <= limit_s:
            if label[v] == np.inf:
                seen[touched] = v
                touched += 1
            label[v] = d
            size = push(keys, items, size, d, v)
    while size > 0:
        d = keys[0]
        u = items[0]
        size = drop_first(keys, items, size)
        if d > label[u]:
            continue
        found[count] = u
        found_s[count] = d
        count += 1
        if closed[u]:
            continue
        for e in range(starts[u], starts[u + 1]):
            n = d + weight[e]
            v = to[e]
            if n < label[v] and n + toward[v] <= limit_s:
                if label[v] == np.inf:
                    seen[touched] = v
                    touched += 1
                label[v] = n
                size = push(keys, items, size, n, v)
    for k in range(touched):
        label[seen[k]] = np.inf
    return count
