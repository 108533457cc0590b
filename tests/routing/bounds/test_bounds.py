"""No plan costs less than its lower bound, and on public instances few cost much more."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.bounds import separation
from routing.bounds.background_bound import BackgroundBound
from routing.bounds.cuts import component_visits, junction_relaxation, visits
from routing.bounds.least_costs import least_prices
from routing.bounds.lower_bound import lower_bound, rising_bounds
from routing.bounds.relaxation import relaxed
from routing.formats.benchmarks.instance_problem import model_of
from routing.network.deadheads import line_graph
from routing.network.pinned_stops import unpinned_problem
from routing.network.shortest_deadheads import PathFinder
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import RouteRules, TaskVisit
from routing.problem.stopping import (
    FirstFeasible,
    MaxIterations,
    MaxRuntime,
    StopWhenAsked,
    by_iterations,
)
from tests.routing.bounds.every_plan import least_cost_of_any_plan
from tests.routing.formats.public_files import best_known, public_file, read_file
from tests.routing.random_towns import any_town
from tests.routing.storms import a_random_storm
from tests.routing.towns import a_town
from tests.routing.truth import least_total

STAR = ((0, 1, 10.0), (1, 2, 10.0), (1, 3, 10.0), (1, 4, 10.0))


def bound_of(problem, **effort):
    return lower_bound(problem, feasibility_of_tasks(problem, line_graph(problem)), **effort)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 4), vehicles=st.integers(1, 2))
def test_no_plan_of_a_small_town_costs_less_than_the_bound(seed, tasks, vehicles):
    problem = any_town(seed, tasks, vehicles)
    least = least_cost_of_any_plan(problem)
    assert bound_of(problem) <= least + 1e-6
    assert bound_of(problem, rounds=0) <= least + 1e-6


def test_deadheads_turns_and_the_way_home_are_in_the_bound():
    there_and_back = a_town(STAR, [(2, -1)])
    assert bound_of(there_and_back) == pytest.approx(10 + 1 + 20 + 30 + 10 + 1 + 10, rel=1e-6)
    assert least_cost_of_any_plan(there_and_back) == pytest.approx(82)


def test_vehicles_come_as_often_as_their_hoppers_are_emptied():
    far = [(2, 3), (4, 5), (6, 7)]
    laden = {"material_kg": [60, 60, 60], "capacity_kg": [100] * 3, "load_kg": [100] * 3}
    heavy = a_town(STAR, far, vehicles=3, **laden)
    heavy = replace(heavy, turn_s=np.zeros_like(heavy.turn_s))
    light = replace(heavy, material_kg=np.zeros(3))
    assert bound_of(light) == pytest.approx(3 * 30 + 20)
    assert bound_of(heavy) == pytest.approx(3 * (20 + 20 + 10))


def test_in_large_networks_hoppers_are_counted_through_every_ring_around_the_stops(monkeypatch):
    far = [(2, -1), (4, -1), (6, -1)]  # one way, else links alone are looked at
    laden = {"material_kg": [100, 100, 100], "capacity_kg": [100] * 3, "load_kg": [100] * 3}
    heavy = a_town(STAR, far, vehicles=3, **laden)
    heavy = replace(heavy, turn_s=np.zeros_like(heavy.turn_s))
    monkeypatch.setattr(separation, "FEW_JUNCTIONS", 1)
    assert bound_of(replace(heavy, material_kg=np.zeros(3))) == pytest.approx(3 * 30 + 20)
    assert bound_of(heavy) == pytest.approx(3 * (20 + 20 + 10))


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 4), vehicles=st.integers(1, 2))
def test_no_plan_of_a_small_town_costs_less_than_the_bound_by_rings(seed, tasks, vehicles):
    problem = any_town(seed, tasks, vehicles)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(separation, "FEW_JUNCTIONS", 1)
        assert bound_of(problem) <= least_cost_of_any_plan(problem) + 1e-6


def test_streets_that_lead_to_an_odd_junction_are_driven_once_more():
    ring = a_town(((0, 1, 10.0), (1, 2, 10.0), (2, 0, 10.0), (0, 2, 7.0)), [(0, 1), (2, 3), (4, 5)])
    three = replace(ring, turn_s=np.zeros_like(ring.turn_s))
    chord = replace(
        three,
        **{"mode_arc": np.array([(0, 1), (2, 3), (4, 5), (6, 7)], np.int32)}
        | {
            name: np.resize(getattr(three, name), 4)
            for name in (
                "material_kg",
                "class_index",
                "release_s",
                "due_s",
                "completion_price",
                "lateness_price",
                "unserved_price",
            )
        }
        | {"service_s": 2 * three.drive_s[[0, 2, 4, 6]][:, None]},
    )
    assert bound_of(three) == 60
    assert bound_of(chord) == 60 + 14 + 7


def test_a_task_nobody_can_do_costs_its_price_and_a_problem_without_vehicles_all_prices():
    nobody = a_town(STAR, [(2, -1)], vehicles=0)
    unable = a_town(STAR, [(2, -1)], service_s=[[np.inf]])
    assert bound_of(nobody) == bound_of(unable) == 1e5


def instance_problem(shared_data, name):
    return model_of(read_file(public_file(shared_data, name))).problem


CLOSED = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]


@pytest.mark.parametrize("number", CLOSED)
def test_best_known_plans_of_gdb_are_proved_best(shared_data, number):
    problem = instance_problem(shared_data, f"gdb{number}")
    assert bound_of(problem) == best_known(shared_data, f"gdb{number}")


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("egl-e1-A", 0.97),
        ("egl-e2-C", 0.97),
        ("egl-e3-B", 0.97),
        ("egl-e4-C", 0.98),
        ("val1A", 1.0),
        ("val4D", 0.975),
        ("val7B", 1.0),
        ("val10D", 0.99),
        ("mval1A", 1.0),
        ("mval4D", 0.99),
        ("mval7B", 1.0),
        ("mval10D", 0.99),
        ("Lpr-a-01", 1.0),
        ("Lpr-a-03", 0.999),
        ("Lpr-b-03", 0.999),
    ],
)
def test_best_known_plans_are_near_their_bound(shared_data, name, share):
    bound = bound_of(instance_problem(shared_data, name))
    best = best_known(shared_data, name)
    assert share * best <= bound <= best


def test_one_task_after_another_is_a_bound_at_once():
    problem = any_town(3, 4, 2)
    single = feasibility_of_tasks(problem, line_graph(problem))
    assert next(rising_bounds(problem, single)) <= lower_bound(problem, single)


def test_a_bound_rises_beside_the_search_and_is_the_last_one_when_waited_for():
    go_on = Event()

    def bounds():
        yield 1.0
        go_on.wait()
        yield from (5.0, 4.0)

    beside = BackgroundBound(bounds(), 10.0)
    assert beside.value == 11.0
    go_on.set()
    assert beside.last(wait=True) == 15.0


def test_who_does_not_wait_gets_the_bound_so_far():
    go_on = Event()

    def bounds():
        yield 1.0
        go_on.wait()
        yield 5.0

    assert BackgroundBound(bounds()).last(wait=False) == 1.0
    go_on.set()


def test_leaving_a_search_stops_its_bound():
    ended = Event()

    def bounds():
        try:
            while True:
                yield 1.0
        finally:
            ended.set()

    with pytest.raises(ZeroDivisionError), BackgroundBound(bounds()):
        raise ZeroDivisionError
    assert ended.wait(60.0)


def test_only_a_stop_by_iterations_waits_for_the_last_bound():
    assert by_iterations(FirstFeasible(MaxIterations(5)))
    assert not by_iterations(FirstFeasible(MaxRuntime(5.0)))
    assert by_iterations(StopWhenAsked(lambda: False, MaxIterations(5)))
    assert not by_iterations(StopWhenAsked(lambda: True, MaxIterations(5)))


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 8))
def test_parts_of_a_network_are_visited_as_often_all_at_once_as_one_by_one(seed, tasks):
    problem = any_town(seed, tasks, 2)
    single = feasibility_of_tasks(problem, line_graph(problem))
    country = junction_relaxation(relaxed(problem, least_prices(problem, single.fit())))
    random = np.random.default_rng(seed)
    label = random.integers(0, 3, country.junctions)
    for task in range(tasks):  # a task and its streets in one part
        ends = np.concatenate((problem.tail, problem.head))[problem.mode_arc[task]]
        label[problem.tail[problem.mode_arc[task]]] = label[ends[0]]
        label[problem.head[problem.mode_arc[task]]] = label[ends[0]]
    _, label = np.unique(label, return_inverse=True)
    found = {frozenset(cut.column): cut.least for cut in component_visits(country, label)}
    ends = label[country.tail[: country.modes]], label[country.head[: country.modes]]
    for part in np.unique(label):
        one = visits(country, label == part)
        crossed = np.any((ends[0] == part) != (ends[1] == part))
        if one and not crossed:
            assert 1.0 <= found[frozenset(one.column)] <= one.least


def test_streets_that_must_wait_for_the_only_truck_cost_the_wait():
    road = tuple((i, i + 1, 100.0) for i in range(8))
    tasks = [(2 * i, -1) for i in range(8)]
    busy = a_town(road, tasks, completion_price=np.ones(8), price_per_s=[0.0])
    first, *better = rising_bounds(busy, feasibility_of_tasks(busy, line_graph(busy)))
    one_by_one = sum(200 * i for i in range(1, 9))
    assert first < 0.7 * one_by_one < 0.85 * one_by_one < max(better) <= one_by_one + 60


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 3), vehicles=st.integers(1, 2))
def test_no_plan_costs_less_than_the_bound_whatever_the_rules(seed, tasks, vehicles):
    problem = a_random_storm(seed, tasks, vehicles)
    behind = unpinned_problem(problem, PathFinder(problem, line_graph(problem)))
    assert bound_of(behind.problem) + behind.cost <= least_total(problem) + 1e-6


def test_a_bound_is_not_taken_in_front_of_pins():
    pinned = replace(a_town(STAR, [(2, -1)]), rules=RouteRules(pinned=((TaskVisit(0, 0),),)))
    with pytest.raises(ValueError, match="pinned"):
        bound_of(pinned)
