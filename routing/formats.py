"""Public arc routing instances (CARP of gdb, val, egl; MCARP of mval, lpr) as problems."""

import re
from dataclasses import dataclass

import numpy as np

from routing.problem import Ints, Problem, turn_rows

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SECTIONS = {
    "LISTA_ARISTAS_REQ": ("edge", True),
    "LISTA_ARISTAS_NOREQ": ("edge", False),
    "LIST_REQ_EDGES": ("edge", True),
    "LIST_REQ_ARCS": ("arc", True),
    "LIST_NOREQ_EDGES": ("edge", False),
    "LIST_NOREQ_ARCS": ("arc", False),
}
UNSERVED_PRICE = 1.0e6
"""Price of leaving out a task that the public problem does not allow to be left out."""


@dataclass(frozen=True, slots=True)
class Street:
    """A line of a file: `u` to `v`, both ways for an edge; costs to serve and to drive."""

    u: int
    v: int
    serve: float
    drive: float
    demand: float
    both_ways: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Instance:
    """A file: streets between nodes as numbered there, depot, capacity and price per route."""

    name: str
    streets: tuple[Street, ...]
    depot: int
    capacity: float
    route_price: float


def instance_from(text: str) -> Instance:
    """Read the text of a CARP or MCARP file."""
    head: dict[str, str] = {}
    streets: list[Street] = []
    section = ("edge", False)
    for line in filter(None, map(str.strip, text.splitlines())):
        key, _, value = (part.strip() for part in line.partition(":"))
        name = key.upper().replace(" ", "_")
        if name in _SECTIONS:
            section = _SECTIONS[name]
        elif line.startswith("("):
            streets.append(_street(line, *section))
        else:
            head[name] = value
    depot = head.get("DEPOSITO") or head.get("DEPOT") or ""
    return Instance(
        head.get("NOMBRE") or head["NAME"],
        tuple(streets),
        int(_numbers(depot)[-1]),
        float(head.get("CAPACIDAD") or head["CAPACITY"]),
        float(head.get("DUMPING_COST", 0.0)),
    )


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _street(line: str, kind: str, required: bool) -> Street:
    u, v, *values = _numbers(re.sub(r"_cost|_", "", line))
    both_ways = kind == "edge"
    if "trav" in line and required:
        serve, drive, demand = values
    elif required:
        serve, demand = values[:2]
        drive = serve
    else:
        serve, drive, demand = 0.0, values[0], 0.0
    return Street(int(u), int(v), serve, drive, demand, both_ways, required)


def problem_from_instance(instance: Instance, spare_routes: int = 5) -> Problem:
    """Return a classical instance as a problem: free turns, one depot, as many routes as useful.

    The tasks are the required streets in the order of the file; mode 0 serves from `u` to `v`.
    """
    nodes = {n: i for i, n in enumerate(sorted({n for s in instance.streets for n in (s.u, s.v)}))}
    arcs: list[tuple[int, int, float]] = []
    modes: list[tuple[int, int]] = []
    for street in instance.streets:
        u, v = nodes[street.u], nodes[street.v]
        first = len(arcs)
        arcs.append((u, v, street.drive))
        if street.both_ways:
            arcs.append((v, u, street.drive))
        if street.required:
            modes.append((first, first + 1 if street.both_ways else -1))
    depot = len(arcs)
    arcs.append((nodes[instance.depot], nodes[instance.depot], 0.0))
    tail, head = (np.array([arc[i] for arc in arcs], np.int32) for i in range(2))
    drive = np.array([arc[2] for arc in arcs])
    required = [street for street in instance.streets if street.required]
    demand = np.array([street.demand for street in required])
    routes = min(len(required), int(np.ceil(demand.sum() / instance.capacity)) + spare_routes)
    starts, to, turn_s = turn_rows(len(arcs), _free_turns(tail, head))
    tasks = len(required)
    return Problem(
        *(tail, head, drive.copy(), drive, np.arange(len(arcs)) == depot, starts, to, turn_s),
        mode_arc=np.array(modes, np.int32),
        service_s=np.array([[street.serve] for street in required]),
        material_kg=demand,
        class_index=np.zeros(tasks, np.int32),
        release_s=np.zeros(tasks),
        due_s=np.full(tasks, np.inf),
        completion_price=np.zeros(tasks),
        lateness_price=np.zeros(tasks),
        unserved_price=np.full(tasks, UNSERVED_PRICE),
        pace=np.ones(1),
        vehicle_type=np.zeros(routes, np.int32),
        start_arc=np.full(routes, depot, np.int32),
        end_arc=np.full(routes, depot, np.int32),
        capacity_kg=np.full(routes, instance.capacity),
        load_kg=np.full(routes, instance.capacity),
        shift_start_s=np.zeros(routes),
        shift_end_s=np.full(routes, np.inf),
        price_per_s=np.ones(routes),
        fixed_price=np.full(routes, instance.route_price),
        reload_arc=np.empty(0, np.int32),
        fill_s=np.empty(0),
    )


def _free_turns(tail: Ints, head: Ints) -> list[tuple[int, int, float]]:
    leaving: dict[int, list[int]] = {}
    for arc, node in enumerate(tail.tolist()):
        leaving.setdefault(node, []).append(arc)
    return [
        (arc, onward, 0.0)
        for arc, node in enumerate(head.tolist())
        for onward in leaving[node]
        if arc != onward
    ]
