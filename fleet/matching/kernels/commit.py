"""Committing the oldest layers: matches for their fixes and those in between.

A layer is committed where all paths of the beam have converged, or when it waits too long.
"""

from math import inf

from fleet.matching.kernels.arrays import (
    COMMITTED,
    LAYERS,
    OFF,
    OLDEST,
    FixArrays,
    MatchArrays,
    MatchingRun,
    StreetArrays,
    Trellis,
)
from fleet.matching.kernels.bounded_search import ensure_row, slot_of
from fleet.matching.kernels.candidates import point_on_arc, project_on_segment
from fleet.matching.kernels.posterior_decoding import decode, fill_costs_to_go
from fleet.matching.kernels.transition_cost import search_radius_m
from routing.kernels.arrays.jit import kernel


@kernel
def convergence_point(trellis: Trellis) -> int:
    """Return how many of the oldest layers all paths of the beam have in common, 0 if none."""
    rings = len(trellis.fix)
    at = (trellis.ring[OLDEST] + trellis.ring[LAYERS] - 1) % rings
    alive = 0
    for k in range(trellis.size[at]):
        if trellis.cost[at, k] < inf:
            alive |= 1 << k
    for count in range(trellis.ring[LAYERS], trellis.ring[COMMITTED], -1):
        if alive & (alive - 1) == 0:
            return int(count)
        at = (trellis.ring[OLDEST] + count - 1) % rings
        before = 0
        for k in range(trellis.size[at]):
            if alive >> k & 1:
                before |= 1 << trellis.previous[at, k]
        alive = before
    return 0


@kernel
def layers_before(trellis: Trellis, since_s: float) -> int:
    """Return how many of the oldest layers are from before a time; the newest never counts."""
    count = 0
    while count < trellis.ring[LAYERS] - 1:
        if trellis.at_s[(trellis.ring[OLDEST] + count) % len(trellis.fix)] >= since_s:
            break
        count += 1
    return count


@kernel
def trace_back(trellis: Trellis) -> None:
    """Fill `viterbi`: the likeliest path from the newest layer to the oldest not committed."""
    rings = len(trellis.fix)
    layers = trellis.ring[LAYERS]
    at = (trellis.ring[OLDEST] + layers - 1) % rings
    best = 0
    for k in range(trellis.size[at]):
        if trellis.cost[at, k] < trellis.cost[at, best]:
            best = k
    for i in range(layers - 1, trellis.ring[COMMITTED] - 1, -1):
        at = (trellis.ring[OLDEST] + i) % rings
        trellis.viterbi[at] = best
        best = trellis.previous[at, best]


@kernel
def drop_layers_before(trellis: Trellis, count: int) -> None:
    """Keep the layer `count - 1` as the oldest, with its candidate on the likeliest path alone.

    Paths that do not come from that candidate leave the beam.
    """
    rings = len(trellis.fix)
    at = (trellis.ring[OLDEST] + count - 1) % rings
    for k in range(trellis.size[at]):
        if k != trellis.viterbi[at]:
            trellis.cost[at, k] = inf
    for i in range(count, trellis.ring[LAYERS]):
        following = (trellis.ring[OLDEST] + i) % rings
        for k in range(trellis.size[following]):
            if trellis.cost[at, trellis.previous[following, k]] == inf:
                trellis.cost[following, k] = inf
        at = following
    trellis.ring[OLDEST] = (trellis.ring[OLDEST] + count - 1) % rings
    trellis.ring[LAYERS] -= count - 1
    trellis.ring[COMMITTED] = 1


@kernel
def write_layer(trellis: Trellis, at: int, fix: int, matches: MatchArrays) -> None:
    """Match a fix with what is decoded of a layer."""
    decoded = trellis.decoded[at]
    matches.arc[fix] = trellis.arc[at, decoded]
    matches.along_m[fix] = trellis.along_m[at, decoded]
    matches.away_m[fix] = trellis.away_m[at, decoded]
    matches.confidence[fix] = trellis.confidence[at]


@kernel
def write_if_nearer(
    streets: StreetArrays,
    arc: int,
    from_m: float,
    to_m: float,
    fixes: FixArrays,
    fix: int,
    matches: MatchArrays,
) -> None:
    """Match a fix with a part of an arc, where that is nearer than its match so far."""
    segment = arc >> 1
    length_m = streets.length_m[segment]
    low_m, high_m = from_m, max(from_m, to_m)
    if arc & 1:
        low_m, high_m = length_m - high_m, length_m - low_m
    x, y = fixes.x[fix], fixes.y[fix]
    away_m, along_m = project_on_segment(streets, segment, x, y, low_m, high_m)
    if away_m < matches.away_m[fix]:
        matches.arc[fix] = arc
        matches.along_m[fix] = length_m - along_m if arc & 1 else along_m
        matches.away_m[fix] = away_m


