"""Expected arrivals: when trucks reach the streets and jobs of a plan, at their pace so far."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import JobId, LegKind, SegmentId, ShiftId, VehicleId
from fleet.routes.leg_completion import LegPlace, PlanIndex
from fleet.routes.plan_vs_actual import (
    OPEN,
    SERVED,
    LegCheck,
    LegState,
    LegTimes,
    RouteCheck,
    expected_times,
)

_PROVED = SERVED - {LegState.TOLD}

PROOF_COMES = timedelta(minutes=10)
"""So long after a truck passed a street its evidence may still come."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Expected end of a job's last pass, as planned and with the truck's delay."""

    planned_at: datetime
    expected_at: datetime

    @property
    def late(self) -> timedelta:
        """Delay against the plan."""
        return self.expected_at - self.planned_at


@dataclass(frozen=True, slots=True)
class PlannedVisit(Expected):
    """The next planned visit for a job; `streets_before` in that truck's route.

    `heading_for` is the street that the truck works on next.
    """

    vehicle_id: VehicleId
    streets_before: int
    heading_for: SegmentId


class Arrivals:
    """Expected times of one plan at one moment; routes are computed on demand."""

    def __init__(
        self, index: PlanIndex, check_of: Callable[[int], RouteCheck], now: datetime
    ) -> None:
        self.index, self.now = index, now
        self._check_of = check_of
        self._known: dict[int, tuple[RouteCheck, Mapping[int, LegTimes]]] = {}

    def leg(self, at: LegPlace) -> datetime | None:
        """Return when a leg ends; `None` where its truck does not do it any more, or cannot now."""
        times = self._route(at.route)[1].get(at.leg)
        return None if times is None else times.ends_at

    def of_shift(self, shift_id: ShiftId) -> Mapping[int, LegTimes]:
        """Return when each leg that a shift still has to do begins and ends, by its number."""
        number = self._number_of(shift_id)
        return {} if number is None else self._route(number)[1]

    def check_of_shift(self, shift_id: ShiftId) -> RouteCheck | None:
        """Return the check of the route of a shift; `None` where it has none."""
        number = self._number_of(shift_id)
        return None if number is None else self._route(number)[0]

    def ahead(self, job_id: JobId) -> list[LegPlace]:
        """Return the legs of a job that trucks have ahead, feasible or not."""
        return [at for at in self.index.legs_for.get(job_id, ()) if self._is_ahead(at)]

    def left_by_shift(self, job_id: JobId) -> bool:
        """Whether a truck had a job ahead when its shift ended."""
        routes = ((at, self._route(at.route)[0]) for at in self.index.legs_for.get(job_id, ()))
        return any(check.ended and at.leg >= check.next_leg for at, check in routes)

    def job(self, job_id: JobId) -> Expected | None:
        """Return the expected end of a job; `None` where not all of it is expected.

        Of a street of several passes the plan may leave out some.
        """
        last = None if job_id in self.index.unserved else self._last(job_id)
        return None if last is None else Expected(self.index.leg(last[1]).ends_at, last[0])

    def last_by_truck(self, job_id: JobId) -> dict[VehicleId, datetime]:
        """Return when each truck ends its part of a job; empty where not all that is planned is."""
        found: dict[VehicleId, datetime] = {}
        for at in self.ahead(job_id):
            ends_at = self.leg(at)
            if ends_at is None:
                return {}
            vehicle_id = self.index.vehicle_of(at)
            found[vehicle_id] = max(ends_at, found.get(vehicle_id, ends_at))
        return found

    def visit(self, job_id: JobId) -> PlannedVisit | None:
        """Return the planned visit for a job; `None` where not all that is planned is expected."""
        last = self._last(job_id)
        if last is None:
            return None
        expected_at, at = last
        route, check = self.index.plan.routes[at.route], self._route(at.route)[0]
        first = min(each.leg for each in self.ahead(job_id) if each.route == at.route)
        before = [
            leg
            for leg, became in zip(
                route.legs[check.next_leg : first], check.legs[check.next_leg : first], strict=True
            )
            if leg.kind is LegKind.WORK and became.state not in SERVED
        ]
        next_leg = before[0] if before else route.legs[first]
        return PlannedVisit(
            planned_at=self.index.leg(at).ends_at,
            expected_at=expected_at,
            vehicle_id=route.vehicle_id,
            streets_before=len({step.segment_id for leg in before for step in leg.path}),
            heading_for=next_leg.path[0].segment_id,
        )

    def undone(self, job_id: JobId) -> list[tuple[VehicleId, LegCheck]]:
        """Return the legs of a job that evidence does not show as done, with their vehicles."""
        places = self.index.legs_for.get(job_id, ())
        checks = [(at, self._route(at.route)[0].legs[at.leg]) for at in places]
        return [(self.index.vehicle_of(at), one) for at, one in checks if one.state not in _PROVED]

    def was_driven(self, job_id: JobId) -> bool:
        """Whether trucks drove in their turn all that is undone of a job, or are only just past it.

        Its evidence may still come, or nothing shows that they were at work.
        """
        places = self.index.legs_for.get(job_id, ())
        undone = [at for at in places if self._route(at.route)[0].legs[at.leg].state not in _PROVED]
        return bool(undone) and all(self._was_driven(at) for at in undone)

    def _was_driven(self, at: LegPlace) -> bool:
        check = self._route(at.route)[0]
        state = check.legs[at.leg].state
        if state in (LegState.TOLD, LegState.UNPROVED):
            return True
        undecided = state in OPEN and at.leg < check.next_leg and not check.ended
        return undecided and check.last_at is not None and self.now - check.last_at <= PROOF_COMES

    def _number_of(self, shift_id: ShiftId) -> int | None:
        routes = enumerate(self.index.plan.routes)
        return next((i for i, route in routes if route.shift_id == shift_id), None)

    def _last(self, job_id: JobId) -> tuple[datetime, LegPlace] | None:
        """Return when the last leg of a job ends and which that is."""
        ahead = self.ahead(job_id)
        ends = [(ends_at, at) for at in ahead if (ends_at := self.leg(at)) is not None]
        return max(ends) if ends and len(ends) == len(ahead) else None

    def _is_ahead(self, at: LegPlace) -> bool:
        check = self._route(at.route)[0]
        if check.ended or at.leg < check.next_leg:
            return False
        return check.legs[at.leg].state not in SERVED

    def _route(self, number: int) -> tuple[RouteCheck, Mapping[int, LegTimes]]:
        if number not in self._known:
            check = self._check_of(number)
            times = expected_times(self.index.plan.routes[number], check)
            self._known[number] = check, times
        return self._known[number]


def arrivals_of(index: PlanIndex, checks: Sequence[RouteCheck], now: datetime) -> Arrivals:
    """Return the expected times of a checked plan, in the order of its routes."""
    return Arrivals(index, checks.__getitem__, now)
