"""Running routes changed: few vehicles hear of it, and the referee lets them through."""

from dataclasses import replace

import numpy as np
import pytest

from routing.check.referee import violations
from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import RouteRules, Solution, TaskVisit
from routing.problem.stopping import MaxIterations
from routing.problem.stops import tasks_of
from routing.replanning import handover_search
from routing.replanning.batch_insertion import InsertTasks
from routing.replanning.changed_routes import change
from routing.replanning.rearrangement import (
    RearrangeAll,
    RearrangeNearby,
    SearchEffort,
    changed_next_moves,
)
from routing.replanning.running_routes import running_routes, running_solution
from routing.replanning.urgent_insertion import UrgentTask
from routing.search import ruin_recreate
from routing.search.solver import solve
from tests.routing.towns import a_random_town
from tests.routing.towns import a_town as a_drawn_town

SOME = MaxIterations(1500)
TASKS, VEHICLES = 24, 5


def a_town(seed):
    """Five vehicles of one type with their routes, time to spare, and no rules."""
    town = a_random_town(seed, TASKS, VEHICLES)
    town = replace(
        town,
        vehicle_type=np.zeros(VEHICLES, np.int32),
        shift_end_s=np.full(VEHICLES, 9000.0),
        fixed_price=np.zeros(VEHICLES),
        material_kg=np.zeros(TASKS),
        rules=RouteRules(balance_price=3.0),
    )
    plan = solve(town, SOME, seed)
    return replace(town, rules=RouteRules()), plan


def after(town, routes, concerned=(), free=(), most=0, helpers=()) -> Solution:
    """What comes of a disruption, let through by the referee."""
    running = running_solution(town, routes, feasibility_of_tasks(town, line_graph(town)).hopeless)
    strategy = RearrangeNearby(concerned, free, most, helpers, SearchEffort(SOME))
    found = change(running_routes(town, running), strategy).after.solution
    assert violations(town, found) == []
    return found


def a_breakdown(town, plan, vehicle, *, begun=0):
    """The problem and the routes when a vehicle stops after what it has begun, and what it had."""
    pinned = tuple(route[:begun] for route in plan.routes) if begun else ()
    shift_end_s = town.shift_end_s.copy()
    shift_end_s[vehicle] = 0.0
    town = replace(town, shift_end_s=shift_end_s, rules=RouteRules(pinned=pinned))
    routes = list(plan.routes)
    routes[vehicle] = routes[vehicle][:begun]
    return town, routes, tuple(tasks_of(plan.routes[vehicle][begun:]))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("most", [0, 1, 4])
def test_freed_work_finds_a_place_and_few_vehicles_change_their_next_moves(seed, most):
    town, plan = a_town(seed)
    vehicle = int(np.argmax([len(route) for route in plan.routes]))
    town, routes, free = a_breakdown(town, plan, vehicle)
    found = after(town, routes, free=free, most=most)
    assert found.unserved == {}
    assert len(changed_next_moves(routes, found.routes)) <= most


@pytest.mark.parametrize("seed", range(3))
def test_what_a_broken_truck_has_begun_stays_and_the_rest_is_taken_over(seed):
    town, plan = a_town(seed)
    vehicle = int(np.argmax([len(route) for route in plan.routes]))
    town, routes, free = a_breakdown(town, plan, vehicle, begun=1)
    found = after(town, routes, free=free, most=2)
    assert found.routes[vehicle] == plan.routes[vehicle][:1]
    assert found.unserved == {}
    assert len(changed_next_moves(routes, found.routes)) <= 2


@pytest.mark.parametrize("seed", range(3))
def test_in_a_city_too_all_freed_work_finds_a_place(seed, monkeypatch):
    monkeypatch.setattr(handover_search, "EXACT_ENDS", 1)
    monkeypatch.setattr(ruin_recreate, "LONG_ROUTE", 2)
    town, plan = a_town(seed)
    vehicle = int(np.argmax([len(route) for route in plan.routes]))
    town, routes, free = a_breakdown(town, plan, vehicle)
    found = after(town, routes, free=free, most=2)
    assert found.unserved == {}
    assert len(changed_next_moves(routes, found.routes)) <= 2


