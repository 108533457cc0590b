"""Shortest paths on compressed rows, with vertices that may be reached but not driven through."""

import numpy as np

from routing.kernels.arrays.jit import maker
from routing.problem.problem import Flags, Floats, Floats32, Ints, Longs


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
def tree(
    starts: Longs, to: Ints, weight: Floats, closed: Flags, source: int, less: float, label: Floats
) -> None:
    """Fill `label` with the distance from `source`, back to itself by the shortest circle.

    `less` is taken off every first step: the source itself has been driven already.
    """
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
    starts: Longs,
    to: Ints,
    weight: Floats,
    closed: Flags,
    length: Floats,
    source: int,
    less: float,
    label: Floats,
    metres: Floats,
) -> None:
    """Fill `label` as `tree` does, and `metres` with the length of what is driven through."""
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
    starts: Longs,
    to: Ints,
    weight: Floats,
    closed: Flags,
    sources: Ints,
    first: int,
    last: int,
    wanted: Ints,
    out: Floats32,
) -> None:
    """Fill `out[i]` with distances from `sources[i]` to the vertices `wanted`, 0 to itself."""
    label = np.empty(len(starts) - 1, np.float64)
    for i in range(first, last):
        tree(starts, to, weight, closed, sources[i], 0.0, label)
        label[sources[i]] = 0.0
        for j in range(len(wanted)):
            out[i, j] = label[wanted[j]]


@maker
def nearest(
    starts: Longs,
    to: Ints,
    weight: Floats,
    closed: Flags,
    drive: Floats,
    sources: Ints,
    first: int,
    last: int,
    number: Ints,
    out_key: Ints,
    out_s: Floats32,
) -> None:
    """Fill `out_key[i], out_s[i]` with the nearest wanted vertices of `sources[i]`, in order.

    `number[v]` is what a wanted vertex is called in `out_key`, -1 where it is not wanted.
    Unused ends of the rows stay as they are.
    """
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
    starts: Longs,
    to: Ints,
    weight: Floats,
    closed: Flags,
    less: float,
    source: int,
    target: int,
    label: Floats,
    parent: Ints,
    seen: Ints,
    keys: Floats,
    items: Ints,
    out: Ints,
) -> tuple[float, int]:
    """Return (seconds, number of vertices) of the shortest path, its inner vertices in `out`.

    `label` must be infinite everywhere and is left so. The number is -1 where there is no path.
    """
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
