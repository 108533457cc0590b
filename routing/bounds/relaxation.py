"""A problem relaxed to a linear program: flows of vehicles that need not be connected."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from routing.bounds.least_costs import LeastCosts, useful
from routing.problem.problem import NONE, Floats, Problem

type IntArray = NDArray[np.integer[Any]]
type _Part = tuple[IntArray, IntArray, float]
"""Columns, rows beside them, and the one value that stands there."""


@dataclass(frozen=True, slots=True, eq=False)
class LpColumns:
    """What the variables of the relaxation stand for; all numbers below are columns.

    Attributes
    ----------
    mode, task, arc
        int64[N], tasks done in a mode: the column, the task and the arc driven.
    left
        int64[T], tasks left out.
    drive, street
        int64[D], deadheads: the column and the arc driven.
    used, vehicle
        int64[G], vehicles of a group of equal ones: the column and the first of them.
    reload
        int64[R], visits of each site.
    turn
        int64[M], turns driven; empty where all turns are free.
    halt, halt_arc
        int64[H], vehicles that end their shift at the end of an arc; empty where none may choose.
    """

    mode: IntArray
    task: IntArray
    arc: IntArray
    left: IntArray
    drive: IntArray
    street: IntArray
    used: IntArray
    vehicle: IntArray
    reload: IntArray
    turn: IntArray
    halt: IntArray
    halt_arc: IntArray
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """Minimise `prices @ x` for `matrix @ x = equal` and `0 <= x <= upper`, x whole."""

    problem: Problem
    columns: LpColumns
    prices: Floats
    upper: Floats
    matrix: csr_matrix
    equal: Floats


def relaxed(problem: Problem, prices: LeastCosts) -> Relaxation:
    """Return the balance of vehicles at junctions, or at both ends of arcs where turns cost.

    Each task is done once or left out. A rural postman relaxation with several starts, ends,
    reload sites and turns.
    """
    vehicles, sizes = _groups(problem)
    columns = _columns(problem, prices, vehicles)
    flow = _by_arc(problem, columns) if len(columns.turn) else _by_junction(problem, columns)
    points = 2 * problem.arcs if len(columns.turn) else junctions_of(problem)
    once = [
        (columns.left, np.arange(problem.tasks) + points, 1.0),
        (columns.mode, columns.task + points, 1.0),
    ]
    equal = np.zeros(points + problem.tasks)
    equal[points:] = 1.0
    upper = np.full(columns.count, np.inf)
    upper[columns.mode] = 1.0
    upper[columns.left] = 1.0
    upper[columns.used] = sizes
    matrix = _matrix([*flow, *once], (len(equal), columns.count))
    return Relaxation(problem, columns, _costs(problem, prices, columns), upper, matrix, equal)


def junctions_of(problem: Problem) -> int:
    """Return the number of junctions."""
    return int(max(problem.tail.max(), problem.head.max())) + 1


def _groups(problem: Problem) -> tuple[IntArray, IntArray]:
    """Return the first vehicle of each group that may share a column, and the sizes."""
    able = np.flatnonzero(useful(problem))
    table = np.column_stack(
        (problem.start_arc[able], problem.end_arc[able], problem.fixed_price[able])
    )
    _, first, sizes = np.unique(table, axis=0, return_index=True, return_counts=True)
    return able[first], sizes


def _columns(problem: Problem, prices: LeastCosts, vehicles: IntArray) -> LpColumns:
    task, mode = np.nonzero(np.isfinite(prices.serve))
    arc = problem.mode_arc[task, mode]
    street = np.flatnonzero(~problem.place)
    turns = 0 if _free(problem) else len(problem.turn_s)
    choose = bool(np.any(problem.end_arc[vehicles] == NONE))
    stops = np.unique(np.concatenate((arc, problem.start_arc[vehicles])))
    halt_arc = stops if choose else stops[:0]
    sizes = [
        len(task),
        problem.tasks,
        len(street),
        len(vehicles),
        problem.sites,
        turns,
        len(halt_arc),
    ]
    ends = np.cumsum(sizes)
    mode_, left, drive, used, reload, turn, halt = (
        np.arange(end - size, end) for end, size in zip(ends, sizes, strict=True)
    )
    return LpColumns(
        mode_,
        task,
        arc,
        left,
        drive,
        street,
        used,
        vehicles,
        reload,
        turn,
        halt,
        halt_arc,
        int(ends[-1]),
    )


def _free(problem: Problem) -> bool:
    """Return whether vehicles may turn everywhere from any street into any other, at no cost."""
    if np.any(problem.turn_s > 0):
        return False
    street = ~problem.place
    leaving = np.repeat(np.arange(problem.arcs), np.diff(problem.turn_start))
    listed = int(np.sum(street[leaving] & street[problem.turn_to]))
    coming, going = (
        np.bincount(ends[street], minlength=junctions_of(problem))
        for ends in (problem.head, problem.tail)
    )
    loops = int(np.sum(problem.tail[street] == problem.head[street]))
    return listed >= int(coming @ going) - loops


def _by_junction(problem: Problem, columns: LpColumns) -> list[_Part]:
    """Return the balance of each junction: what comes in goes out."""
    home = problem.end_arc[columns.vehicle]
    placed = home != NONE
    return [
        (columns.mode, problem.head[columns.arc], 1.0),
        (columns.mode, problem.tail[columns.arc], -1.0),
        (columns.drive, problem.head[columns.street], 1.0),
        (columns.drive, problem.tail[columns.street], -1.0),
        (columns.used, problem.head[problem.start_arc[columns.vehicle]], 1.0),
        (columns.used[placed], problem.tail[home[placed]], -1.0),
        (columns.halt, problem.head[columns.halt_arc], -1.0),
    ]


def _by_arc(problem: Problem, columns: LpColumns) -> list[_Part]:
    """Return the balance at the beginning of each arc (row a) and at its end (row A + a)."""
    arcs = problem.arcs
    home = problem.end_arc[columns.vehicle]
    placed = home != NONE
    leaving = np.repeat(np.arange(arcs), np.diff(problem.turn_start))
    return [
        (columns.turn, problem.turn_to, 1.0),
        (columns.turn, leaving + arcs, -1.0),
        *_through(columns.drive, columns.street, arcs),
        *_through(columns.mode, columns.arc, arcs),
        *_through(columns.reload, problem.reload_arc, arcs),
        (columns.used, problem.start_arc[columns.vehicle] + arcs, 1.0),
        (columns.used[placed], home[placed], -1.0),
        (columns.halt, columns.halt_arc + arcs, -1.0),
    ]


def _through(column: IntArray, arc: IntArray, arcs: int) -> tuple[_Part, _Part]:
    return (column, arc, -1.0), (column, arc + arcs, 1.0)


def _costs(problem: Problem, prices: LeastCosts, columns: LpColumns) -> Floats:
    cost = np.zeros(columns.count)
    cost[columns.mode] = prices.serve[np.isfinite(prices.serve)]
    cost[columns.left] = problem.unserved_price
    cost[columns.drive] = prices.drive[columns.street]
    cost[columns.turn] = prices.turn[: len(columns.turn)]
    cost[columns.used] = problem.fixed_price[columns.vehicle]
    cost[columns.reload] = prices.fill
    return cost


def _matrix(parts: list[_Part], shape: tuple[int, int]) -> csr_matrix:
    columns, rows = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    values = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    return coo_matrix((values, (rows, columns)), shape=shape).tocsr()
