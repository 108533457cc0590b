"""Parts of a problem: what the search believes there must be true of whole routes."""

# ruff: noqa: SLF001 - parts are looked at from inside

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check.referee import violations
from routing.kernels.arrays.route_arrays import EDGE, FAR_S, DeadheadTable
from routing.kernels.arrays.subproblem_arrays import BIG_S, UNCHANGED, WEIGHT, new_cache
from routing.kernels.rows.rows import evaluate_insertions, insert_task, remove_tasks
from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.stopping import MaxIterations
from routing.search import decomposition, subproblems
from routing.search import ruin_recreate as search_module
from routing.search.ruin_recreate import RuinRecreate
from routing.search.solver import solve
from routing.search.subproblems import RouteWindow
from tests.routing.storms import a_random_storm
from tests.routing.towns import a_random_town, a_town

SEEDS = st.integers(0, 10_000)


@pytest.fixture
def in_parts(monkeypatch):
    """Search as in a city: windows of three routes, a few tasks at a time."""
    monkeypatch.setattr(search_module, "WHOLE_TASKS", 0)
    monkeypatch.setattr(search_module, "LONG_ROUTE", 0)
    monkeypatch.setattr(decomposition, "WINDOWS", 3)
    monkeypatch.setattr(decomposition, "WINDOW_HALF", 2)
    monkeypatch.setattr(search_module, "PART_ITERATIONS", 20)


@pytest.fixture
def in_groups(monkeypatch):
    """Search as with many short routes: two or three of them at a time."""
    monkeypatch.setattr(search_module, "WHOLE_TASKS", 0)
    monkeypatch.setattr(decomposition, "GROUP_TASKS", 6)


def begun(problem, seed=1):
    search = RuinRecreate(
        problem, line_graph(problem), feasibility_of_tasks(problem, line_graph(problem)), seed, 1
    )
    search.begin(None)
    return search


@settings(max_examples=40)
@given(
    seed=SEEDS,
    modes=st.integers(2, 3),
    tasks=st.integers(1, 4),
    sites=st.integers(0, 2),
    symmetric=st.booleans(),
)
def test_deadheads_of_a_part_lead_neither_to_a_start_nor_away_from_a_finish(
    seed, modes, tasks, sites, symmetric
):
    random = np.random.default_rng(seed)
    none = np.zeros((1, 1), np.float32)
    dense = random.choice([1.0, 2.0, 3.0, FAR_S], (5, 5 if symmetric else 4)).astype(np.float32)
    if symmetric:
        dense = np.minimum(dense, dense.T)
    leave = random.integers(0, 5, 9).astype(np.int32)
    enter = random.integers(0, 4, 9).astype(np.int32)
    known = DeadheadTable(
        dense, leave, enter, 2, none, none, none.astype(np.int32), none, np.zeros(1, EDGE), none
    )._replace(symmetric=symmetric)
    end = random.integers(-1, 9, (tasks + 2 + 2 + sites, modes)).astype(np.int32)
    end[tasks:, 0] = random.integers(0, 9, 4 + sites)
    end[tasks:, 1:] = -1
    end[tasks + 2 : tasks + 4, 0] = random.choice([subproblems.NOWHERE, 4], 2)
    table = subproblems._deadheads(known, end, tasks, 2)
    starts, finishes = range(tasks, tasks + 2), range(tasks + 2, tasks + 4)

    def seconds(i, a, j, m):
        x, y = end[i, a], end[j, m]
        if i in finishes or j in starts or -1 in (x, y):
            return BIG_S
        gap = dense[leave[x], enter[y]] if y >= 0 else 0.0
        return gap if gap < FAR_S else BIG_S

    for i, j, a, m in np.ndindex(len(end), len(end), modes, modes):
        expected = np.float32(seconds(i, a, j, m))
        assert table.apart_s[table.leave[i, a], table.enter[j, m]] == expected
        assert table.back_s[table.enter[j, m], table.leave[i, a]] == expected


@settings(max_examples=40)
@given(seed=SEEDS, tasks=st.integers(1, 5))
def test_near_tasks_of_a_part_are_as_far_as_their_least_deadhead(seed, tasks):
    random = np.random.default_rng(seed)
    apart = random.integers(1, 9, (4, 4)).astype(np.float32)
    leave, enter = random.integers(0, 4, (2, tasks, 2))
    near = random.integers(0, tasks, (tasks, 3)).astype(np.int32)
    table = subproblems.NodeDeadheads(apart, apart.T, leave, enter, near[:, 0], near[:, 0])
    found = subproblems._near_s(near, table)
    for t, q in np.ndindex(near.shape):
        c = near[t, q]
        ways = [
            apart[leave[i, a], enter[j, m]]
            for i, j in ((t, c), (c, t))
            for a, m in np.ndindex(2, 2)
        ]
        assert found[t, q] == min(ways)


@pytest.mark.parametrize(("vehicles", "whole"), [(3, False), (5, True)])
def test_everything_is_looked_at_together_unless_routes_are_long(monkeypatch, vehicles, whole):
    monkeypatch.setattr(search_module, "FEW_TASKS", 0)
    monkeypatch.setattr(search_module, "LONG_ROUTE", 3)
    assert (begun(a_random_town(1, 14, vehicles))._everything is not None) == whole


@pytest.mark.parametrize("modes", [2, 4])
@pytest.mark.parametrize("seed", range(9))
def test_a_search_in_parts_passes_the_referee_and_never_gets_worse(in_parts, seed, modes):
    problem = a_random_town(seed, 14, 3)
    if modes > problem.modes:
        problem = with_modes(without_material(problem), modes)
    first = solve(problem, MaxIterations(0), seed)
    better = solve(problem, MaxIterations(400), seed)
    assert violations(problem, better) == []
    assert better.cost.total <= first.cost.total + 1e-6
    assert solve(problem, MaxIterations(400), seed) == better


