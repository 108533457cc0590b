"""A lower bound on the cost of every solution."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from routing.bounds.cuts import CutInequality, crossings, junction_relaxation, visits
from routing.bounds.lateness_bounds import lagrangian_costs
from routing.bounds.least_costs import LeastCosts, least_prices, whole
from routing.bounds.linear_program import solve_relaxation
from routing.bounds.relaxation import Relaxation, relaxed
from routing.bounds.separation import FEW_JUNCTIONS, violated_cuts
from routing.bounds.undirected_bound import undirected_bounds
from routing.bounds.undirected_relaxation import undirected_relaxation
from routing.network.single_task_feasibility import SingleTaskFeasibility
from routing.problem.problem import Floats, Problem

ROUNDS = 100
"""Times that cuts are looked for; most problems need fewer."""
MANY_COLUMNS = 20_000
"""Above so many variables a round takes seconds, and only `FEW_ROUNDS` are made."""
FEW_ROUNDS = 6
TIDY = 5
"""After so many rounds cuts that no longer hold anything are dropped."""
LOOSE = 0.5
PATIENCE = 2
"""Turns without a cut after which no more are looked for."""
_SAFE = 1e-7
"""Share taken off for the tolerances of the solver."""


def lower_bound(problem: Problem, alone: SingleTaskFeasibility, rounds: int = ROUNDS) -> float:
    """Return a cost that no solution can go below; the same for equal problems."""
    return max(rising_bounds(problem, alone, rounds))


def rising_bounds(
    problem: Problem, alone: SingleTaskFeasibility, rounds: int = ROUNDS
) -> Iterator[float]:
    """Yield costs that no solution can go below, the first at once, then mostly better ones.

    Each task costs its cheapest work and its earliest end, or its price when left out; then
    vehicles flow from their starts to their ends through all tasks; then, `rounds` times, cuts say
    how often they must come into parts of the network, at first of links alone where directions do
    not matter. Raise `ValueError` where stops are pinned: `pinned_stops.unpinned_problem` cuts them
    off.
    """
    if any(problem.rules.pinned):
        raise ValueError("pinned: expected no stops, got a problem in front of its pins")
    if not problem.vehicles:
        yield float(problem.unserved_price.sum())
        return
    prices = least_prices(problem, alone.fit())
    serve, less = _serve(problem, alone, prices), 0.0
    yield _one_by_one(problem, serve)
    if not np.any(np.isfinite(serve)):
        return
    waiting = lagrangian_costs(problem, prices, alone)
    if waiting and _one_by_one(problem, waiting.serve) - waiting.less > _one_by_one(problem, serve):
        serve, less = waiting
        yield _one_by_one(problem, serve) - less
    exact = whole(problem)
    for bound in _with_cuts(relaxed(problem, replace(prices, serve=serve)), rounds):
        safe = bound * (1.0 - _SAFE) - less
        yield float(np.ceil(safe)) if exact else safe


def _one_by_one(problem: Problem, serve: Floats) -> float:
    return float(np.minimum(serve.min(axis=1), problem.unserved_price).sum())


def _serve(problem: Problem, alone: SingleTaskFeasibility, prices: LeastCosts) -> Floats:
    """Return float64[T, M], what doing a task in a mode adds at least, infinite for never."""
    done_s = np.where(np.isfinite(alone.earliest_s), alone.earliest_s, 0.0)
    late_s = np.maximum(done_s - problem.due_s, 0.0)
    waiting = problem.completion_price * done_s + problem.lateness_price * late_s
    return prices.serve + waiting[:, None]


def _with_cuts(relaxation: Relaxation, rounds: int) -> Iterator[float]:
    """Solve the relaxation again and again with the cuts that its solutions break.

    The relaxation by links goes first; in large networks it finds all that this one would.
    """
    country = junction_relaxation(relaxation)
    undirected = undirected_relaxation(country)
    cuts: list[CutInequality] = []
    if undirected:
        sets = yield from undirected_bounds(undirected, rounds)
        if country.junctions > FEW_JUNCTIONS:
            return
        made = (make(country, inside) for inside in sets for make in (visits, crossings))
        cuts = [cut for cut in made if cut]
    if relaxation.columns.count > MANY_COLUMNS:
        rounds = min(rounds, FEW_ROUNDS)
    point = solve_relaxation(relaxation, cuts)
    vain = 0
    for turn in range(rounds):
        if point is None:
            return
        yield point.bound
        more = violated_cuts(country, point.x, turn)
        vain = 0 if more else vain + 1
        if vain > PATIENCE:
            return
        if more:
            if turn % TIDY == TIDY - 1:
                cuts = [cut for cut in cuts if cut.lack(point.x) > -LOOSE]
            cuts += more
            point = solve_relaxation(relaxation, cuts)
    if point:
        yield point.bound
