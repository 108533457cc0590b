"""Rows may lack material while searching, the best ones never do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.arrays.subproblem_arrays import (
    BIG_S,
    CAPACITY,
    COST,
    EXCESS,
    LOAD,
    MATERIAL,
    OVER,
    RESERVE,
    SERVICE,
    UNSERVED,
    WEIGHT,
    RowSearch,
    new_best,
    new_undo,
)
from routing.kernels.search.annealing import anneal
from routing.kernels.search.initial_rows import compute_rows
from tests.routing.kernels.plain_rows import WINDOWS, a_part, order_of, with_rows

TASKS = 6


def a_tight_part(seed, timeless=True):
    """A part whose hoppers hold about what all tasks need."""
    f = a_part(seed, tasks=TASKS, timeless=timeless)
    f.window[:, LOAD] = f.window[:, CAPACITY] = 110.0
    f.window[:, RESERVE] = 10.0
    return f


def lacking_kg(f, w, tasks):
    return max(0.0, f.node[tasks, MATERIAL].sum() + f.window[w, RESERVE] - f.window[w, LOAD])


@settings(max_examples=30)
@given(seed=st.integers(0, 100_000), split=st.integers(0, TASKS))
def test_a_row_lacks_what_is_needed_beyond_its_load(seed, split):
    f = a_tight_part(seed)
    orders = [list(range(split)), list(range(split, TASKS))]
    r, _ = with_rows(f, orders)
    undo, best = new_undo(TASKS, WINDOWS, TASKS + 2, f.modes), new_best(WINDOWS, TASKS + 2)
    holds = compute_rows(f, r, undo, best)
    lacking = [lacking_kg(f, w, order) for w, order in enumerate(orders)]
    assert r.sum[:, EXCESS] == pytest.approx(lacking)
    assert r.total[OVER] == pytest.approx(sum(lacking))
    if sum(lacking) > 0.0:
        assert not holds


@settings(max_examples=30)
@given(seed=st.integers(0, 100_000), timeless=st.booleans())
def test_the_best_rows_lack_nothing_and_cost_what_they_say(seed, timeless):
    f = a_tight_part(seed, timeless=timeless)
    f.node[:TASKS, UNSERVED] = 300.0
    r, memo = with_rows(f, ([], []))
    undo, best = new_undo(TASKS, WINDOWS, TASKS + 2, f.modes), new_best(WINDOWS, TASKS + 2)
    compute_rows(f, r, undo, best)
    r.total[WEIGHT] = 1.0
    anneal(RowSearch(f, r, memo, undo, best, np.array([seed + 1], np.uint64)), 600, 20.0)
    orders = [best.order[w, 1 : best.size[w] + 1].tolist() for w in range(WINDOWS)]
    assert [lacking_kg(f, w, order) for w, order in enumerate(orders)] == [0.0, 0.0]
    again, _ = with_rows(f, orders)
    assert compute_rows(f, again, undo, new_best(WINDOWS, TASKS + 2))
    assert best.cost[0] == pytest.approx(again.total[0] + again.sum[:, COST].sum())
    assert r.total[OVER] == pytest.approx(
        sum(lacking_kg(f, w, order_of(r, w)[1:-1]) for w in range(WINDOWS)), abs=1e-6
    )


def test_a_task_too_heavy_for_every_hopper_stays_out_at_any_price():
    f = a_tight_part(3)
    f.node[0, MATERIAL] = 200.0
    f.node[0, SERVICE:] = 1.0
    assert f.node[0, SERVICE] < BIG_S
    r, memo = with_rows(f, ([], []))
    undo, best = new_undo(TASKS, WINDOWS, TASKS + 2, f.modes), new_best(WINDOWS, TASKS + 2)
    compute_rows(f, r, undo, best)
    r.total[WEIGHT] = 1e-9
    anneal(RowSearch(f, r, memo, undo, best, np.array([7], np.uint64)), 200, 5.0)
    assert 0 not in [t for w in range(WINDOWS) for t in order_of(r, w)]
