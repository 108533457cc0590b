"""Valid inequalities for sets of junctions: enough visits, and an even number of crossings.

Capacity and odd cuts of Belenguer and Benavent (2003), A cutting plane algorithm for the
capacitated arc routing problem, Computers & Operations Research 30; here for several starts,
loads, ends and reload sites, for turns, and for tasks that may be left out.
"""

from dataclasses import dataclass

import numpy as np

from routing.bounds.least_costs import useful
from routing.bounds.relaxation import IntArray, Relaxation, junctions_of
from routing.problem.problem import NONE, Flags, Floats, Problem

_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class CutInequality:
    """The sum of `x[column]` is at least `least`."""

    column: tuple[int, ...]
    least: float

    def lack(self, x: Floats) -> float:
        """Return by how much a point falls short."""
        return self.least - float(x[list(self.column)].sum())


@dataclass(frozen=True, slots=True, eq=False)
class JunctionRelaxation:
    """A relaxation by junctions; J of them.

    Attributes
    ----------
    moving, tail, head
        int64[N + D], columns that move between junctions, modes before deadheads, and where.
    load
        float64[T], demand as a share of the largest hopper.
    fit
        bool[T], tasks that can be done.
    start, end
        int64[G], junctions of groups of vehicles, end -1 for anywhere.
    site
        int64[R].
    """

    relaxation: Relaxation
    junctions: int
    moving: IntArray
    tail: IntArray
    head: IntArray
    load: Floats
    fit: Flags
    start: IntArray
    end: IntArray
    site: IntArray

    @property
    def modes(self) -> int:
        """How many of the moving columns do tasks; they come first."""
        return len(self.relaxation.columns.mode)


def junction_relaxation(relaxation: Relaxation) -> JunctionRelaxation:
    """Return what cuts need to know."""
    problem, columns = relaxation.problem, relaxation.columns
    arcs = np.concatenate((columns.arc, columns.street))
    fit = np.zeros(problem.tasks, np.bool_)
    fit[columns.task] = True
    home = problem.end_arc[columns.vehicle]
    return JunctionRelaxation(
        relaxation,
        junctions_of(problem),
        np.concatenate((columns.mode, columns.drive)),
        problem.tail[arcs].astype(np.int64),
        problem.head[arcs].astype(np.int64),
        _loads(problem),
        fit,
        problem.head[problem.start_arc[columns.vehicle]].astype(np.int64),
        np.where(home == NONE, NONE, problem.tail[home]).astype(np.int64),
        problem.head[problem.reload_arc].astype(np.int64),
    )


def _loads(problem: Problem) -> Floats:
    able = useful(problem)
    most_kg = problem.load_kg[able].max(initial=0.0)
    if problem.sites:
        most_kg = max(most_kg, problem.capacity_kg[able].max(initial=0.0))
    return problem.material_kg / most_kg if most_kg > 0 else np.zeros(problem.tasks)


def visits(by_junction: JunctionRelaxation, inside: Flags) -> CutInequality | None:
    """Return how often vehicles must come into a set of junctions (bool[J]), or set out in it.

    One that comes in, sets out or reloads inside serves at most one hopper before it comes in or
    reloads again; a task on the edge is served by coming in or before going out.
    """
    columns = by_junction.relaxation.columns
    outside = ~(
        inside[by_junction.tail[: by_junction.modes]]
        | inside[by_junction.head[: by_junction.modes]]
    )
    touching = by_junction.fit.copy()
    touching[columns.task[outside]] = False
    if not np.any(touching):
        return None
    return _cut(
        float(max(1, hoppers(by_junction.load[touching]))),
        by_junction.moving[~inside[by_junction.tail] & inside[by_junction.head]],
        columns.used[inside[by_junction.start]],
        columns.reload[inside[by_junction.site]],
        columns.left[touching],
    )


def component_visits(by_junction: JunctionRelaxation, label: IntArray) -> list[CutInequality]:
    """Return for each part of a network how often vehicles must come into it, all in one pass.

    `label` int64[J] numbers the part of each junction. Nothing is said of parts without a task
    that lies in them whatever its mode.
    """
    columns = by_junction.relaxation.columns
    count = int(label.max()) + 1
    part = label[by_junction.tail[: by_junction.modes]]
    inner = part == label[by_junction.head[: by_junction.modes]]
    low, high = np.full(len(by_junction.fit), count), np.full(len(by_junction.fit), -1)
    np.minimum.at(low, columns.task, np.where(inner, part, -1))
    np.maximum.at(high, columns.task, np.where(inner, part, count))
    tasks = np.flatnonzero(low == high)
    home = low[tasks]
    needed = np.ceil(np.bincount(home, by_junction.load[tasks], minlength=count) - _SLACK)
    needed = np.where(np.bincount(home, minlength=count) > 0, np.maximum(needed, 1.0), 0.0)
    comes = label[by_junction.tail] != label[by_junction.head]
    into = np.concatenate(
        (label[by_junction.head[comes]], label[by_junction.start], label[by_junction.site], home)
    )
    column = np.concatenate(
        (by_junction.moving[comes], columns.used, columns.reload, columns.left[tasks])
    )
    order = np.argsort(into, kind="stable")
    ends = np.cumsum(np.bincount(into, minlength=count))[:-1]
    return [
        CutInequality(tuple(members.tolist()), float(least))
        for members, least in zip(np.split(column[order], ends), needed, strict=True)
        if least
    ]


def hoppers(load: Floats) -> int:
    """Return how many hoppers some loads need at least: their sum, or how little large ones share.

    Bound L2 of Martello and Toth (1990), Lower bounds and reduction procedures for the bin packing
    problem, Discrete Applied Mathematics 28.
    """
    most = int(np.ceil(load.sum() - _SLACK))
    large = load[load > 0.5 + _SLACK]
    if not len(large):
        return most
    small = np.sort(load[load <= 0.5 + _SLACK])[::-1]
    fitting = np.searchsorted(np.sort(large), 1.0 - small + _SLACK, side="right")
    room = np.concatenate(([0.0], np.cumsum(1.0 - np.sort(large))))[fitting]
    more = np.ceil((np.cumsum(small) - room).max(initial=0.0) - _SLACK)
    return max(most, len(large) + int(more))


def crossings(by_junction: JunctionRelaxation, inside: Flags) -> CutInequality | None:
    """Return that a set is entered and left an even number of times, if its tasks say odd.

    Who starts and ends on different sides crosses once more, and so does a task that crosses in
    some of its modes only.
    """
    columns = by_junction.relaxation.columns
    across = inside[by_junction.tail] != inside[by_junction.head]
    served = across[: by_junction.modes]
    crossing = np.bincount(columns.task[served], minlength=len(by_junction.fit))
    always = by_junction.fit & (
        crossing == np.bincount(columns.task, minlength=len(by_junction.fit))
    )
    if always.sum() % 2 == 0:
        return None
    placed = by_junction.end != NONE
    ends_inside = placed & inside[by_junction.end]
    return _cut(
        1.0,
        columns.mode[served & ~always[columns.task]],
        columns.drive[across[by_junction.modes :]],
        columns.left[always],
        columns.used[inside[by_junction.start] != ends_inside],
        columns.halt[inside[by_junction.relaxation.problem.head[columns.halt_arc]]],
    )


def _cut(least: float, *columns: IntArray) -> CutInequality:
    return CutInequality(tuple(np.concatenate(columns).tolist()), least)
