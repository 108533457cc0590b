"""Hidden Markov matching, a fix at a time: candidates, the cost of each, and the best before it.

After Newson & Krumm (2009), Hidden Markov map matching through noise and sparseness, ACM GIS.
"""

from math import atan2, degrees, inf

from fleet.matching.kernels.arrays import (
    OFF,
    FixArrays,
    HmmParameters,
    MatchArrays,
    NearbySegments,
    PathTable,
    StreetArrays,
    Trellis,
)
from fleet.matching.kernels.bounded_search import ensure
from fleet.matching.kernels.candidates import nearby
from fleet.matching.kernels.commit import aged, agreed, dwell, finish, settle
from fleet.matching.kernels.transition_cost import SLACK_M, looseness_m, reach_m, step_cost
from routing.kernels.arrays.jit import kernel

JITTER_MOST = 3.0
"""A step dearer than this tells as much of errors as one of this cost."""


@kernel
def distance_cost(prices: HmmParameters, sigma_m: float, away_m: float) -> float:
    """Return the cost of a distance from a street: a bell, with longer tails than a normal one."""
    z = away_m / sigma_m
    if z <= prices.tail:
        return z * z / 2.0
    return prices.tail * (z - prices.tail / 2.0)


@kernel
def width_m(prices: HmmParameters, layers: Trellis) -> float:
    """Return how far from their streets fixes are expected, after those seen so far."""
    noise_m = layers.seen[1] ** 0.5
    return float(min(prices.sigma_m + prices.sigma_share * noise_m, prices.sigma_most_m))


@kernel
def learn(prices: HmmParameters, layers: Trellis, at: int, weight: float) -> None:
    """Take in how far a fix is from the street that is likeliest now.

    The first few count for more. What is farther than noise reaches says nothing of it: the truck
    may be in a yard.
    """
    best = cheapest(layers, at)
    away_m = layers.away_m[at, best]
    if away_m < prices.learn_m:
        layers.seen[2] += weight
        share = weight * max(prices.learn, 1.0 / (prices.learn_first + layers.seen[2]))
        layers.seen[1] += (away_m * away_m - layers.seen[1]) * share


@kernel
def heading_cost(prices: HmmParameters, fixes: FixArrays, i: int, street_deg: float) -> float:
    """Return the cost of driving in another direction than the receiver says; 0 at a stand."""
    heading_deg = fixes.heading_deg[i]
    if not heading_deg >= 0.0 or fixes.speed_mps[i] < 3.0 * prices.still_mps:
        return 0.0
    off_deg = abs((heading_deg - street_deg + 180.0) % 360.0 - 180.0)
    z = off_deg / prices.heading_deg
    cost = z * z / 2.0
    return cost if cost < prices.heading_most else prices.heading_most


@kernel
def propose(
    streets: StreetArrays,
    prices: HmmParameters,
    layers: Trellis,
    here: NearbySegments,
    fixes: FixArrays,
    i: int,
    at: int,
    weight: float,
) -> None:
    """Fill a layer with the candidates of a fix: both directions of each street, and none."""
    found = nearby(streets, fixes.x[i], fixes.y[i], prices.within_m, here)
    sigma_m = width_m(prices, layers)
    for c in range(found):
        segment = here.segment[c]
        piece = here.piece[c]
        street_deg = degrees(atan2(streets.piece_dx[piece], streets.piece_dy[piece]))
        away = distance_cost(prices, sigma_m, here.away_m[c])
        for side in range(2):
            k = 2 * c + side
            layers.arc[at, k] = 2 * segment + side
            along_m = here.along_m[c]
            layers.along_m[at, k] = along_m if side == 0 else streets.length_m[segment] - along_m
            layers.away_m[at, k] = here.away_m[c]
            turned_deg = street_deg + 180.0 * side
            layers.unlike[at, k] = away + heading_cost(prices, fixes, i, turned_deg)
            layers.unlike[at, k] *= weight
    layers.arc[at, 2 * found] = OFF
    layers.along_m[at, 2 * found] = 0.0
    layers.away_m[at, 2 * found] = inf
    layers.unlike[at, 2 * found] = prices.off * weight
    layers.size[at] = 2 * found + 1
    layers.fix[at] = i
    layers.x[at] = fixes.x[i]
    layers.y[at] = fixes.y[i]
    layers.at_s[at] = fixes.at_s[i]
    layers.speed_mps[at] = fixes.speed_mps[i]


@kernel
def cheapest(layers: Trellis, at: int) -> int:
    """Return the candidate of a layer that costs least."""
    best = 0
    for k in range(layers.size[at]):
        if layers.cost[at, k] < layers.cost[at, best]:
            best = k
    return best


