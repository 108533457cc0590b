"""Our own problem format: read whole, refused by path, and held together with its JSON Schema."""

import copy
import json
from itertools import pairwise
from pathlib import Path

import jsonschema_rs
import numpy as np
import pytest

from routing.check.referee import violations
from routing.formats.format_detection import read
from routing.formats.native.schema import problem_schema
from routing.formats.solver_case import StartError, case_from
from routing.formats.text.format_error import FormatError
from routing.problem.problem import ReloadStop, TaskVisit
from routing.problem.stopping import MaxIterations
from routing.search.solver import solve

DOCS = Path(__file__).parents[4] / "docs"
SCHEMA = jsonschema_rs.validator_for(problem_schema())
EXAMPLE = DOCS / "examples" / "village.problem.json"


def example():
    return json.loads(EXAMPLE.read_text(encoding="utf-8"))


def own(value):
    return read(json.dumps(value).encode(), "x")


def changed(*steps, to):
    """The example with a value put somewhere, or taken away where it becomes `...`."""
    value = example()
    place = value
    for step in steps[:-1]:
        place = place[step]
    if to is ...:
        del place[steps[-1]]
    elif isinstance(place, list) and steps[-1] == len(place):
        place.append(to)
    else:
        place[steps[-1]] = to
    return value


BROKEN = [
    (("tasks", 3, "service_s"), -1, "tasks[3].service_s: -1, expected seconds >= 0"),
    (("tasks", 3, "service_s"), "60", "tasks[3].service_s: '60', expected seconds"),
    (("tasks", 3, "service_s"), 1e12, "tasks[3].service_s: 1000000000000.0, expected seconds <="),
    (("tasks", 3, "service_s"), ..., "tasks[3].service_s: is missing"),
    (("tasks", 0, "material_kg"), True, "tasks[0].material_kg: True, expected kilograms"),
    (("tasks", 0, "class"), 1.5, "tasks[0].class: 1.5, expected a whole number"),
    (("tasks", 0, "class"), -1, "tasks[0].class: -1, expected a number >= 0"),
    (("tasks", 0, "wish"), 1, "tasks[0].wish: is not known here"),
    (("tasks", 0, "direction"), "up", 'tasks[0].direction: \'up\', expected "forward", "back" or'),
    (("tasks", 3, "service_s_by_type", "truck"), -4, "tasks[3].service_s_by_type.truck: -4, exp"),
    (("streets", 1, "length_m"), -3, "streets[1].length_m: -3, expected metres >= 0"),
    (("streets", 1, "both_ways"), 0, "streets[1].both_ways: 0, expected true or false"),
    (("streets",), [], "streets: [], expected at least one entry"),
    (("junctions", 0, "id"), "", "junctions[0].id: '', expected a text that is not empty"),
    (("junctions", 0), "depot", "junctions[0]: 'depot', expected an object"),
    (("vehicles", 0, "price_per_m"), -1, "vehicles[0].price_per_m: -1, expected a price >= 0"),
    (("vehicle_types", 0, "pace"), 0, "vehicle_types[0].pace: 0, expected a number > 0"),
    (("vehicles",), {}, "vehicles: {}, expected a list"),
    (("format",), "other", "format: 'other', expected \"barfrub-problem\""),
    (("version",), 2, "version: 2, expected 1"),
    (("turns", "u_turns"), "never", "turns.u_turns: 'never', expected \"everywhere\""),
]
"""Changes that the reader and the schema both refuse."""

