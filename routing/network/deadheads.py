"""Deadheads: shortest paths between arcs with turn costs, as tables for the search and exactly."""

from dataclasses import dataclass, field

import numpy as np

from routing.kernels.arrays.route_arrays import EDGE, FAR_S, DeadheadTable
from routing.kernels.graph import shortest_paths
from routing.kernels.graph.shortest_paths import ArcGraph
from routing.network.hubs import between_hubs
from routing.network.steps import Heed, Steps, never_heed
from routing.problem.problem import NONE, Flags, Floats, Floats32, Ints, Longs, Problem

DENSE_ENDS = 3_000
"""Up to so many ends all pairs are computed between arcs; those with the same turns are one."""
EQUAL = 1e-9
"""Relative difference of sums of the same numbers."""
SOURCES = 512
"""Ends from which roads are followed at a time, so that little memory is needed beside."""
NEAREST = 160
"""Ends beside each end with exact deadheads, where there are more;"""
MANY_ENDS, FEW_NEAREST = 100_000, 128
"""in a metropolis fewer, so that a plan takes less than 2 GB."""
LEARNED = 64
"""Room for distant deadheads that routes turn out to use, see `far_deadheads`."""
TIE_S_PER_M = 1e-9
"""What a metre weighs where metres have a price."""
SAMPLE = 50
"""Ends from which true deadheads are compared with the estimates."""
USUAL_S = 600.0
"""Deadheads longer than this are rare in routes and do not count in the sample."""
SAFE_PERCENT = 90.0
"""Share of estimates that must not be too low."""


@dataclass(frozen=True, slots=True, eq=False)
class LineGraph:
    """Arcs as vertices and allowed turns as edges, which weigh driving the first arc and turning.

    `starts` int64[A + 1], `to` int32[M], `weight` float64[M]; `back_...` the same turned around.
    `drive_s` float64[A] is what each arc itself weighs: its seconds, and where metres have a price
    a trifle for each, so that of equally quick ways the shortest is driven. `hubs` keeps what
    `deadhead_table` estimates distant deadheads by, once it was asked for.
    """

    starts: Longs
    to: Ints
    weight: Floats
    back_starts: Longs
    back_to: Ints
    back_weight: Floats
    drive_s: Floats
    hubs: list[tuple[Floats32, Ints]] = field(default_factory=list)

    def graph(self, closed: Flags) -> ArcGraph:
        """Return the graph for the kernels; `closed` arcs are not driven through."""
        return ArcGraph(self.starts, self.to, self.weight, closed)


def line_graph(problem: Problem) -> LineGraph:
    """Return the arcs of a problem as a graph of their own."""
    count = np.diff(problem.turn_start)
    origin = np.repeat(np.arange(problem.arcs, dtype=np.int32), count)
    drive_s = problem.drive_s
    if problem.rules.metres_count:
        drive_s = drive_s + TIE_S_PER_M * problem.length_m
    weight = drive_s[origin] + problem.turn_s
    order = np.argsort(problem.turn_to, kind="stable")
    back_starts = np.searchsorted(problem.turn_to[order], np.arange(problem.arcs + 1))
    return LineGraph(
        problem.turn_start,
        problem.turn_to,
        weight,
        back_starts.astype(np.int64),
        origin[order],
        weight[order],
        drive_s=drive_s,
    )


@dataclass(frozen=True, slots=True, eq=False)
class DeadheadEnds:
    """The arcs where deadheads begin or end, numbered with the places of vehicles and sites first.

    `arc` int32[N] is the arc of each, `number` int32[A] turns that around, -1 for others.
    """

    arc: Ints
    number: Ints
    places: int


def ends_of(problem: Problem) -> DeadheadEnds:
    """Return the ends of a problem, numbered."""
    stops = (problem.start_arc, problem.end_arc, problem.reload_arc)
    places = np.unique(np.concatenate(stops))
    tasks = np.unique(problem.mode_arc)
    arc = np.concatenate((places[places != NONE], np.setdiff1d(tasks[tasks != NONE], places)))
    number = np.full(problem.arcs, NONE, np.int32)
    number[arc] = np.arange(len(arc))
    return DeadheadEnds(arc.astype(np.int32), number, int(np.sum(places != NONE)))


def from_arc(problem: Problem, line: LineGraph, arc: int) -> Floats:
    """Return the seconds from the end of an arc to the beginning of every arc."""
    label = np.empty(problem.arcs)
    shortest_paths.tree(line.graph(problem.place), arc, line.drive_s[arc], label)
    return label


def to_arc(problem: Problem, line: LineGraph, arc: int) -> Floats:
    """Return the seconds from the end of every arc to the beginning of one."""
    label = np.empty(problem.arcs)
    back = ArcGraph(line.back_starts, line.back_to, line.back_weight, problem.place)
    shortest_paths.tree(back, arc, 0.0, label)
    return label - line.drive_s