@kernel
def connect(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    before: int,
    at: int,
    beeline_m: float,
    elapsed_s: float,
    scale_m: float,
    off_step: float,
) -> None:
    """Find the best way to each candidate of a layer from those of the layer before.

    What would be given up even if the step cost nothing is not looked at.
    """
    for k in range(layers.size[at]):
        layers.cost[at, k] = inf
    best = cheapest(layers, before)
    least = inf
    for turn in range(layers.size[before]):
        j = best if turn == 0 else (turn - 1 if turn <= best else turn)
        so_far = layers.cost[before, j]
        if so_far == inf:
            continue
        if layers.arc[before, j] != OFF:
            ensure(streets, reach, layers.arc[before, j], reach_m(prices, beeline_m))
        for k in range(layers.size[at]):
            layers.link[at, j, k] = inf
            here = so_far + layers.unlike[at, k]
            if here > least + prices.beam:
                continue
            step = step_cost(
                streets,
                reach,
                prices,
                layers.arc[before, j],
                layers.along_m[before, j],
                layers.arc[at, k],
                layers.along_m[at, k],
                beeline_m,
                elapsed_s,
                scale_m,
                off_step,
            )
            layers.link[at, j, k] = step
            least = min(least, here + step)
            if here + step < layers.cost[at, k]:
                layers.cost[at, k] = here + step
                layers.back[at, k] = j


@kernel
def follow_on(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    before: int,
    at: int,
    beeline_m: float,
    elapsed_s: float,
    weight: float,
) -> None:
    """Connect a layer with the one before, with what ways and errors are like here.

    A step off the streets costs no less than the errors of a receiver make it cost on them. How far
    apart ways and beelines are in quick steps is learned: errors may jump from fix to fix.
    """
    quick = weight < 1.0
    scale_m = looseness_m(prices, beeline_m, elapsed_s)
    if quick:
        scale_m = max(scale_m, prices.jitter * layers.seen[3])
    off_step = prices.off_step * max(1.0, width_m(prices, layers) / scale_m)
    connect(streets, reach, prices, layers, before, at, beeline_m, elapsed_s, scale_m, off_step)
    best = cheapest(layers, at)
    back = layers.back[at, best]
    if quick and layers.arc[at, best] != OFF and layers.arc[before, back] != OFF:
        loose_m = min(layers.link[at, back, best], JITTER_MOST) * scale_m
        layers.seen[3] += (loose_m - layers.seen[3]) * prices.learn * weight


@kernel
def prune(prices: HmmParameters, layers: Trellis, at: int) -> None:
    """Count costs of a layer from its best candidate, and give up those far behind it."""
    least = inf
    for k in range(layers.size[at]):
        least = min(least, layers.cost[at, k])
    for k in range(layers.size[at]):
        layers.cost[at, k] -= least
        if layers.cost[at, k] > prices.beam:
            layers.cost[at, k] = inf


@kernel
def stays(
    prices: HmmParameters, layers: Trellis, fixes: FixArrays, i: int, newest: int, moved_m: float
) -> bool:
    """Whether a fix is too near to the newest layer to say anything new."""
    if moved_m < prices.thin_m:
        return True
    stands = fixes.speed_mps[i] < prices.still_mps and layers.speed_mps[newest] < prices.still_mps
    return bool(stands and moved_m < 3.0 * prices.thin_m)


@kernel
def advance(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    here: NearbySegments,
    fixes: FixArrays,
    first: int,
    count: int,
    answers: MatchArrays,
) -> int:
    """Follow the fixes `first` to `count - 1`; return how many of all have their answer now.

    Fixes before `first` wait for an answer from earlier calls.
    """
    written = 0
    rings = len(layers.fix)
    for i in range(first, count):
        size = layers.head[1]
        beeline_m = 0.0
        silence_s = 0.0
        newest = 0
        if size > 0:
            newest = (layers.head[0] + size - 1) % rings
            dx = fixes.x[i] - layers.x[newest]
            dy = fixes.y[i] - layers.y[newest]
            beeline_m = (dx * dx + dy * dy) ** 0.5
            silence_s = fixes.at_s[i] - layers.seen[0]
            far_m = min(prices.gap_m, SLACK_M + prices.fast_mps * silence_s)
            if silence_s > prices.gap_s or beeline_m > far_m:
                written = finish(streets, reach, prices, layers, fixes, i, written, answers)
                size = 0
        layers.seen[0] = fixes.at_s[i]
        if size > 0 and stays(prices, layers, fixes, i, newest, beeline_m):
            if fixes.at_s[i] - layers.at_s[newest] > prices.dwell_s:
                written = dwell(streets, reach, prices, layers, fixes, i, written, answers)
            continue
        at = (layers.head[0] + size) % rings
        weight = 1.0
        if size > 0:
            since_s = fixes.at_s[i] - layers.at_s[newest]
            weight = min(max(since_s / prices.alike_s, prices.alike_least), 1.0)
        propose(streets, prices, layers, here, fixes, i, at, weight)
        if size == 0:
            for k in range(layers.size[at]):
                layers.cost[at, k] = layers.unlike[at, k]
        else:
            follow_on(streets, reach, prices, layers, newest, at, beeline_m, silence_s, weight)
        prune(prices, layers, at)
        learn(prices, layers, at, weight)
        layers.head[1] = size + 1
        late = aged(layers, fixes.at_s[i] - prices.lag_s)
        ready = max(agreed(layers), size + 1 - prices.lag, late)
        if ready > layers.head[2]:
            written = settle(streets, reach, prices, layers, fixes, ready, written, answers)
    return written
