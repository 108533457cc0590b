"""Routes changed while driven: few vehicles hear of it, and the referee lets them through."""

from dataclasses import replace

import numpy as np
import pytest

from routing.check.referee import violations
from routing.network.deadheads import line_graph
from routing.network.shortest_deadheads import PathCache, PathFinder
from routing.network.single_task_feasibility import alone
from routing.problem.problem import RouteRules, Solution
from routing.problem.stopping import MaxIterations
from routing.problem.stops import tasks_of
from routing.replanning.batch_insertion import inserted
from routing.replanning.route_changes import (
    RouteChange,
    all_rearranged,
    changed,
    rearranged,
    running_solution,
)
from routing.replanning.urgent_insertion import RunningRoutes, UrgentTask
from routing.search.solver import solve
from tests.routing.towns import a_random_town

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


def after(town, routes, change) -> Solution:
    """What comes of a change, let through by the referee."""
    line = line_graph(town)
    running = running_solution(town, routes, alone(town, line).hopeless)
    ways = PathCache(PathFinder(town, line))
    found = rearranged(town, ways, line, running, change, SOME).solution
    assert violations(town, found) == []
    return found


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("most", [0, 1, 4])
def test_freed_work_finds_a_place_and_few_vehicles_change_their_next_moves(seed, most):
    town, plan = a_town(seed)
    vehicle = int(np.argmax([len(route) for route in plan.routes]))
    free = tuple(tasks_of(plan.routes[vehicle]))
    shift_end_s = town.shift_end_s.copy()
    shift_end_s[vehicle] = 0.0
    town = replace(town, shift_end_s=shift_end_s)
    routes = [() if v == vehicle else route for v, route in enumerate(plan.routes)]
    found = after(town, routes, RouteChange((), free, most))
    assert found.unserved == {}
    assert len(changed(routes, found.routes)) <= most


@pytest.mark.parametrize("seed", range(2))
def test_a_new_vehicle_gets_work_of_those_that_are_named(seed):
    town, plan = a_town(seed)
    mine = int(np.argmin([len(route) for route in plan.routes]))
    free = tuple(tasks_of(plan.routes[mine]))
    routes = [() if v == mine else route for v, route in enumerate(plan.routes)]
    helpers = tuple(v for v in range(VEHICLES) if v != mine)
    found = after(town, routes, RouteChange((mine,), free, 1, helpers))
    assert found.routes[mine]
    assert len(set(changed(routes, found.routes)) - {mine}) <= 1


def test_with_nothing_to_do_and_nobody_concerned_all_stays():
    town, plan = a_town(1)
    found = after(town, plan.routes, RouteChange((), (), 0))
    assert found.routes == plan.routes


@pytest.mark.parametrize("most", [0, 2])
def test_much_new_work_goes_to_all_behind_their_next_moves(most):
    town, plan = a_town(2)
    routes = [route[:4] for route in plan.routes]
    line = line_graph(town)
    running = running_solution(town, routes, alone(town, line).hopeless)
    ways = PathCache(PathFinder(town, line))
    found = all_rearranged(town, ways, line, running, most, SOME).solution
    assert violations(town, replace(found, bound=0.0)) == []
    assert found.unserved == {}
    assert len(changed(routes, found.routes)) <= most


@pytest.mark.parametrize("seed", range(2))
def test_urgent_tasks_come_in_and_those_they_replace_go(seed):
    town, plan = a_town(seed)
    running = RunningRoutes(town, plan)
    old = tasks_of(plan.routes[0])[-2:] or tasks_of(plan.routes[1])[-2:]
    urgent = [
        UrgentTask(tuple(town.mode_arc[task].tolist()), town.service_s[task], completion_price=5.0)
        for task in old
    ]
    found = inserted(running, urgent, old)
    assert found is not None
    done = [task for route in found.after.routes for task in tasks_of(route)]
    assert sorted(done) == sorted({*range(TASKS + len(old))} - {*old})
    assert found.vehicle in found.changed
    before, now = running.timed, found.after.timed
    assert found.more_s == pytest.approx(
        sum(r.service_s for r in now) - sum(r.service_s for r in before)
    )


def test_what_has_begun_is_not_put_off():
    town, plan = a_town(0)
    running = RunningRoutes(town, plan)
    task = tasks_of(plan.routes[0])[0]
    urgent = UrgentTask(
        tuple(town.mode_arc[task].tolist()), town.service_s[task], completion_price=9.0
    )
    late_s = max(timed.ends_s for timed in running.timed)
    found = inserted(running, [urgent], begun_s=late_s)
    assert found is not None
    assert found.after.routes[found.vehicle][-1].task == TASKS
    assert inserted(running, [urgent], forbidden=range(VEHICLES)) is None
