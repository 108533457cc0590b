"""Posterior decoding of committed layers: the likeliest street of each, on one connected path.

The likeliest path as a whole is often not the one with most of its streets right: Lember &
Koloydenko (2014), Bridging Viterbi and posterior decoding, Journal of Machine Learning Research 15.
"""

from math import exp, inf

from fleet.matching.kernels.arrays import (
    COMMITTED,
    LAYERS,
    OFF,
    OLDEST,
    HmmParameters,
    MatchingModel,
    StepTerms,
    Trellis,
)
from fleet.matching.kernels.bounded_search import ensure_row
from fleet.matching.kernels.transition_cost import (
    search_radius_m,
    transition_cost,
    transition_scale_m,
)
from routing.kernels.arrays.jit import kernel


@kernel
def fill_costs_to_go(trellis: Trellis) -> None:
    """Fill `cost_to_go`, from the newest layer back: Viterbi's recursion the other way round."""
    rings = len(trellis.fix)
    layers = trellis.ring[LAYERS]
    after = (trellis.ring[OLDEST] + layers - 1) % rings
    for k in range(trellis.size[after]):
        trellis.cost_to_go[after, k] = 0.0
    for i in range(layers - 2, -1, -1):
        at = (trellis.ring[OLDEST] + i) % rings
        for j in range(trellis.size[at]):
            least = inf
            if trellis.cost[at, j] < inf:
                for k in range(trellis.size[after]):
                    if trellis.cost[after, k] < inf:
                        further = (
                            trellis.transition[after, j, k]
                            + trellis.emission[after, k]
                            + trellis.cost_to_go[after, k]
                        )
                        least = min(least, further)
            trellis.cost_to_go[at, j] = least
        after = at


@kernel
def fill_posteriors(hmm: HmmParameters, trellis: Trellis, at: int) -> None:
    """Fill `posterior` of a layer from the best path through each candidate.

    Both directions of a street count together: which way it goes, the path between fixes says.
    """
    size = trellis.size[at]
    best = inf
    for k in range(size):
        best = min(best, trellis.cost[at, k] + trellis.cost_to_go[at, k])
    total = 0.0
    for k in range(size):
        behind = trellis.cost[at, k] + trellis.cost_to_go[at, k] - best
        trellis.posterior[at, k] = exp(-behind / hmm.temperature)
        total += trellis.posterior[at, k]
    for k in range(0, size - 1, 2):
        both = (trellis.posterior[at, k] + trellis.posterior[at, k + 1]) / total
        trellis.posterior[at, k] = both
        trellis.posterior[at, k + 1] = both
    trellis.posterior[at, size - 1] /= total


@kernel
def is_alive(trellis: Trellis, at: int, candidate: int) -> bool:
    """Whether a path inside the beam goes through a candidate."""
    return bool(trellis.cost[at, candidate] < inf and trellis.cost_to_go[at, candidate] < inf)


@kernel
def transition_from_decoded(
    model: MatchingModel, trellis: Trellis, before: int, at: int, candidate: int
) -> float:
    """Return the cost of a step to a candidate from what was decoded of the layer before."""
    decoded = trellis.decoded[before]
    if trellis.cost[before, decoded] < inf:
        return float(trellis.transition[at, decoded, candidate])
    dx = trellis.x[at] - trellis.x[before]
    dy = trellis.y[at] - trellis.y[before]
    beeline_m = (dx * dx + dy * dy) ** 0.5
    elapsed_s = trellis.at_s[at] - trellis.at_s[before]
    from_arc = trellis.arc[before, decoded]
    if from_arc != OFF:
        within_m = search_radius_m(model.hmm, beeline_m)
        ensure_row(model.streets, model.paths, from_arc, within_m)
    scale_m = transition_scale_m(model.hmm, beeline_m, elapsed_s)
    return transition_cost(
        model,
        from_arc,
        trellis.along_m[before, decoded],
        trellis.arc[at, candidate],
        trellis.along_m[at, candidate],
        StepTerms(beeline_m, elapsed_s, scale_m, model.hmm.off_transition),
    )


@kernel
def extend_decoding(
    model: MatchingModel, trellis: Trellis, layer: int, at: int, candidate: int
) -> None:
    """Fill in the cheapest path of posterior decoding that ends in a candidate of a layer."""
    hmm = model.hmm
    before = (at - 1) % len(trellis.fix)
    least = inf
    if layer == 0:
        least = 0.0
    elif layer == trellis.ring[COMMITTED]:
        step = transition_from_decoded(model, trellis, before, at, candidate)
        least = hmm.path_weight * min(step, hmm.most_transition)
    else:
        for j in range(trellis.size[before]):
            if is_alive(trellis, before, j):
                step = min(trellis.transition[at, j, candidate], hmm.most_transition)
                if trellis.decoding_cost[before, j] + hmm.path_weight * step < least:
                    least = trellis.decoding_cost[before, j] + hmm.path_weight * step
                    trellis.decoding_previous[at, candidate] = j
    own = hmm.path_weight * trellis.emission[at, candidate] - trellis.posterior[at, candidate]
    trellis.decoding_cost[at, candidate] = least + own


@kernel
def decode(model: MatchingModel, trellis: Trellis, count: int) -> None:
    """Choose the answers of the oldest `count` layers, with the confidence of each.

    The path with the largest sum of posteriors, less `path_weight` of what it costs.
    """
    rings = len(trellis.fix)
    for i in range(trellis.ring[COMMITTED], count):
        at = (trellis.ring[OLDEST] + i) % rings
        fill_posteriors(model.hmm, trellis, at)
        for k in range(trellis.size[at]):
            trellis.decoding_cost[at, k] = inf
            if is_alive(trellis, at, k):
                extend_decoding(model, trellis, i, at, k)
    at = (trellis.ring[OLDEST] + count - 1) % rings
    decoded = 0
    least = inf
    for k in range(trellis.size[at]):
        cost = trellis.decoding_cost[at, k] + model.hmm.path_weight * trellis.cost_to_go[at, k]
        if cost < least:
            least = cost
            decoded = k
    for i in range(count - 1, trellis.ring[COMMITTED] - 1, -1):
        at = (trellis.ring[OLDEST] + i) % rings
        trellis.decoded[at] = decoded
        trellis.confidence[at] = trellis.posterior[at, decoded]
        decoded = trellis.decoding_previous[at, decoded]