def deadhead_table(
    problem: Problem,
    line: LineGraph,
    ends: DeadheadEnds,
    threads: int,
    dense_ends: int | None = None,
    heed: Heed = never_heed,
) -> tuple[DeadheadTable, Ints]:
    """Return the deadheads between all ends, and the nearest ends of each in order.

    Up to `dense_ends` ends (`DENSE_ENDS` where it is not given) that differ all are exact. In a
    large city this takes seconds, which `heed` may end by raising.
    """
    steps = Steps(threads, heed)
    most = DENSE_ENDS if dense_ends is None else dense_ends
    leave = _alike(ends.arc, problem.turn_start, problem.turn_to, problem.turn_s)
    if leave.max(initial=0) < most:
        enter = _alike(ends.arc, line.back_starts, line.back_to, line.back_weight)
        if enter.max(initial=0) < most:
            table = _dense(problem, line, ends, leave, enter, steps)
            return table, np.empty((len(ends.arc), 0), np.int32)
    return _sparse(problem, line, ends, steps)


def _alike(arcs: Ints, starts: Longs, to: Ints, weight: Floats) -> Ints:
    """Return int32[N], equal for arcs with the same turns: their deadheads are the same."""
    known: dict[tuple[bytes, bytes], int] = {}
    number = np.empty(len(arcs), np.int32)
    for i, arc in enumerate(arcs.tolist()):
        turns = slice(starts[arc], starts[arc + 1])
        key = to[turns].tobytes(), weight[turns].tobytes()
        number[i] = known.setdefault(key, len(known))
    return number


def _dense(
    problem: Problem, line: LineGraph, ends: DeadheadEnds, leave: Ints, enter: Ints, steps: Steps
) -> DeadheadTable:
    """Return all deadheads; roads are followed only until all ends are found."""
    _, sources = np.unique(leave, return_index=True)
    _, targets = np.unique(enter, return_index=True)
    wanted = np.full(problem.arcs, NONE, np.int32)
    wanted[ends.arc[targets]] = np.arange(len(targets))
    size = max(len(sources), 2)  # one row means "not dense"
    dense = np.full((size, len(targets)), FAR_S, np.float32)
    for first in range(0, len(sources), SOURCES):
        some = ends.arc[sources[first : first + SOURCES]]
        next_way = np.full((len(some), len(targets)), NONE, np.int32)
        next_s = np.full(next_way.shape, FAR_S, np.float32)
        _find_nearest(problem, line, some, wanted, next_way, next_s, steps)
        row, column = np.nonzero(next_way != NONE)
        seconds = np.minimum(next_s[row, column], np.float32(FAR_S))
        dense[first + row, next_way[row, column]] = seconds
    walk = _walk(dense, leave, enter)
    into, enter = _by_first(enter, walk)
    opposite = _opposites(dense[: len(sources)])
    if opposite is None:
        out, leave = _by_first(leave, walk)
    else:
        out = opposite[into]
        leave = np.argsort(out).astype(np.int32)[leave]
    dense[: len(out)] = dense[np.ix_(out, into)]
    none = np.zeros((1, 1), np.float32)
    return DeadheadTable(
        dense,
        leave,
        enter,
        ends.places,
        none,
        none,
        np.zeros((1, 1), np.int32),
        none,
        np.zeros(1, EDGE),
        none,
        symmetric=opposite is not None,
    )


def _opposites(dense: Floats32) -> Ints | None:
    """Return the order int32[E] of rows in which a table is symmetric, `None` for no such order."""
    if dense.shape[0] != dense.shape[1]:
        return None
    out_s, into_s = dense.sum(axis=1, dtype=np.float64), dense.sum(axis=0, dtype=np.float64)
    row = np.empty(len(dense), np.int32)
    for way, total_s in enumerate(into_s):
        alike = np.flatnonzero(np.abs(out_s - total_s) <= EQUAL * total_s)
        row[way] = alike[dense[alike, way].argmin()] if len(alike) else NONE
    paired = row.min() > NONE and len(np.unique(row)) == len(row)
    return row if paired and np.array_equal(dense[row], dense[row].T) else None


def _walk(dense: Floats32, leave: Ints, enter: Ints) -> Ints:
    """Return all ends, each the nearest one of those left to the end of the one before."""
    walk = np.zeros(len(leave), np.int32)
    seen_s = np.zeros(len(leave), np.float32)
    for x in range(1, len(walk)):
        seen_s[walk[x - 1]] = np.inf
        walk[x] = (dense[leave[walk[x - 1]]][enter] + seen_s).argmin()
    return walk


def _by_first(number: Ints, walk: Ints) -> tuple[Ints, Ints]:
    """Return numbers in the order in which they come in a walk, and each end's place in that.

    What lies near then lies near in memory too: an insertion reads few lines of the cache.
    """
    values, first = np.unique(number[walk], return_index=True)
    order = values[np.argsort(first)]
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order))
    return order, place[number]


