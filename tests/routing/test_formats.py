"""Public instances: read right, solved well, and judged alike by the outside judge."""

import csv
import importlib.util
import sys

import pytest

from routing.check import violations
from routing.formats import instance_from, problem_from_instance
from routing.problem import Visit
from routing.solver import solve
from routing.stop import MaxIterations

SMALL = """ NOMBRE : small
 VERTICES : 3
 ARISTAS_REQ : 2
 ARISTAS_NOREQ : 1
 CAPACIDAD : 5
 LISTA_ARISTAS_REQ :
 ( 1, 2)  coste 13 demanda 3
 ( 2, 3)  coste 17 demanda 3
 LISTA_ARISTAS_NOREQ :
 ( 1, 3)  coste 4
 DEPOSITO :   1
"""
MIXED = """NAME : mixed
CAPACITY : 9
DUMPING_COST : 300
LIST_REQ_EDGES :
( 1, 2)   serv_cost 5   trav_cost 2   demand 4
LIST_REQ_ARCS :
( 2, 3)   serv_cost 7   trav_cost 3   demand 4
LIST_NOREQ_ARCS :
( 3, 1)   trav_cost 6
DEPOT : 1
"""


def path_of(shared_data, name):
    folder = shared_data / "routing"
    carp = folder / "carp" / f"{name}.dat"
    return carp if carp.exists() else folder / "carp-mixed" / f"{name}.txt"


def best_known(shared_data, name):
    with (shared_data / "routing" / "bks.csv").open() as lines:
        return next(float(r["best_known"]) for r in csv.DictReader(lines) if r["instance"] == name)


def judged(shared_data, path, instance, solution):
    """The outside judge's verdict."""
    tool = shared_data.parent / "tools" / "check_solution.py"
    if not tool.is_file():
        pytest.skip(f"no outside judge at {tool}")
    spec = importlib.util.spec_from_file_location("outside_judge", tool)
    judge = importlib.util.module_from_spec(spec)
    sys.modules["outside_judge"] = judge
    spec.loader.exec_module(judge)
    required = [street for street in instance.streets if street.required]
    routes = []
    for route in solution.routes:
        stops = [(required[stop.task], stop.mode) for stop in route if isinstance(stop, Visit)]
        services = [[s.v, s.u] if mode else [s.u, s.v] for s, mode in stops]
        if services:
            routes.append({"services": services})
    answer = {"routes": routes, "cost": solution.cost.total, "lower_bound": solution.bound}
    return judge.check(judge.load(str(path)), answer)


def test_streets_depot_and_capacity_are_read():
    instance = instance_from(SMALL)
    assert (instance.name, instance.depot, instance.capacity) == ("small", 1, 5)
    assert [(s.u, s.v, s.drive, s.required) for s in instance.streets] == [
        (1, 2, 13, True),
        (2, 3, 17, True),
        (1, 3, 4, False),
    ]


def test_capacity_splits_the_work_over_two_routes():
    solution = solve(problem_from_instance(instance_from(SMALL)), MaxIterations(200))
    assert sum(bool(route) for route in solution.routes) == 2
    assert solution.cost.total == 13 + 13 + 4 + 17 + 13


def test_one_way_streets_are_served_forward_and_each_route_has_its_price():
    solution = solve(problem_from_instance(instance_from(MIXED)), MaxIterations(200))
    assert solution.routes[0] in ((Visit(0, 0), Visit(1, 0)),)
    assert solution.cost.total == 5 + 7 + 6 + 300


@pytest.mark.parametrize("name", ["gdb1", "gdb3", "gdb4", "gdb19"])
def test_the_best_known_solution_is_found(shared_data, name):
    path = path_of(shared_data, name)
    problem = problem_from_instance(instance_from(path.read_text(encoding="latin-1")))
    solution = solve(problem, MaxIterations(4000), 1)
    assert solution.cost.total == best_known(shared_data, name)


@pytest.mark.parametrize(
    ("name", "within"),
    [("gdb8", 1.04), ("val1A", 1.02), ("egl-e1-A", 1.04), ("mval1A", 1.03), ("Lpr-a-01", 1.01)],
)
def test_the_outside_judge_agrees(shared_data, name, within):
    path = path_of(shared_data, name)
    instance = instance_from(path.read_text(encoding="latin-1"))
    problem = problem_from_instance(instance)
    solution = solve(problem, MaxIterations(10_000), 1)
    assert violations(problem, solution) == []
    verdict = judged(shared_data, path, instance, solution)
    assert verdict["ok"], verdict["errors"]
    assert best_known(shared_data, name) <= solution.cost.total
    assert solution.cost.total <= within * best_known(shared_data, name)
