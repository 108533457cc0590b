"""Public instances: read right, solved in the file's own terms, and judged alike by others."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from routing.check.referee import cost_of, violations
from routing.formats.benchmark_solution import solution_json
from routing.formats.benchmarks.instance_problem import model_of
from routing.formats.benchmarks.parallel_order import written_order
from routing.problem.problem import TaskVisit
from routing.problem.stopping import (
    FirstOf,
    MaxIterations,
    MaxRuntime,
    StopWhenAsked,
    by_iterations,
)
from routing.search.solver import solve
from tests.routing.formats.public_files import (
    CARP,
    MCGRP,
    MIXED,
    RELOAD,
    SALT,
    SMALL,
    TURNS,
    best_known,
    outside_judge,
    public_file,
    read,
    read_file,
    solved,
    verdict,
)

FOLDERS = ("carp", "carp-mixed", "carp-reload", "mcgrp", "mcgrp-turns", "salt")


def links(instance):
    ends = zip(
        *([instance.labels[n] for n in nodes] for nodes in (instance.u, instance.v)), strict=True
    )
    return list(zip(ends, instance.drive.tolist(), instance.required.tolist(), strict=True))


@pytest.mark.parametrize("kind", SMALL)
def test_the_format_is_known_by_what_is_in_the_file(kind):
    assert read(SMALL[kind]).kind == kind


@pytest.mark.parametrize("kind", SMALL)
def test_a_small_file_of_each_format_is_solved_and_passes_our_referee_and_the_outside_judge(
    kind, shared_data, tmp_path
):
    path = tmp_path / ("small.json" if kind == "salt" else "small.dat")
    path.write_text(SMALL[kind], encoding="latin-1")
    model, solution, written = solved(read(SMALL[kind]))
    assert violations(model.problem, solution) == []
    assert written["unserved"] == []
    found = verdict(shared_data, path, written)
    assert found["ok"], found["errors"]


def test_streets_depot_and_capacity_are_read():
    instance = read(CARP)
    assert (instance.labels, instance.homes, instance.capacity) == ((1, 2, 3), (0,), 5)
    assert links(instance) == [((1, 2), 13, True), ((2, 3), 17, True), ((1, 3), 4, False)]


def test_capacity_splits_the_work_over_two_routes():
    _, _, written = solved(read(CARP))
    assert len(written["routes"]) == 2
    assert written["cost"] == 13 + 13 + 4 + 17 + 13


def test_one_way_streets_are_served_forward_and_each_route_has_its_price():
    _, _, written = solved(read(MIXED))
    assert written["routes"] == [{"services": [[1, 2], [2, 3]], "path": [1, 2, 3, 1]}]
    assert written["cost"] == 5 + 7 + 6 + 300


def test_every_trip_ends_at_a_site_before_the_depot_and_each_visit_has_its_price():
    _, _, written = solved(read(RELOAD))
    (route,) = written["routes"]
    assert route["services"][-1] == {"reload": 8}
    assert sum(isinstance(service, dict) for service in route["services"]) == 2
    assert route["path"][-1] == -10
    # There: 5, on to the site 3 + 4, dump 10, back 4 to serve 6 from 7 to -20, and away again.
    assert written["cost"] == 5 + 7 + 10 + 4 + 6 + 3 + 4 + 10 + 4 + 3 + 2


def test_a_route_keeps_within_the_longest_trip():
    text = RELOAD.replace("MAX_TRIP : 60", "MAX_TRIP : 40")
    _, _, written = solved(read(text))
    assert len(written["routes"]) == 2


def test_nodes_are_served_by_a_stop_and_service_costs_nothing():
    _, _, written = solved(read(MCGRP))
    (route,) = written["routes"]
    assert route["services"] == [[1, 2], {"node": 3}, [3, 4]]
    assert route["path"] == [1, 2, 3, 4, 1]
    assert written["cost"] == 6 + 8


def test_a_node_is_served_on_passing_and_turns_cost():
    _, _, written = solved(read(TURNS))
    (route,) = written["routes"]
    assert route["path"] == [1, 2, 3, 1]
    assert sorted(map(str, route["services"])) == ["[2, 3]", "{'node': 2}"]
    assert written["cost"] == 5 + 2 + 6 + 1 + 7


def test_turning_back_is_allowed_only_where_the_file_says_so_even_after_a_reload():
    _, _, written = solved(read(SALT), 2000)
    for route in written["routes"]:
        path = route["path"]
        assert all(b == "c" for (a, b), (_, c) in pairwise(pairwise(path)) if a == c)
    assert [route["path"][0] for route in written["routes"]] == ["a", "d"]


def test_the_cost_of_salting_is_metres_and_its_limit_minutes():
    model, _, written = solved(read(SALT), 2000)
    metres = {(u, v): m for (u, v), m, _ in links(model.instance)}
    metres |= {(v, u): m for (u, v), m, _ in links(model.instance)}
    paths = [route["path"] for route in written["routes"]]
    assert written["cost"] == sum(metres[way] for path in paths for way in pairwise(path))
    assert (model.problem.shift_end_s * (0.8 / 700) <= 10.0 + 1e-9).all()


@pytest.mark.parametrize("kind", SMALL)
def test_whole_costs_give_a_whole_bound_that_is_not_above_the_cost(kind):
    _, _, written = solved(read(SMALL[kind]))
    assert 0 < written["lower_bound"] <= written["cost"]
    assert written["lower_bound"] == int(written["lower_bound"])
    assert written["gap"] == pytest.approx(written["cost"] / written["lower_bound"] - 1, abs=1e-6)


def test_huge_costs_are_scaled_and_come_back_as_they_were():
    text = CARP.replace("coste 13", "coste 130000000").replace("coste 17", "coste 170000000")
    model, solution, written = solved(read(text.replace("coste 4", "coste 40000000")))
    assert violations(model.problem, solution) == []
    assert written["cost"] == 600_000_000


def test_a_busy_junction_needs_few_turns():
    streets = 300
    rows = "".join(f"( 1, {n})  coste 2 demanda 1\n" for n in range(2, streets + 2))
    text = (
        f"NOMBRE : star\nVERTICES : {streets + 1}\nCAPACIDAD : 50\n"
        f"LISTA_ARISTAS_REQ :\n{rows}DEPOSITO : 1\n"
    )
    model, solution, written = solved(read(text), 50)
    assert len(model.problem.turn_to) < 5 * streets
    assert violations(model.problem, solution) == []
    assert written["cost"] == 4 * streets
    assert all(a != b for r in written["routes"] for a, b in pairwise(r["path"]))


def test_what_nobody_can_carry_is_left_out_with_its_reason():
    _, _, written = solved(read(CARP.replace("demanda 3\n ( 2", "demanda 30\n ( 2")))
    assert written["unserved"] == [{"service": [1, 2], "reason": "capacity"}]
    assert written["cost"] == 13 + 17 + 4 or written["cost"] == 4 + 17 + 17 + 4
    assert (written["lower_bound"], written["gap"]) == (None, None)


def test_a_node_that_no_street_leads_to_is_left_out():
    text = TURNS.replace("1\t0\t0\t0.5", "1\t0\t0\t0.5").replace("#Nodes:\t\t\t3", "#Nodes:\t\t\t4")
    text = text.replace("#Required-N:\t1", "#Required-N:\t2").replace(
        "3\t0\t0\t1.5\t1.5\n", "3\t0\t0\t1.5\t1.5\n4\t1\t1\t9\t9\n"
    )
    _, _, written = solved(read(text))
    assert written["unserved"] == [{"service": {"node": 4}, "reason": "unreachable"}]


def test_there_are_enough_vehicles_for_the_demands_but_not_one_for_each():
    rows = "".join(f"( 1, {n})  coste 2 demanda 6\n" for n in range(2, 102))
    text = f"NOMBRE : big\nCAPACIDAD : 10\nLISTA_ARISTAS_REQ :\n{rows}DEPOSITO : 1\n"
    assert model_of(read(text)).problem.vehicles == 100
    assert model_of(read(text.replace(": 10\n", ": 60\n"))).problem.vehicles == 16


@pytest.mark.parametrize("name", ["gdb1", "gdb3", "gdb4", "gdb19"])
def test_the_best_known_solution_is_found(shared_data, name):
    _, _, written = solved(read_file(public_file(shared_data, name)), 4000)
    assert written["cost"] == best_known(shared_data, name)


@pytest.mark.parametrize(
    ("name", "within"),
    [("gdb8", 1.04), ("val1A", 1.02), ("egl-e1-A", 1.04), ("mval1A", 1.03), ("Lpr-a-01", 1.01)],
)
def test_some_thousand_iterations_come_within_a_few_percent(shared_data, name, within):
    _, _, written = solved(read_file(public_file(shared_data, name)), 10_000)
    best = best_known(shared_data, name)
    assert best <= written["cost"] <= within * best


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_outside_judge_agrees_on_every_public_instance(shared_data, folder):
    outside_judge(shared_data)
    paths = sorted((shared_data / "routing" / folder).glob("*.*"))
    names = [p for p in paths if p.suffix in (".dat", ".txt", ".json")]
    for path in [p for p in names if "solution" not in p.name and "schema" not in p.name]:
        instance = read_file(path)
        assert instance.kind == folder
        model, solution, written = solved(instance, 100, best_bound=False)
        assert violations(model.problem, solution) == []
        found = verdict(shared_data, path, written)
        assert found["ok"], (path.name, found["errors"])


PARALLEL = """NOMBRE : parallel
VERTICES : 3
CAPACIDAD : 8
LISTA_ARISTAS_REQ :
( 1, 2)  coste 5 demanda 2
( 2, 1)  coste 9 demanda 6
( 2, 3)  coste 4 demanda 2
( 3, 1)  coste 4 demanda 6
DEPOSITO : 1
"""


def test_of_parallel_streets_the_route_with_the_cheapest_is_written_first(shared_data, tmp_path):
    path = tmp_path / "parallel.dat"
    path.write_text(PARALLEL, encoding="utf-8")
    model = model_of(read(PARALLEL))
    dear, cheap = (TaskVisit(1, 0), TaskVisit(2, 0)), (TaskVisit(0, 0), TaskVisit(3, 1))
    routes = (dear, cheap, *[()] * (model.problem.vehicles - 2))
    assert written_order(model, routes[:2]) == [1, 0]
    assert written_order(model, routes[1::-1]) == [0, 1]
    solution = replace(solve(model.problem, MaxIterations(0)), routes=routes, bound=0.0)
    solution = replace(solution, unserved={}, cost=cost_of(model.problem, solution))
    found = verdict(shared_data, path, solution_json(model, solution, 0.0))
    assert found["ok"], found["errors"]


def test_parallel_streets_that_fit_in_any_order_change_nothing():
    model = model_of(read(PARALLEL.replace("CAPACIDAD : 8", "CAPACIDAD : 12")))
    dear, cheap = (TaskVisit(1, 0), TaskVisit(2, 0)), (TaskVisit(0, 0), TaskVisit(3, 1))
    assert written_order(model, (dear, cheap)) == [0, 1]


def test_where_no_order_suits_the_routes_stay_as_they_are():
    again = "( 2, 3)  coste 4 demanda 2\n( 3, 2)  coste 8 demanda 6\n"
    model = model_of(read(PARALLEL.replace("( 2, 3)  coste 4 demanda 2\n", again)))
    one, other = (TaskVisit(1, 0), TaskVisit(2, 0)), (TaskVisit(0, 0), TaskVisit(3, 0))
    assert written_order(model, (one, other)) == [0, 1]


def test_a_search_by_iterations_waits_for_the_bound_unless_somebody_asked_to_stop():
    limit = MaxIterations(1)
    assert by_iterations(StopWhenAsked(lambda: False, limit))
    assert not by_iterations(StopWhenAsked(lambda: True, limit))
    assert not by_iterations(FirstOf(limit, MaxRuntime(1.0)))


def test_unserved_price_is_above_every_way_to_serve():
    model = model_of(read(CARP))
    assert np.all(model.problem.unserved_price > 2 * model.problem.drive_s.sum())
