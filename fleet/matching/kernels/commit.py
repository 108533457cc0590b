"""Settling the oldest layers: answers for their fixes and those in between."""

from math import inf

from fleet.matching.kernels.arrays import (
    OFF,
    FixArrays,
    HmmParameters,
    MatchArrays,
    PathTable,
    StreetArrays,
    Trellis,
)
from fleet.matching.kernels.bounded_search import ensure, slot_of
from fleet.matching.kernels.candidates import on_segment, place
from fleet.matching.kernels.posterior_decoding import look_back, tell
from fleet.matching.kernels.transition_cost import reach_m
from routing.kernels.arrays.jit import kernel


@kernel
def agreed(layers: Trellis) -> int:
    """Return how many of the oldest layers all that is still likely agrees on."""
    rings = len(layers.fix)
    at = (layers.head[0] + layers.head[1] - 1) % rings
    alive = 0
    for k in range(layers.size[at]):
        if layers.cost[at, k] < inf:
            alive |= 1 << k
    for count in range(layers.head[1], layers.head[2], -1):
        if alive & (alive - 1) == 0:
            return int(count)
        at = (layers.head[0] + count - 1) % rings
        before = 0
        for k in range(layers.size[at]):
            if alive >> k & 1:
                before |= 1 << layers.back[at, k]
        alive = before
    return 0


@kernel
def aged(layers: Trellis, since_s: float) -> int:
    """Return how many of the oldest layers are from before a time; the newest never counts."""
    count = 0
    while count < layers.head[1] - 1:
        if layers.at_s[(layers.head[0] + count) % len(layers.fix)] >= since_s:
            break
        count += 1
    return count


@kernel
def choose(layers: Trellis) -> None:
    """Follow the best way back from the newest layer to the oldest that is not settled."""
    rings = len(layers.fix)
    size = layers.head[1]
    at = (layers.head[0] + size - 1) % rings
    best = 0
    for k in range(layers.size[at]):
        if layers.cost[at, k] < layers.cost[at, best]:
            best = k
    for i in range(size - 1, layers.head[2] - 1, -1):
        at = (layers.head[0] + i) % rings
        layers.chosen[at] = best
        best = layers.back[at, best]


@kernel
def forget_others(layers: Trellis, count: int) -> None:
    """Keep the layer `count - 1` as the oldest, with what was chosen, and what comes from it."""
    rings = len(layers.fix)
    at = (layers.head[0] + count - 1) % rings
    for k in range(layers.size[at]):
        if k != layers.chosen[at]:
            layers.cost[at, k] = inf
    for i in range(count, layers.head[1]):
        following = (layers.head[0] + i) % rings
        for k in range(layers.size[following]):
            if layers.cost[at, layers.back[following, k]] == inf:
                layers.cost[following, k] = inf
        at = following
    layers.head[0] = (layers.head[0] + count - 1) % rings
    layers.head[1] -= count - 1
    layers.head[2] = 1


@kernel
def write(layers: Trellis, at: int, i: int, answers: MatchArrays) -> None:
    """Answer a fix with what is told for a layer."""
    told = layers.told[at]
    answers.arc[i] = layers.arc[at, told]
    answers.along_m[i] = layers.along_m[at, told]
    answers.away_m[i] = layers.away_m[at, told]
    answers.sure[i] = layers.sure[at]


@kernel
def write_if_nearer(
    streets: StreetArrays,
    arc: int,
    from_m: float,
    to_m: float,
    fixes: FixArrays,
    i: int,
    answers: MatchArrays,
) -> None:
    """Answer a fix with a part of an arc, where that is nearer than the answer so far."""
    segment = arc >> 1
    length_m = streets.length_m[segment]
    low_m, high_m = from_m, max(from_m, to_m)
    if arc & 1:
        low_m, high_m = length_m - high_m, length_m - low_m
    away_m, along_m = on_segment(streets, segment, fixes.x[i], fixes.y[i], low_m, high_m)
    if away_m < answers.away_m[i]:
        answers.arc[i] = arc
        answers.along_m[i] = length_m - along_m if arc & 1 else along_m
        answers.away_m[i] = away_m


@kernel
def write_between(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    before: int,
    at: int,
    fixes: FixArrays,
    i: int,
    answers: MatchArrays,
) -> None:
    """Answer a fix between two layers with the nearest place of the way between them."""
    write(layers, before, i, answers)
    a = layers.arc[before, layers.told[before]]
    b = layers.arc[at, layers.told[at]]
    answers.sure[i] = min(layers.sure[before], layers.sure[at])
    dx = layers.x[at] - layers.x[before]
    dy = layers.y[at] - layers.y[before]
    moved_m = (dx * dx + dy * dy) ** 0.5
    if a == OFF or b == OFF:
        return
    answers.away_m[i] = inf
    a_m = layers.along_m[before, layers.told[before]]
    b_m = layers.along_m[at, layers.told[at]]
    a_length_m = streets.length_m[a >> 1]
    if a == b and b_m >= a_m:
        write_if_nearer(streets, a, a_m, b_m, fixes, i, answers)
        return
    if a ^ 1 == b:
        write_if_nearer(streets, a, a_m, a_length_m - b_m, fixes, i, answers)
        write_if_nearer(streets, b, a_length_m - a_m, b_m, fixes, i, answers)
        return
    ensure(streets, reach, a, reach_m(prices, moved_m))
    slot = slot_of(reach, a, b)
    if a == b or slot < 0:
        write(layers, before, i, answers)
        return
    write_if_nearer(streets, a, a_m, a_length_m, fixes, i, answers)
    arc = reach.before[slot]
    while arc >= 0:
        write_if_nearer(streets, arc, 0.0, streets.length_m[arc >> 1], fixes, i, answers)
        arc = reach.before[slot_of(reach, a, arc)]
    write_if_nearer(streets, b, 0.0, b_m, fixes, i, answers)


