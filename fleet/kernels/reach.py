"""Short ways from one arc to others: a bounded search, kept as a small hash table for each arc.

After the table of origin-destination pairs of Yang & Gidofalvi (2018), Fast map matching, an
algorithm integrating hidden Markov model with precomputation, IJGIS 32.
"""

from math import inf

from fleet.kernels.layout import Reach, Streets
from routing.kernels.jit import kernel

LEAST_M = 240.0
"""How far the smallest row reaches."""

LARGER = 1.4
"""How much farther the next size of a row reaches."""

SPREAD = 2654435761
"""Multiplier of the hash (Knuth, The art of computer programming 6.4)."""


@kernel
def before(reach: Reach, a: int, b: int) -> bool:
    """Whether entry `a` of the heap comes before entry `b`; among equals the smaller arc."""
    if reach.keys[a] != reach.keys[b]:
        return bool(reach.keys[a] < reach.keys[b])
    return bool(reach.items[a] < reach.items[b])


@kernel
def swap(reach: Reach, a: int, b: int) -> None:
    """Exchange two entries of the heap."""
    key, item = reach.keys[a], reach.items[a]
    reach.keys[a], reach.items[a] = reach.keys[b], reach.items[b]
    reach.keys[b], reach.items[b] = key, item


@kernel
def heap_add(reach: Reach, size: int, key: float, arc: int) -> int:
    """Add to the heap and return its new size."""
    reach.keys[size] = key
    reach.items[size] = arc
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if not before(reach, at, above):
            break
        swap(reach, at, above)
        at = above
    return size + 1


@kernel
def heap_drop(reach: Reach, size: int) -> int:
    """Remove the first entry of the heap and return its new size."""
    size -= 1
    reach.keys[0], reach.items[0] = reach.keys[size], reach.items[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and before(reach, below + 1, below):
            below += 1
        if not before(reach, below, at):
            break
        swap(reach, at, below)
        at = below
    return size


@kernel
def explore(streets: Streets, reach: Reach, source: int, within_m: float) -> None:
    """Make the row of an arc: all whose beginning is within reach, turns and prices included.

    Where the table is full, everything in it is forgotten first.
    """
    size = 0
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
            size = heap_add(reach, size, key, arc)
    while size > 0:
        key = reach.keys[0]
        arc = reach.items[0]
        size = heap_drop(reach, size)
        if key > reach.label[arc]:
            continue
        through_m = key + streets.length_m[arc >> 1]
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
                size = heap_add(reach, size, further, onward)
    slots = 4
    while 3 * slots < 4 * found:
        slots *= 2
    if reach.used[0] + slots > len(reach.target):
        reach.first[:] = -1
        reach.used[0] = 0
    first = reach.used[0]
    reach.used[0] = first + slots
    reach.first[source] = first
    reach.mask[source] = slots - 1
    reach.within_m[source] = within_m
    for slot in range(first, first + slots):
        reach.target[slot] = -1
    for i in range(found):
        arc = reach.touched[i]
        at = (arc * SPREAD >> 8) & (slots - 1)
        while reach.target[first + at] >= 0:
            at = (at + 1) & (slots - 1)
        reach.target[first + at] = arc
        reach.metres[first + at] = reach.label[arc] - reach.label_price_m[arc]
        reach.price_m[first + at] = reach.label_price_m[arc]
        reach.before[first + at] = reach.parent[arc]
        reach.label[arc] = inf


@kernel
def ensure(streets: Streets, reach: Reach, source: int, within_m: float) -> None:
    """Make the row of an arc unless it is there and reaches far enough; sizes are round."""
    if reach.first[source] >= 0 and reach.within_m[source] >= within_m:
        return
    size_m = LEAST_M
    while size_m < within_m:
        size_m *= LARGER
    explore(streets, reach, source, size_m)


@kernel
def slot_of(reach: Reach, source: int, target: int) -> int:
    """Return the slot with the way from one arc to another, or -1; the row must be there."""
    first = reach.first[source]
    mask = reach.mask[source]
    at = (target * SPREAD >> 8) & mask
    while reach.target[first + at] >= 0:
        if reach.target[first + at] == target:
            return int(first + at)
        at = (at + 1) & mask
    return -1
