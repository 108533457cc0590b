"""Short paths from one arc to others: a bounded search, kept as a hash table for each arc.

After the table of origin-destination pairs of Yang & Gidofalvi (2018), Fast map matching, an
algorithm integrating hidden Markov model with precomputation, IJGIS 32. The search is Dijkstra's
with the buckets of Dial (1969), Algorithm 360: shortest-path forest, Communications of the ACM 12.
"""

from math import inf

from fleet.matching.kernels.arrays import PathTable, StreetArrays
from routing.kernels.arrays.jit import kernel

LEAST_M = 240.0
"""How far the smallest row reaches."""

LARGER = 1.2
"""How much farther the next size of a row reaches."""

BUCKET_M = 2.0
"""Width of the queue's buckets, more where the reach is so long that they run out."""

SPREAD = 2654435761
"""Multiplier of the hash (Knuth, The art of computer programming 6.4)."""


@kernel
def comes_before(paths: PathTable, one: int, other: int) -> bool:
    """Whether one entry of the queue comes before another; among equals the smaller arc."""
    if paths.entry_m[one] != paths.entry_m[other]:
        return bool(paths.entry_m[one] < paths.entry_m[other])
    return bool(paths.entry_arc[one] < paths.entry_arc[other])


@kernel
def push(paths: PathTable, entry: int, bucket: int, apart_m: float, arc: int) -> None:
    """Put an entry into a bucket of the queue."""
    paths.entry_m[entry] = apart_m
    paths.entry_arc[entry] = arc
    paths.entry_next[entry] = paths.bucket[bucket]
    paths.bucket[bucket] = entry


@kernel
def pop(paths: PathTable, bucket: int) -> int:
    """Take the first entry in order out of a bucket that is not empty."""
    first = paths.bucket[bucket]
    ahead = -1
    last = first
    entry = paths.entry_next[first]
    while entry >= 0:
        if comes_before(paths, entry, first):
            first = entry
            ahead = last
        last = entry
        entry = paths.entry_next[entry]
    if ahead < 0:
        paths.bucket[bucket] = paths.entry_next[first]
    else:
        paths.entry_next[ahead] = paths.entry_next[first]
    return int(first)


@kernel
def label_arcs(streets: StreetArrays, paths: PathTable, source: int, within_m: float) -> int:
    """Label all arcs that begin within reach of the end of an arc; return how many are `labeled`.

    The queue is made of buckets some metres wide: few entries share one.
    """
    per_m = min(1.0 / BUCKET_M, (len(paths.bucket) - 1) / max(within_m, 1.0))
    entries = 0
    found = 0
    for e in range(streets.follow_start[source], streets.follow_start[source + 1]):
        arc = streets.follow[e]
        apart_m = float(streets.follow_price_m[e])
        if apart_m <= within_m and apart_m < paths.label_m[arc]:
            if paths.label_m[arc] == inf:
                paths.labeled[found] = arc
                found += 1
            paths.label_m[arc] = apart_m
            paths.label_price_m[arc] = apart_m
            paths.parent[arc] = -1
            push(paths, entries, int(apart_m * per_m), apart_m, arc)
            entries += 1
    for bucket in range(int(within_m * per_m) + 1):
        while paths.bucket[bucket] >= 0:
            entry = pop(paths, bucket)
            arc = paths.entry_arc[entry]
            if paths.entry_m[entry] > paths.label_m[arc]:
                continue
            through_m = paths.label_m[arc] + streets.length_m[arc >> 1]
            if through_m > within_m:
                continue
            for e in range(streets.follow_start[arc], streets.follow_start[arc + 1]):
                onward = streets.follow[e]
                price_m = streets.follow_price_m[e]
                further = through_m + price_m
                if further <= within_m and further < paths.label_m[onward]:
                    if paths.label_m[onward] == inf:
                        paths.labeled[found] = onward
                        found += 1
                    paths.label_m[onward] = further
                    paths.label_price_m[onward] = paths.label_price_m[arc] + price_m
                    paths.parent[onward] = arc
                    push(paths, entries, int(further * per_m), further, onward)
                    entries += 1
    return found


@kernel
def hash_slot(arc: int, slots: int) -> int:
    """Return the slot where the search for an arc begins in a row of so many slots."""
    return int((arc * SPREAD & 0xFFFFFFFF) * slots >> 32)


@kernel
def fill_row(streets: StreetArrays, paths: PathTable, source: int, within_m: float) -> None:
    """Make the row of an arc: all that begin within reach, turns and prices included.

    Where the table is full, all rows are dropped first.
    """
    found = label_arcs(streets, paths, source, within_m)
    slots = found + (found >> 1) + 1
    if paths.slots_used[0] + slots > len(paths.target):
        paths.row_start[:] = -1
        paths.slots_used[0] = 0
    first = paths.slots_used[0]
    paths.slots_used[0] = first + slots
    paths.row_start[source] = first
    paths.row_slots[source] = slots
    paths.row_reach_m[source] = within_m
    for slot in range(first, first + slots):
        paths.target[slot] = -1
    for i in range(found):
        arc = paths.labeled[i]
        at = hash_slot(arc, slots)
        while paths.target[first + at] >= 0:
            at = at + 1 if at + 1 < slots else 0
        paths.target[first + at] = arc
        paths.metres[first + at] = paths.label_m[arc] - paths.label_price_m[arc]
        paths.price_m[first + at] = paths.label_price_m[arc]
        paths.before[first + at] = paths.parent[arc]
        paths.label_m[arc] = inf


@kernel
def ensure_row(streets: StreetArrays, paths: PathTable, source: int, within_m: float) -> None:
    """Make the row of an arc unless it is there and reaches far enough; sizes are round."""
    if paths.row_start[source] >= 0 and paths.row_reach_m[source] >= within_m:
        return
    size_m = LEAST_M
    while size_m < within_m:
        size_m *= LARGER
    fill_row(streets, paths, source, size_m)


@kernel
def slot_of(paths: PathTable, source: int, target: int) -> int:
    """Return the slot with the path from one arc to another, or -1; the row must be there."""
    first = paths.row_start[source]
    slots = paths.row_slots[source]
    at = hash_slot(target, slots)
    while paths.target[first + at] >= 0:
        if paths.target[first + at] == target:
            return int(first + at)
        at = at + 1 if at + 1 < slots else 0
    return -1
