"""What the end of each class depends on in a plan, pure: its last street, and who clears it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from data.model import Job, JobId, LegKind, Plan, Route, SegmentId, ServiceClass, Shift, Vehicle
from fleet.planning.plan_preparation import Prepared
from fleet.work.left_undone import fits

FAR = timedelta(minutes=10)
"""A last street that its machine drives to for so long without work is far."""

AT_THE_END = timedelta(minutes=20)
"""A machine that is home so shortly before its shift ends works to the end of it."""


class LimitKind(StrEnum):
    """What holds up the end of a class.

    None of the machines that are added fits its last street, or one type alone does; that street is
    far; the machine that clears it works to the end of its shift; or only the order of its route.
    """

    MACHINES = "machines"
    FAR = "far"
    SHIFT = "shift"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class ClassLimit:
    """What holds up a class; `segment_id` is its last street.

    `types` are those that are able to clear it, `drive_min` is how long its machine drives to it,
    and `shift_ends_at` until when that machine is in service.
    """

    kind: LimitKind
    segment_id: SegmentId
    types: tuple[str, ...]
    drive_min: float
    shift_ends_at: datetime


def class_limits(
    plan: Plan, prepared: Prepared, added: Set[str] = frozenset()
) -> dict[ServiceClass, ClassLimit]:
    """Return what holds up each class of which a plan does something.

    `added` are the types of which a question adds machines.
    """
    jobs = {job.id: job for job in prepared.jobs}
    shifts = {shift.id: shift for shift in prepared.shifts}
    serving = {shift.vehicle_id for shift in prepared.shifts}
    machines = [one for one in prepared.vehicles if one.id in serving]
    return {
        name: _limit(
            route,
            at,
            shifts[route.shift_id],
            _Ability.of(jobs[job_id], machines, prepared),
            added,
        )
        for name, (route, at, job_id) in _last_legs(plan, jobs).items()
    }


def _last_legs(
    plan: Plan, jobs: Mapping[JobId, Job]
) -> dict[ServiceClass, tuple[Route, int, JobId]]:
    """Return the route, the leg and the job with which each class ends."""
    last: dict[ServiceClass, tuple[Route, int, JobId]] = {}
    for route in plan.routes:
        for at, leg in enumerate(route.legs):
            for job_id in leg.job_ids:
                name = jobs[job_id].service_class
                known = last.get(name)
                if known is None or leg.ends_at > known[0].legs[known[1]].ends_at:
                    last[name] = (route, at, job_id)
    return last


@dataclass(frozen=True, slots=True)
class _Ability:
    """Types of machines in service that do such work as a job, and those that fit its street."""

    segment_id: SegmentId
    equipped: frozenset[str]
    able: frozenset[str]

    @classmethod
    def of(cls, job: Job, machines: Sequence[Vehicle], prepared: Prepared) -> Self:
        """Return who is able to do a job."""
        street = prepared.network.segment(job.segment_id)
        equipped = [one for one in machines if job.treatment in one.capabilities]
        return cls(
            job.segment_id,
            frozenset(one.type for one in equipped),
            frozenset(one.type for one in equipped if fits(one, street)),
        )

    def keeps_out(self, added: Set[str]) -> bool:
        """Whether no added machine fits, or, where none is added, a single type alone does."""
        if added:
            return not added & self.able
        return len(self.able) == 1 and self.able < self.equipped


def _limit(route: Route, at: int, shift: Shift, ability: _Ability, added: Set[str]) -> ClassLimit:
    way = _drive_before(route, at)
    if ability.keeps_out(added):
        kind = LimitKind.MACHINES
    elif way >= FAR:
        kind = LimitKind.FAR
    elif shift.ends_at - route.legs[-1].ends_at <= AT_THE_END:
        kind = LimitKind.SHIFT
    else:
        kind = LimitKind.ORDER
    types, minutes = tuple(sorted(ability.able)), way / timedelta(minutes=1)
    return ClassLimit(kind, ability.segment_id, types, minutes, shift.ends_at)


def _drive_before(route: Route, at: int) -> timedelta:
    """Return how long a machine drives to a leg without work."""
    first = at
    while first > 0 and route.legs[first - 1].kind is LegKind.DRIVE:
        first -= 1
    return sum((leg.ends_at - leg.starts_at for leg in route.legs[first:at]), timedelta(0))
