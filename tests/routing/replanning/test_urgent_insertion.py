"""One more task in running routes: at its cheapest place, which trying all of them finds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check.referee import cost_of, violations
from routing.network.deadheads import line_graph
from routing.network.pinned_stops import unpinned_problem
from routing.network.shortest_deadheads import PathCache, PathFinder
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import ReloadStop, Solution, TaskVisit
from routing.replanning.batch_insertion import InsertTasks, broken_by
from routing.replanning.changed_routes import change
from routing.replanning.running_routes import running_routes
from routing.replanning.urgent_displacement import DisplaceTasks
from routing.replanning.urgent_insertion import UrgentTask, best_insertion, with_task
from routing.search.exact_schedule import ExactSchedule
from tests.routing.storms import random_routes, random_rules
from tests.routing.towns import a_random_town, a_town

RING = ((0, 1, 10.0), (1, 2, 10.0), (2, 0, 10.0), (2, 3, 20.0))


def running(problem, routes):
    line = line_graph(problem)
    paths = PathCache(PathFinder(problem, line))
    behind = unpinned_problem(problem, paths)
    done = ExactSchedule(problem, paths, feasibility_of_tasks(behind.problem, line), routes)
    return Solution(tuple(done.routes), done.unserved, done.cost, 0.0, 0, 0)


def a_storm_and_one_more(seed, tasks, features):
    """A storm with running routes of all tasks but the last, and that task."""
    whole = a_random_town(seed, tasks + 1)
    rows = ("service_s", "material_kg", "class_index", "release_s", "due_s", "completion_price")
    rows = (*rows, "lateness_price", "unserved_price", "mode_arc")
    town = replace(whole, **{name: getattr(whole, name)[:-1] for name in rows})
    rules = random_rules(np.random.default_rng(seed), town, set(features))
    problem = replace(town, rules=rules)
    last = {name: getattr(whole, name)[-1] for name in rows}
    last["mode_arc"] = tuple(int(arc) for arc in last["mode_arc"])
    return problem, running(problem, random_routes(seed, problem)), UrgentTask(**last)


def all_insertions(problem, solution, modes):
    """Cost of every solution with the last task of a problem at some place, reloads included."""
    task = problem.tasks - 1
    for v, route in enumerate(solution.routes):
        for p in range(len(problem.rules.pin(v)), len(route) + 1):
            for mode in modes:
                for reload in ((), *((ReloadStop(site),) for site in range(problem.sites))):
                    stops = (*route[:p], *reload, TaskVisit(task, mode), *route[p:])
                    routes = (*solution.routes[:v], stops, *solution.routes[v + 1 :])
                    whole = replace(solution, routes=routes)
                    cost = cost_of(problem, whole)
                    whole = replace(whole, cost=cost)
                    if not [text for text in violations(problem, whole) if "left out" not in text]:
                        yield cost.total


@pytest.mark.parametrize(
    "features", [(), ("strict", "rest", "pinned"), ("metres", "home", "pinned"), ("order",)]
)
@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), tasks=st.integers(1, 6))
def test_one_more_task_comes_where_it_costs_least(features, seed, tasks):
    problem, solution, one_more = a_storm_and_one_more(seed, tasks, features)
    found = best_insertion(running_routes(problem, solution), one_more, tried=1000)
    larger = with_task(problem, one_more)
    modes = [mode for mode, arc in enumerate(one_more.mode_arc) if arc >= 0]
    before = cost_of(problem, solution).total
    costs = [cost - before for cost in all_insertions(larger, solution, modes)]
    if found is None:
        assert costs == []
        return
    after = replace(solution, routes=found.into(solution.routes))
    after = replace(after, cost=cost_of(larger, after))
    assert [text for text in violations(larger, after) if "left out" not in text] == []
    assert found.cost == pytest.approx(after.cost.total - before, abs=1e-6)
    assert found.cost <= min(costs) + 1e-6 or needs_two_reloads(larger, after)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), tasks=st.integers(4, 8))
def test_however_urgent_a_task_is_it_finds_the_places_for_which_there_is_time(seed, tasks):
    problem, solution, one_more = a_storm_and_one_more(seed, tasks, ())
    ends_s = np.array([timed.ends_s + 60.0 for timed in running_routes(problem, solution).timed])
    problem = replace(problem, shift_end_s=ends_s)
    urgent = replace(one_more, due_s=0.0, completion_price=1.0, lateness_price=50.0)
    modes = [mode for mode, arc in enumerate(urgent.mode_arc) if arc >= 0]
    possible = [*all_insertions(with_task(problem, urgent), solution, modes)]
    found = best_insertion(running_routes(problem, solution), urgent, tried=1)
    assert (found is None) == (possible == [])


def needs_two_reloads(problem, solution):
    """Whether routes reload at all: only one more reload, before the task itself, is looked at."""
    return any(isinstance(stop, ReloadStop) for route in solution.routes for stop in route)


def test_a_vehicle_that_must_not_is_not_asked():
    town = a_town(RING, [(0, -1)], vehicles=2)
    solution = running(town, ((TaskVisit(0, 0),), ()))
    routes = running_routes(town, solution)
    one_more = UrgentTask((2, -1), np.array([20.0]))
    near = best_insertion(routes, one_more)
    assert (near.vehicle, near.position, near.stops) == (0, 1, (TaskVisit(1, 0),))
    assert best_insertion(routes, one_more, forbidden=[0]).vehicle == 1
    assert best_insertion(routes, one_more, forbidden=[0, 1]) is None


def test_where_the_hopper_is_too_empty_the_truck_reloads_first():
    town = a_town(RING, [(0, -1)], site=3, capacity_kg=[100], load_kg=[30], material_kg=[20])
    solution = running(town, ((TaskVisit(0, 0),),))
    one_more = UrgentTask((2, -1), np.array([20.0]), material_kg=50.0)
    found = best_insertion(running_routes(town, solution), one_more)
    assert found.stops == (ReloadStop(0), TaskVisit(1, 0))
    too_much = replace(one_more, material_kg=500.0)
    assert best_insertion(running_routes(town, solution), too_much) is None


@pytest.mark.parametrize("features", [(), ("strict", "rest", "pinned"), ("metres", "home")])
@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), tasks=st.integers(2, 8))
def test_as_few_tasks_as_make_room_are_left_out_and_all_rules_are_kept(features, seed, tasks):
    problem, solution, one_more = a_storm_and_one_more(seed, tasks, features)
    ends_s = np.array([timed.ends_s for timed in running_routes(problem, solution).timed])
    routes = running_routes(replace(problem, shift_end_s=ends_s), solution)
    groups = [(task,) for task in range(tasks)]
    found = change(routes, DisplaceTasks(InsertTasks([one_more]), groups))
    if found is None:
        return
    assert broken_by(found) == []
    gone = found.before.doer_of_all().keys() - found.after.doer_of_all().keys()
    assert gone == found.after.unserved.keys() - found.before.unserved.keys()
    vehicle = found.after.doers([tasks])[tasks]
    own = [task for task in groups if found.before.doers(task).get(task[0]) == vehicle]
    assert [task for task in own if task[0] in gone] == [
        task for task in own if task not in pinned_of(problem, vehicle)
    ][: len(gone)]


def pinned_of(problem, vehicle):
    """The tasks that a vehicle's route begins with, each by itself."""
    return [(stop.task,) for stop in problem.rules.pin(vehicle) if isinstance(stop, TaskVisit)]


def test_work_that_ends_too_late_all_the_same_displaces_nothing():
    problem, solution, one_more = a_storm_and_one_more(3, 6, ())
    routes = running_routes(problem, solution)
    groups = [(task,) for task in range(6)]
    assert change(routes, DisplaceTasks(InsertTasks([one_more]), groups)) is not None
    assert change(routes, DisplaceTasks(InsertTasks([one_more]), groups, before_s=0.0)) is None
