"""What is told of settled layers: the surest street of each, on courses that hang together.

The likeliest course as a whole is often not the one with most of its streets right: Lember &
Koloydenko (2014), Bridging Viterbi and posterior decoding, Journal of Machine Learning Research 15.
"""

from math import exp, inf

from fleet.matching.kernels.arrays import OFF, HmmParameters, PathTable, StreetArrays, Trellis
from fleet.matching.kernels.bounded_search import ensure
from fleet.matching.kernels.transition_cost import looseness_m, reach_m, step_cost
from routing.kernels.arrays.jit import kernel


@kernel
def look_back(layers: Trellis) -> None:
    """Fill `ahead`: what the fixes after each layer cost at least from each candidate."""
    rings = len(layers.fix)
    size = layers.head[1]
    after = (layers.head[0] + size - 1) % rings
    for k in range(layers.size[after]):
        layers.ahead[after, k] = 0.0
    for i in range(size - 2, -1, -1):
        at = (layers.head[0] + i) % rings
        for j in range(layers.size[at]):
            least = inf
            if layers.cost[at, j] < inf:
                for k in range(layers.size[after]):
                    if layers.cost[after, k] < inf:
                        further = (
                            layers.link[after, j, k]
                            + layers.unlike[after, k]
                            + layers.ahead[after, k]
                        )
                        least = min(least, further)
            layers.ahead[at, j] = least
        after = at


@kernel
def share_out(prices: HmmParameters, layers: Trellis, at: int) -> None:
    """Fill `share`: how likely the street of each candidate is among all of its layer (0-1).

    Both directions of a street count together: which way it goes, the way between fixes tells.
    """
    size = layers.size[at]
    best = inf
    for k in range(size):
        best = min(best, layers.cost[at, k] + layers.ahead[at, k])
    total = 0.0
    for k in range(size):
        behind = layers.cost[at, k] + layers.ahead[at, k] - best
        layers.share[at, k] = exp(-behind / prices.temperature)
        total += layers.share[at, k]
    for k in range(0, size - 1, 2):
        both = (layers.share[at, k] + layers.share[at, k + 1]) / total
        layers.share[at, k] = both
        layers.share[at, k + 1] = both
    layers.share[at, size - 1] /= total


@kernel
def stands(layers: Trellis, at: int, k: int) -> bool:
    """Whether a course that is still likely goes through a candidate."""
    return bool(layers.cost[at, k] < inf and layers.ahead[at, k] < inf)


@kernel
def step_from_told(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    before: int,
    at: int,
    k: int,
) -> float:
    """Return what it costs to come to candidate `k` from what was told of the layer before."""
    told = layers.told[before]
    if layers.cost[before, told] < inf:
        return float(layers.link[at, told, k])
    dx = layers.x[at] - layers.x[before]
    dy = layers.y[at] - layers.y[before]
    beeline_m = (dx * dx + dy * dy) ** 0.5
    elapsed_s = layers.at_s[at] - layers.at_s[before]
    a = layers.arc[before, told]
    if a != OFF:
        ensure(streets, reach, a, reach_m(prices, beeline_m))
    return step_cost(
        streets,
        reach,
        prices,
        a,
        layers.along_m[before, told],
        layers.arc[at, k],
        layers.along_m[at, k],
        beeline_m,
        elapsed_s,
        looseness_m(prices, beeline_m, elapsed_s),
        prices.off_step,
    )


@kernel
def join(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    i: int,
    at: int,
    k: int,
) -> None:
    """Find from which candidate of the layer before a candidate is told best, and at what worth."""
    before = (at - 1) % len(layers.fix)
    least = inf
    if i == 0:
        least = 0.0
    elif i == layers.head[2]:
        step = step_from_told(streets, reach, prices, layers, before, at, k)
        least = prices.joint * min(step, prices.jump)
    else:
        for j in range(layers.size[before]):
            if stands(layers, before, j):
                step = min(layers.link[at, j, k], prices.jump)
                if layers.worth[before, j] + prices.joint * step < least:
                    least = layers.worth[before, j] + prices.joint * step
                    layers.onto[at, k] = j
    layers.worth[at, k] = least + prices.joint * layers.unlike[at, k] - layers.share[at, k]


@kernel
def tell(
    streets: StreetArrays, reach: PathTable, prices: HmmParameters, layers: Trellis, count: int
) -> None:
    """Choose what is told of the layers up to `count - 1`, and fill in how sure that is.

    The course with the largest sum of shares, less a small part of what it costs.
    """
    rings = len(layers.fix)
    for i in range(layers.head[2], count):
        at = (layers.head[0] + i) % rings
        share_out(prices, layers, at)
        for k in range(layers.size[at]):
            layers.worth[at, k] = inf
            if stands(layers, at, k):
                join(streets, reach, prices, layers, i, at, k)
    at = (layers.head[0] + count - 1) % rings
    told = 0
    least = inf
    for k in range(layers.size[at]):
        worth = layers.worth[at, k] + prices.joint * layers.ahead[at, k]
        if worth < least:
            least = worth
            told = k
    for i in range(count - 1, layers.head[2] - 1, -1):
        at = (layers.head[0] + i) % rings
        layers.told[at] = told
        layers.sure[at] = layers.share[at, told]
        told = layers.onto[at, told]
