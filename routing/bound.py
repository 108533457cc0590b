"""A lower bound on the cost of every solution, cheap enough to show beside the first plan."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix

from routing.alone import Alone
from routing.problem import NONE, Floats, Problem

type _Numbers = NDArray[np.integer[Any]]

FLOW_TASKS = 1_500
"""Up to so many tasks the bound includes deadheads; the linear program grows with them."""


def lower_bound(problem: Problem, alone: Alone) -> float:
    """Return a cost that no solution can go below.

    Each task costs its cheapest work and its earliest end, or its price when left out. On top,
    for small problems, the least deadheads that let as many vehicles leave each junction as come
    (the relaxation to a rural postman, a minimum-cost flow).
    """
    own = _own_cost(problem, alone)
    if not problem.tasks or not problem.vehicles:
        return float(problem.unserved_price.sum())
    simple = float(np.minimum(own, problem.unserved_price).sum())
    if problem.tasks > FLOW_TASKS:
        return simple
    return max(simple, _with_deadheads(problem, own))


def _own_cost(problem: Problem, alone: Alone) -> Floats:
    """Return float64[T], the least that serving each task adds to the cost."""
    per_s = np.full(len(problem.pace), np.inf)
    np.minimum.at(per_s, problem.vehicle_type, problem.price_per_s)
    service_s = np.where(np.isfinite(problem.service_s), problem.service_s, np.inf)
    work = np.where(np.isfinite(service_s), service_s, 0.0) * np.where(
        np.isfinite(per_s), per_s, 0.0
    )
    work = np.where(np.isfinite(service_s) & np.isfinite(per_s), work, np.inf).min(axis=1)
    done_s = np.where(np.isfinite(alone.earliest_s), alone.earliest_s, 0.0)
    late_s = np.maximum(done_s - problem.due_s, 0.0)
    own = work + problem.completion_price * done_s + problem.lateness_price * late_s
    return np.where(np.isfinite(alone.earliest_s), own, np.inf)


def _with_deadheads(problem: Problem, own: Floats) -> float:
    """Solve the balance of junctions as a linear program.

    Variables: each mode of each task, tasks left out, deadheads by street, vehicles used.
    """
    junctions = int(max(problem.tail.max(), problem.head.max())) + 1
    task, mode = np.nonzero((problem.mode_arc != NONE) & np.isfinite(own)[:, None])
    arc = problem.mode_arc[task, mode]
    streets = np.flatnonzero(~problem.place)
    per_drive_s = float((problem.price_per_s * problem.pace[problem.vehicle_type]).min())
    prices = np.concatenate(
        (
            *(own[task], problem.unserved_price),
            *(per_drive_s * problem.drive_s[streets], problem.fixed_price),
        )
    )
    count = len(task) + problem.tasks + len(streets) + problem.vehicles
    first = np.cumsum([0, len(task), problem.tasks, len(streets)])
    modes, left, drives, vehicles = (
        np.arange(a, b) for a, b in zip(first, [*first[1:], count], strict=True)
    )
    start = problem.head[problem.start_arc]
    anywhere = problem.end_arc == NONE
    goal = problem.tail[problem.end_arc]
    balance = _rows(
        (problem.head[arc], modes, 1.0),
        (problem.tail[arc], modes, -1.0),
        (problem.head[streets], drives, 1.0),
        (problem.tail[streets], drives, -1.0),
        (start, vehicles, 1.0),
        (goal[~anywhere], vehicles[~anywhere], -1.0),
        (np.arange(problem.tasks) + junctions, left, 1.0),
        (task + junctions, modes, 1.0),
        shape=(junctions + problem.tasks, count),
    )
    lower = np.zeros(junctions + problem.tasks)
    lower[junctions:] = 1.0
    upper = np.ones(count)
    upper[drives] = np.inf
    # Vehicles that may end anywhere leave a surplus wherever they like: junctions then only may
    # not send out more than comes in.
    loose = bool(np.any(anywhere))
    found = linprog(
        prices,
        A_eq=balance[junctions:] if loose else balance,
        b_eq=lower[junctions:] if loose else lower,
        A_ub=-balance[:junctions] if loose else None,
        b_ub=np.zeros(junctions) if loose else None,
        bounds=np.column_stack((np.zeros(count), upper)),
        method="highs",
        options={"time_limit": 2.0},
    )
    return float(found.fun) * (1 - 1e-9) if found.status == 0 else 0.0


def _rows(*parts: tuple[_Numbers, _Numbers, float], shape: tuple[int, int]) -> csr_matrix:
    """Return a matrix from parts of (rows, columns, one value)."""
    rows = np.concatenate([part[0] for part in parts])
    columns = np.concatenate([part[1] for part in parts])
    values = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    return coo_matrix((values, (rows, columns)), shape=shape).tocsr()