@pytest.mark.parametrize("seed", range(9))
def test_groups_of_routes_pass_the_referee_whatever_the_number_of_threads(in_groups, seed):
    problem = a_random_town(seed, 14, 5)
    first = solve(problem, MaxIterations(0), seed)
    better = solve(problem, MaxIterations(600), seed)
    assert violations(problem, better) == []
    assert better.cost.total <= first.cost.total + 1e-6
    assert solve(problem, MaxIterations(600), seed, threads=2) == better


@pytest.mark.parametrize("seed", range(13))
def test_a_search_in_parts_keeps_the_rules_of_storms(in_parts, seed):
    problem = a_random_storm(seed, 14, 3)
    first = solve(problem, MaxIterations(0), seed)
    better = solve(problem, MaxIterations(400), seed)
    assert violations(problem, first) == []
    assert violations(problem, better) == []
    assert better.cost.total <= first.cost.total + 1e-6


@pytest.mark.parametrize("seed", range(13))
def test_groups_of_routes_keep_the_rules_of_storms(in_groups, seed):
    problem = a_random_storm(seed, 14, 5)
    better = solve(problem, MaxIterations(600), seed)
    assert violations(problem, better) == []
    assert solve(problem, MaxIterations(600), seed, threads=2) == better


def test_around_a_street_that_nobody_reaches_there_is_nothing_to_improve(in_parts, monkeypatch):
    monkeypatch.setattr(decomposition, "WINDOW_LOOKS", 1)
    island = a_town([(0, 1, 10.0), (2, 3, 10.0)], [(0, -1), (2, -1)])
    found = solve(island, MaxIterations(200), 1)
    assert found.unserved == {1: "unreachable"}
    assert violations(island, found) == []


@settings(max_examples=20)
@given(seed=SEEDS, first=st.integers(0, 4), length=st.integers(0, 4), salting=st.booleans())
def test_what_a_window_saves_the_whole_route_saves(seed, first, length, salting):
    """Put a window's own tasks back in another order: both must see the same difference."""
    problem = without_deadlines(a_random_town(seed, 10, 1))
    if salting:
        problem = with_salt(problem, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_module, "WHOLE_TASKS", 0)
        search = begun(problem)
    size = int(search._routes.row["size"][0])
    window = RouteWindow(0, min(first, size), min(first + length, size))
    part = search._part([window], np.zeros(0, np.int32))
    before, inside = search._cost(), part.cost
    part.run(50, 0.0, np.array([seed + 1], np.uint64))
    saved = inside - part.cost
    search._put(part, part.windows, part.best())
    assert before - search._cost() >= saved - 1e-3 * max(1.0, abs(before))


@settings(max_examples=20)
@given(seed=SEEDS)
def test_the_price_of_a_place_is_what_the_insertion_then_costs(seed):
    problem = without_deadlines(a_random_town(seed, 8, 2))
    search = begun(problem)
    part = search._everything
    f, r = part._part, part._rows
    for w in range(len(r.size)):
        for p in range(1, int(r.size[w]) + 1):
            task = int(r.order[w, p])
            assert remove_tasks(f, r, w, p, 1)
            alone_cost = float(r.sum[w, 0])
            memo = new_cache(len(r.spot), len(r.size))
            evaluate_insertions(f, r, memo, task, w, UNCHANGED)
            found = memo.known[task, w, UNCHANGED]
            price, place = float(found["price"]), int(found["place"])
            assert insert_task(f, r, task, w, place)
            assert float(r.sum[w, 0]) - alone_cost == pytest.approx(price, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(("each_kg", "priced"), [(40.0, True), (30.0, False)])
def test_hoppers_may_lack_material_only_where_together_they_hold_all(each_kg, priced):
    town = replace(
        a_random_town(4, 12, 3),
        material_kg=np.full(12, 10.0),
        capacity_kg=np.full(3, each_kg),
        load_kg=np.full(3, each_kg),
        vehicle_type=np.zeros(3, np.int32),
        shift_end_s=np.full(3, np.inf),
        reload_arc=np.empty(0, np.int32),
        fill_s=np.empty(0),
    )
    assert (begun(town)._everything._rows.total[WEIGHT] > 0.0) == priced


def with_modes(town, modes):
    """Return the town with more arcs of the same streets to do each task on."""
    more = np.random.default_rng(town.tasks).integers(-1, 4, (town.tasks, modes - 2))
    return replace(town, mode_arc=np.hstack((town.mode_arc, more)).astype(np.int32))


def without_material(town):
    """Return the town where nobody reloads, for which kernels of many modes are ready."""
    return replace(town, material_kg=np.zeros(town.tasks))


def with_salt(town, seed):
    """Return the town where every task needs salt and has one mode: its reloads are exact."""
    material_kg = np.random.default_rng(seed).integers(10, 120, town.tasks).astype(float)
    one_way = town.mode_arc.copy()
    one_way[:, 1] = -1
    return replace(town, material_kg=material_kg, mode_arc=one_way)


def without_deadlines(town):
    """Return the town where only time counts, without hoppers and waiting."""
    nothing = np.zeros(town.tasks)
    return replace(
        town,
        material_kg=nothing,
        release_s=nothing,
        completion_price=nothing,
        lateness_price=nothing,
        shift_end_s=np.full(town.vehicles, np.inf),
    )
