"""What tasks cost by when they are done, at least: machines have only so many seconds by any time.

Work flows in fractions from tasks into slices of the machines' time, and no second of a task lies
behind its end, so its cost at the beginning of the slice counts. Prices of slices make tasks
independent of each other; every choice of prices gives a valid bound (Lagrange), and a small
linear program over groups of alike tasks finds good ones.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from routing.bounds.completion_bounds import AbleVehicles, FleetAccess, alike, earliest_finish
from routing.bounds.least_costs import LeastCosts, useful
from routing.bounds.relaxation import IntArray
from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import SingleTaskFeasibility
from routing.problem.problem import NONE, Floats, Problem

SLICES = 64
"""Slices of time between the first start and the end of all work or shifts."""
_ROOM = 1.5
_TINY_S = 1e-9


class LagrangianCosts(NamedTuple):
    """`serve` float64[T, M] with the cost of time in it; all plans have `less` to take off."""

    serve: Floats
    less: float


class _Slices(NamedTuple):
    """`from_s` float64[B], beginnings; `free_s` float64[C, B], seconds of each kind in a slice."""

    from_s: Floats
    free_s: Floats


def lagrangian_costs(
    problem: Problem, prices: LeastCosts, single: SingleTaskFeasibility
) -> LagrangianCosts | None:
    """Return costs of tasks with their share of scarce machine time; `None` where time is free."""
    fit = single.fit()
    chosen = np.flatnonzero(fit)
    if not (np.any(problem.completion_price[chosen]) or np.any(problem.lateness_price[chosen])):
        return None
    team = FleetAccess(problem, line_graph(problem), single).team(fit)
    if not len(team.laden_s):
        return None
    slices = _slices(team)
    work = _work(problem, team, chosen)
    ends = _ends(problem, single, chosen, slices)
    scarce = _scarcity(problem, team, slices, chosen, work, ends)
    if scarce is None:
        return None
    some = np.isfinite(slices.free_s) & (slices.free_s > 0)
    serve = prices.serve.copy()
    serve[chosen] += ends[:, :1]
    shared = _shared(team, work, ends, scarce)[:, None] + _metres(problem)[chosen]
    serve[chosen] = np.maximum(serve[chosen], shared)
    return LagrangianCosts(serve, float((scarce[some] * slices.free_s[some]).sum()))


def _shared(team: AbleVehicles, work: Floats, ends: Floats, scarce: Floats) -> Floats:
    """Return float64[N], the least price of work, end and machine time over kinds and slices."""
    best = np.full(len(work), np.inf)
    for c in range(work.shape[1]):
        known = np.isfinite(team.need_s[:, c])
        need_s = team.need_s[known, c, None]
        # Work that takes no time lies nowhere.
        time = np.where(need_s > 0, np.maximum(need_s, _TINY_S) * scarce[c], 0.0)
        cost = (ends[known] + time).min(axis=1) + work[known, c]
        best[known] = np.minimum(best[known], cost)
    return np.where(np.isfinite(best), best, 0.0)


def _metres(problem: Problem) -> Floats:
    """Return float64[T, M], the least price of the metres of a task."""
    per_m = problem.rules.price_per_m
    least = float(per_m[useful(problem)].min()) if len(per_m) else 0.0
    arc = problem.mode_arc
    return np.where(arc == NONE, np.inf, least * problem.length_m[arc])


def _slices(team: AbleVehicles) -> _Slices:
    able = team.kind >= 0
    first_s, last_s = float(team.begin_s[able].min()), float(team.end_s[able].max())
    finish_s = earliest_finish(team, first_s).earliest_s
    endless = np.isinf(last_s)
    if endless:
        last_s = first_s + _ROOM * (finish_s - first_s)
    edges = np.linspace(first_s, max(last_s, first_s + 1.0), SLICES + 1)
    until = np.column_stack([team.free_s(edge) for edge in edges])
    free_s = np.diff(until, axis=1)
    free_s[:, 0] += until[:, 0]
    if not endless:
        return _Slices(edges[:-1], free_s)
    return _Slices(edges, np.column_stack((free_s, np.full(len(free_s), np.inf))))


def _work(problem: Problem, team: AbleVehicles, chosen: IntArray) -> Floats:
    """Return float64[N, C], the least price of work by kind, infinite where not able."""
    work = np.full(team.need_s.shape, np.inf)
    for c in range(work.shape[1]):
        vehicles = np.flatnonzero(team.kind == c)
        kind = int(problem.vehicle_type[vehicles[0]])
        per_s = float(problem.price_per_s[vehicles].min())
        known = np.isfinite(team.need_s[:, c])
        seconds = np.where(known, problem.service_s[chosen, kind], 0.0)
        work[known, c] = per_s * seconds[known]
    return work


def _ends(
    problem: Problem, single: SingleTaskFeasibility, chosen: IntArray, slices: _Slices
) -> Floats:
    """Return float64[N, B], the price of a task that ends in a slice or later."""
    done_s = np.maximum(single.earliest_s[chosen][:, None], slices.from_s)
    late_s = np.maximum(done_s - problem.due_s[chosen][:, None], 0.0)
    completion = problem.completion_price[chosen][:, None] * done_s
    return completion + problem.lateness_price[chosen][:, None] * late_s


def _scarcity(
    problem: Problem,
    team: AbleVehicles,
    slices: _Slices,
    chosen: IntArray,
    work: Floats,
    ends: Floats,
) -> Floats | None:
    """Return float64[C, B], what a second of a kind is worth in a slice.

    Dual values of the program that shares out groups of alike tasks among kinds and slices, or
    leaves them out.
    """
    marks = (problem.class_index, problem.due_s, problem.completion_price, problem.lateness_price)
    group = alike(team.need_s, np.column_stack([mark[chosen] for mark in marks]))
    need_s, work_price, end_price, left_price = (
        _sums(group, values)
        for values in (team.need_s, work, ends, problem.unserved_price[chosen][:, None])
    )
    kinds, count = slices.free_s.shape
    g, c, b = (
        grid.ravel()
        for grid in np.meshgrid(range(len(need_s)), range(kinds), range(count), indexing="ij")
    )
    open_ = np.isfinite(need_s[g, c]) & (slices.free_s[c, b] > 0)
    g, c, b = g[open_], c[open_], b[open_]
    cost = np.concatenate((work_price[g, c] + end_price[g, b], left_price[:, 0]))
    limited = np.isfinite(slices.free_s[c, b])
    each = np.arange(len(g))
    load = csr_matrix(
        (need_s[g, c][limited], ((c * count + b)[limited], each[limited])),
        shape=(kinds * count, len(cost)),
    )
    shares = csr_matrix(
        (np.ones(len(cost)), (np.concatenate((g, np.arange(len(need_s)))), np.arange(len(cost)))),
        shape=(len(need_s), len(cost)),
    )
    room = np.where(np.isfinite(slices.free_s), slices.free_s, 0.0).ravel()
    found = linprog(
        cost, A_ub=load, b_ub=room, A_eq=shares, b_eq=np.ones(len(need_s)), method="highs-ds"
    )
    if found.status != 0:
        return None
    price: Floats = np.maximum(-found.ineqlin.marginals, 0.0).reshape(kinds, count)
    # Where a slice has no time at all nothing can lie in it.
    price[slices.free_s <= 0] = np.inf
    return price


def _sums(group: IntArray, values: Floats) -> Floats:
    return np.column_stack([np.bincount(group, column) for column in values.T])
