"""Warming up runs the search's kernels."""

import numpy as np

from routing.kernels.graph import neighbor_lists
from routing.kernels.routes import relocation_sweep
from routing.kernels.search import annealing
from routing.problem.rules import RouteRules
from routing.problem.stopping import MaxIterations
from routing.problem.stops import ReloadStop
from routing.search import warm_up
from routing.search.solver import solve
from tests.routing.towns import a_town

ONE = np.ones(1)


def test_warming_up_leaves_the_kernels_of_the_search_compiled():
    warm_up.warm_up()
    assert annealing.anneal.signatures
    assert neighbor_lists.around.signatures
    assert neighbor_lists.pulls.signatures
    assert relocation_sweep.sweep.signatures


def test_the_tiny_problem_is_solved_whole_with_and_without_reloads(monkeypatch):
    found = []
    monkeypatch.setattr(warm_up, "solve", lambda *asked: found.append(solve(*asked)))
    warm_up.warm_up()
    assert [solution.unserved for solution in found] == [{}, {}]
    assert min(solution.iterations for solution in found) >= MaxIterations(1).limit
    reloads = [sum(isinstance(stop, ReloadStop) for stop in one.routes[0]) for one in found]
    assert reloads == [0, 1]


def test_the_kernels_of_a_problem_are_those_of_what_it_has():
    rested = a_town([(0, 1, 10.0)], [(0, -1)], rules=RouteRules(break_after_s=ONE, break_s=ONE))
    salted = a_town([(0, 1, 10.0)], [(0, -1)], site=0, material_kg=[5.0], capacity_kg=[9.0])
    assert warm_up.kind_of(rested) == (2, False, True)
    assert warm_up.kind_of(salted) == (2, True, False)
