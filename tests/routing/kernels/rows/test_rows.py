"""Kernels on rows say what plain enumeration of places and modes says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.arrays.subproblem_arrays import (
    BEYOND,
    BIG_S,
    CHANGED,
    COST,
    DEARER,
    END,
    FIXED,
    LATEST,
    PLACE,
    PRICE,
    ROUTE,
    SERVICE,
    SITE,
    UNCHANGED,
    WHOLE,
)
from routing.kernels.rows.rows import evaluate_insertions, insert_task, remove_tasks
from routing.kernels.rows.shortest_insertion import shortest_insertion
from routing.kernels.search.best_insertion import known_insertion, known_shortest
from tests.routing.kernels.plain_rows import (
    WINDOWS,
    a_part,
    columns,
    computed,
    least_seconds,
    order_of,
    over_site,
    seconds,
)

SEEDS = st.integers(0, 100_000)
MODES = st.sampled_from((2, 4))
FAR_S = BIG_S / 2
"""More than any row takes that can be driven."""


@settings(max_examples=30)
@given(seed=SEEDS, modes=MODES)
def test_rows_know_the_least_seconds_to_and_from_each_place_in_each_mode(seed, modes):
    f = a_part(seed, modes=modes)
    r, _, _ = computed(f, ([0, 1, 2], [3, 4]))
    ahead, behind, _ = columns(f)
    for w in range(WINDOWS):
        order = order_of(r, w)
        for p, node in enumerate(order):
            own_s = f.node[node, SERVICE + w]
            for m in range(modes):
                to_s = (
                    least_seconds(f, w, order[: p + 1], first=0, last=m) if p or m == 0 else BIG_S
                )
                from_s = least_seconds(f, w, order[p:], first=m) + own_s
                same_or_far(r.place[w, p, ahead][m], to_s)
                if p <= r.size[w]:
                    same_or_far(r.place[w, p, behind][m], from_s)


def same_or_far(found_s, true_s):
    assert min(found_s, FAR_S) == pytest.approx(min(true_s, FAR_S))


@settings(max_examples=30)
@given(seed=SEEDS, modes=MODES)
def test_a_task_finds_the_two_cheapest_places_of_all(seed, modes):
    f = a_part(seed, modes=modes)
    r, memo, _ = computed(f, ([0, 1, 2], [3]))
    for w in range(WINDOWS):
        order = order_of(r, w)
        empty = len(order) == 2 and f.window[w, WHOLE]
        before_s = 0.0 if empty else least_seconds(f, w, order)
        prices = [
            f.window[w, PRICE] * (least_seconds(f, w, [*order[:p], 4, *order[p:]]) - before_s)
            + (f.window[w, FIXED] if empty else 0.0)
            for p in range(1, len(order))
        ]
        evaluate_insertions(f, r, memo, 4, w, UNCHANGED)
        found = memo.known[4, w, UNCHANGED]
        ranked = np.sort(prices)
        assert [found["price"], found["second"]] == pytest.approx(ranked[:2])
        assert prices[found["place"] - 1] == pytest.approx(ranked[0])


@settings(max_examples=40)
@given(seed=SEEDS, near=st.integers(0, 6), late_s=st.floats(0.0, 200.0))
def test_passing_over_far_places_finds_the_cheapest_all_the_same(seed, near, late_s):
    f = a_part(seed, tasks=8)
    gap_s = np.array([least_gap_s(f, 7, c) for c in range(7)])
    nearest = np.argsort(gap_s)
    f.node[7, BEYOND] = gap_s[nearest[near]]
    r, memo, _ = computed(f, ([0, 1, 2, 3, 4], [5, 6]))
    f.window[:, LATEST] = r.sum[:, END] + late_s
    memo.beside[nearest[:near]] = 7
    memo.gap_s[nearest[:near]] = gap_s[nearest[:near]]
    for w in range(WINDOWS):
        inside = [c for c in nearest[:near] if r.spot[c, ROUTE] == w]
        memo.nearest[w] = inside[0] if inside else -1
        evaluate_insertions(f, r, memo, 7, w, UNCHANGED)
        full = memo.known[7, w, UNCHANGED]
        price, place = shortest_insertion(f, r, memo, 7, w, BIG_S, 0)
        second, then = shortest_insertion(f, r, memo, 7, w, BIG_S, place)
        assert [price, second] == pytest.approx([full["price"], full["second"]])
        assert [place == -1, then == -1] == [price >= FAR_S, second >= FAR_S]
        if place > 0:
            assert shortest_insertion(f, r, memo, 7, w, price, 0) == (price, DEARER)


def test_a_place_that_is_dear_is_looked_for_again_only_where_it_may_cost_more():
    f = a_part(3)
    r, memo, _ = computed(f, ([0, 1, 2], [3]))
    memo.nearest[0] = -1
    price, place = shortest_insertion(f, r, memo, 4, 0, BIG_S, 0)
    known = memo.known[4, 0, UNCHANGED]
    for most in (price - 1.0, price - 2.0):
        assert known_shortest(f, r, memo, 4, 0, False, most) == UNCHANGED
        assert (known["price"], known["place"]) == (price - 1.0, DEARER)
    for most in (price + 1.0, price - 2.0):
        assert known_shortest(f, r, memo, 4, 0, False, most) == UNCHANGED
        assert (known["price"], known["place"]) == (price, place)


def test_what_was_found_before_an_iteration_is_known_again_once_that_is_taken_back():
    f = a_part(3)
    r, memo, _ = computed(f, ([0, 1, 2], [3]))
    version = int(r.version[0])
    assert known_insertion(f, r, memo, 4, 0, False) == UNCHANGED
    memo.known[4, 0, UNCHANGED]["price"] = 7.0  # and is not computed again
    r.version[0] += 1
    assert known_insertion(f, r, memo, 4, 0, True) == CHANGED
    r.version[0] = version
    assert known_insertion(f, r, memo, 4, 0, False) == UNCHANGED
    assert memo.known[4, 0, UNCHANGED]["price"] == 7.0


def least_gap_s(f, task, other):
    """The least deadhead between two tasks, either way and in any modes, at a pace of 1."""
    to = f.apart_s[np.ix_(f.leave[task], f.enter[other])]
    fro = f.apart_s[np.ix_(f.leave[other], f.enter[task])]
    return float(min(to.min(), fro.min()))


@settings(max_examples=30)
@given(seed=SEEDS, modes=MODES)
def test_a_deadhead_leads_over_the_best_site_where_a_reload_is_due(seed, modes):
    f = a_part(seed, modes=modes, sites=2)
    r, _, _ = computed(f, ([0, 1, 2], [3, 4]))
    _, _, link = columns(f)
    for w in range(WINDOWS):
        order = order_of(r, w)
        for p in range(1, len(order)):
            way = over_site if r.place[w, p, SITE] else seconds
            expected = [
                way(f, w, order[p - 1], a, order[p], m) for m in range(modes) for a in range(modes)
            ]
            found = np.minimum(r.place[w, p, link], FAR_S)
            assert found == pytest.approx(np.minimum(expected, FAR_S))


@settings(max_examples=40)
@given(
    seed=SEEDS,
    modes=MODES,
    sites=st.integers(0, 2),
    timeless=st.booleans(),
    moves=st.lists(st.integers(0, 1000), min_size=1, max_size=8),
)
def test_changes_leave_what_a_computation_from_nothing_gives(seed, modes, sites, timeless, moves):
    f = a_part(seed, tasks=6, modes=modes, sites=sites, timeless=timeless)
    r, _, _ = computed(f, ([0, 1, 2], [3, 4, 5]))
    for move in moves:
        w = move % WINDOWS
        if r.size[w] > 0:
            count = 1 + move % int(r.size[w])
            p = 1 + move % (int(r.size[w]) - count + 1)
            out = r.order[w, p : p + count].tolist()
            remove_tasks(f, r, w, p, count)
            for task in out:
                insert_task(f, r, task, 1 - w, 1 + (move + task) % (int(r.size[1 - w]) + 1))
    fresh, _, _ = computed(f, [order_of(r, w)[1:-1] for w in range(WINDOWS)])
    for w in range(WINDOWS):
        n = int(r.size[w])
        known = r.place.shape[2] - (1 if sites else 0)  # the last column of reloads is scratch
        assert r.place[w, 1 : n + 1, :known] == pytest.approx(fresh.place[w, 1 : n + 1, :known])
        assert r.sum[w] == pytest.approx(fresh.sum[w])
        assert [r.spot[t, PLACE] for t in r.order[w, 1 : n + 1]] == list(range(1, n + 1))
    assert r.total[1] == pytest.approx(r.sum[:, COST].sum())
