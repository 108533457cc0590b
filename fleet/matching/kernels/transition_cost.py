"""What a step from one candidate to the next costs: how path and beeline differ.

Newson & Krumm (2009), Hidden Markov map matching through noise and sparseness, ACM GIS.
"""

from math import inf

from fleet.matching.kernels.arrays import OFF, HmmParameters, MatchingModel, StepTerms
from fleet.matching.kernels.bounded_search import slot_of
from routing.kernels.arrays.jit import kernel

NONE, ALONG, TURNED, THROUGH = range(4)
"""How a path leads from one place to another."""

SLACK_M = 60.0
"""A jump or a path shorter than this may be noise, however fast it seems."""


@kernel
def search_radius_m(hmm: HmmParameters, beeline_m: float) -> float:
    """Return how far to look for paths, prices included."""
    return hmm.search_m + hmm.search_share * beeline_m


@kernel
def path_between(
    model: MatchingModel, from_arc: int, from_m: float, to_arc: int, to_m: float, within_m: float
) -> tuple[float, float, int]:
    """Return metres from a place on one arc to one on another, their price in metres, and how.

    How: `ALONG` one street, `TURNED` on it, `THROUGH` its end, or `NONE`, where metres and price
    are infinite, or a step back that is taken for noise: 0 m. The row of `from_arc` must be there.
    """
    streets, paths, hmm = model
    rest_m = streets.length_m[from_arc >> 1] - from_m
    metres = inf
    price_m = inf
    how = NONE
    if to_arc == from_arc:
        if to_m >= from_m:
            return to_m - from_m, 0.0, ALONG
        metres = 0.0
        price_m = hmm.roll_back_factor * (from_m - to_m)
    elif to_arc == from_arc ^ 1:
        metres = abs(rest_m - to_m)
        price_m = hmm.turn_round_m
        how = TURNED
    slot = slot_of(paths, from_arc, to_arc)
    if slot >= 0 and paths.metres[slot] + paths.price_m[slot] <= within_m:
        through_m = rest_m + paths.metres[slot] + to_m
        through_price_m = float(paths.price_m[slot])
        if through_m + through_price_m < metres + price_m:
            return through_m, through_price_m, THROUGH
    return metres, price_m, how


@kernel
def transition_scale_m(hmm: HmmParameters, beeline_m: float, elapsed_s: float) -> float:
    """Return the metres by which paths and beelines differ as a rule.

    Beta of Newson & Krumm (2009), eq. 2, which grows here with the step.
    """
    return hmm.detour_m + hmm.detour_share * beeline_m + hmm.detour_mps * elapsed_s


@kernel
def transition_cost(
    model: MatchingModel,
    from_arc: int,
    from_m: float,
    to_arc: int,
    to_m: float,
    step: StepTerms,
) -> float:
    """Return the cost of a step between two candidates: Newson & Krumm (2009), eq. 2, with prices.

    Either arc may be `OFF`; off the streets every metre costs, since no street leads it. The row
    of `from_arc` must be there.
    """
    hmm = model.hmm
    if from_arc == OFF or to_arc == OFF:
        change = step.off_transition if from_arc == to_arc else hmm.off_enter
        return change + hmm.off_per_m * step.beeline_m
    within_m = search_radius_m(hmm, step.beeline_m)
    metres, price_m, _ = path_between(model, from_arc, from_m, to_arc, to_m, within_m)
    if metres > SLACK_M + hmm.fast_mps * step.elapsed_s:
        return hmm.most_transition
    difference_m = abs(metres - step.beeline_m) + price_m
    return min(difference_m / step.scale_m, hmm.most_transition)
