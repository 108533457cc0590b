"""What a step from one place on a street to another costs."""

from math import inf

from fleet.matching.kernels.arrays import OFF, HmmParameters, PathTable, StreetArrays
from fleet.matching.kernels.bounded_search import slot_of
from routing.kernels.arrays.jit import kernel

NONE, ALONG, TURNED, THROUGH = range(4)
"""How a way leads from one place to another."""

SLACK_M = 60.0
"""A jump or a way shorter than this may be noise, however fast it seems."""


@kernel
def reach_m(prices: HmmParameters, beeline_m: float) -> float:
    """Return how far to look for ways, prices included."""
    return prices.reach_m + prices.reach_share * beeline_m


@kernel
def way(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    a: int,
    a_m: float,
    b: int,
    b_m: float,
    within_m: float,
) -> tuple[float, float, int]:
    """Return metres from a place on arc `a` to one on arc `b`, their price in metres, and how.

    How: `ALONG` one street, `TURNED` on it, `THROUGH` its end, or `NONE`, where metres and price
    are infinite, or a step back that is taken for noise: 0 m. The row of `a` must be there.
    """
    rest_m = streets.length_m[a >> 1] - a_m
    metres = inf
    price_m = inf
    how = NONE
    if b == a:
        if b_m >= a_m:
            return b_m - a_m, 0.0, ALONG
        metres = 0.0
        price_m = prices.back_m * (a_m - b_m)
    elif b == a ^ 1:
        metres = abs(rest_m - b_m)
        price_m = prices.turn_m
        how = TURNED
    slot = slot_of(reach, a, b)
    if slot >= 0 and reach.metres[slot] + reach.price_m[slot] <= within_m:
        through_m = rest_m + reach.metres[slot] + b_m
        through_price_m = float(reach.price_m[slot])
        if through_m + through_price_m < metres + price_m:
            return through_m, through_price_m, THROUGH
    return metres, price_m, how


@kernel
def looseness_m(prices: HmmParameters, beeline_m: float, elapsed_s: float) -> float:
    """Return the metres by which ways and beelines differ as a rule."""
    return prices.detour_m + prices.detour_share * beeline_m + prices.detour_mps * elapsed_s


@kernel
def step_cost(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    a: int,
    a_m: float,
    b: int,
    b_m: float,
    beeline_m: float,
    elapsed_s: float,
    scale_m: float,
    off_step: float,
) -> float:
    """Return what it costs to come from a place on arc `a` to one on arc `b`.

    Either may be `OFF`; off the streets every metre costs, since no street leads it. The row of `a`
    must be there.
    """
    if a == OFF or b == OFF:
        return (off_step if a == b else prices.off_enter) + prices.off_per_m * beeline_m
    metres, price_m, _ = way(streets, reach, prices, a, a_m, b, b_m, reach_m(prices, beeline_m))
    if metres > SLACK_M + prices.fast_mps * elapsed_s:
        return prices.jump
    return min((abs(metres - beeline_m) + price_m) / scale_m, prices.jump)
