"""Hidden Markov matching, a fix at a time: candidates, the cost of each, and the best before it.

Newson & Krumm (2009), Hidden Markov map matching through noise and sparseness, ACM GIS.
"""

from math import atan2, degrees, inf

from fleet.matching.kernels.arrays import (
    COMMITTED,
    JITTER_M,
    LAST_FIX_S,
    LAYERS,
    LEARNED_FIXES,
    NOISE_M2,
    OFF,
    OLDEST,
    FixArrays,
    HmmParameters,
    MatchingModel,
    MatchingRun,
    StepTerms,
    Trellis,
)
from fleet.matching.kernels.bounded_search import ensure_row
from fleet.matching.kernels.candidates import nearest_segments
from fleet.matching.kernels.commit import (
    commit,
    commit_dwell,
    convergence_point,
    finish,
    layers_before,
)
from fleet.matching.kernels.transition_cost import (
    SLACK_M,
    search_radius_m,
    transition_cost,
    transition_scale_m,
)
from routing.kernels.arrays.jit import kernel

MOST_JITTER_COST = 3.0
"""A step dearer than this says as much of errors as one of this cost."""


@kernel
def emission_cost(hmm: HmmParameters, sigma_m: float, away_m: float) -> float:
    """Return the cost of seeing a fix so far from its street: Newson & Krumm (2009), eq. 1.

    With the longer tails of Huber (1964) in place of the normal distribution's.
    """
    z = away_m / sigma_m
    if z <= hmm.huber_z:
        return z * z / 2.0
    return hmm.huber_z * (z - hmm.huber_z / 2.0)


@kernel
def emission_sigma_m(hmm: HmmParameters, trellis: Trellis) -> float:
    """Return the standard deviation of distances from the street, after the noise so far."""
    noise_m = trellis.learned[NOISE_M2] ** 0.5
    return float(min(hmm.sigma_m + hmm.sigma_share * noise_m, hmm.most_sigma_m))


@kernel
def learn_noise(hmm: HmmParameters, trellis: Trellis, at: int, weight: float) -> None:
    """Update the noise by how far a layer's fix is from the street that is likeliest now.

    The first few count for more. What is farther than noise reaches says nothing of it: the truck
    may be in a yard.
    """
    learned = trellis.learned
    away_m = trellis.away_m[at, best_candidate(trellis, at)]
    if away_m < hmm.learning_within_m:
        learned[LEARNED_FIXES] += weight
        rate = max(hmm.learning_rate, 1.0 / (hmm.learning_first + learned[LEARNED_FIXES]))
        learned[NOISE_M2] += (away_m * away_m - learned[NOISE_M2]) * (weight * rate)


@kernel
def heading_cost(hmm: HmmParameters, fixes: FixArrays, fix: int, street_deg: float) -> float:
    """Return the cost of driving in another direction than the receiver says; 0 at a stand."""
    heading_deg = fixes.heading_deg[fix]
    if not heading_deg >= 0.0 or fixes.speed_mps[fix] < 3.0 * hmm.standing_mps:
        return 0.0
    off_deg = abs((heading_deg - street_deg + 180.0) % 360.0 - 180.0)
    z = off_deg / hmm.heading_deg
    cost = z * z / 2.0
    return cost if cost < hmm.most_heading_cost else hmm.most_heading_cost


@kernel
def fill_candidates(run: MatchingRun, fix: int, at: int, weight: float) -> None:
    """Fill a layer with the candidates of a fix: both directions of each street, and none."""
    streets, _, hmm = run.model
    trellis, fixes, nearby = run.trellis, run.fixes, run.nearby
    found = nearest_segments(streets, fixes.x[fix], fixes.y[fix], hmm.candidates_within_m, nearby)
    sigma_m = emission_sigma_m(hmm, trellis)
    for n in range(found):
        segment = nearby.segment[n]
        piece = nearby.piece[n]
        street_deg = degrees(atan2(streets.piece_dx[piece], streets.piece_dy[piece]))
        distance = emission_cost(hmm, sigma_m, nearby.away_m[n])
        for side in range(2):
            k = 2 * n + side
            trellis.arc[at, k] = 2 * segment + side
            along_m = nearby.along_m[n]
            trellis.along_m[at, k] = along_m if side == 0 else streets.length_m[segment] - along_m
            trellis.away_m[at, k] = nearby.away_m[n]
            turned_deg = street_deg + 180.0 * side
            trellis.emission[at, k] = distance + heading_cost(hmm, fixes, fix, turned_deg)
            trellis.emission[at, k] *= weight
    trellis.arc[at, 2 * found] = OFF
    trellis.along_m[at, 2 * found] = 0.0
    trellis.away_m[at, 2 * found] = inf
    trellis.emission[at, 2 * found] = hmm.off_emission * weight
    trellis.size[at] = 2 * found + 1
    trellis.fix[at] = fix
    trellis.x[at] = fixes.x[fix]
    trellis.y[at] = fixes.y[fix]
    trellis.at_s[at] = fixes.at_s[fix]
    trellis.speed_mps[at] = fixes.speed_mps[fix]


@kernel
def best_candidate(trellis: Trellis, at: int) -> int:
    """Return the candidate of a layer that the cheapest path ends in."""
    best = 0
    for k in range(trellis.size[at]):
        if trellis.cost[at, k] < trellis.cost[at, best]:
            best = k
    return best