@kernel
def write_between(run: MatchingRun, before: int, at: int, fix: int) -> None:
    """Match a fix between two layers with the nearest place of the path between them."""
    streets, paths, hmm = run.model
    trellis, fixes, matches = run.trellis, run.fixes, run.matches
    write_layer(trellis, before, fix, matches)
    from_arc = trellis.arc[before, trellis.decoded[before]]
    to_arc = trellis.arc[at, trellis.decoded[at]]
    matches.confidence[fix] = min(trellis.confidence[before], trellis.confidence[at])
    dx = trellis.x[at] - trellis.x[before]
    dy = trellis.y[at] - trellis.y[before]
    moved_m = (dx * dx + dy * dy) ** 0.5
    if from_arc == OFF or to_arc == OFF:
        return
    matches.away_m[fix] = inf
    from_m = trellis.along_m[before, trellis.decoded[before]]
    to_m = trellis.along_m[at, trellis.decoded[at]]
    length_m = streets.length_m[from_arc >> 1]
    if from_arc == to_arc and to_m >= from_m:
        write_if_nearer(streets, from_arc, from_m, to_m, fixes, fix, matches)
        return
    if from_arc ^ 1 == to_arc:
        write_if_nearer(streets, from_arc, from_m, length_m - to_m, fixes, fix, matches)
        write_if_nearer(streets, to_arc, length_m - from_m, to_m, fixes, fix, matches)
        return
    ensure_row(streets, paths, from_arc, search_radius_m(hmm, moved_m))
    slot = slot_of(paths, from_arc, to_arc)
    if from_arc == to_arc or slot < 0:
        write_layer(trellis, before, fix, matches)
        return
    write_if_nearer(streets, from_arc, from_m, length_m, fixes, fix, matches)
    arc = paths.before[slot]
    while arc >= 0:
        write_if_nearer(streets, arc, 0.0, streets.length_m[arc >> 1], fixes, fix, matches)
        arc = paths.before[slot_of(paths, from_arc, arc)]
    write_if_nearer(streets, to_arc, 0.0, to_m, fixes, fix, matches)


@kernel
def metres_on_path(
    run: MatchingRun, from_arc: int, from_m: float, arc: int, along_m: float
) -> float:
    """Return how far a place on the path from a candidate is behind that candidate."""
    streets, paths, _ = run.model
    if arc < 0 or (arc == from_arc and along_m >= from_m):
        return along_m - from_m
    rest_m = streets.length_m[from_arc >> 1] - from_m
    slot = slot_of(paths, from_arc, arc) if arc != from_arc ^ 1 else -1
    between_m = float(paths.metres[slot]) if slot >= 0 else 0.0
    return float(rest_m + along_m + between_m)


@kernel
def repeat_match(streets: StreetArrays, fixes: FixArrays, fix: int, matches: MatchArrays) -> None:
    """Match a fix with the place of the fix before."""
    matches.arc[fix] = matches.arc[fix - 1]
    matches.along_m[fix] = matches.along_m[fix - 1]
    x, y = point_on_arc(streets, matches.arc[fix], matches.along_m[fix])
    matches.away_m[fix] = ((fixes.x[fix] - x) ** 2 + (fixes.y[fix] - y) ** 2) ** 0.5


@kernel
def write_all_between(run: MatchingRun, before: int, at: int, written: int) -> None:
    """Match the fixes from `written` on that lie between two layers; they only go on.

    To go back by less than what makes a layer is noise: so a standing truck drifts nowhere.
    """
    trellis, matches = run.trellis, run.matches
    from_arc = trellis.arc[before, trellis.decoded[before]]
    from_m = trellis.along_m[before, trellis.decoded[before]]
    farthest_m = 0.0
    for fix in range(written, trellis.fix[at]):
        write_between(run, before, at, fix)
        here_m = metres_on_path(run, from_arc, from_m, matches.arc[fix], matches.along_m[fix])
        if fix > written and here_m < farthest_m:
            repeat_match(run.model.streets, run.fixes, fix, matches)
        farthest_m = max(farthest_m, here_m)


@kernel
def write_layers(run: MatchingRun, count: int, written: int) -> int:
    """Match all fixes up to the layer `count - 1`; return how many have their match now."""
    trellis = run.trellis
    rings = len(trellis.fix)
    trace_back(trellis)
    fill_costs_to_go(trellis)
    decode(run.model, trellis, count)
    for i in range(trellis.ring[COMMITTED], count):
        at = (trellis.ring[OLDEST] + i) % rings
        if i > 0:
            before = (trellis.ring[OLDEST] + i - 1) % rings
            write_all_between(run, before, at, written)
        write_layer(trellis, at, trellis.fix[at], run.matches)
        written = trellis.fix[at] + 1
    return written


@kernel
def commit(run: MatchingRun, count: int, written: int) -> int:
    """Commit the oldest `count` layers; return how many fixes have their match now."""
    written = write_layers(run, count, written)
    drop_layers_before(run.trellis, count)
    return written


@kernel
def hold(trellis: Trellis, until: int, written: int, matches: MatchArrays) -> int:
    """Match the fixes after the newest layer with its place: the vehicle stood there."""
    at = (trellis.ring[OLDEST] + trellis.ring[LAYERS] - 1) % len(trellis.fix)
    for fix in range(written, until):
        write_layer(trellis, at, fix, matches)
    return until


@kernel
def commit_dwell(run: MatchingRun, fix: int, written: int) -> int:
    """Match all up to a fix where the vehicle stands; where it stands exactly stays open."""
    trellis = run.trellis
    layers = trellis.ring[LAYERS]
    written = write_layers(run, layers, written)
    trellis.ring[OLDEST] = (trellis.ring[OLDEST] + layers - 1) % len(trellis.fix)
    trellis.ring[LAYERS] = 1
    trellis.ring[COMMITTED] = 1
    return hold(trellis, fix + 1, written, run.matches)


@kernel
def finish(run: MatchingRun, until: int, written: int) -> int:
    """Match all fixes before `until`, and empty the trellis."""
    trellis = run.trellis
    layers = trellis.ring[LAYERS]
    if layers > 0:
        written = write_layers(run, layers, written)
        written = hold(trellis, until, written, run.matches)
    trellis.ring[LAYERS] = 0
    trellis.ring[COMMITTED] = 0
    return written
