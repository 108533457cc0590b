"""Comparison of two plans of a storm, pure: over the same work, from the same moment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.model import Job, JobId, Leg, LegKind, Plan, Route, ServiceClass, ShiftId, Vehicle
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.setup.machines import list_vehicles
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.planning.plan_summary import ClassOutcome, class_outcomes, vehicle_figures
from fleet.planning.remaining_routes import jobs_of


@dataclass(frozen=True, slots=True)
class PlanMeasures:
    """Figures of a plan from a moment on; hours are of machines that leave their place.

    `last_home_at` is when the last of them is back, `unserved` counts jobs by reason.
    """

    classes: Mapping[ServiceClass, ClassOutcome]
    jobs: int
    unserved: Mapping[str, int]
    work_km: float
    deadhead_km: float
    hours: float
    longest_h: float
    shortest_h: float
    last_home_at: datetime | None
    machines: int
    reloads: int
    salt_kg: float

    @property
    def deadhead_share(self) -> float:
        """Deadhead share of the kilometres."""
        driven = self.work_km + self.deadhead_km
        return self.deadhead_km / driven if driven else 0.0

    @property
    def spread_h(self) -> float:
        """Hours between the longest and the shortest route."""
        return self.longest_h - self.shortest_h


@dataclass(frozen=True, slots=True)
class Changes:
    """Differences of the second plan from the first.

    `moved` jobs are done by another truck, `trucks` have another order of streets, `only_first`
    and `only_second` are in one of the plans.
    """

    moved: int
    trucks: int
    only_first: int
    only_second: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans, measured from `since` on: the moment at which the later one was made."""

    since: datetime
    first: PlanMeasures
    second: PlanMeasures
    changes: Changes


def compared(
    first: Plan,
    second: Plan,
    jobs: Sequence[Job],
    vehicles: Sequence[Vehicle],
    network: StreetNetwork,
    policy: Policy,
) -> Comparison:
    """Return two plans of a storm side by side; `jobs` are all of the storm.

    A class is measured over the jobs that both plans are for, or where they share none, over each
    plan's own. What the earlier plan does before the later one begins is left out.
    """
    since = max(first.made_at, second.made_at)
    one, other = _from(first, since), _from(second, since)
    scopes = _scope(one), _scope(other)
    shared = scopes[0] & scopes[1]
    classes = {job.service_class for job in jobs if job.id in shared}
    measures = [
        measured(
            plan,
            [j for j in jobs if j.id in (shared if j.service_class in classes else scope)],
            vehicles,
            network,
            policy,
        )
        for plan, scope in zip((one, other), scopes, strict=True)
    ]
    return Comparison(since, measures[0], measures[1], _changes(one, other))


def plan_measures(tx: Tx, plan: Plan, network: StreetNetwork, policy: Policy) -> PlanMeasures:
    """Return the figures of a stored plan over the jobs that it is for."""
    scope = _scope(plan)
    jobs = [job for job in list_jobs(tx, plan.storm_id) if job.id in scope]
    return measured(plan, jobs, list_vehicles(tx), network, policy)


def _from(plan: Plan, since: datetime) -> Plan:
    """Return the part of a plan that is driven after a moment."""
    routes = tuple(
        replace(route, legs=tuple(leg for leg in route.legs if leg.ends_at > since))
        for route in plan.routes
    )
    return replace(plan, routes=routes)


def _scope(plan: Plan) -> set[JobId]:
    return jobs_of(plan.routes) | {left.job_id for left in plan.unserved}


def measured(
    plan: Plan,
    jobs: Sequence[Job],
    vehicles: Sequence[Vehicle],
    network: StreetNetwork,
    policy: Policy,
) -> PlanMeasures:
    """Return the figures of a plan; its classes are measured over these jobs."""
    machines = {vehicle.id: vehicle for vehicle in vehicles}
    driven = [vehicle_figures(one, machines[one.vehicle_id]) for one in plan.routes if one.legs]
    hours = [each.hours for each in driven]
    legs = [leg for route in plan.routes for leg in route.legs]
    return PlanMeasures(
        classes=class_outcomes(plan, jobs, network),
        jobs=len(_scope(plan)),
        unserved=Counter(reason for _, reason in {(u.job_id, u.reason) for u in plan.unserved}),
        work_km=sum(each.work_km for each in driven),
        deadhead_km=sum(each.deadhead_km for each in driven),
        hours=sum(hours),
        longest_h=max(hours, default=0.0),
        shortest_h=min(hours, default=0.0),
        last_home_at=max((leg.ends_at for leg in legs), default=None),
        machines=len(driven),
        reloads=sum(each.reloads for each in driven),
        salt_kg=sum(_salt_kg(leg, network, policy) for leg in legs),
    )


def _salt_kg(leg: Leg, network: StreetNetwork, policy: Policy) -> float:
    if leg.kind is not LegKind.WORK or not leg.spreader:
        return 0.0
    return sum(policy.salt_kg(network.segment(step.segment_id)) for step in leg.path)


def _changes(first: Plan, second: Plan) -> Changes:
    before, after = _shifts_of_jobs(first.routes), _shifts_of_jobs(second.routes)
    orders = _orders(first.routes), _orders(second.routes)
    shifts = orders[0].keys() | orders[1].keys()
    return Changes(
        moved=sum(before[job] != after[job] for job in before.keys() & after.keys()),
        trucks=sum(orders[0].get(shift, []) != orders[1].get(shift, []) for shift in shifts),
        only_first=len(_scope(first) - _scope(second)),
        only_second=len(_scope(second) - _scope(first)),
    )


def _shifts_of_jobs(routes: Iterable[Route]) -> dict[JobId, frozenset[ShiftId]]:
    """Return which trucks work on each job."""
    found: dict[JobId, set[ShiftId]] = {}
    for route in routes:
        for job in jobs_of([route]):
            found.setdefault(job, set()).add(route.shift_id)
    return {job: frozenset(shifts) for job, shifts in found.items()}


def _orders(routes: Iterable[Route]) -> dict[ShiftId, list[tuple[object, ...]]]:
    """Return what each truck clears, in order."""
    return {
        route.shift_id: [
            (leg.path, leg.pass_index) for leg in route.legs if leg.kind is LegKind.WORK
        ]
        for route in routes
    }


def compared_plans(
    tx: Tx, first: Plan, second: Plan, network: StreetNetwork, policy: Policy
) -> Comparison:
    """Return two stored plans of a storm side by side, as `compared` does."""
    jobs = list_jobs(tx, first.storm_id)
    return compared(first, second, jobs, list_vehicles(tx), network, policy)
