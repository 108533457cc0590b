"""Stretches of rows that are turned around or moved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.arrays.subproblem_arrays import COST, PLACE, ROUTE, new_undo
from routing.kernels.rows.intermediate_facilities import more_columns
from routing.kernels.rows.undo import begin_iteration, roll_back
from routing.kernels.search.segment_reversal import move_segment
from tests.routing.kernels.plain_rows import WINDOWS, a_part, computed, order_of

TASKS = 8
ANY_PRICE = 1e15

SEEDS = st.integers(1, 100_000)
SITES = st.integers(0, 2)


def some_rows(seed, sites):
    f = a_part(seed, tasks=TASKS, sites=sites)
    r, _, _ = computed(f, ([0, 1, 2, 3, 4], [5, 6, 7]))
    columns = more_columns(f.modes) if sites else 0
    return f, r, new_undo(TASKS, WINDOWS, TASKS + 2, f.modes, columns)


@settings(max_examples=40)
@given(seed=SEEDS, sites=SITES)
def test_moved_stretches_leave_what_a_computation_from_nothing_gives(seed, sites):
    f, r, u = some_rows(seed, sites)
    rng = np.array([seed], np.uint64)
    for _ in range(12):
        begin_iteration(u)
        move_segment(f, r, u, ANY_PRICE, rng)
    orders = [order_of(r, w)[1:-1] for w in range(WINDOWS)]
    assert sorted(orders[0] + orders[1]) == list(range(TASKS))
    fresh, _, _ = computed(f, orders)
    for w, order in enumerate(orders):
        n = len(order)
        known = r.place.shape[2] - (1 if sites else 0)  # the last column of reloads is scratch
        assert r.place[w, 1 : n + 1, :known] == pytest.approx(fresh.place[w, 1 : n + 1, :known])
        assert r.sum[w] == pytest.approx(fresh.sum[w])
        assert [r.spot[t, ROUTE] for t in order] == [w] * n
        assert [r.spot[t, PLACE] for t in order] == list(range(1, n + 1))
    assert r.total[1] == pytest.approx(r.sum[:, COST].sum())


@settings(max_examples=40)
@given(seed=SEEDS, sites=SITES)
def test_a_moved_stretch_can_be_taken_back(seed, sites):
    f, r, u = some_rows(seed, sites)
    before = [order_of(r, w) for w in range(WINDOWS)]
    cost = r.total[1]
    begin_iteration(u)
    changed, _ = move_segment(f, r, u, ANY_PRICE, np.array([seed], np.uint64))
    assert changed == (before != [order_of(r, w) for w in range(WINDOWS)])
    roll_back(f, r, u)
    assert before == [order_of(r, w) for w in range(WINDOWS)]
    assert [r.spot[t, ROUTE] for t in range(TASKS)] == [0] * 5 + [1] * 3
    assert r.total[1] == pytest.approx(cost)


@settings(max_examples=40)
@given(seed=SEEDS, sites=SITES)
def test_what_costs_far_more_than_allowed_is_not_even_tried(seed, sites):
    f, r, u = some_rows(seed, sites)
    rng = np.array([seed], np.uint64)
    before = [order_of(r, w) for w in range(WINDOWS)]
    for _ in range(12):
        begin_iteration(u)
        changed, _ = move_segment(f, r, u, -ANY_PRICE, rng)
        assert not changed
    assert before == [order_of(r, w) for w in range(WINDOWS)]
