"""The edits that a dispatcher may make to a draft, each with the hard rules that it breaks.

A change either breaks a hard rule, which is said and changes nothing, or gives another draft.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from data.model import (
    AssignmentCost,
    Broken,
    Edited,
    EditKind,
    EditWish,
    SegmentId,
    VehicleId,
)
from fleet.edits.draft import PreparedDraft, broken, closed_off, edited
from routing.network.deadheads import line_graph
from routing.problem.stops import tasks_of
from routing.replanning.changed_routes import ChangedRoutes, change
from routing.replanning.manual_edits import (
    GiveTasks,
    PlaceTasks,
    RuleViolation,
    TakeOutTasks,
    endless,
    faults,
    refused,
)
from routing.replanning.running_routes import RunningRoutes
from routing.replanning.vehicle_subproblem import by_nearness

type Outcome = tuple[Edited, PreparedDraft]
"""What becomes of a draft, and the draft then."""

OFFERED = 5
"""Trucks whose costs a list of takers estimates, those that work nearest."""

TRIED = 2
"""Places of which the exact cost is computed for each of them."""


def made(draft: PreparedDraft, wish: EditWish, now: datetime) -> Outcome:
    """Return the outcome of an edit; the draft itself where a hard rule breaks."""
    return _CHANGES[wish.kind](draft, wish, now)


def checked(before: PreparedDraft, outcome: Outcome) -> Outcome:
    """Return the outcome once the referee has looked at the routes that changed."""
    found, after = outcome
    vehicles = [v for v in map(after.vehicle, _changed_ids(found)) if v is not None]
    if found.broken or not vehicles:
        return outcome
    said = refused(
        after.running.problem, after.running.routes, vehicles, _bans(before, after, vehicles)
    )
    if not said:
        return outcome
    faults = (Broken("referee", words=words) for words in said)
    return broken(before, *faults), before


def assignment_costs(
    draft: PreparedDraft, segment_id: SegmentId, now: datetime
) -> list[AssignmentCost]:
    """Return an estimate of what assigning a street to each truck costs, cheapest first.

    Far trucks, the nearer before the farther, and those that cannot come last; a far one has no
    time by when it is done.
    """
    tasks = draft.tasks_on(segment_id)
    if not tasks:
        return []
    problem = draft.running.problem
    ranked = by_nearness(problem, line_graph(problem), draft.running.routes, tasks)
    rank = {v: place for place, v in enumerate(ranked)}
    bare = TakeOutTasks(tasks).apply(draft.running)
    work = _StreetWork(segment_id, tasks, draft.doers(tasks), bare)
    found = [
        _assignment_cost(draft, work, v, now, near=v in ranked[:OFFERED])
        for v in sorted(range(problem.vehicles), key=lambda v: rank.get(v, problem.vehicles))
    ]
    return sorted(found, key=lambda one: (bool(one.broken), one.done_at is None, one.more_s))


def _move(draft: PreparedDraft, wish: EditWish, now: datetime) -> Outcome:

    segment_id, vehicle_id = wish.segment_id, wish.vehicle_id
    if segment_id is None or vehicle_id is None:
        return _not(draft, Broken("no_work"))
    tasks = draft.tasks_on(segment_id)
    doers = draft.doers(tasks)
    stays = wish.before_id is None
    hindrance = _hindrance(draft, tasks, doers, segment_id, vehicle_id, stays=stays)
    v = draft.vehicle(vehicle_id)
    if hindrance or v is None:
        return _not(draft, hindrance or Broken("off_duty", vehicle_id))
    if wish.before_id is not None:
        before = _first(draft, v, wish.before_id)
        if before is None:
            return _not(draft, Broken("not_on_route", vehicle_id))
        found = change(draft.running, PlaceTasks(tasks, v, before))
    else:
        others = [u for u in range(draft.running.problem.vehicles) if u != v]
        found = change(draft.running, GiveTasks(tasks, others, draft.begun_s(now)))
    if found is None:
        return _not(draft, *_why_not(draft, tasks, v, now))
    changed = found.vehicles
    wrong = faults(draft.running.problem, found.after, changed)
    if wrong:
        return _not(draft, *(_told(draft, one) for one in wrong))
    after = draft.with_routes(found.after, changed)
    return edited(draft, after, changed), after


def _lock(draft: PreparedDraft, wish: EditWish, _now: datetime) -> Outcome:
    vehicle_id, segment_id = wish.vehicle_id, wish.segment_id
    v = None if vehicle_id is None else draft.vehicle(vehicle_id)
    if vehicle_id is None or v is None:
        return _not(draft, Broken("off_duty", vehicle_id))
    orders = draft.orders
    if segment_id is None:
        if vehicle_id in orders.fixed:
            return _not(draft, Broken("unchanged", vehicle_id))
        return _ordered(draft, replace(draft, orders=orders.locked(vehicle_id, None)))
    locked_to = orders.locked_to.get(segment_id)
    if locked_to is not None:
        rule = "unchanged" if locked_to == vehicle_id else "locked"
        return _not(draft, Broken(rule, locked_to))
    if (vehicle_id, segment_id) in orders.banned:
        return _not(draft, Broken("forbidden", vehicle_id))
    doers = set(draft.doers(draft.tasks_on(segment_id)).values())
    if doers != {v}:
        return _not(draft, Broken("not_on_route", vehicle_id))
    return _ordered(draft, replace(draft, orders=orders.locked(vehicle_id, segment_id)))


def _unlock(draft: PreparedDraft, wish: EditWish, _now: datetime) -> Outcome:
    vehicle_id, segment_id, orders = wish.vehicle_id, wish.segment_id, draft.orders
    if vehicle_id is None:
        return _not(draft, Broken("off_duty"))
    held = vehicle_id in orders.fixed
    if segment_id is not None:
        held = orders.locked_to.get(segment_id) == vehicle_id
    if not held:
        return _not(draft, Broken("unchanged", vehicle_id))
    return _ordered(draft, replace(draft, orders=orders.unlocked(vehicle_id, segment_id)))


def _forbid(draft: PreparedDraft, wish: EditWish, now: datetime) -> Outcome:
    """Ban a truck from a street; its tasks there go to the cheapest other truck."""
    vehicle_id, segment_id, orders = wish.vehicle_id, wish.segment_id, draft.orders
    if vehicle_id is None or segment_id is None:
        return _not(draft, Broken("no_work"))
    if (vehicle_id, segment_id) in orders.banned:
        return _not(draft, Broken("unchanged", vehicle_id))
    if orders.locked_to.get(segment_id) == vehicle_id:
        return _not(draft, Broken("locked", vehicle_id))
    banned = replace(draft, orders=orders.forbidden(vehicle_id, segment_id))
    v = draft.vehicle(vehicle_id)
    mine = [t for t, doer in draft.doers(draft.tasks_on(segment_id)).items() if doer == v]
    if not mine:
        return _ordered(draft, banned)
    if vehicle_id in orders.fixed:
        return _not(draft, Broken("locked", vehicle_id))
    give = GiveTasks(mine, _not_allowed(banned, segment_id), draft.begun_s(now))
    found = change(draft.running, give)
    if found is None:
        return _not(draft, Broken("no_taker", vehicle_id))
    after = banned.with_routes(found.after, found.vehicles)
    return edited(draft, after, found.vehicles), after


def _allow(draft: PreparedDraft, wish: EditWish, _now: datetime) -> Outcome:
    vehicle_id, segment_id, orders = wish.vehicle_id, wish.segment_id, draft.orders
    pair = (vehicle_id, segment_id)
    if vehicle_id is None or segment_id is None or pair not in orders.banned:
        return _not(draft, Broken("unchanged", vehicle_id))
    return _ordered(draft, replace(draft, orders=orders.allowed(vehicle_id, segment_id)))


def _close(draft: PreparedDraft, wish: EditWish, _now: datetime) -> Outcome:
    """Close a street: its work is left out, and routes over it take another way."""
    segment_id = wish.segment_id
    if segment_id is None:
        return _not(draft, Broken("no_work"))
    if {forward for street, forward in _ways(draft) if street == segment_id} == {True, False}:
        return _not(draft, Broken("unchanged"))
    after = closed_off(draft, segment_id)
    legs = [(draft.legs(v), after.legs(v)) for v in range(len(draft.prepared.shifts))]
    over = {segment_id}
    changed = [
        v
        for v, (old, new) in enumerate(legs)
        if any(step.segment_id in over for leg in old for step in leg.path)
        or [leg.works for leg in old if leg.works] != [leg.works for leg in new if leg.works]
    ]
    wrong = faults(after.running.problem, after.running, changed)
    if wrong:
        return _not(draft, *(_told(draft, one) for one in wrong))
    return edited(draft, after, changed), after


_CHANGES: dict[EditKind, Callable[[PreparedDraft, EditWish, datetime], Outcome]] = {
    EditKind.MOVE: _move,
    EditKind.LOCK: _lock,
    EditKind.UNLOCK: _unlock,
    EditKind.FORBID: _forbid,
    EditKind.ALLOW: _allow,
    EditKind.CLOSE: _close,
}


def _hindrance(
    draft: PreparedDraft,
    tasks: Sequence[int],
    doers: Mapping[int, int],
    segment_id: SegmentId,
    vehicle_id: VehicleId,
    *,
    stays: bool,
) -> Broken | None:
    """Return why a truck can never be assigned a street; `None` if it can."""
    v, orders = draft.vehicle(vehicle_id), draft.orders
    if not tasks:
        ways = {street for street, _ in _ways(draft)}
        return Broken("closed" if segment_id in ways else "no_work")
    if v is None:
        return Broken("off_duty", vehicle_id)
    locked_to = orders.locked_to.get(segment_id)
    if locked_to not in (None, vehicle_id):
        return Broken("locked", locked_to)
    fixed = next((draft.vehicle_id(u) for u in (v, *doers.values()) if _fixed(draft, u)), None)
    if fixed is not None:
        return Broken("locked", fixed)
    if (vehicle_id, segment_id) in orders.banned:
        return Broken("forbidden", vehicle_id)
    if stays and len(doers) == len(tasks) and set(doers.values()) == {v}:
        return Broken("unchanged", vehicle_id)
    return _unable(draft, tasks, v)


def _unable(draft: PreparedDraft, tasks: Sequence[int], v: int) -> Broken | None:
    """Return what a machine lacks for a street."""
    problem, vehicle_id = draft.running.problem, draft.vehicle_id(v)
    service_s = problem.service_s[list(tasks), problem.vehicle_type[v]]
    if np.isfinite(service_s).all():
        return None
    machine = next(one for one in draft.prepared.vehicles if one.id == vehicle_id)
    jobs = [draft.mapped.passes[task].job for task in tasks]
    lacking = {job.treatment for job in jobs}.difference(machine.capabilities)
    if lacking:
        return Broken("no_gear", vehicle_id, words=str(min(lacking)))
    width_m = draft.prepared.network.segment(jobs[0].segment_id).width_m
    return Broken("too_narrow", vehicle_id, width_m)


def _why_not(draft: PreparedDraft, tasks: Sequence[int], v: int, now: datetime) -> list[Broken]:
    """Return the rules that a truck's route would break where no position fits a street."""
    problem, vehicle_id = draft.running.problem, draft.vehicle_id(v)
    others = [u for u in range(problem.vehicles) if u != v]
    found = change(endless(draft.running, v), GiveTasks(tasks, others, draft.begun_s(now)))
    if found is not None:
        wrong = faults(problem, found.after, [v])
        if wrong:
            return [_told(draft, one) for one in wrong]
    need_kg = float(problem.material_kg[list(tasks)].max(initial=0.0))
    full_kg = float(problem.capacity_kg[v])
    if need_kg > full_kg:
        return [Broken("hopper", vehicle_id, need_kg - full_kg)]
    return [Broken("unreachable", vehicle_id)]


