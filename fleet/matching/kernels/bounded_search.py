"""Short ways from one arc to others: a bounded search, kept as a small hash table for each arc.

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
def comes_before(reach: PathTable, a: int, b: int) -> bool:
    """Whether entry `a` of the queue comes before entry `b`; among equals the smaller arc."""
    if reach.keys[a] != reach.keys[b]:
        return bool(reach.keys[a] < reach.keys[b])
    return bool(reach.items[a] < reach.items[b])


@kernel
def put(reach: PathTable, entry: int, bucket: int, key: float, arc: int) -> None:
    """Put an entry into a bucket of the queue."""
    reach.keys[entry] = key
    reach.items[entry] = arc
    reach.after[entry] = reach.bucket[bucket]
    reach.bucket[bucket] = entry


@kernel
def take(reach: PathTable, bucket: int) -> int:
    """Take the first entry in order out of a bucket that is not empty."""
    first = reach.bucket[bucket]
    ahead = -1
    last = first
    entry = reach.after[first]
    while entry >= 0:
        if comes_before(reach, entry, first):
            first = entry
            ahead = last
        last = entry
        entry = reach.after[entry]
    if ahead < 0:
        reach.bucket[bucket] = reach.after[first]
    else:
        reach.after[ahead] = reach.after[first]
    return int(first)


@kernel
def search(streets: StreetArrays, reach: PathTable, source: int, within_m: float) -> int:
    """Label all arcs whose beginning is within reach of an arc; return how many are `touched`.

    The queue is made of buckets some metres wide: few entries share one.
    """
    per_m = min(1.0 / BUCKET_M, (len(reach.bucket) - 1) / max(within_m, 1.0))
    entries = 0
    found = 0
    for e in range(streets.follow_start[source], streets.follow_start[source + 1]):
        arc = streets.follow[e]
        key = float(streets.follow_price_m[e])
        if key <= within_m and key < reach.label[arc]:
            if reach.label[arc] == inf:
                reach.touched[found] = arc
                found += 1
            reach.label[arc] = key
            reach.label_price_m[arc] = key
            reach.parent[arc] = -1
            put(reach, entries, int(key * per_m), key, arc)
            entries += 1
    for bucket in range(int(within_m * per_m) + 1):
        while reach.bucket[bucket] >= 0:
            entry = take(reach, bucket)
            arc = reach.items[entry]
            if reach.keys[entry] > reach.label[arc]:
                continue
            through_m = reach.label[arc] + streets.length_m[arc >> 1]
            if through_m > within_m:
                continue
            for e in range(streets.follow_start[arc], streets.follow_start[arc + 1]):
                onward = streets.follow[e]
                price_m = streets.follow_price_m[e]
                further = through_m + price_m
                if further <= within_m and further < reach.label[onward]:
                    if reach.label[onward] == inf:
                        reach.touched[found] = onward
                        found += 1
                    reach.label[onward] = further
                    reach.label_price_m[onward] = reach.label_price_m[arc] + price_m
                    reach.parent[onward] = arc
                    put(reach, entries, int(further * per_m), further, onward)
                    entries += 1
    return found


@kernel
def home(arc: int, slots: int) -> int:
    """Return where the search for an arc begins in a row of so many slots."""
    return int((arc * SPREAD & 0xFFFFFFFF) * slots >> 32)


@kernel
def explore(streets: StreetArrays, reach: PathTable, source: int, within_m: float) -> None:
    """Make the row of an arc: all whose beginning is within reach, turns and prices included.

    Where the table is full, everything in it is forgotten first.
    """
    found = search(streets, reach, source, within_m)
    slots = found + (found >> 1) + 1
    if reach.used[0] + slots > len(reach.target):
        reach.first[:] = -1
        reach.used[0] = 0
    first = reach.used[0]
    reach.used[0] = first + slots
    reach.first[source] = first
    reach.slots[source] = slots
    reach.within_m[source] = within_m
    for slot in range(first, first + slots):
        reach.target[slot] = -1
    for i in range(found):
        arc = reach.touched[i]
        at = home(arc, slots)
        while reach.target[first + at] >= 0:
            at = at + 1 if at + 1 < slots else 0
        reach.target[first + at] = arc
        reach.metres[first + at] = reach.label[arc] - reach.label_price_m[arc]
        reach.price_m[first + at] = reach.label_price_m[arc]
        reach.before[first + at] = reach.parent[arc]
        reach.label[arc] = inf


@kernel
def ensure(streets: StreetArrays, reach: PathTable, source: int, within_m: float) -> None:
    """Make the row of an arc unless it is there and reaches far enough; sizes are round."""
    if reach.first[source] >= 0 and reach.within_m[source] >= within_m:
        return
    size_m = LEAST_M
    while size_m < within_m:
        size_m *= LARGER
    explore(streets, reach, source, size_m)


@kernel
def slot_of(reach: PathTable, source: int, target: int) -> int:
    """Return the slot with the way from one arc to another, or -1; the row must be there."""
    first = reach.first[source]
    slots = reach.slots[source]
    at = home(target, slots)
    while reach.target[first + at] >= 0:
        if reach.target[first + at] == target:
            return int(first + at)
        at = at + 1 if at + 1 < slots else 0
    return -1