@kernel
def extend_paths(
    model: MatchingModel, trellis: Trellis, before: int, at: int, step: StepTerms
) -> None:
    """Find the cheapest path to each candidate of a layer: one step of the Viterbi algorithm.

    What would leave the beam even if its transition cost nothing is not looked at.
    """
    for k in range(trellis.size[at]):
        trellis.cost[at, k] = inf
    best = best_candidate(trellis, before)
    within_m = search_radius_m(model.hmm, step.beeline_m)
    least = inf
    for n in range(trellis.size[before]):
        j = best if n == 0 else (n - 1 if n <= best else n)
        so_far = trellis.cost[before, j]
        if so_far == inf:
            continue
        from_arc = trellis.arc[before, j]
        if from_arc != OFF:
            ensure_row(model.streets, model.paths, from_arc, within_m)
        for k in range(trellis.size[at]):
            trellis.transition[at, j, k] = inf
            here = so_far + trellis.emission[at, k]
            if here > least + model.hmm.beam:
                continue
            cost = transition_cost(
                model,
                from_arc,
                trellis.along_m[before, j],
                trellis.arc[at, k],
                trellis.along_m[at, k],
                step,
            )
            trellis.transition[at, j, k] = cost
            least = min(least, here + cost)
            if here + cost < trellis.cost[at, k]:
                trellis.cost[at, k] = here + cost
                trellis.previous[at, k] = j


@kernel
def connect_layer(
    run: MatchingRun, before: int, at: int, beeline_m: float, elapsed_s: float, weight: float
) -> None:
    """Connect a layer with the one before, by what paths and errors are like here.

    A step off the streets costs no less than the errors of a receiver make it cost on them. How far
    apart paths and beelines are in quick steps is learned: errors may jump from fix to fix.
    """
    model, trellis = run.model, run.trellis
    hmm = model.hmm
    quick = weight < 1.0
    scale_m = transition_scale_m(hmm, beeline_m, elapsed_s)
    if quick:
        scale_m = max(scale_m, hmm.jitter_factor * trellis.learned[JITTER_M])
    off_transition = hmm.off_transition * max(1.0, emission_sigma_m(hmm, trellis) / scale_m)
    step = StepTerms(beeline_m, elapsed_s, scale_m, off_transition)
    extend_paths(model, trellis, before, at, step)
    best = best_candidate(trellis, at)
    previous = trellis.previous[at, best]
    if quick and trellis.arc[at, best] != OFF and trellis.arc[before, previous] != OFF:
        jitter_m = min(trellis.transition[at, previous, best], MOST_JITTER_COST) * scale_m
        change_m = jitter_m - trellis.learned[JITTER_M]
        trellis.learned[JITTER_M] += change_m * hmm.learning_rate * weight


@kernel
def prune(hmm: HmmParameters, trellis: Trellis, at: int) -> None:
    """Count a layer's costs from its best candidate, and drop those outside of the beam."""
    least = inf
    for k in range(trellis.size[at]):
        least = min(least, trellis.cost[at, k])
    for k in range(trellis.size[at]):
        trellis.cost[at, k] -= least
        if trellis.cost[at, k] > hmm.beam:
            trellis.cost[at, k] = inf


@kernel
def makes_no_layer(run: MatchingRun, fix: int, newest: int, moved_m: float) -> bool:
    """Whether a fix is too near to the newest layer to say anything new."""
    hmm = run.model.hmm
    if moved_m < hmm.spacing_m:
        return True
    stood = run.trellis.speed_mps[newest] < hmm.standing_mps
    stands = stood and run.fixes.speed_mps[fix] < hmm.standing_mps
    return bool(stands and moved_m < 3.0 * hmm.spacing_m)


@kernel
def advance(run: MatchingRun, first: int, count: int) -> int:
    """Add the fixes `first` to `count - 1`; return how many of all have their match now.

    Fixes before `first` wait for their match from earlier calls.
    """
    hmm, trellis, fixes = run.model.hmm, run.trellis, run.fixes
    ring = trellis.ring
    written = 0
    rings = len(trellis.fix)
    for fix in range(first, count):
        layers = ring[LAYERS]
        beeline_m = 0.0
        silence_s = 0.0
        newest = 0
        if layers > 0:
            newest = (ring[OLDEST] + layers - 1) % rings
            dx = fixes.x[fix] - trellis.x[newest]
            dy = fixes.y[fix] - trellis.y[newest]
            beeline_m = (dx * dx + dy * dy) ** 0.5
            silence_s = fixes.at_s[fix] - trellis.learned[LAST_FIX_S]
            far_m = min(hmm.gap_m, SLACK_M + hmm.fast_mps * silence_s)
            if silence_s > hmm.gap_s or beeline_m > far_m:
                written = finish(run, fix, written)
                layers = 0
        trellis.learned[LAST_FIX_S] = fixes.at_s[fix]
        if layers > 0 and makes_no_layer(run, fix, newest, beeline_m):
            if fixes.at_s[fix] - trellis.at_s[newest] > hmm.dwell_s:
                written = commit_dwell(run, fix, written)
            continue
        at = (ring[OLDEST] + layers) % rings
        weight = 1.0
        if layers > 0:
            since_s = fixes.at_s[fix] - trellis.at_s[newest]
            weight = min(max(since_s / hmm.independent_s, hmm.least_weight), 1.0)
        fill_candidates(run, fix, at, weight)
        if layers == 0:
            for k in range(trellis.size[at]):
                trellis.cost[at, k] = trellis.emission[at, k]
        else:
            connect_layer(run, newest, at, beeline_m, silence_s, weight)
        prune(hmm, trellis, at)
        learn_noise(hmm, trellis, at, weight)
        ring[LAYERS] = layers + 1
        aged = layers_before(trellis, fixes.at_s[fix] - hmm.lag_s)
        ready = max(convergence_point(trellis), layers + 1 - hmm.lag, aged)
        if ready > ring[COMMITTED]:
            written = commit(run, ready, written)
    return written