class _StreetWork(NamedTuple):
    """The passes over a street, which truck has each, and the routes without them."""

    segment_id: SegmentId
    tasks: Sequence[int]
    doers: Mapping[int, int]
    without: RunningRoutes


def _assignment_cost(
    draft: PreparedDraft, work: _StreetWork, v: int, now: datetime, *, near: bool
) -> AssignmentCost:
    """Return the cost of assigning a street to one truck."""
    vehicle_id, tasks = draft.vehicle_id(v), work.tasks
    hindrance = _hindrance(draft, tasks, work.doers, work.segment_id, vehicle_id, stays=True)
    if hindrance is not None or not near:
        return AssignmentCost(vehicle_id, 0.0, None, () if hindrance is None else (hindrance,))
    others = [u for u in range(draft.running.problem.vehicles) if u != v]
    running = GiveTasks(tasks, others, draft.begun_s(now), TRIED).apply(work.without)
    if running is None:
        return AssignmentCost(vehicle_id, 0.0, None, tuple(_why_not(draft, tasks, v, now)))
    done_s = max(leg.ends_s for leg in running.timed[v].legs if leg.task in set(tasks))
    done_at = draft.prepared.now + timedelta(seconds=done_s)
    more_s = ChangedRoutes(draft.running, running).more_s
    return AssignmentCost(vehicle_id, more_s, done_at, ())


