"""Load or compile what the optimizer needs before somebody waits for a plan."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import NONE, Problem, RouteRules, TaskVisit, turn_rows
from routing.problem.stopping import MaxIterations
from routing.search.ruin_recreate import LONG_ROUTE, USUAL, RuinRecreate, SearchLimits
from routing.search.solver import solve

ROUNDS = 3
"""Calls of a search after which its sweeps over the tiny problem are over and windows follow."""


class KernelKind(NamedTuple):
    """What kernels are compiled apart for: modes of a task, reloads, rules."""

    modes: int
    reloads: bool
    ruled: bool


CITY = KernelKind(2, reloads=False, ruled=False)
"""What a city's first plan of a storm is: plowing, and nothing done yet."""


def kind_of(problem: Problem) -> KernelKind:
    """Return which kernels a problem needs."""
    reloads = bool(problem.sites and problem.material_kg.any())
    return KernelKind(problem.modes, reloads, problem.rules.steering)


def warm_up() -> None:
    """Make all kernels of cities ready: two modes, with and without reloads, no rules."""
    for reloads in (False, True):
        warm_up_kind(KernelKind(2, reloads=reloads, ruled=False))


def warm_up_kind(kind: KernelKind) -> None:
    """Make all kernels of a kind ready, by solving a tiny problem."""
    solve(_problem_of(kind), MaxIterations(1))
    warm_up_search(kind)


def warm_up_search(kind: KernelKind) -> None:
    """Make the kernels of searches ready, not those of first routes; the most urgent first.

    A tiny problem is improved as a whole, and in parts of both kinds.
    """
    problem = _problem_of(kind)
    line = line_graph(problem)
    single = feasibility_of_tasks(problem, line)
    given = ((TaskVisit(0, 0), TaskVisit(1, 0)),)
    limits = (USUAL, SearchLimits(0, 0), SearchLimits(0, LONG_ROUTE))
    for each in limits:
        search = RuinRecreate(problem, line, single, 1, 1, each)
        search.begin(given)
        for _ in range(ROUNDS):
            search.run(1, 1.0)


def _problem_of(kind: KernelKind) -> Problem:
    """Return a tiny problem of a kind."""
    modes, reloads, ruled = kind
    tiny = _tiny_problem()
    none = np.full((tiny.tasks, modes - 2), NONE, np.int32)
    problem = replace(tiny, mode_arc=np.hstack((tiny.mode_arc, none)))
    if reloads:
        full = np.full(1, 1.5)
        problem = replace(
            problem,
            reload_arc=problem.start_arc.copy(),
            fill_s=np.ones(1),
            material_kg=np.ones(2),
            capacity_kg=full,
            load_kg=full.copy(),
        )
    if ruled:
        problem = replace(problem, rules=_tiny_rules())
    return problem


def _tiny_rules() -> RouteRules:
    """Return rules for what is compiled only where there are such."""
    first, second = np.zeros(1, np.int32), np.ones(1, np.int32)
    return RouteRules(
        earlier=first, later=second, within_s=np.full(1, np.inf), price_per_m=np.ones(1)
    )


def _tiny_problem() -> Problem:
    """Return one street to be driven both ways from a depot at its end."""
    one, both, depot = np.ones(1), np.zeros(2), np.array([2], np.int32)
    start, to, turn_s = turn_rows(3, [(2, 0, 0.0), (0, 1, 1.0), (1, 2, 0.0), (1, 0, 1.0)])
    return Problem(
        tail=np.array([0, 1, 0], np.int32),
        head=np.array([1, 0, 0], np.int32),
        length_m=np.array([10.0, 10.0, 0.0]),
        drive_s=np.array([1.0, 1.0, 0.0]),
        place=np.array([False, False, True]),
        turn_start=start,
        turn_to=to,
        turn_s=turn_s,
        mode_arc=np.array([[0, -1], [1, -1]], np.int32),
        service_s=np.ones((2, 1)),
        material_kg=both,
        class_index=np.zeros(2, np.int32),
        release_s=both.copy(),
        due_s=np.full(2, 100.0),
        completion_price=both.copy(),
        lateness_price=both.copy(),
        unserved_price=np.full(2, 100.0),
        pace=one,
        vehicle_type=np.zeros(1, np.int32),
        start_arc=depot,
        end_arc=depot.copy(),
        capacity_kg=np.zeros(1),
        load_kg=np.zeros(1),
        shift_start_s=np.zeros(1),
        shift_end_s=np.full(1, 100.0),
        price_per_s=one.copy(),
        fixed_price=np.zeros(1),
        reload_arc=np.zeros(0, np.int32),
        fill_s=np.zeros(0),
    )
