"""Scope of a plan: some classes, districts and machines, beside the routes of other trucks.

A plan for a part never takes work off a truck: what the published plan still means to do stays in
it. Routes of machines that were not chosen stay as they are; the others get what was chosen and
what they have already.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data.errors import ConflictError
from data.model import Directions, Job, Plan, PlanOptions, Route, ServiceClass, WorkPass
from fleet.planning.plan_preparation import Prepared
from fleet.planning.remaining_routes import jobs_of

EVERYTHING = PlanOptions()
_WAYS = {
    Directions.BOTH: (True, False),
    Directions.FORWARD: (True,),
    Directions.BACKWARD: (False,),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Work to plan, routes that stay as they are, and jobs outside of the scope."""

    options: PlanOptions
    prepared: Prepared
    unchanged: tuple[Route, ...]
    aside: Mapping[ServiceClass, int]

    def whole(self, plan: Plan) -> Plan:
        """Return the new plan together with the routes that stay."""
        routes = sorted((*plan.routes, *self.unchanged), key=lambda route: route.shift_id)
        return replace(plan, routes=tuple(routes), options=self.options, aside=self.aside)


def scope_of(prepared: Prepared, options: PlanOptions, ahead: Sequence[Route]) -> Scope:
    """Return the scope of a plan with these options, beside the routes ahead.

    Raises `ConflictError` where no job or no machine is left.
    """
    if options == EVERYTHING:
        return Scope(options, prepared, (), {})
    shifts = tuple(
        shift
        for shift in prepared.shifts
        if not options.vehicles or shift.vehicle_id in options.vehicles
    )
    planning = {shift.id for shift in shifts}
    staying = {shift.id for shift in prepared.shifts} - planning
    unchanged = tuple(route for route in ahead if route.shift_id in staying and route.legs)
    held = {work for route in unchanged for leg in route.legs for work in leg.works}
    done = prepared.present.done | held
    carried = jobs_of(route for route in ahead if route.shift_id in planning)
    jobs = tuple(
        job
        for job in prepared.jobs
        if (job.id in carried or _wanted(job, options, prepared)) and not works_of(job) <= done
    )
    if not jobs:
        raise ConflictError("no open job is left of what was chosen", reason="nothing_to_plan")
    if not shifts:
        raise ConflictError("no vehicle is in service: every shift is over", reason="no_shift")
    planned = {work.job_id for work in held} | {job.id for job in jobs}
    aside = Counter(job.service_class for job in prepared.jobs if job.id not in planned)
    reduced = replace(
        prepared, jobs=jobs, shifts=shifts, present=replace(prepared.present, done=done)
    )
    return Scope(options, reduced, unchanged, dict(aside))


def works_of(job: Job) -> frozenset[WorkPass]:
    """Return every pass of a job."""
    ways = _WAYS[job.directions]
    return frozenset(WorkPass(job.id, way, i) for way in ways for i in range(job.passes))


def _wanted(job: Job, options: PlanOptions, prepared: Prepared) -> bool:
    if options.classes and job.service_class not in options.classes:
        return False
    district = prepared.network.segment(job.segment_id).district
    return not options.districts or district in options.districts