def _first(draft: PreparedDraft, v: int, segment_id: SegmentId) -> int | None:
    """Return the first pass over a street on a truck's route."""
    mine = set(draft.tasks_on(segment_id))
    return next((task for task in tasks_of(draft.running.routes[v]) if task in mine), None)


def _not_allowed(draft: PreparedDraft, segment_id: SegmentId) -> list[int]:
    """Return the trucks that may not take a street: by bans, or because their routes are locked."""
    shifts, orders = enumerate(draft.prepared.shifts), draft.orders
    return [
        v
        for v, shift in shifts
        if shift.vehicle_id in orders.fixed or not orders.allows(shift.vehicle_id, segment_id)
    ]


def _fixed(draft: PreparedDraft, v: int) -> bool:
    return draft.vehicle_id(v) in draft.orders.fixed


def _bans(
    before: PreparedDraft, after: PreparedDraft, vehicles: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the tasks that some trucks may not newly take; what they had before is allowed."""
    ids = {after.vehicle_id(v): v for v in vehicles}
    return [
        (task, ids[vehicle_id])
        for vehicle_id, segment_id in after.orders.banned
        if vehicle_id in ids and not _has(before, ids[vehicle_id], segment_id)
        for task in after.tasks_on(segment_id)
    ]


def _has(draft: PreparedDraft, v: int, segment_id: SegmentId) -> bool:
    return v in draft.doers(draft.tasks_on(segment_id)).values()


def _ways(draft: PreparedDraft) -> list[tuple[SegmentId, bool]]:
    """Return the directions of streets that are closed."""
    return [(way.segment_id, way.forward) for way in draft.prepared.present.closed]


def _told(draft: PreparedDraft, fault: RuleViolation) -> Broken:
    return Broken(fault.rule, draft.vehicle_id(fault.vehicle), fault.amount)


def _changed_ids(found: Edited) -> list[VehicleId]:
    return [route.vehicle_id for route in found.routes]


def _ordered(before: PreparedDraft, after: PreparedDraft) -> Outcome:
    """Return a draft in which only the standing orders changed."""
    return edited(before, after, ()), after


def _not(draft: PreparedDraft, *faults: Broken) -> Outcome:
    return broken(draft, *faults), draft
