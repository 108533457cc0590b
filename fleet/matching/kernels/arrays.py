"""The arrays that the matching kernels read and write, by name.

S segments make 2 S arcs, both directions of each: arc `2 s` runs from the start of segment `s` to
its end, arc `2 s + 1` back, so `arc ^ 1` is the other direction and `arc >> 1` the segment.
"""

from typing import NamedTuple

from routing.problem.problem import Floats, Floats32, Ints, Longs

OFF = -1
"""Stands for an arc where the vehicle is on no street of the file."""


class StreetArrays(NamedTuple):
    """Streets in metres about the city's center, and which arc follows which at what price.

    A piece is a straight part of a segment; pieces are sorted by segment. Cells are squares with
    the pieces that come within reach of any point of theirs, row by row from the south-west.
    `head` is the junction where an arc ends. After arc `a` come the arcs
    `follow[follow_start[a]:follow_start[a + 1]]`; prices are in metres.
    """

    west_m: float
    south_m: float
    cell_m: float
    columns: int
    cell_start: Longs
    cell_piece: Ints
    piece_x: Floats
    piece_y: Floats
    piece_dx: Floats
    piece_dy: Floats
    piece_along_m: Floats
    piece_length_m: Floats
    piece_segment: Ints
    piece_start: Ints
    length_m: Floats
    head: Ints
    follow_start: Ints
    follow: Ints
    follow_price_m: Floats32


class PathTable(NamedTuple):
    """Shortest paths from the end of an arc to the beginnings of others, a hash table for each arc.

    Row of arc `a`: `row_slots[a]` slots from `row_start[a]` on, which is -1 while the row is
    unknown; it has all arcs within `row_reach_m[a]`. A slot holds the arc that is reached (-1:
    free), the metres between, the price in metres of turns and wrong ways, and the arc before the
    target (-1: none between). `slots_used[0]` slots are taken. The rest is scratch: between
    searches all `label_m` are infinite and each `bucket`, the first entry of a chain, is -1.
    """

    row_start: Longs
    row_slots: Longs
    row_reach_m: Floats
    target: Ints
    metres: Floats32
    price_m: Floats32
    before: Ints
    slots_used: Longs
    label_m: Floats
    label_price_m: Floats
    parent: Ints
    labeled: Ints
    bucket: Ints
    entry_m: Floats
    entry_arc: Ints
    entry_next: Ints
    around: Ints
    around_m: Floats


class HmmParameters(NamedTuple):
    """The numbers of the hidden Markov model; costs are negative logarithms of likelihoods.

    Formulas are in `docs/matching.md`, values with their meaning in `hmm_parameters.py`.
    """

    sigma_m: float
    sigma_share: float
    most_sigma_m: float
    first_noise_m: float
    learning_rate: float
    learning_first: float
    learning_within_m: float
    huber_z: float
    independent_s: float
    least_weight: float
    candidates_within_m: float
    spacing_m: float
    heading_deg: float
    most_heading_cost: float
    detour_m: float
    detour_share: float
    detour_mps: float
    jitter_factor: float
    search_m: float
    search_share: float
    roll_back_factor: float
    turn_round_m: float
    off_emission: float
    off_transition: float
    off_per_m: float
    off_enter: float
    most_transition: float
    beam: float
    lag: int
    lag_s: float
    ambiguity: float
    fast_mps: float
    gap_s: float
    gap_m: float
    dwell_s: float
    standing_mps: float
    temperature: float
    path_weight: float


OLDEST, LAYERS, COMMITTED = range(3)
"""Entries of `Trellis.ring`: index of the oldest layer, how many there are, and 1 where the oldest
is committed already, else 0."""

LAST_FIX_S, NOISE_M2, LEARNED_FIXES, JITTER_M = range(4)
"""Entries of `Trellis.learned`: time of the last fix, mean square of distances to the likeliest
street, how many fixes (by weight) that is from, and by how much quick steps and paths differ."""


class Trellis(NamedTuple):
    """Layers of candidates of the last fixes that count; a ring of R layers of up to M candidates.

    Attributes
    ----------
    ring, learned
        int64[3] and float64[4], see the constants above.
    fix
        int64[R], index of the fix among those that wait for a match.
    x, y, at_s, speed_mps
        float64[R], of that fix, in metres about the city's center.
    size
        int64[R], number of candidates; the last of them is to be off every street.
    arc, along_m, away_m
        [R, M], each candidate's arc, place on it, and distance of the fix from there.
    emission
        float64[R, M], cost of seeing the fix from the candidate.
    cost
        float64[R, M], least cost of a path through the layers that ends in the candidate,
        less the least of its layer; infinite outside of the beam.
    previous
        int32[R, M], candidate of the layer before on that path.
    transition
        float32[R, M, M], cost of a step from candidate j of the layer before to candidate k.
    cost_to_go
        float64[R, M], least cost of what follows from the candidate to the newest layer.
    viterbi
        int64[R], candidate on the likeliest path.
    posterior
        float64[R, M], share of the candidate's street in its layer, 0 to 1.
    decoding_cost, decoding_previous
        [R, M], least cost of a path of posterior decoding, and the candidate before on it.
    decoded, confidence
        [R], the candidate that is answered, and its posterior.
    """

    ring: Longs
    learned: Floats
    fix: Longs
    x: Floats
    y: Floats
    at_s: Floats
    speed_mps: Floats
    size: Longs
    arc: Ints
    along_m: Floats
    away_m: Floats
    emission: Floats
    cost: Floats
    cost_to_go: Floats
    previous: Ints
    transition: Floats32
    viterbi: Longs
    posterior: Floats
    decoding_cost: Floats
    decoding_previous: Ints
    decoded: Longs
    confidence: Floats


class NearbySegments(NamedTuple):
    """Segments around a fix, nearest first, as many as are candidates at most: [C].

    Each with its nearest piece, metres along the segment from its start, and metres away.
    """

    segment: Longs
    piece: Longs
    along_m: Floats
    away_m: Floats


class FixArrays(NamedTuple):
    """Fixes of one vehicle by time: metres, seconds, m/s and degrees (NaN where unknown)."""

    x: Floats
    y: Floats
    at_s: Floats
    speed_mps: Floats
    heading_deg: Floats


class MatchArrays(NamedTuple):
    """For each fix: arc or -1, metres along it, metres from it, and the confidence, 0 to 1."""

    arc: Ints
    along_m: Floats
    away_m: Floats
    confidence: Floats


class MatchingModel(NamedTuple):
    """What is the same for all vehicles: streets, paths between them, and the HMM's numbers."""

    streets: StreetArrays
    paths: PathTable
    hmm: HmmParameters


class MatchingRun(NamedTuple):
    """One vehicle's fixes on their way through the model, to their matches."""

    model: MatchingModel
    trellis: Trellis
    nearby: NearbySegments
    fixes: FixArrays
    matches: MatchArrays


class StepTerms(NamedTuple):
    """A step from one layer to the next: what all its transitions have in common.

    Metres of the beeline, seconds, the metres by which path and beeline may differ at a cost of 1,
    and the cost of staying off the streets.
    """

    beeline_m: float
    elapsed_s: float
    scale_m: float
    off_transition: float
