"""Segments and tails of long routes moved beside near tasks."""

# ruff: noqa: SLF001 - the routes of a search are looked at from inside

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.kernels.routes import moves, relocation_sweep
from routing.kernels.routes.routes import compute_route
from routing.kernels.routes.segment_moves import best_move
from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import NONE
from routing.search import ruin_recreate as search_module
from routing.search.ruin_recreate import RuinRecreate
from routing.search.search_arrays import empty_routes
from tests.routing.random_towns import any_town
from tests.routing.towns import a_random_town

SEEDS = st.integers(0, 100_000)
TASKS, VEHICLES = 16, 3


def begun(problem):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_module, "WHOLE_TASKS", 0)
        search = RuinRecreate(
            problem, line_graph(problem), feasibility_of_tasks(problem, line_graph(problem)), 1, 1
        )
    search.begin(None)
    copies = empty_routes(problem, search._routes.stop.shape[1] - 1, vehicles=2)
    return search, copies


def arrays_of(search):
    return search._arrays


def orders_of(search):
    return [row.tolist() for row in search._tasks_of_routes()]


def one_way_without_deadlines(seed):
    town = a_random_town(seed, TASKS, VEHICLES)
    one_way = town.mode_arc.copy()
    one_way[:, 1:] = NONE
    nothing = np.zeros(TASKS)
    return replace(
        town,
        mode_arc=one_way,
        material_kg=nothing,
        lateness_price=nothing,
        release_s=nothing,
        shift_end_s=np.full(VEHICLES, 1e6),
        vehicle_type=np.zeros(VEHICLES, np.int32),
    )


def exactly_driven(seed):
    """A town of any kind; one-way where trucks reload: of two directions and reloads, driving a
    row afresh need not find the best, and a sweep may hold better ones."""
    town = any_town(seed, TASKS, VEHICLES)
    if not town.sites:
        return town
    one_way = town.mode_arc.copy()
    one_way[:, 1:] = NONE
    return replace(town, mode_arc=one_way)


def rearranged(orders, move):
    """The orders after a move, by lists."""
    orders = [list(order) for order in orders]
    v, w = int(move.vehicle), int(move.other)
    if move.tails:
        one, other = orders[v], orders[w]
        orders[v] = one[: move.first] + other[move.at :]
        orders[w] = other[: move.at] + one[move.first :]
        return orders
    stretch = orders[v][move.first : move.last + 1]
    before = orders[w][move.at] if move.at < len(orders[w]) else None
    orders[v] = [t for t in orders[v] if t not in stretch]
    at = len(orders[w]) if before is None else orders[w].index(before)
    orders[w][at:at] = stretch
    return orders


@settings(max_examples=60)
@given(seed=SEEDS)
def test_a_move_saves_what_it_promises_and_makes_the_routes_that_lists_make(seed):
    """Where streets have one direction, machines are alike, and nothing is late or salted."""
    search, copies = begun(one_way_without_deadlines(seed))
    for t in range(TASKS):
        if search._places.spot["route"][t] == NONE:
            continue
        move = best_move(arrays_of(search), t)
        if move.vehicle == NONE:
            continue
        before, orders = search._cost(), orders_of(search)
        assert moves.apply_move(arrays_of(search), copies, move)
        assert before - search._cost() == pytest.approx(move.gain, rel=1e-4, abs=0.01)
        assert orders_of(search) == rearranged(orders, move)


@settings(max_examples=60)
@given(seed=SEEDS)
def test_sweeps_leave_what_driving_all_routes_afresh_gives(seed):
    """Whatever is asked of the routes: bans, prices of metres, two directions."""
    town = any_town(seed, TASKS, VEHICLES)
    search, copies = begun(replace(town, material_kg=np.zeros(TASKS)))
    before = search._cost()
    stale = search._places.spot["fit"].copy()
    order = np.arange(TASKS, dtype=np.int32)
    for _ in range(3):
        relocation_sweep.sweep(arrays_of(search), copies, order, stale, TASKS)
    after, orders = search._cost(), orders_of(search)
    spots, stops = search._places.spot.copy(), search._routes.stop["done_s"].copy()
    assert after <= before + 1e-6
    search._rebuild()
    assert orders_of(search) == orders
    assert search._cost() == pytest.approx(after, rel=1e-9)
    assert np.array_equal(search._places.spot["route"], spots["route"])
    for v, tasks in enumerate(orders):
        done_s = search._routes.stop["done_s"][v, : len(tasks)]
        assert np.allclose(done_s, stops[v, : len(tasks)])
        assert spots["position"][tasks].tolist() == list(range(len(tasks)))


@settings(max_examples=30)
@given(seed=SEEDS)
def test_sweeps_cost_no_more_and_lose_nothing_where_trucks_reload(seed):
    """Reloads are kept as a move left them: driving afresh may place some of them otherwise."""
    search, copies = begun(any_town(seed, TASKS, VEHICLES))
    before, absent = search._cost(), len(search._absent())
    stale = search._places.spot["fit"].copy()
    relocation_sweep.sweep(
        arrays_of(search), copies, np.arange(TASKS, dtype=np.int32), stale, TASKS
    )
    assert search._cost() <= before + 1e-6
    served = [task for order in orders_of(search) for task in order]
    assert len(served) == len(set(served)) >= TASKS - absent


@settings(max_examples=30)
@given(seed=SEEDS, first=st.integers(0, 5), length=st.integers(0, 5))
def test_tasks_put_between_others_leave_what_driving_afresh_gives(seed, first, length):
    search, _ = begun(exactly_driven(seed))
    orders = orders_of(search)
    v = max(range(VEHICLES), key=lambda each: len(orders[each]))
    first = min(first, len(orders[v]))
    last = min(first + length, len(orders[v]))
    absent = search._absent()[:3]
    news = np.concatenate((absent, np.array(orders[v][first:last][::-1], np.int32)))
    holds = moves.replace_tasks(*arrays_of(search)[:3], v, first, last, news)
    cost = search._routes.row["cost"][v]
    assert orders_of(search)[v] == [*orders[v][:first], *news.tolist(), *orders[v][last:]]
    assert compute_route(*arrays_of(search)[:3], v) == holds
    assert search._routes.row["cost"][v] == pytest.approx(cost, rel=1e-9)


def test_a_task_left_out_finds_the_place_that_costs_least():
    search, copies = begun(one_way_without_deadlines(3))
    search._load_tasks([row[row != 5] for row in search._tasks_of_routes()])
    before = search._cost()
    stale = np.zeros(TASKS, np.bool_)
    stale[5] = True
    relocation_sweep.sweep(arrays_of(search), copies, np.array([5], np.int32), stale, 1)
    assert search._places.spot["route"][5] != NONE
    assert search._cost() < before
