"""When each class of service will be done by the present routes, pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import JobId, SegmentId, ServiceClass, Shift, ShiftState, VehicleId
from data.store.work import OpenJob
from data.streets.network import StreetNetwork
from fleet.routes.arrivals import Arrivals

TIME = "time"
"""Why a plan leaves a job undone that fits into no shift: longer shifts may help."""

OVERTIME = timedelta(minutes=30)
"""So long after its last shift a truck is still thought to finish what it is at."""


@dataclass(frozen=True, slots=True)
class ClassFinish:
    """Streets of a class that are still to be cleared, by length in metres.

    `ends_at` is when trucks clear the last of those that they have ahead, at their pace so far;
    `None` where they have none. For `unplanned_m` no truck is on its way, or only one that comes
    there after its last shift; for `impossible_m` of that, none of the trucks can do it, as the
    published plan found. `unproved_m` were driven in their turn, and nothing proves the work, or
    not yet: another truck there would not help.
    """

    open_m: float
    unplanned_m: float
    impossible_m: float
    unproved_m: float
    ends_at: datetime | None


def class_finishes(
    work: Iterable[OpenJob],
    arrivals: Arrivals | None,
    shifts: Iterable[Shift],
    network: StreetNetwork,
) -> dict[ServiceClass, ClassFinish]:
    """Return the finish of each class that has open jobs; `arrivals` are `None` without a plan."""
    impossible, until = impossible_jobs(arrivals), last_ends(shifts)
    by_class: dict[ServiceClass, list[OpenJob]] = {}
    for one in work:
        by_class.setdefault(one.service_class, []).append(one)
    expected = {
        one.job_id: _ends_at(one.job_id, arrivals, until)
        for jobs in by_class.values()
        for one in jobs
    }
    driven = _driven(expected, arrivals)
    return {
        name: _finish(mine, _Outlook(expected, impossible, driven), network)
        for name, mine in by_class.items()
    }


def last_ends(shifts: Iterable[Shift]) -> dict[VehicleId, datetime]:
    """Return when the last shift of each truck ends that is not cancelled."""
    until: dict[VehicleId, datetime] = {}
    for one in shifts:
        if one.state is ShiftState.CANCELLED:
            continue
        until[one.vehicle_id] = max(one.ends_at, until.get(one.vehicle_id, one.ends_at))
    return until


def impossible_jobs(arrivals: Arrivals | None) -> frozenset[JobId]:
    """Return the jobs that the plan leaves undone for another reason than time."""
    left = () if arrivals is None else arrivals.index.plan.unserved
    return frozenset(one.job_id for one in left if one.reason != TIME)


@dataclass(frozen=True, slots=True)
class _Outlook:
    """When each job ends, and of those that do not, which are impossible and which were driven."""

    expected: Mapping[JobId, datetime | None]
    impossible: Collection[JobId]
    driven: Collection[JobId]


def _finish(work: Iterable[OpenJob], outlook: _Outlook, network: StreetNetwork) -> ClassFinish:
    streets: set[SegmentId] = set()
    unplanned: set[SegmentId] = set()
    never: set[SegmentId] = set()
    unproved: set[SegmentId] = set()
    last: datetime | None = None
    for one in work:
        streets.add(one.segment_id)
        ends_at = outlook.expected[one.job_id]
        if one.job_id in outlook.driven:
            unproved.add(one.segment_id)
        elif ends_at is None:
            (never if one.job_id in outlook.impossible else unplanned).add(one.segment_id)
        elif last is None or ends_at > last:
            last = ends_at
    return ClassFinish(
        open_m=_length_m(streets, network),
        unplanned_m=_length_m(unplanned | never, network),
        impossible_m=_length_m(never - unplanned, network),
        unproved_m=_length_m(unproved - unplanned - never, network),
        ends_at=last,
    )


def _ends_at(
    job_id: JobId, arrivals: Arrivals | None, until: Mapping[VehicleId, datetime]
) -> datetime | None:
    """Return when a job ends; `None` where a truck would come to it only after its last shift."""
    ends = {} if arrivals is None else arrivals.last_by_truck(job_id)
    over = any(truck in until and at > until[truck] + OVERTIME for truck, at in ends.items())
    return None if over else max(ends.values(), default=None)


def _driven(
    expected: Mapping[JobId, datetime | None], arrivals: Arrivals | None
) -> frozenset[JobId]:
    """Return the jobs that no truck will end and that were driven in their turn."""
    if arrivals is None:
        return frozenset()
    unended = (job_id for job_id, ends_at in expected.items() if ends_at is None)
    return frozenset(job_id for job_id in unended if arrivals.was_driven(job_id))


def _length_m(streets: Iterable[SegmentId], network: StreetNetwork) -> float:
    """Return the length of streets; those that the network no longer has count nothing."""
    found = (network.find(street) for street in streets)
    return sum(segment.length_m for segment in found if segment is not None)
