"""A plan that is known as the start of a search: its routes, and times that it need not lose."""

from dataclasses import replace

import numpy as np

from data.model import Plan
from routing.network.route_timing import routes_timed_afresh
from routing.planning.problem_mapping import MappedProblem
from routing.planning.running_plan import remaining_stops
from routing.problem.problem import Floats, Problem, Solution
from routing.replanning.running_routes import running_solution

SLACK_S = 0.01
"""Times of a plan are whole microseconds."""
HOPELESS = frozenset({"unreachable", "no_vehicle", "capacity", "closed"})
"""Reasons for which no plan of the same machines could do a job."""


def start_from(mapped: MappedProblem, plan: Plan) -> Solution:
    """Return the routes of a plan for the same work, of all vehicles that there are still.

    Vehicles that the plan does not know stand idle, and what others did has no place yet.
    """
    everything = {route.shift_id: 0 for route in plan.routes}
    stops = remaining_stops(mapped.situation, mapped.number, plan, everything)
    return running_solution(mapped.problem, stops, {})


def no_later_than(mapped: MappedProblem, plan: Plan) -> Problem:
    """Return the problem in which no class is finished later than by a plan of these vehicles.

    Nor does a street miss its deadline that has it there. That plan's routes keep these rules; a
    street may be passed later than there as long as its class is not.
    """
    problem = mapped.problem
    begins_s, ends_s = _times(mapped, plan)
    left = {one.job_id for one in plan.unserved if one.reason not in HOPELESS}
    waiting = [work.job.id in left for work in mapped.passes]
    open_classes = np.unique(problem.class_index[waiting])
    by_s = np.where(ends_s <= mapped.due_s, mapped.due_s, np.inf)
    for level in np.setdiff1d(problem.class_index, open_classes).tolist():
        done = (problem.class_index == level) & np.isfinite(ends_s)
        by_s[done] = np.minimum(by_s[done], ends_s[done].max(initial=0.0))
    longest_s = np.where(np.isfinite(problem.service_s), problem.service_s, 0.0).max(axis=1)
    begin_by_s = np.where(np.isfinite(ends_s), np.maximum(by_s - longest_s, begins_s), np.inf)
    return replace(problem, rules=replace(problem.rules, begin_by_s=begin_by_s + SLACK_S))


def _times(mapped: MappedProblem, plan: Plan) -> tuple[Floats, Floats]:
    """Return when a plan begins and ends each task, infinite where it does not do it.

    Where machines drive streets that the search has not, it counts as the search does.
    """
    if mapped.unlimited is not None:
        return _searched_times(mapped, plan)
    problem, now, number = mapped.problem, mapped.situation.now, mapped.number
    kind = {
        shift.id: int(problem.vehicle_type[v]) for v, shift in enumerate(mapped.situation.shifts)
    }
    begins_s, ends_s = np.full((2, problem.tasks), np.inf)
    for route in plan.routes:
        for leg in route.legs:
            for task in (number[work] for work in leg.works if work in number):
                ends_s[task] = (leg.ends_at - now).total_seconds()
                begins_s[task] = ends_s[task] - problem.service_s[task, kind[route.shift_id]]
    return begins_s, ends_s


def _searched_times(mapped: MappedProblem, plan: Plan) -> tuple[Floats, Floats]:
    begins_s, ends_s = np.full((2, mapped.problem.tasks), np.inf)
    for route in routes_timed_afresh(mapped.problem, start_from(mapped, plan).routes):
        for leg in route.legs:
            if leg.kind == "work":
                begins_s[leg.task], ends_s[leg.task] = leg.starts_s, leg.ends_s
    return begins_s, ends_s