UNFIT = [
    (
        ("junctions", 1, "id"),
        "mill",
        "junctions[2].id: 'mill', expected an id other than that of j",
    ),
    (("streets", 1, "from"), "moon", "streets[1].from: 'moon', expected the id of a junction"),
    (("tasks", 0, "street"), "moon", "tasks[0].street: 'moon', expected the id of a street"),
    (("tasks", 0, "junction"), "mill", "tasks[0]: expected one of street, junction and any_of"),
    (("tasks", 0, "street"), ..., "tasks[0]: expected one of street, junction and any_of"),
    (("tasks", 3, "direction"), "either", "tasks[3].direction: 'back', expected \"forward\""),
    (("tasks", 6, "any_of"), [], "tasks[6].any_of: expected one street or more"),
    (
        ("tasks", 6, "any_of", 0),
        {"street": "back lane", "back": True},
        "tasks[6].any_of[0].back: True, expected false, back lane is a one-way street",
    ),
    (("tasks", 3, "service_s_by_type"), {"bus": 4}, "tasks[3].service_s_by_type: 'bus', expected"),
    (("vehicles", 0, "type"), "bus", "vehicles[0].type: 'bus', expected the id of a vehicle type"),
    (("vehicles", 0, "start"), {}, "vehicles[0].start: expected either a junction or a street"),
    (("vehicles", 1, "load_kg"), 201, "vehicles[1].load_kg: 201.0, expected at most capacity_kg"),
    (("vehicles", 0, "shift_start_s"), 4000, "vehicles[0].shift_end_s: 3600.0, expected at least"),
    (("sites", 0, "junction"), "moon", "sites[0].junction: 'moon', expected the id of a junction"),
    (("rules", "order", 0, "later"), "x", "rules.order[0].later: 'x', expected the id of a task"),
    (
        ("rules", "order", 1),
        {"earlier": "depot road in", "later": "depot road out"},
        "rules: ",
    ),
    (("rules", "forbidden", 0, "vehicle"), "x", "rules.forbidden[0].vehicle: 'x', expected the id"),
    (
        ("rules", "published", 1),
        {"task": "farm road", "vehicle": "Truck 1"},
        "rules.published[1].task: 'farm road', expected a task that no other entry names",
    ),
    (
        ("rules", "pinned"),
        [{"vehicle": "Truck 1", "stops": [{"task": "mill lane"}]}],
        "rules.pinned[0].stops[0].street: is missing, the task can be done in several ways",
    ),
    (
        ("rules", "pinned"),
        [{"vehicle": "Truck 1", "stops": [{}]}],
        "rules.pinned[0].stops[0]: expected either a task or a site",
    ),
    (
        ("rules", "pinned"),
        [{"vehicle": "Truck 1", "stops": [{"task": "farm road", "street": "mill lane"}]}],
        "rules.pinned[0].stops[0].street: 'mill lane', expected a street and direction in which",
    ),
    (
        ("turns", "forbidden", 0, "after"),
        {"street": "farm road"},
        "turns.forbidden[0].after: 'school street back to farm road', expected a street that beg",
    ),
]
"""Changes that only the reader can refuse: names that nothing has, what does not go together."""


def test_the_schema_in_the_documentation_is_what_the_reader_checks():
    written = json.loads((DOCS / "problem.schema.json").read_text(encoding="utf-8"))
    assert written == problem_schema(), "run scripts/problem-schema"


def test_the_example_fits_the_schema_and_is_read():
    assert SCHEMA.is_valid(example())
    problem = own(example()).problem
    assert (problem.tasks, problem.vehicles, problem.sites) == (7, 2, 1)


@pytest.mark.parametrize(("steps", "value", "message"), BROKEN)
def test_what_the_schema_refuses_the_reader_refuses_by_its_path(steps, value, message):
    broken = changed(*steps, to=value)
    assert not SCHEMA.is_valid(broken)
    with pytest.raises(FormatError) as raised:
        own(broken)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(("steps", "value", "message"), UNFIT)
def test_what_does_not_go_together_is_refused_by_its_path(steps, value, message):
    broken = changed(*steps, to=value)
    assert SCHEMA.is_valid(broken)
    with pytest.raises(FormatError) as raised:
        own(broken)
    assert str(raised.value).startswith(message)


def test_several_faults_are_counted():
    broken = changed("tasks", 3, "service_s", to=-1)
    broken["tasks"][4]["class"] = "a"
    with pytest.raises(FormatError, match=r"expected seconds >= 0 \(and 1 more faults\)"):
        own(broken)


def test_every_value_arrives_in_the_problem():
    found = own(example())
    problem, names = found.problem, found.names
    assert problem.service_s[names.tasks.by_name["back lane"]].tolist() == [np.inf, 60.0]
    assert problem.pace.tolist() == [1.0, 1.5]
    assert problem.load_kg.tolist() == [500.0, 120.0]
    assert problem.due_s[:2].tolist() == [1200.0, np.inf]
    assert problem.class_index.tolist() == [0, 0, 1, 1, 2, 0, 0]
    assert problem.start_arc[1] == names.streets.by_name["farm road"]
    assert problem.end_arc[1] == -1
    rules = problem.rules
    assert (rules.earlier.tolist(), rules.later.tolist(), rules.within_s[0]) == ([0], [1], np.inf)
    assert rules.forbidden() == {(1, 1)}
    assert rules.change(4, 0) == 50.0
    assert (rules.rest_s(1), rules.rest_after_s(1), rules.per_m(0)) == (300.0, 1800.0, 0.01)


