"""Deadheads against a plain Dijkstra on arcs."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.graph import shortest_paths
from routing.kernels.routes.routes import deadhead_s
from routing.network import deadheads
from routing.network.shortest_deadheads import PathCache, PathFinder, path_scratch
from tests.routing.reference import seconds_between
from tests.routing.towns import U_TURN_S, a_random_town, a_town


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_all_deadheads_equal_those_of_a_plain_dijkstra(seed):
    problem = a_random_town(seed, 8)
    line = deadheads.line_graph(problem)
    finder = PathFinder(problem, line)
    for source in range(problem.arcs):
        away = deadheads.from_arc(problem, line, source)
        for target in range(problem.arcs):
            expected = pytest.approx(seconds_between(problem, source, target))
            assert away[target] == expected
            assert finder.path(source, target)[0] == expected
    for target in range(problem.arcs):
        toward = deadheads.to_arc(problem, line, target)
        expected = [seconds_between(problem, source, target) for source in range(problem.arcs)]
        assert toward == pytest.approx(np.array(expected))


def test_the_way_is_made_of_allowed_turns_and_adds_up():
    problem = a_random_town(3, 12)
    finder = PathFinder(problem, deadheads.line_graph(problem))
    seconds, way = finder.path(0, 9)
    arcs = [0, *way, 9]
    total = sum(problem.drive_s[list(way)])
    for a, b in pairwise(arcs):
        turns = slice(problem.turn_start[a], problem.turn_start[a + 1])
        onward = problem.turn_to[turns].tolist()
        assert b in onward
        total += problem.turn_s[turns][onward.index(b)]
    assert seconds == pytest.approx(total)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), metres=st.booleans())
def test_many_paths_at_once_are_those_found_one_by_one(seed, metres):
    problem = a_random_town(seed, 8)
    if metres:
        rules = replace(problem.rules, price_per_m=np.ones(problem.vehicles))
        problem = replace(problem, rules=rules)
    finder = PathFinder(problem, deadheads.line_graph(problem))
    pairs = np.array([(a, b) for a in range(problem.arcs) for b in range(problem.arcs)], np.int32)
    together = finder.paths(pairs, threads=2)
    for (source, target), (seconds, way) in zip(pairs.tolist(), together, strict=True):
        expected = finder.path(source, target)
        assert (seconds, way) == (pytest.approx(expected[0]), expected[1])
    known = PathCache(finder)
    assert known.seconds(pairs) == pytest.approx([seconds for seconds, _ in together])
    assert len(known) == len(pairs)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), limit_s=st.floats(0.0, 200.0), home=st.booleans())
def test_what_lies_on_short_ways_is_found_with_its_seconds(seed, limit_s, home):
    problem = a_random_town(seed, 9)
    line = deadheads.line_graph(problem)
    end = problem.arcs - 1
    toward_s = deadheads.to_arc(problem, line, end) if home else np.zeros(problem.arcs)
    scratch, near = path_scratch(line), (np.empty(problem.arcs, np.int32), np.empty(problem.arcs))
    for source in range(problem.arcs):
        graph, less = line.graph(problem.place), float(line.drive_s[source])
        count = shortest_paths.within(graph, less, source, limit_s, toward_s, scratch, near)
        arcs, seconds = near[0][:count], near[1][:count]
        away_s = deadheads.from_arc(problem, line, source)
        assert seconds == pytest.approx(away_s[arcs])
        assert np.isin(np.flatnonzero(away_s + toward_s <= limit_s - 1e-6), arcs).all()
        assert (away_s[arcs] + toward_s[arcs] <= limit_s + 1e-6).all()
    assert np.isinf(scratch.label).all()


def test_going_back_costs_a_u_turn_and_the_same_way_again_a_circle():
    street = a_town(((0, 1, 10.0),), [(0, 1)])
    finder = PathFinder(street, deadheads.line_graph(street))
    assert finder.path(0, 1) == (U_TURN_S, ())
    assert finder.path(0, 0) == (U_TURN_S + 10.0 + U_TURN_S, (1,))


def test_no_route_turns_around_by_driving_through_a_depot():
    blind = a_town(((0, 1, 10.0),), [(0, 1)], u_turns=False)
    finder = PathFinder(blind, deadheads.line_graph(blind))
    assert finder.path(1, 0)[0] == np.inf


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), threads=st.integers(1, 3))
def test_between_the_ends_of_a_town_all_deadheads_are_at_hand(seed, threads):
    problem = a_random_town(seed, 9, 2)
    line = deadheads.line_graph(problem)
    ends = deadheads.ends_of(problem)
    gaps, _ = deadheads.deadhead_table(problem, line, ends, threads)
    for i, arc in enumerate(ends.arc.tolist()):
        exact = np.minimum(deadheads.from_arc(problem, line, arc)[ends.arc], deadheads.FAR_S)
        found = [deadhead_s(gaps, i, j) for j in range(len(ends.arc))]
        assert found == pytest.approx(exact, rel=1e-6)


def test_where_turning_is_free_deadheads_are_those_between_junctions():
    problem = a_random_town(3, 30, 2)
    free = replace(problem, turn_s=np.zeros_like(problem.turn_s))
    line = deadheads.line_graph(free)
    ends = deadheads.ends_of(free)
    gaps, _ = deadheads.deadhead_table(free, line, ends, 1)
    streets = ends.arc[~free.place[ends.arc]]
    assert len(gaps.dense) <= len(np.unique(free.head[ends.arc])) + ends.places
    assert len(gaps.dense) < len(streets)
    for i, arc in enumerate(ends.arc.tolist()):
        exact = np.minimum(deadheads.from_arc(free, line, arc)[ends.arc], deadheads.FAR_S)
        found = [deadhead_s(gaps, i, j) for j in range(len(ends.arc))]
        assert found == pytest.approx(exact, rel=1e-6)


def test_the_table_is_symmetric_where_all_ways_lead_back():
    streets = [(a, b, 10.0 + a + b) for a, b in ((0, 1), (1, 2), (2, 3), (3, 0), (1, 3))]
    town = a_town(streets, [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)])
    town = replace(town, turn_s=np.zeros_like(town.turn_s))
    line = deadheads.line_graph(town)
    ends = deadheads.ends_of(town)
    gaps, _ = deadheads.deadhead_table(town, line, ends, 1)
    assert gaps.symmetric
    assert np.array_equal(gaps.dense, gaps.dense.T)
    for i, arc in enumerate(ends.arc.tolist()):
        exact = np.minimum(deadheads.from_arc(town, line, arc)[ends.arc], deadheads.FAR_S)
        assert [deadhead_s(gaps, i, j) for j in range(len(ends.arc))] == pytest.approx(exact)


def test_what_lies_near_lies_near_in_the_table():
    problem = a_random_town(5, 40, 2)
    line = deadheads.line_graph(problem)
    gaps, _ = deadheads.deadhead_table(problem, line, deadheads.ends_of(problem), 1)
    walk = deadheads._walk(gaps.dense, gaps.leave, gaps.enter)  # noqa: SLF001
    for x, here in enumerate(walk[:-1].tolist()):
        left = [deadhead_s(gaps, here, j) for j in walk[x + 1 :].tolist()]
        assert left[0] == min(left)
    for number in (gaps.leave, gaps.enter):
        _, first = np.unique(number[walk], return_index=True)
        assert first.tolist() == sorted(first.tolist())


def test_a_large_city_has_exact_deadheads_near_by_and_estimates_far_away(monkeypatch):
    problem = a_random_town(7, 60)
    line = deadheads.line_graph(problem)
    ends = deadheads.ends_of(problem)
    monkeypatch.setattr(deadheads, "NEAREST", 12)
    gaps, next_end = deadheads.deadhead_table(problem, line, ends, threads=2, dense_ends=1)
    for i in range(len(ends.arc)):
        exact = deadheads.from_arc(problem, line, ends.arc[i])[ends.arc]
        near = [j for j in next_end[i] if j >= 0] if i >= ends.places else range(len(ends.arc))
        for j in near:
            assert deadhead_s(gaps, i, j) == pytest.approx(exact[j], rel=1e-5)
        for j in range(ends.places):
            assert deadhead_s(gaps, i, j) == pytest.approx(exact[j], rel=1e-5)
        estimates = np.array([deadhead_s(gaps, i, j) for j in range(len(ends.arc))])
        assert np.all(np.abs(estimates - exact) < 4 * U_TURN_S)
