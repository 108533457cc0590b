"""Routes changed while they are driven: few trucks hear of it in their next moves.

What happened concerns some vehicles; their neighbours take over what those cannot do, or give some
of their work to a new one. Of the neighbours only a few may change what they do next; the others
keep their next stops and may change behind them, and all other vehicles stay as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from routing.network.deadheads import LineGraph
from routing.network.pinned_stops import behind_pins
from routing.network.route_timing import PathSource
from routing.network.shortest_deadheads import PathFinder
from routing.network.single_task_feasibility import SingleTaskFeasibility, alone
from routing.problem.problem import Cost, Ints, Problem, Reason, Solution, TaskRoute
from routing.problem.route_repair import fitting
from routing.problem.stopping import StoppingCriterion
from routing.problem.stops import tasks_of
from routing.replanning.breakdown import (
    HELPED_TASKS,
    HELPERS,
    HandoverSearch,
    VehicleSubproblem,
    by_nearness,
    restricted,
    settled,
)
from routing.search.exact_schedule import ExactSchedule
from routing.search.ruin_recreate import RuinRecreate
from routing.search.solver import improve

type StopsAhead = Callable[[tuple[TaskRoute, ...]], object]
"""Looks at routes of which most will stay, so that what they need is known in the end."""

NEXT_STOPS = 3
"""Stops of a vehicle that count as its next moves."""


@dataclass(frozen=True, slots=True)
class RouteChange:
    """What has happened to running routes.

    The `concerned` vehicles are expected to change. The `free` tasks may go to anybody: they are in
    no route, or on one that is late. Of all other vehicles `most` may change their next moves, the
    first of the `helpers` first; those that work nearest to free tasks where none are named.
    """

    concerned: tuple[int, ...]
    free: tuple[int, ...]
    most: int
    helpers: tuple[int, ...] = ()


def nobody(_routes: tuple[TaskRoute, ...]) -> None:
    """Look at nothing."""


def running_solution(
    problem: Problem, routes: Sequence[TaskRoute], hopeless: Mapping[int, Reason]
) -> Solution:
    """Return routes that are driven as a solution; what nobody does is hopeless or lacks time."""
    left = absent_from(problem, routes).tolist()
    unserved: dict[int, Reason] = {task: hopeless.get(task, "time") for task in left}
    return Solution(tuple(routes), unserved, Cost(0.0, 0.0, 0.0, 0.0, 0.0), 0.0, 0, 0)


def hopeless_ones(
    problem: Problem, line: LineGraph, routes: Sequence[TaskRoute]
) -> dict[int, Reason]:
    """Return the tasks in no route that nobody could do, with the reason."""
    left, everybody = absent_from(problem, routes), np.arange(problem.vehicles, dtype=np.int32)
    found = alone(restricted(problem, left, everybody), line).hopeless
    return {int(left[task]): reason for task, reason in found.items()}


def absent_from(problem: Problem, routes: Sequence[TaskRoute]) -> Ints:
    """Return the tasks that are in no route."""
    absent = np.ones(problem.tasks, np.bool_)
    for route in routes:
        absent[tasks_of(route)] = False
    return np.flatnonzero(absent).astype(np.int32)


def rearranged(
    problem: Problem,
    ways: PathSource,
    line: LineGraph,
    running: Solution,
    change: RouteChange,
    stop: StoppingCriterion,
    seed: int = 0,
    threads: int = 1,
) -> ExactSchedule:
    """Return routes for what has happened, found around the vehicles that it concerns."""
    routes = fitting(problem, running.routes)
    nearby = change.helpers or _neighbours(problem, line, routes, change)
    held = with_next_stops(problem, routes, nearby[change.most :])
    behind = behind_pins(held, ways)
    rest = list(behind.rest(routes))
    free = _unpinned(held, change.free)
    part = _part(behind.problem, rest, free, (*change.concerned, *nearby))
    if len(part.vehicles) and len(part.tasks):
        search = HandoverSearch(part, line, rest, free, len(part.tasks), seed, threads, ways)
        inside = search.best(stop)
        # Estimates of far ways may cost a full route its last tasks, and time to win them back.
        if _missed(part.problem, inside) <= _missed(part.problem, part.inside(rest)):
            rest = part.whole(inside, rest)
    return settled(problem, PathFinder(problem, line), ways, running, behind.whole(rest))


def all_rearranged(
    problem: Problem,
    ways: PathSource,
    line: LineGraph,
    running: Solution,
    most: int,
    stop: StoppingCriterion,
    seed: int = 0,
    threads: int = 1,
    ahead: StopsAhead = nobody,
) -> ExactSchedule:
    """Return routes for so much new work that all vehicles get some of it.

    The vehicles with the most to gain from it change their next moves: those with the least to do.
    Beside the search, on one of several threads, `ahead` looks at the routes that it begins from.
    """
    routes = fitting(problem, running.routes)
    by_length = sorted(range(problem.vehicles), key=lambda v: len(routes[v]))
    held = with_next_stops(problem, routes, by_length[most:])
    behind = behind_pins(held, ways)
    rest = behind.rest(routes)
    walker = PathFinder(problem, line)
    single = SingleTaskFeasibility(np.zeros(problem.tasks), _out_of_reach(held, running))
    search = RuinRecreate(behind.problem, line, single, seed, threads)
    search.begin(rest)
    search.lengthen()
    search.correct(ways)
    begun = behind.whole(search.best_routes())
    with ThreadPoolExecutor(1) as beside:
        looked = beside.submit(ahead, begun) if threads > 1 else None
        improve(search, ways, problem.tasks, stop)
        if looked is not None:
            looked.result()
    found = search.best_routes()
    if _missed(behind.problem, found) <= _missed(behind.problem, rest):
        rest = found
    return settled(problem, walker, ways, running, behind.whole(rest))


def with_next_stops(
    problem: Problem, routes: Sequence[TaskRoute], vehicles: Sequence[int]
) -> Problem:
    """Return the problem in which these vehicles begin with the next stops of their routes."""
    keeping = set(vehicles)
    pinned = tuple(
        route[: len(problem.rules.pin(v)) + NEXT_STOPS] if v in keeping else problem.rules.pin(v)
        for v, route in enumerate(routes)
    )
    return replace(problem, rules=replace(problem.rules, pinned=pinned if any(pinned) else ()))


def changed(before: Sequence[TaskRoute], after: Sequence[TaskRoute]) -> list[int]:
    """Return the vehicles that do not go on with their next tasks; more behind is no change."""
    pairs = zip(map(tasks_of, before), map(tasks_of, after), strict=True)
    return [
        v
        for v, (one, other) in enumerate(pairs)
        if one[:NEXT_STOPS] != other[: min(NEXT_STOPS, len(one))]
    ]


def _neighbours(
    problem: Problem, line: LineGraph, routes: Sequence[TaskRoute], change: RouteChange
) -> tuple[int, ...]:
    """Return other vehicles that could take over work, those that work nearest first."""
    concerned = set(change.concerned)
    tasks = list(change.free) or [t for v in change.concerned for t in tasks_of(routes[v])]
    if not tasks:
        return ()
    nearest = [v for v in by_nearness(problem, line, routes, tasks) if v not in concerned]
    return tuple(nearest[:HELPERS])


def _part(
    problem: Problem, routes: Sequence[TaskRoute], free: Sequence[int], vehicles: Sequence[int]
) -> VehicleSubproblem:
    """Return vehicles, as long as they have not too much, with their work and what is free."""
    chosen: list[int] = []
    tasks = set(free)
    for v in vehicles:
        own = tasks_of(routes[v])
        if problem.shift_end_s[v] <= problem.shift_start_s[v]:
            continue
        if not chosen or len(tasks) + len(own) <= HELPED_TASKS:
            chosen.append(v)
            tasks.update(own)
    numbers = np.array(sorted(tasks), np.int32), np.array(sorted(chosen), np.int32)
    return VehicleSubproblem(restricted(problem, *numbers), *numbers)


def _out_of_reach(problem: Problem, running: Solution) -> dict[int, Reason]:
    """Return the tasks that no search can place: nobody can do them, or they are pinned."""
    found: dict[int, Reason] = {
        task: why for task, why in running.unserved.items() if why != "time"
    }
    return found | {task: "order" for pin in problem.rules.pinned for task in tasks_of(pin)}


def _missed(problem: Problem, routes: Sequence[TaskRoute]) -> float:
    """Return the price of the tasks that no route does."""
    served = [task for route in routes for task in tasks_of(route)]
    return float(problem.unserved_price.sum() - problem.unserved_price[served].sum())


def _unpinned(problem: Problem, tasks: Sequence[int]) -> list[int]:
    pinned = {task for pin in problem.rules.pinned for task in tasks_of(pin)}
    return [task for task in tasks if task not in pinned]