def turns_from(value, street, *, back=False):
    """Where one may go on from a street, with the seconds of the turn."""
    found = own(value)
    arc = found.grid.arc(street, "", back=back)
    turns = slice(*found.problem.turn_start[arc : arc + 2])
    pairs = zip(found.problem.turn_to[turns], found.problem.turn_s[turns], strict=True)
    written = ((found.grid.drive(to), s) for to, s in pairs if to < found.grid.driven)
    return {(drive["street"], drive["back"]): s for drive, s in written}


def test_turns_cost_what_the_policy_or_the_list_says():
    assert turns_from(example(), "depot road") == {
        ("mill lane", False): 8.0,
        ("school street", False): 2.0,
        ("depot road", True): 30.0,
    }


def test_a_forbidden_turn_is_not_there_and_a_dead_end_lets_one_turn_back():
    assert ("mill lane", False) not in turns_from(example(), "school street", back=True)
    assert turns_from(example(), "farm road") == {("farm road", True): 30.0}
    assert turns_from(example(), "mill lane") == {("back lane", False): 2.0}


def test_turning_back_may_be_allowed_everywhere_or_at_marked_junctions_only():
    everywhere = changed("turns", "u_turns", to="everywhere")
    assert turns_from(everywhere, "mill lane")["mill lane", True] == 30.0
    assert turns_from(changed("turns", "u_turns", to="marked"), "farm road") == {}


def test_only_listed_turns_may_be_allowed():
    assert turns_from(changed("turns", "only_listed", to=True), "depot road") == {
        ("mill lane", False): 8.0
    }


def test_pinned_stops_are_read():
    stops = [{"task": "mill lane", "street": "mill lane", "back": True}, {"site": "salt hall"}]
    value = changed("rules", "pinned", to=[{"vehicle": "Truck 1", "stops": stops}])
    assert own(value).problem.rules.pinned == ((TaskVisit(2, 1), ReloadStop(0)), ())


def solved(value, iterations=300, start=None):
    content = json.dumps(value).encode()
    case = case_from(content, "x", json.dumps(start).encode() if start else None)
    solution = solve(case.problem, MaxIterations(iterations), 1, start=case.start)
    return case, solution, json.loads(json.dumps(case.written(solution, 0.0)))


def test_a_solution_tells_stops_times_and_the_walk():
    case, solution, written = solved(example())
    assert violations(case.problem, solution) == []
    assert written["format"] == "barfrub-solution"
    assert written["cost"] == pytest.approx(sum(written["cost_parts"].values()), abs=1e-5)
    assert written["lower_bound"] <= written["cost"]
    done = [stop for route in written["routes"] for stop in route["stops"] if "task" in stop]
    left = {entry["task"] for entry in written["unserved"]}
    assert {stop["task"] for stop in done} | left == {task["id"] for task in example()["tasks"]}
    assert all(stop["starts_s"] <= stop["ends_s"] for stop in done)
    streets = {street["id"]: street for street in example()["streets"]}
    for route in written["routes"]:
        ends = [
            (streets[x["street"]]["from"], streets[x["street"]]["to"])[:: -1 if x["back"] else 1]
            for x in route["walk"]
        ]
        assert all(a[1] == b[0] for a, b in pairwise(ends))


def test_a_solution_can_be_begun_with():
    _, _, first = solved(example())
    _, _, second = solved(example(), 0, first)
    assert second["cost"] <= first["cost"] + 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda x: x["routes"][0].update(vehicle="x"),
            "routes[0].vehicle: 'x', expected the id of",
        ),
        (lambda x: x["routes"].append(x["routes"][0]), "routes["),
        (lambda x: x["routes"][0]["stops"].append(7), "routes[0].stops["),
        (
            lambda x: x["routes"][0]["stops"].insert(0, {"task": "x"}),
            "routes[0].stops[0].task: 'x'",
        ),
        (
            lambda x: x["routes"][0]["stops"].insert(0, {"task": 5}),
            "routes[0].stops[0].task: 5, exp",
        ),
        (lambda x: x.pop("routes"), "routes: is missing"),
    ],
)
def test_a_solution_that_does_not_fit_is_refused(change, message):
    _, _, start = solved(example(), 50)
    broken = copy.deepcopy(start)
    change(broken)
    with pytest.raises(StartError) as raised:
        solved(example(), 0, broken)
    assert str(raised.value).startswith(message)
