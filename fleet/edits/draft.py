"""A draft plan prepared for manual edits: routes, broken rules and costs after each edit.

For workers, which load the optimizer.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from data.model import (
    Broken,
    CostBreakdown,
    DirectedSegment,
    DraftTotals,
    Edited,
    EditId,
    Leg,
    Plan,
    PlanId,
    PlanState,
    Route,
    SegmentId,
    ShiftId,
    Unserved,
    VehicleId,
    WorkPass,
)
from fleet.planning.plan_preparation import Prepared
from fleet.planning.remaining_routes import jobs_of
from fleet.planning.standing_orders import OrderIndex
from routing.network.deadheads import line_graph
from routing.network.route_timing import TimedRoute, whole_cost
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.planning.directed_passes import DirectedPass
from routing.planning.problem_mapping import MappedProblem, left_out, legs_of, problem_from
from routing.planning.running_plan import remaining_stops
from routing.problem.problem import Floats
from routing.problem.route_repair import repaired_routes, without
from routing.problem.stops import ReloadStop, TaskVisit, tasks_of
from routing.problem.stops import TaskRoute as Stops
from routing.replanning.manual_edits import lasting
from routing.replanning.running_routes import RunningRoutes, running_routes, running_solution

SOLVER = "by hand"
"""Written into plans."""

NOT_GIVEN = "not_given"
"""Why a street is left out of a plan made by hand though some truck could do it."""

BEGUN = timedelta(seconds=30)
"""A stop of a truck on the road that begins so soon is not put off any more."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedDraft:
    """A draft ready for changes, after its last edit (0 for none).

    `left` says why of each task that nobody does; `route_totals` are of the routes, in order.
    """

    plan_id: PlanId
    edit_id: EditId
    prepared: Prepared
    mapped: MappedProblem
    running: RunningRoutes
    left: Mapping[int, str]
    orders: OrderIndex
    route_totals: tuple[DraftTotals, ...]

    def vehicle(self, vehicle_id: VehicleId) -> int | None:
        """Return the number of a truck; `None` for one that has no shift."""
        shifts = self.prepared.shifts
        return next((v for v, one in enumerate(shifts) if one.vehicle_id == vehicle_id), None)

    def vehicle_id(self, v: int) -> VehicleId:
        """Return which truck a number is."""
        return self.prepared.shifts[v].vehicle_id

    def tasks_on(self, segment_id: SegmentId) -> list[int]:
        """Return the passes over a street."""
        passes = self.mapped.passes
        return [t for t, one in enumerate(passes) if one.job.segment_id == segment_id]

    def doers(self, tasks: Sequence[int]) -> dict[int, int]:
        """Return the truck of each of some tasks that is on a route."""
        return self.running.doers(tasks)

    def begun_s(self, now: datetime) -> float:
        """Return until when stops keep their time: now, where trucks are out."""
        starts = self.prepared.present.starts
        if not any(start.underway for start in starts.values()):
            return 0.0
        return (now + BEGUN - self.prepared.now).total_seconds()

    @property
    def totals(self) -> DraftTotals:
        """Totals of the whole draft."""
        late_passes, late_s = Counter[str](), defaultdict[str, float](float)
        for one in self.route_totals:
            late_passes.update(one.late_passes)
            for name, seconds in one.late_s.items():
                late_s[name] += seconds
        whole_s = sum(one.seconds for one in self.route_totals)
        metres = sum(one.metres for one in self.route_totals)
        return DraftTotals(whole_s, metres, dict(late_passes), dict(late_s))

    def legs(self, v: int) -> tuple[Leg, ...]:
        """Return the legs of a truck, with the one that it has begun before them."""
        shift = self.prepared.shifts[v]
        start = self.prepared.present.starts.get(shift.id)
        begun = (start.finishing,) if start and start.finishing else ()
        timed = self.mapped.as_driven(v, self.running.routes[v], self.running.timed[v])
        return (*begun, *legs_of(self.mapped, timed))

    def route(self, v: int) -> Route:
        """Return the route of a truck."""
        shift = self.prepared.shifts[v]
        return Route(shift.id, shift.vehicle_id, self.legs(v))

    def cost(self) -> CostBreakdown:
        """Return the cost as plans have it."""
        cost = whole_cost(self.running.problem, self.running.timed, list(self.left))
        travel = cost.total - cost.lateness - cost.completion - cost.unserved
        return CostBreakdown(cost.total, cost.lateness, cost.completion, travel, cost.unserved)

    def unserved(self) -> tuple[Unserved, ...]:
        """Return each job that is left out, and why."""
        return left_out(self.mapped, self.left)

    def with_routes(self, running: RunningRoutes, changed: Sequence[int]) -> "PreparedDraft":
        """Return the draft with other routes of some trucks."""
        totals = list(self.route_totals)
        for v in changed:
            totals[v] = totals_of(self.mapped, running.timed[v])
        done = {task for v in changed for task in tasks_of(running.routes[v])}
        left = {task: why for task, why in self.left.items() if task not in done}
        return replace(self, running=running, route_totals=tuple(totals), left=left)


