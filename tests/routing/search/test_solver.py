"""What every answer of the optimizer must be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check.referee import violations
from routing.kernels.graph import shortest_paths
from routing.network import deadheads, steps
from routing.network.deadheads import line_graph
from routing.network.route_timing import timed_routes
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import ReloadStop, TaskVisit
from routing.problem.stopping import FirstFeasible, MaxIterations, MaxRuntime, StopWhenAsked
from routing.search import ruin_recreate, solver
from routing.search.ruin_recreate import RuinRecreate
from routing.search.solver import solve
from tests.routing.reference import least_cost
from tests.routing.towns import a_random_town, a_town

RING = ((0, 1, 10.0), (1, 2, 10.0), (2, 0, 10.0), (2, 3, 20.0))
SOME = MaxIterations(400)


def visits(route):
    return [stop.task for stop in route if isinstance(stop, TaskVisit)]


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), tasks=st.integers(1, 14), vehicles=st.integers(1, 3))
def test_every_answer_passes_the_referee_and_costs_no_more_than_the_first_routes(
    seed, tasks, vehicles
):
    problem = a_random_town(seed, tasks, vehicles)
    first = solve(problem, MaxIterations(0), seed)
    better = solve(problem, SOME, seed)
    assert violations(problem, first) == []
    assert violations(problem, better) == []
    assert better.cost.total <= first.cost.total + 1e-6
    assert better.bound <= better.cost.total + 1e-6


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), tasks=st.integers(1, 14))
def test_equal_seeds_give_equal_answers(seed, tasks):
    problem = a_random_town(seed, tasks)
    assert solve(problem, SOME, seed) == solve(problem, SOME, seed)


def easy_town(seed, tasks, **fields):
    town = a_random_town(seed, tasks, 1)
    nothing = np.zeros(tasks)
    given = {
        "vehicle_type": np.zeros(1, np.int32),
        "shift_end_s": np.full(1, np.inf),
        "material_kg": nothing,
        "release_s": nothing,
    }
    return replace(town, **(given | fields))


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), tasks=st.integers(1, 4))
def test_small_towns_are_driven_in_the_least_time_over_all_orders_and_directions(seed, tasks):
    nothing = np.zeros(tasks)
    town = easy_town(seed, tasks, completion_price=nothing, lateness_price=nothing)
    found = solve(town, MaxIterations(1000), seed)
    assert found.cost.total == pytest.approx(least_cost(town), rel=1e-6)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), tasks=st.integers(1, 3))
def test_what_may_be_done_from_four_sides_is_done_from_the_best_ones(seed, tasks):
    nothing = np.zeros(tasks)
    town = easy_town(seed, tasks, completion_price=nothing, lateness_price=nothing)
    sides = np.random.default_rng(seed).integers(-1, 4, (tasks, 2))
    town = replace(town, mode_arc=np.hstack((town.mode_arc, sides)).astype(np.int32))
    found = solve(town, MaxIterations(1000), seed)
    assert violations(town, found) == []
    assert found.cost.total == pytest.approx(least_cost(town), rel=1e-6)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), tasks=st.integers(1, 5))
def test_small_towns_with_deadlines_are_solved_to_the_optimum(seed, tasks):
    town = easy_town(seed, tasks)
    one_way = town.mode_arc.copy()
    one_way[:, 1] = -1
    town = replace(town, mode_arc=one_way)
    found = solve(town, MaxIterations(1000), seed)
    assert found.cost.total == pytest.approx(least_cost(town), rel=1e-6)


def test_a_later_start_is_never_worse_than_the_solution_it_starts_from():
    problem = a_random_town(5, 14)
    before = solve(problem, SOME, 1)
    after = solve(problem, SOME, 2, start=before)
    assert after.cost.total <= before.cost.total + 1e-6


def test_both_directions_of_a_street_are_chosen_freely_where_the_task_allows():
    either = a_town(RING, [(2, 3)])
    forced = a_town(RING, [(3, -1)])
    assert solve(either, SOME).cost.total <= solve(forced, SOME).cost.total


def test_the_truck_goes_to_the_dead_end_to_turn_where_u_turns_are_forbidden_elsewhere():
    elsewhere = {(0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4), (7, 6)}
    free = solve(a_town(RING, [(0, -1), (1, -1)]), SOME)
    problem = a_town(RING, [(0, -1), (1, -1)], forbidden=elsewhere)
    around = solve(problem, SOME)
    assert free.cost.time == pytest.approx(20 + 30 + 20)
    assert around.cost.time == pytest.approx(20 + 1 + 10 + 1 + 20 + 30 + 20 + 1 + 10 + 1 + 20)
    assert violations(problem, around) == []


def test_a_forbidden_turn_is_never_driven():
    straight = solve(a_town(RING, [(0, -1), (2, -1)]), SOME)
    problem = a_town(RING, [(0, -1), (2, -1)], forbidden={(0, 2)})
    around = solve(problem, SOME)
    assert violations(problem, around) == []
    assert around.cost.time > straight.cost.time


def test_an_empty_hopper_is_filled_before_salting():
    problem = a_town(RING, [(0, -1), (2, -1)], site=3, capacity_kg=[100], material_kg=[80, 80])
    found = solve(problem, SOME)
    assert violations(problem, found) == []
    assert [type(stop) for stop in found.routes[0]] == [
        ReloadStop,
        TaskVisit,
        ReloadStop,
        TaskVisit,
    ]


def test_without_a_reload_site_the_hopper_limits_the_route():
    problem = a_town(
        RING, [(0, -1), (2, -1)], capacity_kg=[100], load_kg=[100], material_kg=[80, 80]
    )
    found = solve(problem, SOME)
    assert violations(problem, found) == []
    assert list(found.unserved.values()) == ["capacity"]


def test_what_the_shift_is_too_short_for_is_left_out_for_time():
    problem = a_town(RING, [(0, -1), (6, -1)], shift_end_s=[60])
    found = solve(problem, SOME)
    assert violations(problem, found) == []
    assert found.unserved == {1: "time"}


def test_a_street_that_no_vehicle_fits_is_left_out_for_want_of_one():
    problem = a_town(RING, [(0, -1), (2, -1)], service_s=[[20.0], [np.inf]])
    assert solve(problem, SOME).unserved == {1: "no_vehicle"}


def test_a_street_that_cannot_be_reached_is_left_out_as_unreachable():
    problem = a_town((*RING, (4, 5, 10.0)), [(0, -1), (8, -1)])
    found = solve(problem, SOME)
    assert found.unserved == {1: "unreachable"}
    assert violations(problem, found) == []


def test_each_task_goes_to_a_vehicle_that_is_able():
    problem = a_town(
        RING,
        [(0, -1), (2, -1)],
        vehicles=2,
        vehicle_type=[0, 1],
        pace=[1.0, 1.0],
        service_s=[[20.0, np.inf], [np.inf, 20.0]],
    )
    found = solve(problem, SOME)
    assert [visits(route) for route in found.routes] == [[0], [1]]


def test_the_urgent_street_comes_first_even_if_it_is_farther():
    spokes = ((0, 1, 10.0), (0, 2, 30.0))
    calm = a_town(spokes, [(0, -1), (2, -1)], completion_price=[1.0, 1.0])
    urgent = a_town(spokes, [(0, -1), (2, -1)], completion_price=[1.0, 50.0])
    assert visits(solve(calm, SOME).routes[0]) == [0, 1]
    assert visits(solve(urgent, SOME).routes[0]) == [1, 0]


def test_a_problem_without_work_or_vehicles_has_an_answer():
    idle = solve(a_town(RING, []), SOME)
    nobody = solve(a_town(RING, [(0, -1)], vehicles=0), SOME)
    assert idle.routes == ((),)
    assert nobody.unserved == {0: "no_vehicle"}


def test_the_search_stops_when_asked_and_at_the_first_feasible_routes():
    problem = a_random_town(5, 14)
    asked = solve(problem, StopWhenAsked(lambda: True, MaxIterations(10**9)))
    easy = a_town(RING, [(0, -1), (2, -1)])
    first = solve(easy, FirstFeasible(MaxIterations(10**9)))
    timed = solve(problem, MaxRuntime(2.0))
    assert asked.iterations == first.iterations == 0
    assert timed.iterations > 0


class WithdrawnError(Exception):
    """Nobody wants the plan any more."""


class Withdrawal:
    """A stop before there are routes: from then on nothing is to come of the search."""

    asked = False

    def progress(self, iterations: int, *, feasible: bool) -> float:
        if self.asked:
            raise WithdrawnError
        return 0.0


@pytest.mark.parametrize("step", ["nearest", "rows"])
def test_a_large_search_that_is_withdrawn_while_deadheads_are_found_ends_at_once(monkeypatch, step):
    monkeypatch.setattr(deadheads, "DENSE_ENDS", 1)
    monkeypatch.setattr(steps, "LEAST", 1)
    monkeypatch.setattr(ruin_recreate, "problem_arrays", lambda *_: pytest.fail("nobody waits"))
    stop, found, after = Withdrawal(), getattr(shortest_paths, step), []

    def withdrawn(*args):
        after.append(step)
        stop.asked = True
        return found(*args)

    monkeypatch.setattr(shortest_paths, step, withdrawn)
    with pytest.raises(WithdrawnError):
        solver.solve_with_paths(a_random_town(7, 60), stop)
    assert len(after) == 1


def test_progress_is_reported_with_a_bound_below_the_cost():
    told = []
    solve(a_random_town(5, 14), MaxIterations(4000), 0, lambda *news: told.append(news))
    assert len(told) >= 3
    assert all(bound <= cost for cost, bound, _, _ in told)
    assert told[-1][0] <= told[0][0]


class NeverEnough:
    """A stop that never wants to, and fails the test when asked too often."""

    def __init__(self, most):
        self.left = most

    def progress(self, iterations, *, feasible):
        self.left -= 1
        assert self.left > 0
        return 0.0


def test_the_search_ends_when_its_routes_are_proven_to_be_the_best():
    found = solve(a_town(RING, [(0, 1)]), NeverEnough(100_000))
    assert found.cost.total == pytest.approx(found.bound)


class CountedQuestions:
    """A clock that says how far the effort is by how often it was asked."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.asked = 0

    def progress(self, iterations: int, *, feasible: bool) -> float:
        self.asked += 1
        return self.asked / self.limit


