"""Rows of one subproblem that are annealed in groups, each by a thread of its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check.referee import violations
from routing.kernels.arrays.subproblem_arrays import COST, EXCESS, PLACE, ROUTE
from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.stopping import MaxIterations
from routing.search import row_groups
from routing.search.row_groups import RowGroups, neighbor_groups
from routing.search.ruin_recreate import RuinRecreate
from routing.search.solver import solve
from tests.routing.storms import a_random_storm
from tests.routing.towns import a_random_town

SEEDS = st.integers(0, 10_000)


@pytest.fixture
def small_groups(monkeypatch):
    """Divide also what is small: seven tasks for each of two threads."""
    monkeypatch.setattr(row_groups, "GROUP_TASKS", 7)


def stream(seed):
    return np.array([seed + 1], np.uint64)


def begun(problem):
    """The arrays of a search that looks at everything at once."""
    line = line_graph(problem)
    search = RuinRecreate(problem, line, feasibility_of_tasks(problem, line), 1, 1)
    search.begin(None)
    return search._everything.search(stream(1))  # noqa: SLF001 - one subproblem, from inside


@settings(max_examples=40)
@given(seed=SEEDS, count=st.integers(2, 4))
def test_each_row_is_in_one_group_and_groups_have_about_as_many_tasks(seed, count):
    random = np.random.default_rng(seed)
    sizes = random.integers(0, 6, 9).astype(np.int32)
    route = random.permutation(np.repeat(np.arange(9), sizes)).astype(np.int32)
    near = random.integers(-1, max(len(route), 1), (len(route), 5)).astype(np.int32)
    groups = neighbor_groups(near, route, sizes, count, stream(seed))
    assert sorted(np.concatenate(groups).tolist()) == list(range(9))
    for group in groups[:-1]:
        assert sizes[group].sum() <= sizes.sum() / count + sizes.max() / 2
    empty = [int(np.count_nonzero(sizes[group] == 0)) for group in groups]
    assert max(empty) - min(empty) <= 1


def test_a_group_takes_in_the_row_whose_tasks_are_beside_its_own():
    sizes = np.full(4, 2, np.int32)
    route = np.array([0, 0, 1, 1, 2, 2, 3, 3], np.int32)
    near = np.array([[4], [5], [6], [7], [0], [1], [2], [3]], np.int32)  # 0 beside 2, 1 beside 3
    for seed in range(5):
        one, other = neighbor_groups(near, route, sizes, 2, stream(seed))
        assert sorted([sorted(one.tolist()), sorted(other.tolist())]) == [[0, 2], [1, 3]]


@pytest.mark.parametrize("seed", range(6))
def test_what_groups_have_found_is_what_the_rows_then_cost(small_groups, seed):
    problem = a_random_town(seed, 16, 5)
    whole = begun(problem)
    groups = RowGroups(whole, 2)
    for _ in range(4):
        before = float(whole.best_rows.cost[0])
        if not groups.run(20.0, stream(seed)):
            break
        rows = whole.rows
        absent = rows.absent[: rows.number[0]].tolist()
        for w, size in enumerate(rows.size):
            for p in range(1, size + 1):
                assert rows.spot[rows.order[w, p], [ROUTE, PLACE]].tolist() == [w, p]
        assert sorted(absent) == np.flatnonzero(rows.spot[:, ROUTE] < 0).tolist()
        assert rows.size.sum() + len(absent) == problem.tasks
        assert rows.total[1] == pytest.approx(rows.sum[:, COST].sum())
        assert rows.total[2] == pytest.approx(rows.sum[:, EXCESS].sum())
        assert whole.best_rows.cost[0] <= before
        assert len(set(rows.version.tolist()) - {0}) >= np.count_nonzero(rows.size)


@pytest.mark.parametrize("seed", range(6))
def test_two_threads_pass_the_referee_and_find_the_same_again(small_groups, seed):
    problem = a_random_town(seed, 16, 5)
    first = solve(problem, MaxIterations(0), seed, threads=2)
    better = solve(problem, MaxIterations(600), seed, threads=2)
    assert violations(problem, better) == []
    assert better.cost.total <= first.cost.total + 1e-6
    assert solve(problem, MaxIterations(600), seed, threads=2) == better


def test_where_rules_bind_rows_to_one_another_they_stay_together(small_groups):
    storms = [a_random_storm(seed, 16, 4) for seed in range(6)]
    bound = 0
    for problem in storms:
        whole = begun(problem)
        if whole.sub.ruled:
            bound += 1
            assert RowGroups(whole, 2).run(20.0, stream(1)) == 0
    assert bound > 0
