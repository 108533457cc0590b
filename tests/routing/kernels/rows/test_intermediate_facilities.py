"""Reloads are where trying all places finds them, and room is offered at its price."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.arrays.subproblem_arrays import (
    BEGIN,
    BIG_S,
    END,
    MATERIAL,
    PRICE,
    RESERVE,
    SITE,
    UNCHANGED,
    WHOLE,
)
from routing.kernels.rows.intermediate_facilities import EXTRA, first_column, reload_detour_s
from routing.kernels.rows.rows import evaluate_insertions
from tests.routing.kernels.plain_rows import (
    WINDOWS,
    a_part,
    best_reloads,
    computed,
    hopper_suffices,
    least_seconds,
    order_of,
    trips_fit,
)

SEEDS = st.integers(0, 100_000)


@settings(max_examples=50)
@given(seed=SEEDS, modes=st.sampled_from((2, 4)), sites=st.integers(1, 3), single=st.booleans())
def test_reloads_take_the_least_time_of_all_that_the_hopper_allows(seed, modes, sites, single):
    f = a_part(seed, tasks=8, modes=modes, sites=sites, share=0.0 if single else 0.5)
    r, _, fits = computed(f, ([0, 1, 2], [3, 4, 5]))
    for w in range(WINDOWS):
        least_s, count = best_reloads(f, w, order_of(r, w))
        spent_s = r.sum[w, END] - f.window[w, BEGIN]
        assert fits[w] == (least_s < BIG_S)
        if fits[w]:
            assert spent_s >= least_s - 1e-6
            if single or count == 0:
                assert spent_s == pytest.approx(least_s)


def plain_room_s(f, r, w, p, need):
    """`reload_detour_s` by trying all places for reloads around a task before place `p`."""
    column = first_column(f)
    nodes = order_of(r, w)
    extra_s = r.place[w, :, column + EXTRA]
    needs = [f.node[node, MATERIAL] for node in nodes]
    needs[-1] += f.window[w, RESERVE]
    longer = [*needs[:p], need, *needs[p:]]
    longer_s = [*extra_s[:p], extra_s[p], *extra_s[p : len(nodes)]]
    return least_extra(f, w, longer, longer_s) - least_extra(f, w, needs, extra_s)


def least_extra(f, w, needs, extra_s):
    return min(
        sum(extra_s[q] for q in reloads)
        for count in range(len(needs))
        for reloads in combinations(range(1, len(needs)), count)
        if hopper_suffices(f, w, needs, reloads)
    )


@settings(max_examples=50)
@given(seed=SEEDS, sites=st.integers(1, 3), need=st.integers(1, 90))
def test_room_for_a_task_costs_what_trying_all_reloads_says(seed, sites, need):
    f = a_part(seed, tasks=8, sites=sites)
    r, _, fits = computed(f, ([0, 1, 2, 3], [4, 5, 6]))
    for w in np.flatnonzero(fits):
        for p in range(1, r.size[w] + 2):
            assert reload_detour_s(f, r, w, p, need) == pytest.approx(
                plain_room_s(f, r, w, p, need)
            )


@settings(max_examples=50)
@given(seed=SEEDS, modes=st.sampled_from((2, 4)), sites=st.integers(1, 2))
def test_a_task_finds_its_cheapest_place_around_the_reloads_there_are(seed, modes, sites):
    f = a_part(seed, tasks=6, modes=modes, sites=sites)
    r, memo, fits = computed(f, ([0, 1, 2], [3, 4]))
    for w in np.flatnonzero(fits):
        if not (f.window[w, WHOLE] and r.size[w] == 0):
            prices = [plain_price(f, r, w, 5, p) for p in range(1, r.size[w] + 2)]
            evaluate_insertions(f, r, memo, 5, w, UNCHANGED)
            found = memo.known[5, w, UNCHANGED]
            assert found["price"] == pytest.approx(min(prices))


def plain_price(f, r, w, task, p):
    """Price of the task before place `p`, reloads staying or at what room takes more."""
    nodes = order_of(r, w)
    reloads = {q for q in range(1, len(nodes)) if r.place[w, q, SITE]}
    longer = [*nodes[:p], task, *nodes[p:]]
    shifted = {q + (q > p) for q in reloads}
    choices = [shifted] if p not in reloads else [shifted, {*shifted - {p}, p + 1}]
    before_s = least_seconds(f, w, nodes, reloads=frozenset(reloads))
    room = reload_detour_s(f, r, w, p, f.node[task, MATERIAL])
    return f.window[w, PRICE] * min(
        least_seconds(f, w, longer, reloads=frozenset(some))
        + (0.0 if trips_fit(f, w, longer, some) else room)
        - before_s
        for some in choices
    )
