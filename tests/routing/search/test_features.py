"""Each rule of a storm changes the plan as it should, and the referee sees where it is broken."""

from dataclasses import replace

import numpy as np
import pytest

from routing.check.referee import cost_of, violations
from routing.problem.problem import ReloadStop, RouteRules, Solution, TaskVisit
from routing.problem.stopping import MaxIterations
from routing.problem.stops import tasks_of
from routing.search.solver import solve
from tests.routing.towns import a_town

RING = ((0, 1, 10.0), (1, 2, 10.0), (2, 0, 10.0), (2, 3, 20.0))
SPOKES = ((0, 1, 10.0), (0, 2, 30.0), (0, 3, 50.0))
SOME = MaxIterations(1000)


def numbers(*values):
    return np.array(values, np.int32)


def solved(town, **rules):
    """Tasks of each vehicle in the best plan, which the referee must let pass."""
    found = solve(replace(town, rules=RouteRules(**rules)), SOME)
    assert violations(replace(town, rules=RouteRules(**rules)), found) == []
    return found, [tasks_of(route) for route in found.routes]


def complaints(town, routes, unserved=None, **rules):
    """What the referee says of routes under rules, the cost aside."""
    problem = replace(town, rules=RouteRules(**rules))
    plan = Solution(routes, unserved or {}, NO_COST, 0.0, 0, 0)
    return violations(problem, replace(plan, cost=cost_of(problem, plan)))


NO_COST = cost_of(a_town(RING, []), Solution(((),), {}, None, 0.0, 0, 0))


def out(task, mode=0):
    return TaskVisit(task, mode)


def test_strict_classes_send_the_truck_past_a_near_street_first():
    town = a_town(SPOKES, [(0, -1), (2, -1)], class_index=[1, 0], completion_price=[1.0, 1.0])
    assert solved(town)[1] == [[0, 1]]
    assert solved(town, strict_classes=True)[1] == [[1, 0]]
    found = complaints(town, ((out(0), out(1)),), strict_classes=True)
    assert found == ["vehicle 0 does less urgent streets before more urgent ones"]


def test_a_driver_does_not_get_a_street_again_that_he_must_not_do():
    town = a_town(SPOKES, [(0, -1), (2, -1)], vehicles=2, fixed_price=[0.0, 500.0])
    assert solved(town)[1] == [[0, 1], []]
    banned = {"forbidden_task": numbers(1), "forbidden_vehicle": numbers(0)}
    assert solved(town, **banned)[1] == [[0], [1]]
    assert complaints(town, ((out(0), out(1)), ()), **banned) == ["vehicle 0 must not do task 1"]


def test_a_street_forbidden_to_all_is_left_out_for_want_of_a_vehicle():
    town = a_town(SPOKES, [(0, -1), (2, -1)])
    found, _ = solved(town, forbidden_task=numbers(1), forbidden_vehicle=numbers(0))
    assert found.unserved == {1: "no_vehicle"}


def test_what_is_published_stays_where_it_is_unless_moving_it_pays():
    town = a_town(SPOKES, [(0, -1), (2, -1)], vehicles=2, fixed_price=[0.0, 500.0])
    published = {"published_vehicle": numbers(1, -1)}
    found, dear = solved(town, **published, change_price=np.full(2, 1000.0))
    assert (dear, found.cost.change) == ([[1], [0]], 0.0)
    found, cheap = solved(town, **published, change_price=np.full(2, 7.0))
    assert (cheap, found.cost.change) == ([[0, 1], []], 7.0)


def test_a_vehicle_rests_before_the_stop_that_would_end_too_late():
    town = a_town(SPOKES, [(0, -1), (2, -1)], completion_price=[1.0, 0.0])
    found, _ = solved(town, break_after_s=np.array([45.0]), break_s=np.array([600.0]))
    # out 20 s and back 30 + 10 s, then the second street would end at 120 s: it rests before
    without = solve(town, SOME)
    assert found.cost.time == pytest.approx(without.cost.time + 600)
    early, _ = solved(town, break_after_s=np.array([5.0]), break_s=np.array([600.0]))
    assert early.cost.completion == pytest.approx(without.cost.completion + 600)


def test_a_rest_counts_for_the_end_of_the_shift():
    town = a_town(SPOKES, [(0, -1), (2, -1)], shift_end_s=[300.0])
    assert solved(town)[0].unserved == {}
    rests = {"break_after_s": np.array([100.0]), "break_s": np.array([200.0])}
    assert set(solved(town, **rests)[0].unserved.values()) == {"time"}


def test_metres_have_a_price_apart_from_time():
    town = a_town(SPOKES, [(2, -1)], vehicles=2, price_per_s=[1.0, 1.2])
    assert solved(town)[1] == [[0], []]
    found, routes = solved(town, price_per_m=np.array([1.0, 0.0]))
    assert (routes, found.cost.distance) == ([[], [0]], 0.0)
    found, _ = solved(a_town(SPOKES, [(2, -1)]), price_per_m=np.array([1.0]))
    assert found.cost.distance == pytest.approx(300 + 300)  # out working and back empty


def test_two_trucks_share_the_work_when_all_must_be_home_early():
    town = a_town(SPOKES, [(0, -1), (2, -1)], vehicles=2, fixed_price=[20.0, 20.0])
    found, routes = solved(town)
    assert sorted(map(len, routes)) == [0, 2]
    found, routes = solved(town, last_home_price=5.0)
    assert sorted(map(len, routes)) == [1, 1]
    assert found.cost.last_home == pytest.approx(5 * (60 + 30 + 30))


