"""Running routes searched anew around what has happened; few trucks hear of it in their next moves.

What happened concerns some vehicles; their neighbors take over what those cannot do, or give some
of their work to a new one. Of the neighbors only a few may change what they do next; the others
keep their next stops and may change behind them, and all other vehicles stay as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from routing.network.deadheads import LineGraph
from routing.network.pinned_stops import unpinned_problem
from routing.network.single_task_feasibility import SingleTaskFeasibility, feasibility_of_tasks
from routing.problem.problem import Problem, Reason, TaskRoute
from routing.problem.route_repair import repaired_routes
from routing.problem.stopping import StoppingCriterion
from routing.problem.stops import tasks_of
from routing.replanning.handover_search import HandoverSearch
from routing.replanning.path_cache import CachedLineGraph
from routing.replanning.running_routes import RunningRoutes, absent_from
from routing.replanning.vehicle_subproblem import (
    HELPED_TASKS,
    HELPERS,
    VehicleSubproblem,
    by_nearness,
    restricted,
)
from routing.search.exact_schedule import ExactSchedule
from routing.search.ruin_recreate import RuinRecreate
from routing.search.solver import improve

type RouteObserver = Callable[[tuple[TaskRoute, ...]], object]
"""Is shown routes of which most will stay, so that what they need is computed in time."""

NEXT_STOPS = 3
"""Stops of a vehicle that count as its next moves."""


class SearchEffort(NamedTuple):
    """How long a search may take, its random seed, and on how many threads it runs."""

    stop: StoppingCriterion
    seed: int = 0
    threads: int = 1


def no_observer(_routes: tuple[TaskRoute, ...]) -> None:
    """Do nothing with the routes."""


@dataclass(frozen=True, slots=True)
class RearrangeNearby:
    """Search for routes around the vehicles that a disruption concerns.

    The `concerned` vehicles are expected to change. The `free` tasks may go to anybody: they are in
    no route, or on one that is late. Of all other vehicles `most` may change their next moves, the
    first of the `helpers` first; those that work nearest to free tasks where none are named.
    """

    concerned: tuple[int, ...]
    free: tuple[int, ...]
    most: int
    helpers: tuple[int, ...]
    effort: SearchEffort

    def apply(self, running: RunningRoutes) -> RunningRoutes:
        """Return the routes found."""
        problem, streets = running.problem, running.streets
        seed, threads = self.effort.seed, self.effort.threads
        routes = repaired_routes(problem, running.routes)
        nearby = self.helpers or self._neighbors(problem, streets.line, routes)
        held = with_next_stops(problem, routes, nearby[self.most :])
        unpinned = unpinned_problem(held, streets.paths)
        rest = list(unpinned.rest(routes))
        free = _unpinned(held, self.free)
        part = _subproblem(unpinned.problem, rest, free, (*self.concerned, *nearby))
        if len(part.vehicles) and len(part.tasks):
            search = HandoverSearch(part, streets, rest, free, seed, threads)
            inside = search.best(self.effort.stop)
            # Estimates of far deadheads may cost a full route its last tasks, and time to win them
            # back.
            if _missed(part.problem, inside) <= _missed(part.problem, part.inside(rest)):
                rest = part.whole(inside, rest)
        found = scheduled(problem, streets, running.unserved, unpinned.whole(rest))
        return running.with_schedule(found)

    def _neighbors(
        self, problem: Problem, line: LineGraph, routes: Sequence[TaskRoute]
    ) -> tuple[int, ...]:
        """Return other vehicles that could take over work, those that work nearest first."""
        concerned = set(self.concerned)
        tasks = list(self.free) or [t for v in self.concerned for t in tasks_of(routes[v])]
        if not tasks:
            return ()
        nearest = [v for v in by_nearness(problem, line, routes, tasks) if v not in concerned]
        return tuple(nearest[:HELPERS])


@dataclass(frozen=True, slots=True)
class RearrangeAll:
    """Search for routes of all vehicles, for so much new work that all of them get some of it.

    The `most` vehicles with the most to gain from it change their next moves: those with the least
    to do. Beside the search, on one of several threads, `observer` is shown the routes that it
    begins from.
    """

    most: int
    effort: SearchEffort
    observer: RouteObserver = no_observer

    def apply(self, running: RunningRoutes) -> RunningRoutes:
        """Return the routes found."""
        problem, streets = running.problem, running.streets
        seed, threads = self.effort.seed, self.effort.threads
        routes = repaired_routes(problem, running.routes)
        by_length = sorted(range(problem.vehicles), key=lambda v: len(routes[v]))
        held = with_next_stops(problem, routes, by_length[self.most :])
        unpinned = unpinned_problem(held, streets.paths)
        rest = unpinned.rest(routes)
        single = SingleTaskFeasibility(np.zeros(problem.tasks), _out_of_reach(held, running))
        search = RuinRecreate(unpinned.problem, streets.line, single, seed, threads)
        search.begin(rest)
        search.lengthen()
        search.correct(streets.paths)
        begun = unpinned.whole(search.best_routes())
        with ThreadPoolExecutor(1) as beside:
            observed = beside.submit(self.observer, begun) if threads > 1 else None
            improve(search, streets.paths, problem.tasks, self.effort.stop)
            if observed is not None:
                observed.result()
        found = search.best_routes()
        if _missed(unpinned.problem, found) <= _missed(unpinned.problem, rest):
            rest = found
        schedule = scheduled(problem, streets, running.unserved, unpinned.whole(rest))
        return running.with_schedule(schedule)


def scheduled(
    problem: Problem,
    streets: CachedLineGraph,
    unserved: Mapping[int, Reason],
    routes: Sequence[TaskRoute],
) -> ExactSchedule:
    """Return routes with exact times; what nobody can do is known by the reasons given before."""
    return ExactSchedule(problem, streets.paths, known_hopeless(problem, unserved), routes)


def known_hopeless(problem: Problem, unserved: Mapping[int, Reason]) -> SingleTaskFeasibility:
    """Return what is known of single tasks by the reasons for which some were left out before."""
    hopeless: dict[int, Reason] = {
        task: reason for task, reason in unserved.items() if reason in ("no_vehicle", "unreachable")
    }
    return SingleTaskFeasibility(np.zeros(problem.tasks), hopeless)


def hopeless_ones(
    problem: Problem, line: LineGraph, routes: Sequence[TaskRoute]
) -> dict[int, Reason]:
    """Return the tasks in no route that nobody could do, with the reason."""
    left, everybody = absent_from(problem, routes), np.arange(problem.vehicles, dtype=np.int32)
    found = feasibility_of_tasks(restricted(problem, left, everybody), line).hopeless
    return {int(left[task]): reason for task, reason in found.items()}


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


def changed_next_moves(before: Sequence[TaskRoute], after: Sequence[TaskRoute]) -> list[int]:
    """Return the vehicles that do not go on with their next tasks; more behind is no change."""
    pairs = zip(map(tasks_of, before), map(tasks_of, after), strict=True)
    return [
        v
        for v, (one, other) in enumerate(pairs)
        if one[:NEXT_STOPS] != other[: min(NEXT_STOPS, len(one))]
    ]


def _subproblem(
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


def _out_of_reach(problem: Problem, running: RunningRoutes) -> dict[int, Reason]:
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
