"""When a vehicle breaks down others do its work, and few of their own tasks change hands."""

from dataclasses import replace

import numpy as np
import pytest

from routing.check.referee import violations
from routing.problem.problem import RouteRules, TaskVisit
from routing.problem.stopping import MaxIterations
from routing.problem.stops import tasks_of
from routing.replanning import breakdown
from routing.replanning.breakdown import broken, moved
from routing.replanning.urgent_insertion import RunningRoutes
from routing.search import ruin_recreate
from routing.search.solver import solve
from tests.routing.towns import a_random_town, a_town

SPOKES = ((0, 1, 10.0), (0, 2, 30.0), (0, 3, 50.0))
SOME = MaxIterations(2000)


def a_running_town(seed):
    """Three vehicles of one type that have begun their routes."""
    town = a_random_town(seed, 14, 3)
    town = replace(
        town,
        vehicle_type=np.zeros(3, np.int32),
        shift_end_s=np.full(3, 9000.0),
        fixed_price=np.zeros(3),
        material_kg=np.zeros(14),
    )
    plan = solve(replace(town, rules=RouteRules(balance_price=3.0)), SOME, seed)
    pinned = tuple(route[:1] for route in plan.routes)
    town = replace(town, rules=RouteRules(pinned=pinned))
    return town, solve(town, MaxIterations(0), seed, start=plan)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("budget", [0, 2, 14])
def test_the_work_of_a_broken_truck_is_taken_over_and_few_tasks_change_hands(seed, budget):
    town, plan = a_running_town(seed)
    vehicle = int(np.argmax([len(route) for route in plan.routes]))
    lost = tasks_of(plan.routes[vehicle][1:])
    after = RunningRoutes(town, plan).without(vehicle, budget, SOME)
    assert violations(broken(town, vehicle), after) == []
    assert after.routes[vehicle] == plan.routes[vehicle][:1]
    assert after.unserved == {}
    assert moved(plan.routes, after.routes, lost) <= budget


@pytest.mark.parametrize("seed", range(3))
def test_in_a_city_too_everything_finds_a_place_and_few_tasks_change_hands(seed, monkeypatch):
    monkeypatch.setattr(breakdown, "EXACT_ENDS", 1)
    monkeypatch.setattr(ruin_recreate, "LONG_ROUTE", 2)
    town, plan = a_running_town(seed)
    vehicle = int(np.argmax([len(route) for route in plan.routes]))
    lost = tasks_of(plan.routes[vehicle][1:])
    after = RunningRoutes(town, plan).without(vehicle, 2, SOME)
    assert violations(broken(town, vehicle), after) == []
    assert after.unserved == {}
    assert moved(plan.routes, after.routes, lost) <= 2


@pytest.mark.parametrize("seed", range(4))
def test_more_changes_allow_cheaper_routes(seed):
    town, plan = a_running_town(seed)
    running = RunningRoutes(town, plan)
    few, many = (running.without(0, budget, SOME).cost.total for budget in (0, 14))
    assert many <= few + 1e-6


def test_what_nobody_else_can_do_is_left_out():
    town = a_town(
        SPOKES,
        [(0, -1), (2, -1)],
        vehicles=2,
        vehicle_type=[0, 1],
        pace=[1.0, 1.0],
        service_s=[[20.0, 20.0], [60.0, np.inf]],
    )
    plan = solve(replace(town, rules=RouteRules()), SOME, start=None)
    after = RunningRoutes(town, plan).without(0, 5, SOME)
    assert violations(broken(town, 0), after) == []
    assert after.routes == ((), (TaskVisit(0, 0),))
    assert after.unserved == {1: "time"}
