"""Who is near whom: kernels against plain twins."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.arrays.route_arrays import SPOT
from routing.kernels.arrays.subproblem_arrays import new_cache, new_undo
from routing.kernels.graph.neighbor_lists import near_by_all, near_within, pulls
from routing.kernels.search.best_insertion import list_rows
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
    apart = random.integers(0, 5, (12, 9)).astype(np.float32)
    leave = random.integers(-1, 12, (tasks, modes)).astype(np.int32)
    enter = np.where(leave < 0, -1, random.integers(0, 9, (tasks, modes))).astype(np.int32)
    near = np.full((tasks, max(tasks - 3, 1)), -1, np.int32)
    near_by_all(leave, enter, apart, np.ascontiguousarray(apart.T), 9.0, near)

    def ways(t, c):
        for a, b in np.ndindex(modes, modes):
            if min(leave[t, a], leave[c, b]) >= 0:
                yield apart[leave[t, a], enter[c, b]]
                yield apart[leave[c, b], enter[t, a]]

    for t in range(tasks):
        least = {c: min(ways(t, c), default=9.0) for c in range(tasks) if c != t}
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
def test_a_task_is_tried_in_rows_by_their_nearness_then_in_an_empty_one(seed, everywhere):
    random = np.random.default_rng(seed)
    near = some_near(random, 5)
    near_s = random.random(near.shape).astype(np.float32)
    part = a_part(seed)._replace(near=near, near_s=near_s)
    owner = random.integers(-1, WINDOWS, 5)
    rows, _, _ = computed(part, [np.flatnonzero(owner == w).tolist() for w in range(WINDOWS)])
    undo = new_undo(5, WINDOWS, 7, part.modes)
    task = int(random.integers(0, 5))
    cache = new_cache(5, WINDOWS)
    count = list_rows(part, rows, cache, undo, task, everywhere)
    beside = [int(c) for c in near[task] if c >= 0]
    assert np.flatnonzero(cache.beside == task).tolist() == sorted(beside)
    assert cache.gap_s[beside].tolist() == near_s[task, : len(beside)].tolist()
    nearest = {}
    for c in beside:
        if owner[c] >= 0:
            nearest.setdefault(int(owner[c]), c)
    others = [w for w in range(WINDOWS) if rows.size[w] == 0 or (everywhere and w not in nearest)]
    assert cache.row[:count].tolist() == [*nearest, *others]
    assert [cache.nearest[w] for w in cache.row[:count]] == [*nearest.values(), *[-1] * len(others)]
