from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check.referee import violations
from routing.network.deadheads import line_graph
from routing.network.shortest_deadheads import PathCache, PathFinder
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.stopping import MaxIterations
from routing.problem.stops import tasks_of
from routing.replanning.vehicle_subproblem import VehicleSubproblem, restricted
from routing.search.exact_schedule import ExactSchedule
from routing.search.solver import solve
from routing.sectors import seams
from tests.routing.random_towns import any_town
from tests.routing.towns import a_random_town


def planned_apart(problem, sector, driver, seed):
    """Routes of two sectors, each planned by itself."""
    routes = [()] * problem.vehicles
    for number in (0, 1):
        tasks = np.flatnonzero(sector == number).astype(np.int32)
        vehicles = np.flatnonzero(driver == number).astype(np.int32)
        part = VehicleSubproblem(restricted(problem, tasks, vehicles), tasks, vehicles)
        found = solve(part.problem, MaxIterations(100), seed, proving=False)
        routes = part.whole(found.routes, routes)
    return routes


def apart(problem, routes):
    """The routes of sectors as a solution, driven exactly, with nothing improved."""
    line = line_graph(problem)
    single = feasibility_of_tasks(problem, line)
    return ExactSchedule(problem, PathCache(PathFinder(problem, line)), single, routes).solution


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), whole=st.booleans())
def test_joined_routes_pass_the_referee_and_cost_no_more_than_apart(seed, whole):
    random = np.random.default_rng(seed)
    problem = any_town(seed, 12, 4)
    sector, driver = random.integers(0, 2, 12), np.array([0, 0, 1, 1])
    routes = planned_apart(problem, sector, driver, seed)
    away_m = seams.seam_distances(random.uniform(0.0, 900.0, (12, 2)), sector)
    most = problem.tasks if whole else 8
    found, *_ = seams.mended(
        problem, seams.JoinedRoutes(routes, away_m), MaxIterations(200), seed, most=most
    )
    assert violations(problem, found) == []
    assert found.cost.total <= apart(problem, routes).cost.total + 1e-6


def test_near_a_seam_is_what_is_near_a_street_of_another_sector():
    points = np.array([[0.0, 0.0], [100.0, 0.0], [130.0, 0.0], [430.0, 0.0]])
    away_m = seams.seam_distances(points, np.array([0, 0, 1, 1], np.int32))
    assert away_m.tolist() == [130.0, 30.0, 30.0, 330.0]
    assert np.isinf(seams.seam_distances(points, np.zeros(4, np.int32))).all()


def test_a_zone_has_the_vehicles_nearest_to_the_seam_and_no_more_tasks_than_allowed():
    problem = a_random_town(3, 12, 3)
    able = np.ones_like(problem.service_s)
    problem = replace(problem, service_s=able, material_kg=np.zeros(12))
    routes = solve(problem, MaxIterations(50)).routes
    away_m = np.full(12, 900.0)
    nearest = max(range(3), key=lambda v: len(routes[v]))
    away_m[tasks_of(routes[nearest])] = 10.0
    most = len(tasks_of(routes[nearest]))
    zone = seams.seam_zone(problem, line_graph(problem), routes, away_m, most)
    assert nearest in zone.vehicles.tolist()
    assert set(tasks_of(routes[nearest])) <= set(zone.tasks.tolist())
    assert len(zone.tasks) <= most


def test_what_no_machine_of_its_sector_can_do_is_done_in_the_end():
    problem = a_random_town(5, 6, 2)
    service_s = np.ones((6, len(problem.pace)))
    kinds = np.arange(2, dtype=np.int32) % len(problem.pace)
    service_s[0, kinds[0]] = np.inf
    problem = replace(
        problem,
        service_s=service_s,
        vehicle_type=kinds,
        material_kg=np.zeros(6),
        release_s=np.zeros(6),
        shift_end_s=np.full(2, 1e6),
    )
    driver, sector = np.array([0, 1]), np.array([0, 0, 0, 1, 1, 1])
    routes = planned_apart(problem, sector, driver, 1)
    assert 0 not in tasks_of(routes[0])
    away_m = np.full(6, 500.0)
    away_m[0] = 0.0
    found, *_ = seams.mended(
        problem, seams.JoinedRoutes(routes, away_m), MaxIterations(100), most=4
    )
    assert found.unserved == {}