def test_what_nobody_else_can_do_is_left_out():
    town = a_drawn_town(
        ((0, 1, 10.0), (0, 2, 30.0), (0, 3, 50.0)),
        [(0, -1), (2, -1)],
        vehicles=2,
        vehicle_type=[0, 1],
        pace=[1.0, 1.0],
        service_s=[[20.0, 20.0], [60.0, np.inf]],
        shift_end_s=[0.0, 1000.0],
    )
    found = after(town, [(), (TaskVisit(0, 0),)], free=(1,), most=2)
    assert found.routes == ((), (TaskVisit(0, 0),))
    assert found.unserved == {1: "time"}


@pytest.mark.parametrize("seed", range(2))
def test_a_new_vehicle_gets_work_of_those_that_are_named(seed):
    town, plan = a_town(seed)
    mine = int(np.argmin([len(route) for route in plan.routes]))
    free = tuple(tasks_of(plan.routes[mine]))
    routes = [() if v == mine else route for v, route in enumerate(plan.routes)]
    helpers = tuple(v for v in range(VEHICLES) if v != mine)
    found = after(town, routes, (mine,), free, 1, helpers)
    assert found.routes[mine]
    assert len(set(changed_next_moves(routes, found.routes)) - {mine}) <= 1


def test_with_nothing_to_do_and_nobody_concerned_all_stays():
    town, plan = a_town(1)
    found = after(town, plan.routes)
    assert found.routes == plan.routes


@pytest.mark.parametrize("most", [0, 2])
def test_much_new_work_goes_to_all_behind_their_next_moves(most):
    town, plan = a_town(2)
    routes = [route[:4] for route in plan.routes]
    running = running_solution(town, routes, feasibility_of_tasks(town, line_graph(town)).hopeless)
    strategy = RearrangeAll(most, SearchEffort(SOME))
    found = change(running_routes(town, running), strategy).after.solution
    assert violations(town, replace(found, bound=0.0)) == []
    assert found.unserved == {}
    assert len(changed_next_moves(routes, found.routes)) <= most


@pytest.mark.parametrize("seed", range(2))
def test_urgent_tasks_come_in_and_those_they_replace_go(seed):
    town, plan = a_town(seed)
    running = running_routes(town, plan)
    old = tasks_of(plan.routes[0])[-2:] or tasks_of(plan.routes[1])[-2:]
    urgent = [
        UrgentTask(tuple(town.mode_arc[task].tolist()), town.service_s[task], completion_price=5.0)
        for task in old
    ]
    found = change(running, InsertTasks(urgent, old))
    assert found is not None
    done = [task for route in found.after.routes for task in tasks_of(route)]
    assert sorted(done) == sorted({*range(TASKS + len(old))} - {*old})
    vehicle = found.takers[TASKS]
    assert vehicle in found.vehicles
    before, now = running.timed, found.after.timed
    assert found.more_s == pytest.approx(
        sum(r.service_s for r in now) - sum(r.service_s for r in before)
    )


def test_what_has_begun_is_not_put_off():
    town, plan = a_town(0)
    running = running_routes(town, plan)
    task = tasks_of(plan.routes[0])[0]
    urgent = UrgentTask(
        tuple(town.mode_arc[task].tolist()), town.service_s[task], completion_price=9.0
    )
    late_s = max(timed.ends_s for timed in running.timed)
    found = change(running, InsertTasks([urgent], begun_s=late_s))
    assert found is not None
    assert found.after.routes[found.takers[TASKS]][-1].task == TASKS
    assert change(running, InsertTasks([urgent], forbidden=range(VEHICLES))) is None
