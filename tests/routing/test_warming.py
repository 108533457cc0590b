"""Warming up runs the search's kernels."""

from routing import warming
from routing.kernels import anneal, nearness
from routing.solver import solve
from routing.stop import MaxIterations


def test_warming_up_leaves_the_kernels_of_the_search_compiled():
    warming.warm_up()
    assert anneal.anneal.signatures
    assert nearness.around.signatures
    assert nearness.pulls.signatures


def test_the_tiny_problem_is_solved_whole(monkeypatch):
    found = []
    monkeypatch.setattr(warming, "solve", lambda *asked: found.append(solve(*asked)))
    warming.warm_up()
    assert found[0].unserved == {}
    assert found[0].iterations >= MaxIterations(1).limit
