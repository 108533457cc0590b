"""The arrays that the matching kernels read and write, by name.

S segments make 2 S arcs, both directions of each: arc `2 s` runs from the start of segment `s` to
its end, arc `2 s + 1` back, so `arc ^ 1` is the other direction and `arc >> 1` the segment.
"""

from typing import NamedTuple

from routing.problem.problem import Floats, Floats32, Ints, Longs

OFF = -1
"""Stands for an arc where the vehicle is on no street of the file."""


class StreetArrays(NamedTuple):
    """Streets in metres about the city's centre, and which arc follows which at what price.

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
    """Ways from the end of an arc to the beginnings of others, a small hash table for each arc.

    Row of arc `a`: `slots[a]` slots from `first[a]` on, which is -1 while the row is unknown. A
    slot holds the arc that is reached (-1: free), metres between, the price of turns and wrong
    ways in metres, and the arc before. `within_m[a]` is how far the row reaches; `used[0]` slots
    are taken. The rest is scratch for the search: between calls labels are infinite and each
    `bucket`, the first entry of a chain, is -1.
    """

    first: Longs
    slots: Longs
    within_m: Floats
    target: Ints
    metres: Floats32
    price_m: Floats32
    before: Ints
    used: Longs
    label: Floats
    label_price_m: Floats
    parent: Ints
    touched: Ints
    bucket: Ints
    keys: Floats
    items: Ints
    after: Ints
    around: Ints
    around_m: Floats


class HmmParameters(NamedTuple):
    """What makes a way unlikely. Costs are negative logarithms; see `docs/matching.md`."""

    sigma_m: float
    sigma_share: float
    sigma_most_m: float
    noise_m: float
    learn: float
    learn_first: float
    learn_m: float
    tail: float
    alike_s: float
    alike_least: float
    within_m: float
    thin_m: float
    heading_deg: float
    heading_most: float
    detour_m: float
    detour_share: float
    detour_mps: float
    jitter: float
    reach_m: float
    reach_share: float
    back_m: float
    turn_m: float
    off: float
    off_step: float
    off_per_m: float
    off_enter: float
    jump: float
    beam: float
    lag: int
    lag_s: float
    doubt: float
    fast_mps: float
    gap_s: float
    gap_m: float
    dwell_s: float
    still_mps: float
    temperature: float
    joint: float


class Trellis(NamedTuple):
    """The last fixes that count, each with its candidates; a ring of R layers of M places.

    `head[0]` is the oldest layer, `head[1]` how many there are, and `head[2]` is 1 where the oldest
    is settled. `fix` is the number of the fix among those waiting; `size` counts candidates, of
    which the last is to be off every street. `link[r, j, k]` is what the step from candidate j of
    the layer before to k costs, `back` the best j. `seen[0]` is the time of the last fix, `seen[1]`
    the mean square of distances to the nearest street, `seen[2]` how many fixes that is from,
    `seen[3]` by how many metres quick steps and ways differ.
    `chosen` is on the likeliest way, `told` what is answered; `share`, `worth` and `onto` are for
    choosing that.
    """

    head: Longs
    seen: Floats
    fix: Longs
    x: Floats
    y: Floats
    at_s: Floats
    speed_mps: Floats
    size: Longs
    arc: Ints
    along_m: Floats
    away_m: Floats
    unlike: Floats
    cost: Floats
    ahead: Floats
    back: Ints
    link: Floats32
    chosen: Longs
    share: Floats
    worth: Floats
    onto: Ints
    told: Longs
    sure: Floats


class NearbySegments(NamedTuple):
    """Scratch for the segments around a fix: as many as are looked at."""

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
    """For each fix: arc or -1, metres along it, metres from it, and how sure that is (0-1)."""

    arc: Ints
    along_m: Floats
    away_m: Floats
    sure: Floats
