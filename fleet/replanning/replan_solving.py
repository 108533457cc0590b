"""Replanning: quick new routes after an event, around the trucks it concerns.

For workers, which load the optimizer.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from data.errors import ConflictError
from data.model import DirectedSegment, Plan, ReplanCause, ReplanWish
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import require_allowed, require_drivable
from fleet.routes.route_progress import PlanCheck
from routing.check.referee import violations
from routing.check.referee_paths import deadheads_of, legs_of
from routing.planning.problem_mapping import MappedProblem, plan_from, problem_from
from routing.planning.running_plan import remaining_stops
from routing.problem.problem import Problem
from routing.problem.stopping import MaxRuntime, StopWhenAsked
from routing.problem.stops import TaskRoute as Stops
from routing.problem.stops import tasks_of
from routing.replanning.changed_routes import ChangeStrategy, change
from routing.replanning.path_cache import CachedLineGraph, LineGraphCache, cached_line_graph
from routing.replanning.rearrangement import (
    RearrangeAll,
    RearrangeNearby,
    SearchEffort,
    hopeless_ones,
)
from routing.replanning.running_routes import RunningRoutes, running_routes, running_solution
from routing.replanning.vehicle_subproblem import HELPERS

FEW_TASKS = 3_000
"""Up to so much new work the trucks nearest to it share; more of it goes to all trucks."""

MOST_OPEN = 1_000
"""Of work that had no place so far a new machine is offered so much."""


def replanned(
    prepared: Prepared,
    wish: ReplanWish,
    seconds: float,
    seed: int,
    stop_requested: Callable[[], bool],
    threads: int = 1,
    known: LineGraphCache | None = None,
) -> Plan:
    """Return a plan of the remaining work in which few trucks change their next moves.

    What is `known` of the streets is not computed again.

    Raises `ConflictError` where no plan is driven, or the referee refuses what was found.
    """
    check = _driven(prepared)
    prepared = as_wished(prepared, wish)
    mapped = problem_from(prepared)
    problem = mapped.problem
    streets = known.get(problem) if known else cached_line_graph(problem)
    ahead = {route.shift_id: route.next_leg for route in check.routes}
    stops = remaining_stops(prepared, mapped.number, check.plan, ahead)
    hopeless = hopeless_ones(problem, streets.line, stops)
    running = running_routes(problem, running_solution(problem, stops, hopeless), streets)
    effort = SearchEffort(StopWhenAsked(stop_requested, MaxRuntime(seconds)), seed, threads)
    found = change(running, strategy_for(mapped, check, wish, running, effort))
    if found is None:
        raise ConflictError("no plan was found", reason="plan_refused")
    after = found.after
    require_allowed(violations(problem, after.solution, streets.checked))
    require_drivable(mapped, after.solution)
    return plan_from(mapped, after.solution, after.timed)


def _compute_ahead(problem: Problem, streets: CachedLineGraph, routes: tuple[Stops, ...]) -> None:
    """Compute the paths of routes of which most will stay; the referee does its own."""
    legs = legs_of(problem, routes)
    deadheads_of(problem, legs, streets.checked)
    for leg in legs:
        streets.paths.path(*leg)


def as_wished(prepared: Prepared, wish: ReplanWish) -> Prepared:
    """Return the plan input after the event: a truck on the road continues later."""
    present = prepared.present
    if wish.cause is ReplanCause.CLOSURE and wish.segment_id is not None:
        both = {DirectedSegment(wish.segment_id, forward) for forward in (True, False)}
        if not present.closed & both:
            present = replace(present, closed=present.closed | both)
    if wish.cause is ReplanCause.LATE:
        late = {shift.id for shift in prepared.shifts if shift.vehicle_id == wish.vehicle_id}
        starts = {
            shift_id: replace(start, ready_at=start.ready_at + wish.delay)
            if shift_id in late
            else start
            for shift_id, start in present.starts.items()
        }
        present = replace(present, starts=starts)
    return replace(prepared, present=present)


def strategy_for(
    mapped: MappedProblem,
    check: PlanCheck,
    wish: ReplanWish,
    running: RunningRoutes,
    effort: SearchEffort,
) -> ChangeStrategy:
    """Return the solving strategy of a replan: around the vehicles concerned, or with all.

    Tasks may go to anybody that no route has and that the driven plan has not given up: they are
    new, or were the work of a vehicle that is out of service, or were skipped.
    """
    shifts, routes = mapped.situation.shifts, running.routes
    given_up = {left.job_id for left in check.plan.unserved}
    could = [task for task, reason in running.unserved.items() if reason == "time"]
    free = [task for task in could if mapped.passes[task].job.id not in given_up]
    mine = tuple(v for v, shift in enumerate(shifts) if shift.vehicle_id == wish.vehicle_id)
    helpers: tuple[int, ...] = ()
    if wish.cause is ReplanCause.LATE:
        free += [task for v in mine for task in tasks_of(routes[v])]
    elif wish.cause is ReplanCause.NEW_MACHINE:
        known = set(free)
        free += [task for task in could if task not in known][:MOST_OPEN]
        helpers = _with_most_to_give(mapped, routes, mine)
    elif wish.cause is not ReplanCause.BREAKDOWN:
        mine = _passing(mapped, check)
    if mine or 0 < len(free) <= FEW_TASKS:
        return RearrangeNearby(mine, tuple(free), wish.budget, helpers, effort)
    observer = partial(_compute_ahead, running.problem, running.streets)
    return RearrangeAll(wish.budget, effort, observer)


def _with_most_to_give(
    mapped: MappedProblem, stops: tuple[Stops, ...], mine: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the vehicles with the most work for a new one to take over."""
    problem = mapped.problem
    able = np.isfinite(problem.service_s[:, problem.vehicle_type[list(mine)]]).any(axis=1)
    count = [int(able[tasks_of(route)].sum()) for route in stops]
    others = [v for v in np.argsort(count)[::-1].tolist() if v not in mine and count[v]]
    return tuple(others[:HELPERS])


def _passing(mapped: MappedProblem, check: PlanCheck) -> tuple[int, ...]:
    """Return the vehicles whose route ahead uses a closed street."""
    closed = mapped.situation.present.closed
    blocked = {
        route.shift_id
        for route, checked in zip(check.plan.routes, check.routes, strict=True)
        if any(not closed.isdisjoint(leg.path) for leg in route.legs[checked.next_leg :])
    }
    return tuple(v for v, shift in enumerate(mapped.situation.shifts) if shift.id in blocked)


def _driven(prepared: Prepared) -> PlanCheck:
    if prepared.check is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven")
    return prepared.check
