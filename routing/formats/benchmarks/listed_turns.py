"""Instances that list their turns with costs.

There a node is served on passing, and how it was reached decides how to go on: a *threshold* is an
arc of no length behind a street, and a node is served on any of the thresholds that lead into it.
"""

import numpy as np

from routing.formats.benchmarks.arc_layout import ArcBuilder, ArcLayout, link_modes
from routing.formats.benchmarks.arcs import StreetArcs, least_of_parallels, rows_of
from routing.formats.benchmarks.instance import Instance, ListedTurns
from routing.problem.problem import NONE, Floats, Ints, Longs


def turns_layout(instance: Instance, streets: StreetArcs, unit: float) -> ArcLayout:
    """Return the layout of an instance that lists its turns: node tasks are done on thresholds."""
    count, depot = len(streets.tail), instance.homes[0]
    arcs = ArcBuilder(
        streets, least_of_parallels(streets, len(instance.labels)), len(instance.labels)
    )
    arriving = np.flatnonzero(np.isin(streets.head, instance.node_task))
    last = np.arange(count, dtype=np.int32)
    last[arriving] = arcs.add(streets.head[arriving], streets.head[arriving], place=False)
    start, end, first = (int(arc) for arc in arcs.add([depot] * 3, [depot] * 3, place=True))
    origin, to, cost_s = _listed_turns(instance, streets)
    leaving, coming = np.flatnonzero(streets.tail == depot), np.flatnonzero(streets.head == depot)
    free = np.concatenate(
        (
            np.column_stack((arriving, last[arriving])),
            np.column_stack((np.full(len(leaving), start), leaving)),
            np.column_stack((np.full(len(leaving), first), leaving)),
            np.column_stack((last[coming], np.full(len(coming), end))),
            [(start, first), (start, end), (first, end)],
        )
    )
    modes = _node_modes(instance, streets, last, arcs, first)
    links = np.pad(
        link_modes(instance, streets), ((0, 0), (0, modes.shape[1] - 2)), constant_values=NONE
    )
    return ArcLayout(
        arcs.tail,
        arcs.head,
        arcs.drive_s,
        arcs.place,
        turns=rows_of(
            len(arcs.tail),
            np.concatenate((last[origin], free[:, 0])),
            np.concatenate((to, free[:, 1])),
            np.concatenate((cost_s / unit, np.zeros(len(free)))),
        ),
        streets=count,
        mode_arc=np.concatenate((links, modes)).astype(np.int32),
        start=(start,),
        end=end,
    )


def _listed_turns(instance: Instance, streets: StreetArcs) -> tuple[Longs, Longs, Floats]:
    """Return the pairs of arcs of each turn that the file lists, and its cost."""
    turns = instance.turns
    if turns is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    nodes = np.int64(len(instance.labels))
    way = streets.tail * nodes + streets.head
    order = np.argsort(way, kind="stable")
    first = [np.searchsorted(way[order], a * nodes + b) for a, b in _ways(turns)]
    last = [np.searchsorted(way[order], a * nodes + b, "right") for a, b in _ways(turns)]
    parallel = last[1] - first[1]
    count = (last[0] - first[0]) * parallel
    turn = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(turn)) - np.repeat(np.cumsum(count) - count, count)
    origin = order[first[0][turn] + nth // parallel[turn]]
    to = order[first[1][turn] + nth % parallel[turn]]
    return origin, to, turns.cost[turn]


def _ways(turns: ListedTurns) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    return (turns.i, turns.j), (turns.j, turns.k)


def _node_modes(
    instance: Instance, streets: StreetArcs, last: Ints, arcs: ArcBuilder, first: int
) -> Ints:
    """Return int32[S, M]: the thresholds where each node is served, the depot also at the start.

    A node that no street leads to gets a place where nobody comes.
    """
    order = np.argsort(streets.head, kind="stable")
    head = streets.head[order]
    begin = np.searchsorted(head, instance.node_task)
    finish = np.searchsorted(head, instance.node_task, "right")
    found = []
    for node, a, b in zip(instance.node_task, begin, finish, strict=True):
        served = last[order[a:b]].tolist() + ([first] if node == instance.homes[0] else [])
        found.append(served or arcs.add([node], [node], place=True).tolist())
    width = max([2, *map(len, found)])
    rows = [[*arcs_in, *[NONE] * (width - len(arcs_in))] for arcs_in in found]
    return np.array(rows, np.int32).reshape(-1, width)