def test_a_search_leaves_as_much_of_its_time_as_timing_routes_took(monkeypatch):
    clock = CountedQuestions(200)
    settle = solver.settled

    def slow(*args):
        clock.asked += 10
        return settle(*args)

    monkeypatch.setattr(solver, "settled", slow)
    found = solve(a_random_town(3, 12), clock)
    assert found.iterations > 0
    spent = 200 - solver.FINISH * 11
    assert spent <= clock.asked - 10 <= spent + 12


def test_routes_come_with_the_times_that_they_have_when_driven_afresh():
    town = a_random_town(3, 12)
    found = solver.solve_with_paths(town, MaxIterations(500))
    assert [*found.timed] == timed_routes(town, found.paths, found.solution.routes)


def test_no_other_first_routes_are_tried_once_their_share_of_the_time_is_over():
    town = a_random_town(3, 12)
    late = CountedQuestions(2)
    assert violations(town, solve(town, late)) == []
    tried = []
    line = line_graph(town)
    search = RuinRecreate(town, line, feasibility_of_tasks(town, line), 1, 1)
    search.construct(lambda: tried.append("one") or len(tried) == 2)
    assert len(tried) == 2


def test_where_the_time_is_over_with_the_first_routes_nothing_else_is_begun(monkeypatch):
    monkeypatch.setattr(RuinRecreate, "open", lambda _: pytest.fail("that would take its time"))
    town = a_random_town(3, 12)
    found = solve(town, CountedQuestions(1))
    assert violations(town, found) == []
    assert found.iterations == 0


class SteadySearch:
    """A search of a large problem: `chunks` are how long it went on each time, by `now_s`."""

    whole, absent, cost_per_task = False, 0, 1.0

    def __init__(self) -> None:
        self.now_s = 0.0
        self.chunks: list[int] = []

    def run(self, iterations: int, heat: float) -> int:
        self.chunks.append(iterations)
        self.now_s += iterations * 1e-5
        return iterations

    def correct(self, exact: object) -> None:
        """Nothing is estimated."""

    def progress(self, iterations: int, *, feasible: bool) -> float:
        return self.now_s / 60.0


def test_a_long_search_asks_ten_times_a_second_whether_to_stop(monkeypatch) -> None:
    search = SteadySearch()
    monkeypatch.setattr(solver, "clock_s", lambda: search.now_s)
    solver.improve(search, None, 20_000, search)
    assert max(search.chunks) <= solver.HEARD_S / 1e-5 + 1
    counted = SteadySearch()
    solver.improve(counted, None, 20_000, MaxIterations(6_000_000))
    assert max(counted.chunks) == 6_000_000 / solver.ROUNDS
