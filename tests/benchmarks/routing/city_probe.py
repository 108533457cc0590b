"""Solve one city in a process of its own and print what came out as JSON; see `city`.

    python -m tests.benchmarks.routing.city_probe CITY FOLDER SECONDS THREADS TIMES

CITY is `gothenburg` (the demo's file) or `grid` (generated, 20,604 segments). A city made in FOLDER
before is taken as it is. A late pass of the first class costs TIMES as much as usual. Who calls
sets numba's cache folder.
"""

import json
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import Actor, ActorKind
from data.setup.fleet_file import URMIA_FLEET
from data.store.database.engine import create_engine, transaction
from data.store.setup.city import get_policy
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from routing.check.referee import violations
from routing.network.deadheads import line_graph
from routing.network.route_timing import timed_route
from routing.network.shortest_deadheads import PathFinder
from routing.planning.problem_mapping import problem_from
from routing.problem.problem import Problem, Solution
from routing.problem.stopping import MaxRuntime
from routing.search.solver import solve
from tests.benchmarks import city_import
from tests.benchmarks.routing.in_time import most_in_time

ACTOR = Actor(ActorKind.SYSTEM, "bench")
NOW = datetime(2026, 12, 21, tzinfo=UTC)
SIDE = 102
"""Streets each way of the generated city: 2 x 102 x 101 = 20,604 segments."""


def prepared(city: str, folder: Path) -> Prepared:
    """Return a storm's situation, everything open and all machines in service."""
    database = folder / "barfrub.sqlite"
    if not database.exists():
        file = DEMO_CITY_FILE
        if city == "grid":
            file = folder.parent / "grid.osm.pbf"
            city_import.write_grid(file, SIDE)
        add_city(folder, NewCity(city, file, timezone="Europe/Stockholm"), NOW, ACTOR)
    with transaction(create_engine(database)) as tx:
        network = load_network(tx)
        storm = find_active_storm(tx)
        if storm is None:
            set_fleet(tx, ACTOR, URMIA_FLEET, network, NOW)
            storm = start_storm(tx, ACTOR, "bench", network, get_policy(tx), NOW)
        return prepare(tx, storm.id, network, NOW)


def figures(problem: Problem, solution: Solution) -> dict[str, object]:
    """Return what the table shows of a solution: hours, kilometers, lateness by class."""
    finder = PathFinder(problem, line_graph(problem))
    done_s = np.full(problem.tasks, np.nan)
    work_m = deadhead_m = service_s = 0.0
    for v, route in enumerate(solution.routes):
        timed = timed_route(problem, finder, v, route)
        service_s += timed.ends_s - problem.shift_start_s[v] if route else 0.0
        for leg in timed.legs:
            metres = float(problem.length_m[list(leg.arcs)].sum())
            if leg.kind == "work":
                work_m, done_s[leg.task] = work_m + metres, leg.ends_s
            else:
                deadhead_m += metres
    late_s = np.maximum(done_s - problem.due_s, 0.0)
    classes = range(int(problem.class_index.max()) + 1)
    members = [problem.class_index == k for k in classes]
    return {
        "tasks": problem.tasks,
        "cost": solution.cost.total,
        "bound": solution.bound,
        "service_h": service_s / 3600,
        "work_km": work_m / 1000,
        "deadhead_km": deadhead_m / 1000,
        "late_min": [float(np.nanmean(late_s[which])) / 60 for which in members],
        "in_time": [float(np.mean(late_s[which] <= 0.0)) for which in members],
        "most_in_time": most_in_time(problem),
        "undone": [int(np.isnan(done_s[which]).sum()) for which in members],
        "violations": violations(problem, solution)[:3],
    }


def main(city: str, folder: Path, seconds: float, threads: int, times: float) -> None:
    """Solve and print."""
    problem = problem_from(prepared(city, folder)).problem
    dear = np.where(problem.class_index == 0, times, 1.0) * problem.lateness_price
    problem = replace(problem, lateness_price=dear)
    told: list[tuple[float, float]] = []
    began = time.perf_counter()

    def report(cost: float, bound: float, unserved: int, iterations: int) -> None:
        told.append((time.perf_counter() - began, cost))

    solution = solve(problem, MaxRuntime(seconds), 1, report, threads=threads)
    whole_s = time.perf_counter() - began
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    found = figures(problem, solution)
    found |= {"first_s": told[0][0], "first_cost": told[0][1], "whole_s": whole_s}
    print(json.dumps(found | {"peak_gb": peak_gb, "iterations": solution.iterations}))


if __name__ == "__main__":
    name, folder, *numbers = sys.argv[1:]
    seconds, threads, times = (float(each) for each in numbers)
    main(name, Path(folder), seconds, int(threads), times)
