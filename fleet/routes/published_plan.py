"""The published plan, asked about a job: which truck, where in its route, how late it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock

from data.model import (
    JobId,
    LegKind,
    LegProgress,
    Pass,
    Plan,
    Route,
    SegmentId,
    StormId,
    VehicleId,
)
from data.store.coverage.coverage import find_last_pass
from data.store.database.engine import Tx
from data.store.planning.plans import find_published_plan_id, get_plan
from data.store.shifts.shifts import list_progress

NOWHERE = -1
"""Leg of a truck of which nothing is known since the plan was made."""

TRUCKS_MOMENT = timedelta(hours=3)
"""A pass this far from its planned time is another visit of the same street."""


@dataclass(frozen=True, slots=True)
class LegAt:
    """Where a leg stands in a plan."""

    route: int
    leg: int


@dataclass(frozen=True, slots=True)
class TruckProgress:
    """How far a truck is: the last leg that it is known to have ended, and how late that was."""

    leg: int
    late: timedelta


@dataclass(frozen=True, slots=True)
class Expected:
    """When the last pass of a job ends: by its plan, and as late as the truck is now."""

    planned_at: datetime
    expected_at: datetime

    @property
    def late(self) -> timedelta:
        """How much later than planned."""
        return self.expected_at - self.planned_at


@dataclass(frozen=True, slots=True)
class PlannedVisit(Expected):
    """What a published plan still means to do for a job; `streets_before` of that truck's route.

    `heading_for` is the street that the truck works on next.
    """

    vehicle_id: VehicleId
    streets_before: int
    heading_for: SegmentId


@dataclass(frozen=True)
class DrivenPlan:
    """A published plan with an index by job; it never changes."""

    plan: Plan

    @cached_property
    def legs_of(self) -> Mapping[JobId, Sequence[LegAt]]:
        """Where each job is worked on, by route and leg."""
        found: dict[JobId, list[LegAt]] = {}
        for number, route in enumerate(self.plan.routes):
            for i, leg in enumerate(route.legs):
                for job_id in leg.job_ids if leg.kind is LegKind.WORK else ():
                    found.setdefault(job_id, []).append(LegAt(number, i))
        return found

    @cached_property
    def unserved(self) -> Mapping[JobId, str]:
        """Why each job that the plan leaves undone is left so."""
        return {left.job_id: left.reason for left in self.plan.unserved}


class PlanDesk:
    """Keeps the plan that is driven in memory; safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: DrivenPlan | None = None

    def keep(self, driven: DrivenPlan) -> None:
        """Take a plan that has just been published, so that nobody unpacks it."""
        with self._lock:
            self._kept = driven

    def driven(self, tx: Tx, storm_id: StormId) -> DrivenPlan | None:
        """Return the published plan of a storm; unpacked only when it is another than before."""
        plan_id = find_published_plan_id(tx, storm_id)
        if plan_id is None:
            return None
        with self._lock:
            if self._kept is None or self._kept.plan.id != plan_id:
                self._kept = DrivenPlan(get_plan(tx, plan_id))
            return self._kept


class Trucks:
    """How far the trucks of a plan are at one moment; each is looked up once."""

    def __init__(self, tx: Tx, driven: DrivenPlan, now: datetime) -> None:
        self._tx, self.driven, self.now = tx, driven, now
        self._progress: dict[int, TruckProgress] = {}

    def expected(self, job_id: JobId) -> Expected | None:
        """Return when a job's last pass ends; `None` where the trucks are past it."""
        ahead = self._ahead(job_id)
        return self._expected(max(ahead, key=self._ends_at)) if ahead else None

    def visit(self, job_id: JobId) -> PlannedVisit | None:
        """Return what is still meant for a job; `None` where the trucks are past it."""
        ahead = self._ahead(job_id)
        if not ahead:
            return None
        last = max(ahead, key=self._ends_at)
        moment = self._expected(last)
        first = min(at.leg for at in ahead if at.route == last.route)
        route = self.driven.plan.routes[last.route]
        after = self._progress_of(last.route).leg + 1
        works = [leg for leg in route.legs[after:first] if leg.kind is LegKind.WORK]
        next_leg = works[0] if works else route.legs[first]
        return PlannedVisit(
            planned_at=moment.planned_at,
            expected_at=moment.expected_at,
            vehicle_id=route.vehicle_id,
            streets_before=len({step.segment_id for leg in works for step in leg.path}),
            heading_for=next_leg.path[0].segment_id,
        )

    def next_leg(self, route: int) -> int:
        """Return the number of the leg of a route that its truck does next, as far as is known."""
        return self._progress_of(route).leg + 1

    def _ahead(self, job_id: JobId) -> list[LegAt]:
        places = self.driven.legs_of.get(job_id, ())
        return [at for at in places if at.leg > self._progress_of(at.route).leg]

    def _expected(self, last: LegAt) -> Expected:
        leg = self.driven.plan.routes[last.route].legs[last.leg]
        return Expected(leg.ends_at, max(self._ends_at(last), self.now))

    def _ends_at(self, at: LegAt) -> datetime:
        leg = self.driven.plan.routes[at.route].legs[at.leg]
        return leg.ends_at + self._progress_of(at.route).late

    def _progress_of(self, number: int) -> TruckProgress:
        if number not in self._progress:
            plan = self.driven.plan
            route = plan.routes[number]
            tapped = list_progress(self._tx, plan.id, route.shift_id)
            seen = find_last_pass(self._tx, plan.storm_id, route.vehicle_id, plan.since)
            if seen is not None and _turn_at(plan, route.vehicle_id, seen.ended_at) != number:
                seen = None
            self._progress[number] = progress_of(route, tapped, seen, self.now)
        return self._progress[number]


def _turn_at(plan: Plan, vehicle_id: VehicleId, moment: datetime) -> int | None:
    """Return the route of a vehicle, of crews after each other, that is nearest to a moment."""
    mine = [i for i, one in enumerate(plan.routes) if one.vehicle_id == vehicle_id and one.legs]
    nothing = timedelta(0)

    def away(number: int) -> timedelta:
        legs = plan.routes[number].legs
        return max(legs[0].starts_at - moment, moment - legs[-1].ends_at, nothing)

    return min(mine, key=away, default=None)


def progress_of(
    route: Route, tapped: Sequence[LegProgress], seen: Pass | None, now: datetime
) -> TruckProgress:
    """Return how far a truck is, by its driver's taps and by the last pass that was seen of it.

    A truck that should have ended its next leg by now is late, whatever it did before.
    """
    marks = [(tap.leg, tap.ended_at) for tap in tapped if tap.ended_at is not None]
    found = None if seen is None else _leg_seen(route, seen)
    if seen is not None and found is not None:
        marks.append((found, seen.ended_at))
    leg, ended_at = max(marks, default=(NOWHERE, None), key=lambda mark: mark[0])
    late = timedelta(0) if ended_at is None else ended_at - route.legs[leg].ends_at
    if leg + 1 < len(route.legs):
        late = max(late, now - route.legs[leg + 1].ends_at)
    return TruckProgress(leg, late)


def _leg_seen(route: Route, seen: Pass) -> int | None:
    """Return the work leg that a pass was of: over its street and way, at the likeliest time."""
    fitting = [
        (abs(leg.ends_at - seen.ended_at), i)
        for i, leg in enumerate(route.legs)
        if leg.kind is LegKind.WORK
        and any(
            step.segment_id == seen.segment_id and step.forward == seen.forward for step in leg.path
        )
    ]
    apart, number = min(fitting, default=(TRUCKS_MOMENT, NOWHERE))
    return number if apart < TRUCKS_MOMENT else None
