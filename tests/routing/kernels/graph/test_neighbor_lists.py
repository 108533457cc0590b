"""Who is near whom, and deadheads laid out for parts: kernels against plain twins."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.arrays.route_arrays import FAR_S, SPOT
from routing.kernels.arrays.subproblem_arrays import BIG_S, new_undo
from routing.kernels.graph.neighbor_lists import near_by_all, near_within, pulls
from routing.kernels.routes.deadhead_matrix import NOWHERE, NodeCounts, spread
from routing.kernels.search.annealing import mark_nearby_rows
from tests.routing.kernels.plain_rows import WINDOWS, a_part, computed

SEEDS = st.integers(0, 10_000)


def some_near(random, tasks):
    """int32[T, Q], for each task some others in any order, -1 after the last."""
    near = np.full((tasks, 6), -1, np.int32)
    for row in near:
        found = random.permutation(tasks)[: random.integers(0, min(tasks, 6) + 1)]
        row[: len(found)] = found
    return near


@settings(max_examples=40)
@given(seed=SEEDS, tasks=st.integers(2, 9), modes=st.integers(1, 3))
def test_tasks_near_a_task_come_by_the_least_deadhead_either_way_then_by_number(seed, tasks, modes):
    random = np.random.default_rng(seed)
    apart = random.integers(0, 5, (12, 12)).astype(np.float32)
    end = random.integers(-1, 12, (tasks, modes)).astype(np.int32)
    near = np.full((tasks, max(tasks - 3, 1)), -1, np.int32)
    near_by_all(end, apart, np.ascontiguousarray(apart.T), 9.0, near)
    for t in range(tasks):
        least = {
            c: min(
                (min(apart[i, j], apart[j, i]) for i in end[t] for j in end[c] if min(i, j) >= 0),
                default=9.0,
            )
            for c in range(tasks)
            if c != t
        }
        assert near[t].tolist() == sorted(least, key=lambda c: (least[c], c))[: near.shape[1]]


@settings(max_examples=40)
@given(seed=SEEDS, tasks=st.integers(1, 12), width=st.integers(1, 8))
def test_routes_pull_each_other_as_often_as_their_tasks_are_near(seed, tasks, width):
    random = np.random.default_rng(seed)
    near = some_near(random, tasks)
    spot = np.zeros(tasks, SPOT)
    spot["route"] = random.integers(-1, 4, tasks)
    found = np.zeros((4, 4), np.int32)
    pulls(near, spot, width, found)

    expected = np.zeros((4, 4), np.int32)
    for t in range(tasks):
        for c in near[t, :width]:
            one, other = spot["route"][t], spot["route"][c]
            if c >= 0 and -1 not in (one, other) and one != other:
                expected[[one, other], [other, one]] += 1
    assert found.tolist() == expected.tolist()


@settings(max_examples=40)
@given(seed=SEEDS, tasks=st.integers(1, 12))
def test_tasks_of_a_part_keep_their_order_of_nearness_among_themselves(seed, tasks):
    random = np.random.default_rng(seed)
    near = some_near(random, tasks)
    chosen = random.permutation(tasks)[: random.integers(1, tasks + 1)].astype(np.int32)
    local = np.full(tasks, -1, np.int32)
    found = np.empty((len(chosen), near.shape[1]), np.int32)
    near_within(near, chosen, local, found)

    position = {task: x for x, task in enumerate(chosen.tolist())}
    for x, task in enumerate(chosen):
        inside = [position[c] for c in near[task].tolist() if c in position]
        assert found[x].tolist() == inside + [-1] * (near.shape[1] - len(inside))
    assert np.all(local == -1)


@settings(max_examples=40)
@given(seed=SEEDS, everywhere=st.booleans())
def test_rows_with_a_near_task_are_marked(seed, everywhere):
    random = np.random.default_rng(seed)
    part = a_part(seed)._replace(near=some_near(random, 5))
    owner = random.integers(-1, WINDOWS, 5)
    rows, _, _ = computed(part, [np.flatnonzero(owner == w).tolist() for w in range(WINDOWS)])
    undo = new_undo(5, WINDOWS, 7, part.modes)
    task = int(random.integers(0, 5))
    mark_nearby_rows(part, rows, undo, task, everywhere)
    near = {int(owner[c]) for c in part.near[task] if c >= 0}
    assert undo.seen[:WINDOWS].tolist() == [False] * WINDOWS
    assert undo.seen[WINDOWS:].tolist() == [everywhere or w in near for w in range(WINDOWS)]


@settings(max_examples=40)
@given(seed=SEEDS, modes=st.integers(2, 3), tasks=st.integers(1, 4), sites=st.integers(0, 2))
def test_deadheads_of_a_part_lead_neither_to_a_start_nor_away_from_a_finish(
    seed, modes, tasks, sites
):
    random = np.random.default_rng(seed)
    apart = random.choice([1.0, 2.0, 3.0, FAR_S], (9, 9)).astype(np.float32)
    nodes = tasks + 2 + 2 + sites
    number = random.integers(-1, 9, (nodes, modes)).astype(np.int32)
    number[tasks + 2 : tasks + 4, 0] = random.choice([NOWHERE, 4], 2)
    out = np.empty((nodes, nodes, 2 * modes**2), np.float32)
    spread(
        apart, np.ascontiguousarray(apart.T), number, NodeCounts(tasks, 2, sites), (0,) * modes, out
    )

    starts, finishes = range(tasks, tasks + 2), range(tasks + 2, tasks + 4)

    def seconds(i, a, j, m):
        x, y = number[i, a], number[j, m]
        if i == j or i in finishes or j in starts or -1 in (x, y):
            return np.float32(BIG_S)
        gap = apart[x, y] if min(x, y) >= 0 else 0.0
        return np.float32(gap if gap < FAR_S else BIG_S)

    for i, j, a, m in np.ndindex(nodes, nodes, modes, modes):
        assert out[i, j, modes**2 + modes * a + m] == seconds(i, a, j, m)
        assert out[j, i, modes * m + a] == seconds(i, a, j, m)
