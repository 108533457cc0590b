"""A running plan of Gothenburg with 66 machines: an urgent street, and a truck that breaks down."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from routing.check.referee import violations
from routing.network.deadheads import line_graph
from routing.network.route_timing import timed_route
from routing.network.shortest_deadheads import PathFinder
from routing.planning.problem_mapping import problem_from
from routing.problem.problem import Problem, Solution, TaskRoute
from routing.problem.stopping import MaxRuntime
from routing.problem.stops import tasks_of
from routing.replanning.changed_routes import change
from routing.replanning.rearrangement import (
    RearrangeNearby,
    SearchEffort,
    changed_next_moves,
)
from routing.replanning.running_routes import running_routes, running_solution
from routing.replanning.urgent_insertion import UrgentTask, best_insertion
from routing.search.solver import solve
from tests.benchmarks.routing.city_probe import prepared

HEAD = ("what", "seconds", "CPU", "cost of what can be done", "above", "changed", "referee")
THREADS = 2
URGENT = 50
"""Streets that come up one by one."""
BROKEN_AT_S = 2 * 3600.0
"""After so long in service; what was begun by then stays as it is."""
BUDGET = 5
"""Other trucks that may change their next moves."""
AT_ONCE_S = 3.5
"""Time from the call to the end of the search; the plan is read before and settled after that."""


class BreakdownAnswer(NamedTuple):
    """What a breakdown led to: the routes without what was freed, in which time, new routes."""

    problem: Problem
    before: tuple[TaskRoute, ...]
    freed: tuple[int, ...]
    seconds: float
    cpu_s: float
    after: Solution


def rows(seconds: float, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield rows: insertions into a plan of so many seconds, then the same breakdown twice.

    The last answer is a search of as many seconds as the plan had, the one before is at once.
    """
    with tempfile.TemporaryDirectory() as name:
        problem = problem_from(prepared("gothenburg", Path(name) / "gothenburg")).problem
    solve(problem, MaxRuntime(0.01), seed, threads=THREADS)  # compiles
    plan = solve(problem, MaxRuntime(seconds), seed, threads=THREADS)
    yield _insertions(problem, plan, seed)
    underway = replace(problem, rules=replace(problem.rules, pinned=_begun(problem, plan)))
    truck = _busiest(underway, plan)
    _handover(underway, plan, truck, 0.01)  # compiles
    at_once, later = (_handover(underway, plan, truck, each) for each in (AT_ONCE_S, seconds))
    least = _cost(underway, later.after)
    yield _row(at_once, least)
    yield _row(later, least)


def _insertions(problem: Problem, plan: Solution, seed: int) -> tuple[str, ...]:
    running = running_routes(problem, plan)
    running.prepare()
    random = np.random.default_rng(seed)
    served = np.array([task for route in plan.routes for task in tasks_of(route)])
    taken_s = []
    for task in random.choice(served, URGENT, replace=False).tolist():
        began = time.perf_counter()
        found = best_insertion(running, _again(problem, task))
        taken_s.append(time.perf_counter() - began)
        if found is None:
            raise RuntimeError(f"task {task}: expected a place, found none")
    shown = f"{np.median(taken_s):.3f} (slowest {max(taken_s):.3f})"
    return (f"best place for one of {URGENT} urgent streets", shown, "", "", "", "", "")


def _again(problem: Problem, task: int) -> UrgentTask:
    """Return a task like one there is, to be done as soon as may be."""
    return UrgentTask(
        tuple(problem.mode_arc[task].tolist()),
        problem.service_s[task],
        float(problem.material_kg[task]),
        int(problem.class_index[task]),
        completion_price=float(problem.completion_price.max()),
        unserved_price=float(problem.unserved_price.max()),
    )


def _begun(problem: Problem, plan: Solution) -> tuple[TaskRoute, ...]:
    """Return the stops of each route that have begun when the truck breaks down."""
    finder = PathFinder(problem, line_graph(problem))
    pinned = []
    for v, route in enumerate(plan.routes):
        legs = timed_route(problem, finder, v, route).legs
        starts_s = [leg.starts_s for leg in legs if leg.kind in ("work", "reload")]
        pinned.append(route[: int(np.searchsorted(starts_s, BROKEN_AT_S))])
    return tuple(pinned)


def _busiest(problem: Problem, plan: Solution) -> int:
    """Return the vehicle with the most still to do."""
    left = [len(route) - len(problem.rules.pin(v)) for v, route in enumerate(plan.routes)]
    return int(np.argmax(left))


def _handover(problem: Problem, plan: Solution, truck: int, budget_s: float) -> BreakdownAnswer:
    """Return what becomes of the plan when a truck stops after what it has begun."""
    begun = len(problem.rules.pin(truck))
    shift_end_s = problem.shift_end_s.copy()
    shift_end_s[truck] = 0.0
    stopped = replace(problem, shift_end_s=shift_end_s)
    routes = list(plan.routes)
    routes[truck] = routes[truck][:begun]
    freed = tuple(tasks_of(plan.routes[truck][begun:]))
    began, cpu_began_s = time.perf_counter(), time.process_time()
    running = running_routes(stopped, running_solution(stopped, routes, plan.unserved))
    effort = SearchEffort(MaxRuntime(budget_s), threads=THREADS)
    found = change(running, RearrangeNearby((), freed, BUDGET, (), effort))
    if found is None:
        raise RuntimeError("expected routes, found none")
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began_s
    after = found.after.solution
    return BreakdownAnswer(stopped, tuple(routes), freed, seconds, cpu_s, after)


def _hopeless(after: Solution) -> list[int]:
    return [t for t, why in after.unserved.items() if why in ("no_vehicle", "unreachable")]


def _cost(problem: Problem, after: Solution) -> float:
    """Return the cost without what nobody can do anyway."""
    return after.cost.total - float(problem.unserved_price[_hopeless(after)].sum())


def _row(answer: BreakdownAnswer, least: float) -> tuple[str, ...]:
    after, cost = answer.after, _cost(answer.problem, answer.after)
    left = len(after.unserved) - len(_hopeless(after))
    changed = len(changed_next_moves(answer.before, after.routes))
    return (
        f"breakdown, {len(answer.freed)} passes freed, {left} left out",
        f"{answer.seconds:.1f}",
        f"{answer.cpu_s:.1f}",
        f"{cost:,.0f}",
        f"{cost / least - 1.0:.2%}",
        f"{changed} trucks of at most {BUDGET}",
        "REFUSED" if violations(answer.problem, after) else "accepted",
    )
