"""The running plan as an optimizer problem from where trucks are, cached for urgent insertions.

For workers, which load the optimizer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from data.errors import ConflictError
from data.model import (
    ChangedRoute,
    Delay,
    Job,
    JobId,
    PlanId,
    ShiftId,
    UrgentInsertion,
    WorkPass,
)
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import SHOWN_VIOLATIONS
from fleet.replanning.insertion_limits import InsertionLimits
from fleet.routes.route_progress import PlanCheck
from routing.check.referee_paths import deadheads_of
from routing.check.referee_paths import legs_of as checked_legs_of
from routing.network.deadheads import hubs_of
from routing.planning.directed_passes import DirectedPass, material_kg, passes_of
from routing.planning.durations import service_s
from routing.planning.problem_mapping import (
    COMPLETION_PRICE,
    LATENESS_PRICE,
    MappedProblem,
    legs_of,
    problem_from,
)
from routing.planning.running_plan import remaining_stops
from routing.problem.route_repair import repaired_routes
from routing.replanning.batch_insertion import InsertTasks, broken_by
from routing.replanning.changed_routes import ChangedRoutes, change
from routing.replanning.path_cache import LineGraphCache
from routing.replanning.running_routes import RunningRoutes, running_routes, running_solution
from routing.replanning.urgent_displacement import DisplaceTasks
from routing.replanning.urgent_insertion import UrgentTask

BEGUN = timedelta(seconds=30)
"""A stop that begins so soon is not put off any more."""

URGENCY = 20.0
"""To do urgent work a minute sooner is worth so many minutes of a street of the first class that is
late, and more of one in time: it is dispatched now, and not where it costs the others least."""

GAIN_S = 300.0
"""Work that is planned already pushes other work out only to be done so much sooner."""

NOTABLE = timedelta(minutes=1)
"""A shorter delay is none."""


NO_LIMITS = InsertionLimits()


@dataclass(frozen=True, slots=True, eq=False)
class InsertionPlace:
    """An insertion position of urgent work: the offer, and the changed routes."""

    plan: "RunningPlan"
    mapped: MappedProblem
    inserted: ChangedRoutes
    insertion: UrgentInsertion

    def routes(self) -> tuple[ChangedRoute, ...]:
        """Return the remaining parts of the changed routes.

        Raises `ConflictError` where the referee finds a rule that they break.
        """
        broken = broken_by(self.inserted)
        if broken:
            shown = "; ".join(broken[:SHOWN_VIOLATIONS])
            raise ConflictError(f"the referee refused it: {shown}", reason="insertion_refused")
        vehicles = self.inserted.vehicles
        return tuple(_changed_route(self.plan, self.mapped, self.inserted, v) for v in vehicles)


@dataclass(frozen=True, slots=True, eq=False)
class RunningPlan:
    """The remaining routes of the published plan, as of the moment it was read."""

    mapped: MappedProblem
    number: Mapping[WorkPass, int]
    check: PlanCheck
    running: RunningRoutes
    read_at: datetime

    @property
    def plan_id(self) -> PlanId:
        """Id of the published plan."""
        return self.check.plan.id


def running_plan(prepared: Prepared, known: LineGraphCache | None = None) -> RunningPlan:
    """Return the running plan ready for insertions; raises `ConflictError` without a plan.

    What is `known` of the streets is not computed again.
    """
    check = prepared.check
    if check is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven")
    mapped = problem_from(prepared)
    ahead = {route.shift_id: route.next_leg for route in check.routes}
    number = mapped.number
    stops = remaining_stops(prepared, number, check.plan, ahead)
    routes = repaired_routes(mapped.problem, stops)
    streets = known.get(mapped.problem) if known is not None else None
    if streets is not None:  # for replans
        hubs_of(mapped.problem, streets.line, 1)
        legs = checked_legs_of(mapped.problem, tuple(routes))
        deadheads_of(mapped.problem, legs, streets.checked)
    running = running_routes(mapped.problem, running_solution(mapped.problem, routes, {}), streets)
    running.prepare()
    return RunningPlan(mapped, number, check, running, prepared.now)


def best_insertion(
    plan: RunningPlan, job: Job, key: str, now: datetime, limits: InsertionLimits = NO_LIMITS
) -> InsertionPlace:
    """Return the best insertion of a job now, whether planned for later or not at all.

    Where no truck has time for it, or none sooner than it is planned, less important work is left
    out for it, as `limits` allow; what a machine has planned that is not sent counts as not
    planned. Raises `ConflictError` where no truck can do it in its shift, or all of it is done.
    """
    known, situation = plan.mapped, plan.mapped.situation
    passes = passes_of(job, situation)
    if not passes:
        raise ConflictError("nothing of it is left to do", reason="insertion_over")
    urgent = [_urgent(plan, one, now) for one in passes]
    instead = [plan.number[one.work] for one in passes if one.work in plan.number]
    begun_s = (now + BEGUN - plan.read_at).total_seconds()
    unable = [v for v, one in enumerate(situation.shifts) if one.vehicle_id in limits.unable]
    insert = InsertTasks(urgent, instead, unable, begun_s, each_vehicle=True)
    stuck = not set(unable).isdisjoint(plan.running.doers(instead).values())
    planned_s = np.inf if stuck else _ends_s(plan.running, instead)
    found = change(plan.running, insert)
    if found is None or _done_s(found) >= planned_s:
        groups = _less_important(plan, {job.id, *limits.spared})
        displacing = change(plan.running, DisplaceTasks(insert, groups, planned_s - GAIN_S))
        if displacing is None:
            raise _refusal(planned_s)
        found = displacing
    mapped = replace(known, problem=found.after.problem, passes=(*known.passes, *passes))
    shift = situation.shifts[found.takers[known.problem.tasks]]
    insertion = UrgentInsertion(
        key=key,
        storm_id=situation.storm.id,
        plan_id=plan.plan_id,
        job=job,
        vehicle_id=shift.vehicle_id,
        done_at=plan.read_at + timedelta(seconds=_done_s(found)),
        more=timedelta(seconds=found.more_s),
        delays=_delays(mapped, found, job.id),
        pushed=_left_out(known, found, job.id),
    )
    return InsertionPlace(plan, mapped, found, insertion)


def _less_important(plan: RunningPlan, spared: Collection[JobId]) -> list[tuple[int, ...]]:
    """Return the tasks of jobs that may be left out for an urgent one, the least important first.

    None of the most urgent class; of one class what comes last goes first.
    """
    mapped, rules = plan.mapped, plan.mapped.situation.policy.rules
    most = max(rule.weight for rule in rules.values())
    legs = (leg for timed in plan.running.timed for leg in timed.legs)
    begins_s = {leg.task: leg.starts_s for leg in legs if leg.kind == "work"}
    tasks: dict[JobId, list[int]] = {}
    for task in begins_s:
        one = mapped.passes[task].job
        if one.id not in spared and rules[one.service_class].weight < most:
            tasks.setdefault(one.id, []).append(task)

    def importance(group: tuple[int, ...]) -> tuple[float, float]:
        weight = rules[mapped.passes[group[0]].job.service_class].weight
        return weight, -max(begins_s[task] for task in group)

    return sorted(map(tuple, tasks.values()), key=importance)


def _left_out(known: MappedProblem, found: ChangedRoutes, own: JobId) -> tuple[JobId, ...]:
    """Return the jobs that are on no route any more."""
    gone = found.before.doer_of_all().keys() - found.after.doer_of_all().keys()
    return tuple(sorted({known.passes[task].job.id for task in gone} - {own}))


def _ends_s(running: RunningRoutes, tasks: Collection[int]) -> float:
    """Return when the last of some tasks ends; infinite unless all of them are on a route."""
    wanted = set(tasks)
    legs = (leg for timed in running.timed for leg in timed.legs if leg.task in wanted)
    ends_s = [leg.ends_s for leg in legs]
    return max(ends_s) if wanted and len(ends_s) == len(wanted) else np.inf


def _done_s(found: ChangedRoutes) -> float:
    """Return when the last of the new tasks ends."""
    return _ends_s(found.after, range(found.before.problem.tasks, found.after.problem.tasks))


def _refusal(planned_s: float) -> ConflictError:
    """Return why urgent work is not put in, where leaving out other work does not help either."""
    if np.isinf(planned_s):
        return ConflictError("no truck has time for it", reason="insertion_impossible")
    return ConflictError("no truck comes sooner than it is planned", reason="insertion_no_sooner")


def _urgent(plan: RunningPlan, one: DirectedPass, now: datetime) -> UrgentTask:
    """Return a pass as a task due now, far more urgent than the first class."""
    mapped, situation = plan.mapped, plan.mapped.situation
    weight = URGENCY * max(rule.weight for rule in situation.policy.rules.values())
    elapsed_s = (now - plan.read_at).total_seconds()
    return UrgentTask(
        mode_arc=(one.arc, -1),
        service_s=service_s(situation, [one], mapped.machines)[0],
        material_kg=material_kg(situation, one),
        release_s=max(elapsed_s, 0.0),
        due_s=elapsed_s,
        completion_price=COMPLETION_PRICE * weight,
        lateness_price=LATENESS_PRICE * weight,
    )


def _changed_route(
    plan: RunningPlan, mapped: MappedProblem, found: ChangedRoutes, v: int
) -> ChangedRoute:
    """Return the rest of a route after the legs that a machine has begun."""
    situation = mapped.situation
    shift = situation.shifts[v]
    start = situation.present.starts.get(shift.id)
    begun = (start.finishing,) if start and start.finishing else ()
    timed = mapped.as_driven(v, found.after.routes[v], found.after.timed[v])
    legs = (*begun, *legs_of(mapped, timed))
    return ChangedRoute(shift.id, shift.vehicle_id, _next_leg(plan.check, shift.id), legs)


def _next_leg(check: PlanCheck, shift_id: ShiftId) -> int:
    return next((one.next_leg for one in check.routes if one.shift_id == shift_id), 0)


def _delays(mapped: MappedProblem, found: ChangedRoutes, own: JobId) -> tuple[Delay, ...]:
    """Return which other jobs on changed routes end notably later, the most delayed first."""
    before, after = (
        _ends_at(mapped, running, found.vehicles) for running in (found.before, found.after)
    )
    delays = [Delay(job_id, before[job_id], at) for job_id, at in after.items() if job_id in before]
    notable = [one for one in delays if one.job_id != own and one.late >= NOTABLE]
    return tuple(sorted(notable, key=lambda one: (-one.late, one.job_id)))


def _ends_at(
    mapped: MappedProblem, running: RunningRoutes, vehicles: Sequence[int]
) -> dict[JobId, datetime]:
    """Return when each job on some routes is over."""
    ends_s: dict[JobId, float] = {}
    for v in vehicles:
        for leg in running.timed[v].legs:
            if leg.kind == "work":
                job_id = mapped.passes[leg.task].job.id
                ends_s[job_id] = max(ends_s.get(job_id, 0.0), leg.ends_s)
    now = mapped.situation.now
    return {job_id: now + timedelta(seconds=seconds) for job_id, seconds in ends_s.items()}
