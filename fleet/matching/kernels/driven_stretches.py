"""What was driven between two places, and how much of that is beyond doubt."""

from fleet.matching.kernels.arrays import MatchingModel, PathTable
from fleet.matching.kernels.bounded_search import ensure_row, slot_of
from fleet.matching.kernels.candidates import point_on_arc
from fleet.matching.kernels.transition_cost import THROUGH, path_between, search_radius_m
from routing.kernels.arrays.jit import kernel
from routing.problem.problem import Ints

FIRST, BEHIND_LAST = range(2)
"""Entries of an ambiguous span: the first of the inner arcs in doubt, and one after the last."""


@kernel
def driven_path(
    model: MatchingModel,
    from_arc: int,
    from_m: float,
    to_arc: int,
    to_m: float,
    inner: Ints,
    ambiguous: Ints,
) -> tuple[float, int, int]:
    """Return metres driven between two places, how (see `path_between`), and inner arcs.

    `inner` int32[A] gets the arcs between in order; `ambiguous` int32[2] the span of them that is
    in doubt.
    """
    from_x, from_y = point_on_arc(model.streets, from_arc, from_m)
    to_x, to_y = point_on_arc(model.streets, to_arc, to_m)
    beeline_m = ((from_x - to_x) ** 2 + (from_y - to_y) ** 2) ** 0.5
    within_m = search_radius_m(model.hmm, beeline_m)
    ensure_row(model.streets, model.paths, from_arc, within_m)
    metres, _, how = path_between(model, from_arc, from_m, to_arc, to_m, within_m)
    count = 0
    ambiguous[FIRST] = 0
    ambiguous[BEHIND_LAST] = 0
    if how == THROUGH:
        count = fill_inner_arcs(model.paths, from_arc, to_arc, inner)
        fill_ambiguous(model, from_arc, to_arc, inner[:count], beeline_m, ambiguous)
    return metres, how, count


@kernel
def fill_inner_arcs(paths: PathTable, from_arc: int, to_arc: int, inner: Ints) -> int:
    """Fill in the arcs between two, in order; return how many. The path must be in the row."""
    count = 0
    arc = paths.before[slot_of(paths, from_arc, to_arc)]
    while arc >= 0:
        inner[count] = arc
        count += 1
        arc = paths.before[slot_of(paths, from_arc, arc)]
    for i in range(count // 2):
        first = inner[i]
        inner[i] = inner[count - 1 - i]
        inner[count - 1 - i] = first
    return count


@kernel
def fill_around(paths: PathTable, source: int, within_m: float) -> int:
    """Fill scratch with the arcs that begin within reach of an arc's end; return how many."""
    count = 0
    start = paths.row_start[source]
    for slot in range(start, start + paths.row_slots[source]):
        apart_m = paths.metres[slot] + paths.price_m[slot]
        if paths.target[slot] >= 0 and apart_m <= within_m:
            paths.around[count] = paths.target[slot]
            paths.around_m[count] = apart_m
            count += 1
    return count


@kernel
def fill_ambiguous(
    model: MatchingModel,
    from_arc: int,
    to_arc: int,
    inner: Ints,
    beeline_m: float,
    ambiguous: Ints,
) -> None:
    """Fill in the span of the inner arcs that another plausible path does not share.

    Another path is plausible when it costs at most `ambiguity` more. It parts from the best path
    at some junction and joins it again at another: what lies between is in doubt.
    """
    streets, paths, hmm = model
    count = len(inner)
    ambiguous[FIRST] = count + 1
    ambiguous[BEHIND_LAST] = 0
    slot = slot_of(paths, from_arc, to_arc)
    best_m = paths.metres[slot] + paths.price_m[slot]
    scale_m = hmm.detour_m + hmm.detour_share * beeline_m
    limit_m = best_m + hmm.ambiguity * scale_m
    ensure_row(streets, paths, from_arc, limit_m)
    for n in range(fill_around(paths, from_arc, limit_m)):
        arc = paths.around[n]
        rest_m = limit_m - paths.around_m[n] - streets.length_m[arc >> 1]
        if arc == to_arc or rest_m < 0.0 or contains(inner, arc):
            continue
        ensure_row(streets, paths, arc, rest_m)
        onward = slot_of(paths, arc, to_arc)
        if onward < 0 or paths.metres[onward] + paths.price_m[onward] > rest_m:
            continue
        tail = streets.head[arc ^ 1]
        head = streets.head[arc]
        for i in range(count + 1):
            node = streets.head[from_arc] if i == 0 else streets.head[inner[i - 1]]
            if node == tail:
                ambiguous[FIRST] = min(ambiguous[FIRST], i)
            if node == head:
                ambiguous[BEHIND_LAST] = max(ambiguous[BEHIND_LAST], i)


@kernel
def contains(arcs: Ints, arc: int) -> bool:
    """Whether an arc is among some."""
    found = False
    for i in range(len(arcs)):
        found = found or arcs[i] == arc
    return found
