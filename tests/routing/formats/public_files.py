"""Small files of each public format, and the outside judge where it is there."""

import csv
import importlib.util
import json
import sys
import warnings
from pathlib import Path

import pytest

from routing.formats.benchmark_solution import solution_json
from routing.formats.benchmarks.instance_problem import model_of
from routing.formats.format_detection import instance_from
from routing.problem.stopping import FirstOf, MaxIterations, MaxRuntime
from routing.search.solver import solve

CARP = """ NOMBRE : small
 COMENTARIO : 10000 (cota superior)
 VERTICES : 3
 ARISTAS_REQ : 2
 ARISTAS_NOREQ : 1
 VEHICULOS : 2
 CAPACIDAD : 5
 TIPO_COSTES_ARISTAS : EXPLICITOS
 COSTE_TOTAL_REQ : 30
 LISTA_ARISTAS_REQ :
 ( 1, 2)  coste 13 demanda 3
 ( 2, 3)  coste 17 demanda 3
 LISTA_ARISTAS_NOREQ :
 ( 1, 3)  coste 4
 DEPOSITO :   1
"""
MIXED = """NAME : mixed
NODES : 3
REQ_EDGES : 1
NOREQ_EDGES : 0
REQ_ARCS : 1
NOREQ_ARCS : 1
CAPACITY : 9
DUMPING_COST : 300
LIST_REQ_EDGES :
( 1, 2)   serv_cost 5   trav_cost 2   demand 4
LIST_REQ_ARCS :
( 2, 3)   serv_cost 7   trav_cost 3   demand 4
LIST_NOREQ_ARCS :
( 3, 1)   cost 6
DEPOT : 1
"""
RELOAD = """NAME : reload
NODES : 4
REQ_EDGES : 2
NOREQ_EDGES : 1
CAPACITY : 4
DUMPING_COST : 10
MAX_TRIP : 60
LIST_REQ_EDGES :
(-10,-20)  serv_cost 5  trav_cost 2 demand 3
(-20,7)  serv_cost 6  trav_cost 3 demand 3
LIST_NOREQ_EDGES :
(7,8)  cost 4
DEPOT : -10
DUMPING_SITES : 8
"""
MCGRP = """Name:\t\tmixed tasks
Optimal value:\t-1
#Vehicles:\t-1
Capacity:\t10
Depot Node:\t1
#Nodes:\t\t4
#Edges:\t\t2
#Arcs:\t\t2
#Required N:\t1
#Required E:\t1
#Required A:\t1

ReN.\tDEMAND\tS. COST
N3\t4\t4

ReE.\tFrom N.\tTo N.\tT. COST\tDEMAND\tS. COST
E1\t1\t2\t5\t2\t7

EDGE\tFROM N.\tTO N.\tT. COST
NrE1\t2\t3\t6

ReA.\tFROM N.\tTO N.\tT. COST\tDEMAND\tS. COST
A1\t3\t4\t7\t2\t9

ARC\tFROM N.\tTO N.\tT. COST
NrA1\t4\t1\t8
"""
TURNS = """Name:\t\t\tturning
#Vehicles:\t\t1
Capacity:\t\t10
Depot:\t\t\t1
#Nodes:\t\t\t3
#Edges:\t\t\t1
#Arcs:\t\t\t2
#Required-N:\t1
#Required-E:\t0
#Required-A:\t1
#Nb-Turns:\t\t5

----------NODES----------
INDEX\tQTY\tIS-REQUIRED\tX\tY
1\t0\t0\t0.5\t0.5
2\t4\t1\t1.5\t0.5
3\t0\t0\t1.5\t1.5

----------EDGES----------
INDEX-I\tINDEX-J\tQTY\tIS-REQUIRED\tTR-COST
1\t2\t0\t0\t5

-----------ARCS----------
INDEX-I\tINDEX-J\tQTY\tIS-REQUIRED\tTR-COST
2\t3\t3\t1\t6
3\t1\t0\t0\t7

----------TURNS----------
INDEX-I\tINDEX-J INDEX-K\tCOST TYPE
1\t2\t3\t2\tL
1\t2\t1\t9\tU
2\t3\t1\t1\tR
3\t1\t2\t4\tF
2\t1\t2\t9\tU
"""
SALT = json.dumps(
    {
        "name": "village",
        "max_time": 10.0,
        "nodes": [{"label": label, "position": [None, None]} for label in ("a", "b", "c", "d")],
        "vehicles": [
            {"id": "1", "home": "a", "capacity": 50.0},
            {"id": "2", "home": "d", "capacity": 50.0},
        ],
        "depots": [{"label": "b", "refill": 50.0}],
        "A": [{"arc": ["c", "b"], "len": 900.0, "time": 1.0}],
        "A_R": [{"arc": ["b", "c"], "dem": 30.0, "len": 900.0, "time": 1.0}],
        "E_R": [
            {"edge": ["a", "b"], "dem": 40.0, "len": 500.0, "time": 0.5},
            {"edge": ["b", "d"], "dem": 40.0, "len": 700.0, "time": 0.8},
            {"edge": ["c", "d"], "dem": 10.0, "len": 300.0, "time": 0.3},
        ],
        "U": [{"label": "c"}],
    },
    indent=1,
)
SMALL = {
    "carp": CARP,
    "carp-mixed": MIXED,
    "carp-reload": RELOAD,
    "mcgrp": MCGRP,
    "mcgrp-turns": TURNS,
    "salt": SALT,
}


def read(text, name="small"):
    return instance_from(text.encode(), name)


def solved(instance, iterations=200, seed=1, *, best_bound=True):
    """The model of an instance, its solution, and that as written.

    A stop that could be by time does not wait for the best bound.
    """
    model = model_of(instance)
    stop = MaxIterations(iterations)
    if not best_bound:
        stop = FirstOf(stop, MaxRuntime(3600.0))
    solution = solve(model.problem, stop, seed)
    return model, solution, solution_json(model, solution, 0.0)


def best_known(shared_data, name):
    with (shared_data / "routing" / "bks.csv").open() as lines:
        return next(float(r["best_known"]) for r in csv.DictReader(lines) if r["instance"] == name)


def public_file(shared_data, name):
    return next((shared_data / "routing").glob(f"*/{name}.*[tn]"))


def read_file(path):
    return instance_from(path.read_bytes(), path.stem)


def outside_judge(shared_data):
    """The module of a judge that shares no code with us; skips where it is absent."""
    tool = Path(shared_data).parent / "tools" / "check_solution.py"
    if not tool.is_file():
        pytest.skip(f"no outside judge at {tool}")
    spec = importlib.util.spec_from_file_location("outside_judge", tool)
    judge = importlib.util.module_from_spec(spec)
    sys.modules["outside_judge"] = judge
    spec.loader.exec_module(judge)
    return judge


def verdict(shared_data, path, written):
    """What the outside judge says of a solution as written."""
    judge = outside_judge(shared_data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the judge leaves closing to Python
        instance = judge.load(str(path))
    return judge.check(instance, json.loads(json.dumps(written)))
