"""Figures of a plan, pure: per class, per vehicle, and what is left undone and why.

The outcome of a class is of the work that is in the plan; its figures are of all work given.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import (
    Directions,
    Job,
    JobId,
    Leg,
    LegKind,
    Plan,
    Route,
    ServiceClass,
    Vehicle,
    WorkPass,
)
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.work.left_undone import LeftUndone, left_undone

HOPELESS = frozenset({"unreachable", "no_vehicle", "capacity"})
"""Reasons for which no plan of the same machines could do a job."""


@dataclass(frozen=True, slots=True)
class ClassOutcome:
    """Outcome of a plan for a class.

    `finish_at` is `None` where some job is left undone that machines could do; what none of them
    can do does not hold it up. Shares are of metres, all jobs and each pass in each direction.
    """

    jobs: int
    in_time_share: float
    finish_at: datetime | None
    worst_lateness: timedelta


type JobPass = tuple[JobId, int, bool]
"""A job, which pass of it, and whether it runs forward."""


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Kilometres count every pass in every direction; `worst_lateness` is zero at best."""

    service_class: ServiceClass
    jobs: int
    length_km: float
    done_km: float
    in_time_km: float
    done_at: datetime | None
    worst_lateness: timedelta

    @property
    def in_time_share(self) -> float:
        """Share of the class that the plan does by its deadline."""
        return self.in_time_km / self.length_km if self.length_km else 1.0


@dataclass(frozen=True, slots=True)
class VehicleFigures:
    """Figures of one vehicle's route."""

    name: str
    type: str
    work_km: float
    deadhead_km: float
    hours: float
    reloads: int


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """A plan in figures."""

    classes: tuple[ClassFigures, ...]
    vehicles: tuple[VehicleFigures, ...]
    left_undone: tuple[LeftUndone, ...]


def figures_of(
    plan: Plan,
    jobs: Sequence[Job],
    vehicles: Iterable[Vehicle],
    network: StreetNetwork,
    policy: Policy,
) -> PlanFigures:
    """Return a plan's figures for these jobs; vehicles that stay in the depot are left out.

    `vehicles` are all of the city.
    """
    done = _done_at(plan.routes)
    by_class: dict[ServiceClass, list[Job]] = defaultdict(list)
    for job in jobs:
        by_class[job.service_class].append(job)
    fleet = tuple(vehicles)
    machines = {vehicle.id: vehicle for vehicle in fleet}
    order = policy.in_order(by_class)
    return PlanFigures(
        tuple(_class_figures(each, by_class[each], done, network) for each in order),
        tuple(
            vehicle_figures(each, machines[each.vehicle_id]) for each in plan.routes if each.legs
        ),
        left_undone(plan, jobs, fleet, network, policy),
    )


def _done_at(routes: Iterable[Route]) -> dict[JobPass, datetime]:
    """Return when each pass of each job is done."""
    done: dict[JobPass, datetime] = {}
    for route in routes:
        for leg in route.legs:
            if leg.kind is LegKind.WORK:
                done.update(_passes_of(leg))
    return done


def _passes_of(leg: Leg) -> dict[JobPass, datetime]:
    directions = {step.forward for step in leg.path}
    return {
        (job_id, leg.pass_index, forward): leg.ends_at
        for job_id in leg.job_ids
        for forward in directions
    }


def _class_figures(
    service_class: ServiceClass,
    jobs: Sequence[Job],
    done: Mapping[JobPass, datetime],
    network: StreetNetwork,
) -> ClassFigures:
    length_m = done_m = in_time_m = 0.0
    late = timedelta(0)
    last: datetime | None = None
    for job in jobs:
        each_m = network.segment(job.segment_id).length_m
        for one in _wanted(job):
            length_m += each_m
            ended = done.get(one)
            if ended is None:
                continue
            done_m += each_m
            in_time_m += each_m if ended <= job.due_at else 0.0
            late = max(late, ended - job.due_at)
            last = ended if last is None else max(last, ended)
    return ClassFigures(
        service_class, len(jobs), length_m / 1000, done_m / 1000, in_time_m / 1000, last, late
    )


def _wanted(job: Job) -> list[JobPass]:
    ways = {
        Directions.BOTH: (True, False),
        Directions.FORWARD: (True,),
        Directions.BACKWARD: (False,),
    }[job.directions]
    return [(job.id, number, forward) for number in range(job.passes) for forward in ways]


def vehicle_figures(route: Route, vehicle: Vehicle) -> VehicleFigures:
    """Return what a route, which has at least one leg, asks of its vehicle."""
    work_m = sum(leg.length_m for leg in route.legs if leg.kind is LegKind.WORK)
    empty_m = sum(leg.length_m for leg in route.legs if leg.kind is not LegKind.WORK)
    return VehicleFigures(
        name=vehicle.name,
        type=vehicle.type,
        work_km=work_m / 1000,
        deadhead_km=empty_m / 1000,
        hours=(route.legs[-1].ends_at - route.legs[0].starts_at) / timedelta(hours=1),
        reloads=sum(leg.kind is LegKind.RELOAD for leg in route.legs),
    )


def class_outcomes(
    plan: Plan, jobs: Iterable[Job], network: StreetNetwork
) -> dict[ServiceClass, ClassOutcome]:
    """Return a plan's outcome for the classes of these jobs; others are left out.

    Passes that were done before the plan was made are not in it, and none of its work.
    """
    ends = pass_ends(plan)
    left = {each.job_id: each.reason for each in plan.unserved}
    by_class: dict[ServiceClass, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.id in ends or job.id in left:
            by_class[job.service_class].append(job)
    return {each: _outcome(by_class[each], ends, left, network) for each in by_class}


type PassEnds = Mapping[JobId, Mapping[WorkPass, datetime]]


def pass_ends(plan: Plan) -> PassEnds:
    """Return when the plan does each pass of each job."""
    ends: dict[JobId, dict[WorkPass, datetime]] = {}
    for route in plan.routes:
        for leg in route.legs:
            for work in leg.works:
                ends.setdefault(work.job_id, {})[work] = leg.ends_at
    return ends


def _outcome(
    jobs: Sequence[Job], ends: PassEnds, left: Mapping[JobId, str], network: StreetNetwork
) -> ClassOutcome:
    all_m = in_time_m = 0.0
    moments: list[datetime] = []
    late = timedelta(0)
    for job in jobs:
        each_m = network.segment(job.segment_id).length_m
        done = ends.get(job.id, {})
        wanted = _passes(job) if job.id in left else len(done)
        all_m += each_m * max(wanted, len(done))
        in_time_m += each_m * sum(at <= job.due_at for at in done.values())
        moments += done.values()
        late = max([late, *(at - job.due_at for at in done.values())])
    unfinished = any(job.id in left and left[job.id] not in HOPELESS for job in jobs)
    return ClassOutcome(
        jobs=len(jobs),
        in_time_share=in_time_m / all_m if all_m else 1.0,
        finish_at=None if unfinished else max(moments, default=None),
        worst_lateness=late,
    )


def _passes(job: Job) -> int:
    return job.passes * (2 if job.directions is Directions.BOTH else 1)