def _sparse(
    problem: Problem, line: LineGraph, ends: DeadheadEnds, steps: Steps
) -> tuple[DeadheadTable, Ints]:
    from_place, to_place = _places_s(problem, line, ends, steps)
    nearest = NEAREST if len(ends.arc) <= MANY_ENDS else FEW_NEAREST
    next_end = np.full((len(ends.arc), nearest), NONE, np.int32)
    next_s = np.full((len(ends.arc), nearest), FAR_S, np.float32)
    _find_nearest(problem, line, ends.arc, ends.number, next_end, next_s, steps)
    key, near_s = _by_end(next_end, next_s, steps)
    bare_s, hub_of = _hubs(problem, line, steps)
    hub_s = bare_s + _margin_s(problem, line, ends, bare_s, hub_of, steps)
    edge = np.zeros(len(ends.arc), EDGE)
    edge["far_s"] = np.where(next_end[:, -1] == NONE, FAR_S, next_s[:, -1])
    edge["leave_hub"] = hub_of[problem.head[ends.arc]]
    edge["enter_hub"] = hub_of[problem.tail[ends.arc]]
    each = np.arange(len(ends.arc), dtype=np.int32)
    gaps = DeadheadTable(
        np.zeros((1, 1), np.float32),
        each,
        each,
        ends.places,
        np.minimum(from_place, np.float32(FAR_S)),
        np.minimum(to_place, np.float32(FAR_S)),
        key,
        near_s,
        edge,
        hub_s,
    )
    return gaps, next_end


def _places_s(
    problem: Problem, line: LineGraph, ends: DeadheadEnds, steps: Steps
) -> tuple[Floats32, Floats32]:
    """Return float32[places, N], the seconds from each place to all ends, and from them to it."""
    from_place, to_place = np.empty((2, ends.places, len(ends.arc)), np.float32)

    def some(first: int, last: int) -> None:
        for place, arc in enumerate(ends.arc[first:last].tolist(), first):
            from_place[place] = from_arc(problem, line, arc)[ends.arc]
            to_place[place] = to_arc(problem, line, arc)[ends.arc]

    steps.work(some, ends.places)
    return from_place, to_place


def _by_end(next_end: Ints, next_s: Floats32, steps: Steps) -> tuple[Ints, Floats32]:
    """Return the ends of each row in order with their seconds, and room for more behind them."""
    shape = (len(next_end), next_end.shape[1] + LEARNED)
    key = np.full(shape, np.iinfo(np.int32).max, np.int32)
    near_s = np.full(shape, FAR_S, np.float32)

    def some(first: int, last: int) -> None:
        for at in range(first, last, SOURCES):
            rows = slice(at, min(at + SOURCES, last))
            ends = next_end[rows].astype(np.int64)
            ends[ends == NONE] = np.iinfo(np.int32).max
            seconds = next_s[rows].view(np.int32)  # none are negative: their bits are in order
            both = ends << 32 | seconds
            both.sort(axis=1)
            key[rows, : both.shape[1]] = both >> 32
            near_s[rows, : both.shape[1]] = both.astype(np.int32).view(np.float32)

    steps.work(some, len(next_end))
    return key, near_s


def _find_nearest(
    problem: Problem, line: LineGraph, sources: Ints, number: Ints, next_end: Ints,
    next_s: Floats32, steps: Steps,
) -> None:  # fmt: skip
    """Fill rows with the nearest arcs that have a number, and the seconds to them."""

    def some(first: int, last: int) -> None:
        graph, out = line.graph(problem.place), (next_end, next_s)
        shortest_paths.nearest(graph, line.drive_s, sources, first, last, number, out)

    steps.work(some, len(sources))


def hubs_of(problem: Problem, line: LineGraph, threads: int) -> tuple[Floats32, Ints]:
    """Return estimated seconds between hubs, and the hub of each junction; computed once."""
    return _hubs(problem, line, Steps(threads))


def _hubs(problem: Problem, line: LineGraph, steps: Steps) -> tuple[Floats32, Ints]:
    if not line.hubs:
        line.hubs.append(between_hubs(problem, steps))
    return line.hubs[0]


def _margin_s(
    problem: Problem,
    line: LineGraph,
    ends: DeadheadEnds,
    hub_s: Floats32,
    hub_of: Ints,
    steps: Steps,
) -> np.float32:
    """Return what to add to estimates so that few are too low, by a sample of true deadheads.

    A search picks what looks cheap: from estimates without bias it picks those that are wrong.
    """
    goals = hub_of[problem.tail[ends.arc]]
    sample = ends.arc[:: max(1, len(ends.arc) // SAMPLE)].tolist()
    short_s = [np.zeros(1)] * len(sample)

    def some(first: int, last: int) -> None:
        for i, arc in enumerate(sample[first:last], first):
            true_s = from_arc(problem, line, arc)[ends.arc]
            guess_s = hub_s[hub_of[problem.head[arc]], goals]
            known = true_s < USUAL_S
            short_s[i] = true_s[known] - guess_s[known]

    steps.work(some, len(sample))
    return np.float32(np.percentile(np.concatenate(short_s), SAFE_PERCENT))
