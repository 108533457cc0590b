"""Load or compile what the optimizer needs before somebody waits for a plan."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numba.core.event import Event, Listener, install_listener

from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import NONE, Problem, RouteRules, turn_rows
from routing.problem.stopping import MaxIterations
from routing.search.ruin_recreate import LONG_ROUTE, RuinRecreate, SearchLimits
from routing.search.solver import solve

ROUNDS = 3
"""Calls of a search after which its sweeps over the tiny problem are over and windows follow."""


class _Compilations(Listener):
    """Calls back at the first kernel that is compiled; those that lie ready do not count."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell: Callable[[], None] | None = tell

    def on_start(self, event: Event) -> None:
        if self._tell is not None:
            self._tell()
        self._tell = None

    def on_end(self, event: Event) -> None:
        """Say nothing: nobody waits for the end of one kernel."""


@contextmanager
def reporting_compilation(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` once if a kernel has to be compiled inside; most often all lie ready."""
    with install_listener("numba:compile", _Compilations(tell)):
        yield


def warm_up(like: Problem | None = None) -> None:
    """Solve a tiny problem as a whole and in parts of both kinds, so that kernels are ready.

    Parameters
    ----------
    like
        The problem to come: kernels are compiled apart for each number of modes, with and without
        reloads, with and without rules. Else two modes without rules, as cities have them.
    """
    if like is not None:
        reloads = bool(like.sites and like.material_kg.any())
        warm_up_kind(like.modes, reloads=reloads, ruled=like.rules.steering)
        return
    for reloads in (False, True):
        warm_up_kind(2, reloads=reloads, ruled=False)


def warm_up_kind(modes: int, *, reloads: bool, ruled: bool) -> None:
    """Make the kernels ready for problems with so many modes, with reloads, with rules."""
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
    solve(problem, MaxIterations(1))
    line = line_graph(problem)
    for long_route in (LONG_ROUTE, 0):
        search = RuinRecreate(
            problem, line, feasibility_of_tasks(problem, line), 1, 1, SearchLimits(0, long_route)
        )
        search.begin(None)
        for _ in range(ROUNDS):
            search.run(1, 1.0)


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
