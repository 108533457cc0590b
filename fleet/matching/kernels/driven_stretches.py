"""What was driven between two places, and how much of that is beyond doubt."""

from fleet.matching.kernels.arrays import HmmParameters, PathTable, StreetArrays
from fleet.matching.kernels.bounded_search import ensure, slot_of
from fleet.matching.kernels.candidates import place
from fleet.matching.kernels.transition_cost import THROUGH, reach_m, way
from routing.kernels.arrays.jit import kernel
from routing.problem.problem import Ints


@kernel
def between(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    a: int,
    a_m: float,
    b: int,
    b_m: float,
    arcs: Ints,
    span: Ints,
) -> tuple[float, int, float, int]:
    """Return metres driven between two places, how (see `way`), the beeline, and inner arcs.

    `arcs` has the inner arcs in order; `span` the first and one after the last in doubt.
    """
    ax, ay = place(streets, a, a_m)
    bx, by = place(streets, b, b_m)
    beeline_m = ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5
    within_m = reach_m(prices, beeline_m)
    ensure(streets, reach, a, within_m)
    metres, _, how = way(streets, reach, prices, a, a_m, b, b_m, within_m)
    count = 0
    span[0] = 0
    span[1] = 0
    if how == THROUGH:
        count = inner(reach, a, b, arcs)
        doubtful(streets, reach, prices, a, b, arcs, count, beeline_m, span)
    return metres, how, beeline_m, count


@kernel
def inner(reach: PathTable, a: int, b: int, arcs: Ints) -> int:
    """Fill in the arcs between two, in order; return how many. The way must be in the row."""
    count = 0
    arc = reach.before[slot_of(reach, a, b)]
    while arc >= 0:
        arcs[count] = arc
        count += 1
        arc = reach.before[slot_of(reach, a, arc)]
    for i in range(count // 2):
        first = arcs[i]
        arcs[i] = arcs[count - 1 - i]
        arcs[count - 1 - i] = first
    return count


@kernel
def around(reach: PathTable, a: int, within_m: float) -> int:
    """Fill scratch with the arcs whose beginning is within reach of arc `a`; return how many."""
    count = 0
    for slot in range(reach.first[a], reach.first[a] + reach.slots[a]):
        key = reach.metres[slot] + reach.price_m[slot]
        if reach.target[slot] >= 0 and key <= within_m:
            reach.around[count] = reach.target[slot]
            reach.around_m[count] = key
            count += 1
    return count


@kernel
def doubtful(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    a: int,
    b: int,
    arcs: Ints,
    count: int,
    beeline_m: float,
    span: Ints,
) -> None:
    """Fill `span` with the first and one after the last of the arcs that are in doubt.

    Another way is plausible when it costs at most `prices.doubt` more. It parts from the best way
    at some junction and joins it again at another: what lies between is in doubt.
    """
    span[0] = count + 1
    span[1] = 0
    slot = slot_of(reach, a, b)
    best_m = reach.metres[slot] + reach.price_m[slot]
    scale_m = prices.detour_m + prices.detour_share * beeline_m
    limit_m = best_m + prices.doubt * scale_m
    ensure(streets, reach, a, limit_m)
    near = around(reach, a, limit_m)
    for n in range(near):
        arc = reach.around[n]
        rest_m = limit_m - reach.around_m[n] - streets.length_m[arc >> 1]
        if arc == b or rest_m < 0.0 or listed(arcs, count, arc):
            continue
        ensure(streets, reach, arc, rest_m)
        onward = slot_of(reach, arc, b)
        if onward < 0 or reach.metres[onward] + reach.price_m[onward] > rest_m:
            continue
        tail = streets.head[arc ^ 1]
        head = streets.head[arc]
        for i in range(count + 1):
            node = streets.head[a] if i == 0 else streets.head[arcs[i - 1]]
            if node == tail:
                span[0] = min(span[0], i)
            if node == head:
                span[1] = max(span[1], i)


@kernel
def listed(arcs: Ints, count: int, arc: int) -> bool:
    """Whether an arc is among the first `count`."""
    found = False
    for i in range(count):
        found = found or arcs[i] == arc
    return found