class _DraftVersion(NamedTuple):
    """A draft after one of its edits."""

    plan_id: PlanId
    edit_id: EditId


_NEW = _DraftVersion(PlanId(0), EditId(0))
"""A draft that is not stored yet."""


def drafted(prepared: Prepared, base: Plan) -> tuple[Plan, PreparedDraft]:
    """Return a plan as a draft from where trucks are now: what is left of it, in its order.

    What cannot be driven any more is left out, and the draft says why. With it comes what is ready
    for changes.
    """
    prepared = _free(prepared, base)
    check = prepared.check
    if check is not None and check.plan.id == base.id:
        ahead = {route.shift_id: route.next_leg for route in check.routes}
    else:
        ahead = _from_the_start(prepared)
    draft = _ready(prepared, *_fitted(prepared, base, ahead), OrderIndex(), _NEW)
    plan = Plan(
        id=PlanId(0),
        storm_id=prepared.storm.id,
        parent_id=prepared.parent_id,
        revision=0,
        made_at=prepared.now,
        network_version=prepared.network.version,
        routes=tuple(draft.route(v) for v in range(len(prepared.shifts))),
        unserved=draft.unserved(),
        cost=draft.cost(),
        bound=0.0,
        solver=SOLVER,
        seed=0,
        state=PlanState.DRAFT,
        options=base.options,
        aside=base.aside,
    )
    return plan, draft


def prepared_draft(
    prepared: Prepared, draft: Plan, edit_id: EditId, orders: OrderIndex
) -> PreparedDraft:
    """Return an edited draft ready for edits; `prepared` is the storm as it was at its start."""
    prepared = _free(prepared, draft)
    found = _fitted(prepared, draft, _from_the_start(prepared))
    return _ready(prepared, *found, orders, _DraftVersion(draft.id, edit_id))


def closed_off(draft: PreparedDraft, segment_id: SegmentId) -> PreparedDraft:
    """Return the draft with a street closed: nobody works or drives there."""
    both = {DirectedSegment(segment_id, forward) for forward in (True, False)}
    present = draft.prepared.present
    prepared = replace(draft.prepared, present=replace(present, closed=present.closed | both))
    mapped, passes = problem_from(prepared), draft.mapped.passes
    number = mapped.number
    stops = [_renumbered(route, number, passes) for route in draft.running.routes]
    routes, left = _possible(mapped, stops)
    shift_end_s = draft.running.problem.shift_end_s
    version = _DraftVersion(draft.plan_id, draft.edit_id)
    return _ready(prepared, mapped, routes, left, draft.orders, version, shift_end_s)


def totals_of(mapped: MappedProblem, timed: TimedRoute) -> DraftTotals:
    """Return the totals of one route."""
    problem, now = mapped.problem, mapped.situation.now
    late_passes, late_s = Counter[str](), defaultdict[str, float](float)
    arcs: list[int] = []
    for leg in timed.legs:
        arcs.extend(leg.arcs)
        if leg.kind != "work":
            continue
        job = mapped.passes[leg.task].job
        over_s = leg.ends_s - (job.due_at - now).total_seconds()
        if over_s > 0:
            name = str(job.service_class)
            late_passes[name] += 1
            late_s[name] += over_s
    metres = float(problem.length_m[arcs].sum()) if arcs else 0.0
    return DraftTotals(timed.service_s, metres, dict(late_passes), dict(late_s))


