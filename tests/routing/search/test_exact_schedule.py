"""From any routes to ones that hold: the clock of the plans against that of the referee."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.check.referee import cost_of, violations
from routing.network.deadheads import line_graph
from routing.network.pinned_stops import unpinned_problem
from routing.network.route_timing import timed_routes, whole_cost
from routing.network.shortest_deadheads import PathCache, PathFinder
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import Solution
from routing.problem.route_repair import repaired_routes
from routing.problem.stops import tasks_of
from routing.search.exact_schedule import ExactSchedule
from tests.routing.storms import a_random_storm, random_routes

SEEDS = st.integers(0, 100_000)


def settled(problem, routes):
    line = line_graph(problem)
    paths = PathCache(PathFinder(problem, line))
    behind = unpinned_problem(problem, paths)
    done = ExactSchedule(problem, paths, feasibility_of_tasks(behind.problem, line), routes)
    return Solution(tuple(done.routes), done.unserved, done.cost, 0.0, 0, 0)


@settings(max_examples=150)
@given(seed=SEEDS, tasks=st.integers(1, 9), vehicles=st.integers(1, 3))
@example(seed=34, tasks=3, vehicles=3)  # a pinned earlier pass ends after the shift of who is able
def test_whatever_routes_are_given_those_settled_pass_the_referee(seed, tasks, vehicles):
    problem = a_random_storm(seed, tasks, vehicles)
    assert violations(problem, settled(problem, random_routes(seed, problem))) == []


@settings(max_examples=150)
@given(seed=SEEDS, tasks=st.integers(1, 9), vehicles=st.integers(1, 3))
def test_routes_cost_the_same_by_the_clock_of_plans_and_by_that_of_the_referee(
    seed, tasks, vehicles
):
    problem = a_random_storm(seed, tasks, vehicles)
    routes = repaired_routes(problem, random_routes(seed, problem))
    served = {task for route in routes for task in tasks_of(route)}
    left = [task for task in range(tasks) if task not in served]
    timed = timed_routes(problem, PathFinder(problem, line_graph(problem)), routes)
    ours = whole_cost(problem, timed, left)
    theirs = cost_of(problem, Solution(tuple(routes), dict.fromkeys(left, "time"), ours, 0, 0, 0))
    if np.isfinite(theirs.total):
        assert ours.total == pytest.approx(theirs.total, rel=1e-9)
    else:
        assert not np.isfinite(ours.total)


@settings(max_examples=60)
@given(seed=SEEDS, tasks=st.integers(1, 9), vehicles=st.integers(1, 3))
def test_behind_the_pins_the_rest_costs_what_it_costs_in_the_whole(seed, tasks, vehicles):
    problem = a_random_storm(seed, tasks, vehicles, ("order", "rest", "metres", "pinned"))
    ways = PathFinder(problem, line_graph(problem))
    behind = unpinned_problem(problem, ways)
    routes = settled(problem, random_routes(seed, problem)).routes
    rest = behind.rest(routes)
    served = {task for route in routes for task in tasks_of(route)}
    left = [task for task in range(tasks) if task not in served]
    whole = whole_cost(problem, timed_routes(problem, ways, routes), left).total
    inside = whole_cost(behind.problem, timed_routes(behind.problem, ways, rest), left).total
    assert behind.whole(rest) == routes
    assert whole == pytest.approx(inside + behind.cost, rel=1e-9)