@kernel
def gone_m(
    streets: StreetArrays, reach: PathTable, a: int, a_m: float, arc: int, along_m: float
) -> float:
    """Return how far along the way from a place on arc `a` an answered place of it is."""
    if arc < 0 or (arc == a and along_m >= a_m):
        return along_m - a_m
    rest_m = streets.length_m[a >> 1] - a_m
    slot = slot_of(reach, a, arc) if arc != a ^ 1 else -1
    between_m = float(reach.metres[slot]) if slot >= 0 else 0.0
    return float(rest_m + along_m + between_m)


@kernel
def stay(streets: StreetArrays, fixes: FixArrays, i: int, answers: MatchArrays) -> None:
    """Answer a fix with the place of the fix before."""
    answers.arc[i] = answers.arc[i - 1]
    answers.along_m[i] = answers.along_m[i - 1]
    x, y = place(streets, answers.arc[i], answers.along_m[i])
    answers.away_m[i] = ((fixes.x[i] - x) ** 2 + (fixes.y[i] - y) ** 2) ** 0.5


@kernel
def write_all_between(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    before: int,
    at: int,
    fixes: FixArrays,
    written: int,
    answers: MatchArrays,
) -> None:
    """Answer the fixes from `written` on that lie between two layers; they only go on.

    To go back by less than what makes a layer is noise: so a standing truck drifts nowhere.
    """
    a = layers.arc[before, layers.told[before]]
    a_m = layers.along_m[before, layers.told[before]]
    farthest_m = 0.0
    for i in range(written, layers.fix[at]):
        write_between(streets, reach, prices, layers, before, at, fixes, i, answers)
        here_m = gone_m(streets, reach, a, a_m, answers.arc[i], answers.along_m[i])
        if i > written and here_m < farthest_m:
            stay(streets, fixes, i, answers)
        farthest_m = max(farthest_m, here_m)


@kernel
def answer(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    fixes: FixArrays,
    count: int,
    written: int,
    answers: MatchArrays,
) -> int:
    """Answer all fixes up to the layer `count - 1`; return how many have their answer now."""
    rings = len(layers.fix)
    choose(layers)
    look_back(layers)
    tell(streets, reach, prices, layers, count)
    for i in range(layers.head[2], count):
        at = (layers.head[0] + i) % rings
        if i > 0:
            before = (layers.head[0] + i - 1) % rings
            write_all_between(streets, reach, prices, layers, before, at, fixes, written, answers)
        write(layers, at, layers.fix[at], answers)
        written = layers.fix[at] + 1
    return written


@kernel
def settle(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    fixes: FixArrays,
    count: int,
    written: int,
    answers: MatchArrays,
) -> int:
    """Answer up to the layer `count - 1` and go on from what was chosen there."""
    written = answer(streets, reach, prices, layers, fixes, count, written, answers)
    forget_others(layers, count)
    return written


@kernel
def hold(layers: Trellis, upto: int, written: int, answers: MatchArrays) -> int:
    """Answer the fixes after the newest layer with its place: the vehicle stood there."""
    at = (layers.head[0] + layers.head[1] - 1) % len(layers.fix)
    for fix in range(written, upto):
        write(layers, at, fix, answers)
    return upto


@kernel
def dwell(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    fixes: FixArrays,
    i: int,
    written: int,
    answers: MatchArrays,
) -> int:
    """Answer all up to fix `i`, where the vehicle stands; how it goes on stays open."""
    size = layers.head[1]
    written = answer(streets, reach, prices, layers, fixes, size, written, answers)
    layers.head[0] = (layers.head[0] + size - 1) % len(layers.fix)
    layers.head[1] = 1
    layers.head[2] = 1
    return hold(layers, i + 1, written, answers)


@kernel
def finish(
    streets: StreetArrays,
    reach: PathTable,
    prices: HmmParameters,
    layers: Trellis,
    fixes: FixArrays,
    upto: int,
    written: int,
    answers: MatchArrays,
) -> int:
    """Answer all fixes before `upto` and forget where the vehicle was."""
    size = layers.head[1]
    if size > 0:
        written = answer(streets, reach, prices, layers, fixes, size, written, answers)
        written = hold(layers, upto, written, answers)
    layers.head[1] = 0
    layers.head[2] = 0
    return written