def edited(before: PreparedDraft, after: PreparedDraft, changed: Sequence[int]) -> Edited:
    """Return the outcome of an edit; `changed` are the trucks whose routes differ."""
    return Edited(
        plan_id=before.plan_id,
        edit_id=before.edit_id,
        broken=(),
        routes=tuple(after.route(v) for v in changed),
        before=tuple(before.route(v) for v in changed),
        unserved=after.unserved(),
        cost=after.cost(),
        totals=after.totals,
        totals_before=before.totals,
    )


def broken(before: PreparedDraft, *faults: Broken) -> Edited:
    """Return the outcome of an edit that breaks hard rules; the draft stays as it is."""
    return replace(edited(before, before, ()), broken=faults)


def _free(prepared: Prepared, plan: Plan) -> Prepared:
    """Return the storm as a plan by hand sees it.

    What was ordered of trucks is looked at by itself, and of work only what the plan speaks of
    where it is for a part of it.
    """
    present = replace(prepared.present, forbidden=frozenset(), locked={}, full=frozenset())
    if not plan.aside:
        return replace(prepared, present=present)
    named = jobs_of(plan.routes) | {left.job_id for left in plan.unserved}
    jobs = tuple(job for job in prepared.jobs if job.id in named)
    return replace(prepared, present=present, jobs=jobs)


def _from_the_start(prepared: Prepared) -> dict[ShiftId, int]:
    return {shift.id: 0 for shift in prepared.shifts}


def _fitted(
    prepared: Prepared, plan: Plan, ahead: Mapping[ShiftId, int]
) -> tuple[MappedProblem, list[Stops], dict[int, str]]:
    """Return a problem, the routes of a plan that are feasible in it, and why the rest are not."""
    mapped = problem_from(prepared)
    routes, left = _possible(mapped, remaining_stops(prepared, mapped.number, plan, ahead))
    return mapped, routes, left


def _possible(mapped: MappedProblem, stops: Sequence[Stops]) -> tuple[list[Stops], dict[int, str]]:
    """Return the feasible routes, and why each other task is left out."""
    problem = mapped.problem
    hopeless = feasibility_of_tasks(problem, line_graph(problem)).hopeless
    cut_off = {task for task, why in hopeless.items() if why != "time"}
    routes = repaired_routes(problem, [without(route, cut_off) for route in stops])
    served = {task for route in routes for task in tasks_of(route)}
    rest = (task for task in range(problem.tasks) if task not in served)
    return routes, {task: str(hopeless.get(task, NOT_GIVEN)) for task in rest}


def _renumbered(
    route: Stops, number: Mapping[WorkPass, int], passes: Sequence[DirectedPass]
) -> Stops:
    """Return the stops of a route that still are tasks, with their new numbers."""
    stops = [
        stop
        if isinstance(stop, ReloadStop)
        else TaskVisit(number[passes[stop.task].work], stop.mode)
        for stop in route
        if isinstance(stop, ReloadStop) or passes[stop.task].work in number
    ]
    return tuple(stops)


def _ready(
    prepared: Prepared,
    mapped: MappedProblem,
    routes: Sequence[Stops],
    left: Mapping[int, str],
    orders: OrderIndex,
    version: _DraftVersion,
    shift_end_s: Floats | None = None,
) -> PreparedDraft:
    """Return routes ready for edits; late ones may stay as late as they are."""
    running = running_routes(mapped.problem, running_solution(mapped.problem, routes, {}))
    if shift_end_s is None:
        shift_end_s = np.array([timed.ends_s for timed in running.timed])
    problem = lasting(mapped.problem, shift_end_s)
    return PreparedDraft(
        plan_id=version.plan_id,
        edit_id=version.edit_id,
        prepared=prepared,
        mapped=replace(mapped, problem=problem),
        running=running.changed(problem, running.routes),
        left=left,
        orders=orders,
        route_totals=tuple(totals_of(mapped, timed) for timed in running.timed),
    )