def test_balance_makes_trucks_work_equally_long():
    town = a_town(SPOKES, [(0, -1), (2, -1), (4, -1)], vehicles=2, fixed_price=[20.0, 20.0])
    assert sorted(map(len, solved(town)[1])) == [0, 3]
    found, routes = solved(town, balance_price=1.0)
    assert sorted(sorted(route) for route in routes) == [[0, 1], [2]]
    assert found.cost.balance == pytest.approx((60 + 1 + 120) - (100 + 30 + 50))


def test_the_truck_that_does_the_outer_lane_waits_for_the_one_on_the_inner_lane():
    two_types = {
        **{"vehicle_type": [0, 1], "pace": [1.0, 1.0]},
        "service_s": [[200.0, np.inf], [np.inf, 20.0]],
    }
    town = a_town(RING, [(0, -1), (0, -1)], vehicles=2, completion_price=[0.0, 1.0], **two_types)
    order = {"earlier": numbers(0), "later": numbers(1), "within_s": np.array([np.inf])}
    assert solved(town)[0].cost.completion == pytest.approx(20)
    assert solved(town, **order)[0].cost.completion == pytest.approx(200 + 20)
    assert complaints(town, ((), (out(1),)), {0: "time"}, **order)[0] == (
        "task 1 is done, but not task 0 before it"
    )


def test_the_later_pass_is_left_out_with_the_earlier_one():
    town = a_town(RING, [(0, -1), (2, -1)], service_s=[[np.inf], [20.0]])
    order = {"earlier": numbers(0), "later": numbers(1), "within_s": np.array([np.inf])}
    assert solved(town, **order)[0].unserved == {0: "no_vehicle", 1: "order"}


def test_trucks_that_wait_for_each_other_wait_for_ever():
    town = a_town(RING, [(0, -1), (2, -1), (4, -1), (6, -1)], vehicles=2)
    order = {"earlier": numbers(0, 2), "later": numbers(3, 1), "within_s": np.full(2, np.inf)}
    routes = ((out(1), out(0)), (out(3), out(2)))
    found = complaints(town, routes, **order)
    assert found[:2] == [
        "vehicle 0 waits for ever at task 1",
        "vehicle 1 waits for ever at task 3",
    ]


def test_a_tandem_follows_close_behind():
    town = a_town(SPOKES, [(0, -1), (4, -1), (0, -1)], completion_price=[1.0, 1.0, 0.1])
    far = {"earlier": numbers(0), "later": numbers(2), "within_s": np.array([np.inf])}
    close = far | {"within_s": np.array([100.0])}
    assert solved(town, **far)[1] == [[0, 1, 2]]
    assert solved(town, **close)[1] == [[0, 2, 1]]
    found = complaints(town, ((out(0), out(1), out(2)),), **close)
    assert [text[:13] for text in found] == ["task 2 begins"]


def test_work_may_have_a_latest_beginning():
    town = a_town(SPOKES, [(0, -1), (4, -1)], completion_price=[1.0, 1.0])
    assert solved(town)[1] == [[0, 1]]
    assert solved(town, begin_by_s=np.array([np.inf, 20.0]))[1] == [[1, 0]]


def test_what_is_pinned_stays_the_beginning_of_the_route():
    town = a_town(SPOKES, [(0, -1), (2, -1), (4, -1)], completion_price=[1.0, 0.5, 0.2])
    assert solved(town)[1] == [[0, 1, 2]]
    found, routes = solved(town, pinned=((out(2),),))
    assert routes == [[2, 0, 1]]
    assert found.bound <= found.cost.total
    assert complaints(town, ((out(0), out(1), out(2)),), pinned=((out(2),),)) == [
        "vehicle 0 does not begin with what is pinned"
    ]


def test_a_pinned_reload_counts_and_a_pinned_route_may_end_late():
    town = a_town(
        SPOKES, [(0, -1), (2, -1)], site=3, capacity_kg=[100], material_kg=[80, 80], shift_end_s=[9]
    )
    found, _ = solved(town, pinned=((ReloadStop(0), out(0)),))
    assert found.routes == ((ReloadStop(0), out(0)),)
    assert found.unserved == {1: "time"}


def test_a_truck_that_is_out_already_drives_home_at_a_price():
    town = a_town(SPOKES, [], vehicles=1, start_arc=[4])
    assert solve(town, SOME).cost.total == 0.0
    assert solved(town, underway=np.array([True]))[0].cost.time == pytest.approx(30 + 50)


def test_a_truck_starts_in_a_street_with_what_is_left_in_its_hopper_and_ends_elsewhere():
    town = a_town(
        SPOKES, [(4, -1), (2, -1)], site=1, start_arc=[1], end_arc=[6],
        capacity_kg=[100], load_kg=[30], material_kg=[20, 80],
    )  # fmt: skip
    found, _ = solved(town)
    # from the hub out to 3 and back, out to 1 to reload and back, out to 2, and home to the site
    legs_s = (1 + 100) + (30 + 50) + 1 + 10 + 300 + (10 + 1) + 60 + (30 + 30) + 1 + 10
    assert found.cost.time == pytest.approx(legs_s)
    assert [type(stop) for stop in found.routes[0]] == [TaskVisit, ReloadStop, TaskVisit]


def test_a_gate_is_a_stop_at_a_point():
    town = a_town(SPOKES, [(7, -1), (2, -1)], site=3, service_s=[[45.0], [60.0]])
    assert town.place[6]
    gate = replace(town, mode_arc=np.array([[6, -1], [2, -1]], np.int32))
    found = solve(gate, SOME)
    assert violations(gate, found) == []
    assert found.cost.time == pytest.approx(50 + 45 + 50 + 1 + 60 + 30 + 30)
