"""What is proved impossible, no plan of a small town does; and what plainly is, is proved."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.bounds.completion_bounds import FleetAccess, earliest_finish, most_done
from routing.bounds.infeasibility import proofs
from routing.network.deadheads import line_graph
from routing.network.shortest_deadheads import PathFinder
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import RouteRules, TaskVisit
from tests.routing.bounds.every_plan import EveryRoute, earliest_end_of_all
from tests.routing.random_towns import any_town
from tests.routing.towns import a_town

ROAD = tuple((i, i + 1, 100.0) for i in range(8))
THERE = [(2 * i, -1) for i in range(8)]


def proved(problem):
    return proofs(problem, PathFinder(problem, line_graph(problem)))


def town_of_classes(seed, tasks, vehicles):
    """A small town with one deadline for each class, often too early."""
    random = np.random.default_rng(seed)
    town = any_town(seed, tasks, vehicles)
    due_s = np.sort(random.integers(20, 600, 3)).astype(float)
    class_index = random.integers(0, 3, tasks).astype(np.int32)
    sites = (
        {}
        if random.random() < 0.5
        else {"reload_arc": town.reload_arc[:0], "fill_s": town.fill_s[:0]}
    )
    return replace(town, class_index=class_index, due_s=due_s[class_index], **sites)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 4), vehicles=st.integers(1, 2))
@example(seed=563, tasks=4, vehicles=1)
def test_no_plan_finishes_classes_before_the_time_that_is_proved(seed, tasks, vehicles):
    problem = town_of_classes(seed, tasks, vehicles)
    single = feasibility_of_tasks(problem, line_graph(problem))
    for proof in proved(problem).classes:
        assert proof.earliest_s > proof.due_s
        wanted = np.isin(problem.class_index, proof.classes) & single.fit()
        assert wanted.sum() == proof.tasks
        ends_s = earliest_end_of_all(problem, np.flatnonzero(wanted).tolist())
        assert ends_s >= proof.earliest_s - 1e-3


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 4), vehicles=st.integers(1, 2))
def test_no_plan_does_some_tasks_before_the_work_allows(seed, tasks, vehicles):
    problem = town_of_classes(seed, tasks, vehicles)
    line = line_graph(problem)
    single = feasibility_of_tasks(problem, line)
    some = np.random.default_rng(seed).random(tasks) < 0.7
    team = FleetAccess(problem, line, single).team(some)
    proof = earliest_finish(team, 0.0)
    wanted = np.flatnonzero(some & single.fit()).tolist()
    assert earliest_end_of_all(problem, wanted) >= proof.earliest_s - 1e-3


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 4), vehicles=st.integers(1, 2))
def test_no_route_does_a_task_that_is_proved_impossible(seed, tasks, vehicles):
    problem = town_of_classes(seed, tasks, vehicles)
    routes = [EveryRoute(problem, v) for v in range(vehicles)]
    for proof in proved(problem).tasks:
        ends_s = min(route.done_s.get(proof.task, np.inf) for route in routes)
        assert ends_s == np.inf if proof.reason != "late" else ends_s >= proof.earliest_s - 1e-6


def road(**fields):
    """A road of eight streets, each 200 s of work, due after 1,000 s."""
    given = {"due_s": np.full(8, 1000.0), "unserved_price": np.full(8, 1e5)}
    return a_town(ROAD, THERE, **(given | fields))


def test_one_truck_cannot_do_the_work_of_two():
    (proof,) = proved(road()).classes
    assert (proof.classes, proof.argument, proof.vehicles, proof.tasks) == ((0,), "work", 1, 8)
    assert 8 * 200 <= proof.earliest_s <= 8 * 200 + 8
    assert 600 <= proof.missing_s <= 608
    assert proved(road(vehicles=2)).classes == ()


def test_what_share_of_a_class_can_be_done_in_time_is_part_of_the_proof():
    (proof,) = proved(road()).classes
    length_m = road().length_m[road().mode_arc[:, 0]]
    five = np.sort(length_m)[-5:].sum() / length_m.sum()  # 1,000 s are enough for five streets
    assert 4 / 8 <= proof.most_share <= five + 1e-6


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 4), by_s=st.floats(1.0, 2000.0))
def test_no_plan_does_more_of_them_by_a_time_than_the_bound_says(seed, tasks, by_s):
    problem = town_of_classes(seed, tasks, 1)
    line = line_graph(problem)
    single = feasibility_of_tasks(problem, line)
    everything = np.ones(tasks, np.bool_)
    worth = np.random.default_rng(seed).uniform(1.0, 9.0, tasks)
    chosen = np.flatnonzero(single.fit())
    team = FleetAccess(problem, line, single).team(everything)
    most = most_done(team, worth[chosen], by_s)
    for size in range(1, tasks + 1):
        for some in combinations(range(tasks), size):
            if earliest_end_of_all(problem, list(some)) <= by_s:
                assert worth[list(some)].sum() <= most * (1 + 1e-9) + 1e-6


def test_a_slow_truck_is_worth_less_than_a_fast_one():
    mixed = {"pace": [1.0, 1.0], "vehicle_type": [0, 1], "vehicles": 2}
    slow = road(service_s=np.tile([200.0, 800.0], (8, 1)), **mixed)
    (proof,) = proved(slow).classes
    assert proof.argument == "work"
    assert 1600 * 4 / 5 <= proof.earliest_s <= 1600


def test_a_street_too_far_away_is_the_reason_by_itself():
    far = road(due_s=np.where(np.arange(8) == 7, 500.0, 1e5))
    (proof,) = proved(far).classes
    assert (proof.argument, proof.task) == ("distance", 7)
    assert [(task.task, task.reason) for task in proved(far).tasks] == [(7, "late")]


def test_too_little_salt_without_a_site_is_never_enough():
    laden = {"material_kg": np.full(8, 50.0), "capacity_kg": [100.0], "load_kg": [100.0]}
    (proof,) = proved(road(due_s=np.full(8, 1e5), **laden)).classes
    assert (proof.argument, proof.earliest_s) == ("material", np.inf)


def test_reloads_take_their_time():
    laden = {"material_kg": np.full(8, 50.0), "capacity_kg": [100.0], "load_kg": [0.0]}
    (proof,) = proved(road(site=0, due_s=np.full(8, 2000.0), **laden)).classes
    assert 1600 + 4 * 300 <= proof.earliest_s <= 1600 + 4 * 300 + 8


def test_a_shift_that_ends_too_soon_is_never_enough():
    (proof,) = proved(road(due_s=np.full(8, 1e5), shift_end_s=[1500.0], end_arc=[-1])).classes
    assert (proof.argument, proof.earliest_s) == ("work", np.inf)


def test_classes_that_fit_one_by_one_may_not_fit_together():
    both = road(class_index=np.arange(8) % 2, due_s=np.where(np.arange(8) % 2, 1200.0, 900.0))
    (proof,) = proved(both).classes
    assert (proof.classes, proof.due_s) == ((0, 1), 1200.0)


def test_what_is_pinned_is_taken_as_done():
    pinned = replace(
        road(), rules=RouteRules(pinned=(tuple(TaskVisit(task, 0) for task in range(6)),))
    )
    assert [task.task for task in proved(pinned).tasks] == [6, 7]
    assert [proof.tasks for proof in proved(pinned).classes] == [2]


def test_a_street_nobody_is_able_to_do_is_said_to_be_so():
    unable = road(service_s=np.where(np.arange(8) == 3, np.inf, 20.0)[:, None])
    assert [(task.task, task.reason) for task in proved(unable).tasks] == [(3, "no_vehicle")]
