"""A running plan of Gothenburg with 66 machines: an urgent street, and a truck that breaks down."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from routing.breakdown import broken, moved
from routing.check import violations
from routing.mapping import problem_from
from routing.paths import Walker, line_graph
from routing.problem import Problem, Route, Solution
from routing.solver import solve
from routing.stop import MaxRuntime
from routing.stops import tasks_of
from routing.timing import timed_route
from routing.urgent import RunningRoutes, Urgent
from tests.benchmarks.routing.city_probe import prepared

HEAD = ("what", "seconds", "cost of what can be done", "changed hands", "referee")
THREADS = 2
URGENT = 50
"""Streets that come up one by one."""
BROKEN_AT_S = 2 * 3600.0
"""After so long in service; what was begun by then stays as it is."""
BUDGET = 200
"""Passes of other trucks that may change hands."""
AT_ONCE_S = 4.0
"""Search after a breakdown; reading the running plan is measured with it."""


def rows(seconds: float, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield rows: insertions into a plan of so many seconds, then the same breakdown twice."""
    with tempfile.TemporaryDirectory() as name:
        problem = problem_from(prepared("gothenburg", Path(name) / "gothenburg")).problem
    solve(problem, MaxRuntime(0.01), seed, threads=THREADS)  # compiles
    plan = solve(problem, MaxRuntime(seconds), seed, threads=THREADS)
    yield _insertions(problem, plan, seed)
    underway = replace(problem, rules=replace(problem.rules, pinned=_begun(problem, plan)))
    truck = _busiest(underway, plan)
    _handover(underway, plan, truck, 0.01)  # compiles
    for budget_s in (AT_ONCE_S, seconds):
        yield _handover(underway, plan, truck, budget_s)


def _insertions(problem: Problem, plan: Solution, seed: int) -> tuple[str, ...]:
    running = RunningRoutes(problem, plan)
    random = np.random.default_rng(seed)
    served = np.array([task for route in plan.routes for task in tasks_of(route)])
    taken_s = []
    for task in random.choice(served, URGENT, replace=False).tolist():
        began = time.perf_counter()
        found = running.best_insertion(_again(problem, task))
        taken_s.append(time.perf_counter() - began)
        if found is None:
            raise RuntimeError(f"task {task}: expected a place, found none")
    shown = f"{np.median(taken_s):.3f} (slowest {max(taken_s):.3f})"
    return (f"best place for one of {URGENT} urgent streets", shown, "", "", "")


def _again(problem: Problem, task: int) -> Urgent:
    """Return a task like one there is, to be done as soon as may be."""
    return Urgent(
        tuple(problem.mode_arc[task].tolist()),
        problem.service_s[task],
        float(problem.material_kg[task]),
        int(problem.class_index[task]),
        completion_price=float(problem.completion_price.max()),
        unserved_price=float(problem.unserved_price.max()),
    )


def _begun(problem: Problem, plan: Solution) -> tuple[Route, ...]:
    """Return the stops of each route that have begun when the truck breaks down."""
    walker = Walker(problem, line_graph(problem))
    pinned = []
    for v, route in enumerate(plan.routes):
        legs = timed_route(problem, walker, v, route).legs
        starts_s = [leg.starts_s for leg in legs if leg.kind in ("work", "reload")]
        pinned.append(route[: int(np.searchsorted(starts_s, BROKEN_AT_S))])
    return tuple(pinned)


def _busiest(problem: Problem, plan: Solution) -> int:
    """Return the vehicle with the most still to do."""
    left = [len(route) - len(problem.rules.pin(v)) for v, route in enumerate(plan.routes)]
    return int(np.argmax(left))


def _handover(problem: Problem, plan: Solution, truck: int, budget_s: float) -> tuple[str, ...]:
    lost = tasks_of(plan.routes[truck][len(problem.rules.pin(truck)) :])
    began = time.perf_counter()
    after = RunningRoutes(problem, plan).without(
        truck, BUDGET, MaxRuntime(budget_s), threads=THREADS
    )
    whole_s = time.perf_counter() - began
    hopeless = [t for t, why in after.unserved.items() if why in ("no_vehicle", "unreachable")]
    cost = after.cost.total - float(problem.unserved_price[hopeless].sum())
    wrong = violations(broken(problem, truck), after)
    return (
        f"breakdown, {len(lost)} passes freed, {len(after.unserved) - len(hopeless)} left out",
        f"{whole_s:.1f}",
        f"{cost:,.0f}",
        f"{moved(plan.routes, after.routes, lost)} of at most {BUDGET}",
        "REFUSED" if wrong else "accepted",
    )
