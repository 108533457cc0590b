"""Which idle trucks could do work that the plan in force leaves out or does late, pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from data.model import ServiceClass, Vehicle, VehicleId
from data.store.work import OpenJob
from data.streets.network import StreetNetwork
from fleet.coverage.street_coverage import wanted_directions
from fleet.planning.standing_orders import OrderIndex
from fleet.routes.arrivals import Arrivals
from fleet.routes.class_finish import impossible_jobs
from fleet.work.left_undone import fits


@dataclass(frozen=True, slots=True)
class IdleTrucks:
    """Trucks without a route ahead, and the standing orders that they heed.

    `risk_late` is how long after its deadline work is done late.
    """

    trucks: Sequence[Vehicle]
    orders: OrderIndex
    risk_late: timedelta


def helpers_by_class(
    work: Iterable[OpenJob], arrivals: Arrivals | None, idle: IdleTrucks, network: StreetNetwork
) -> Mapping[ServiceClass, frozenset[VehicleId]]:
    """Return for each class the idle trucks to which a new plan could give some of its open jobs.

    Those jobs are the ones that no truck is on its way to, and those done late. What the plan does
    late by itself helps only a truck that is not in it: the search has looked at all others. Work
    on closed streets is nobody's, nor is what a truck drove in its turn.
    """
    impossible = impossible_jobs(arrivals)
    found: dict[ServiceClass, set[VehicleId]] = defaultdict(set)
    for job in work:
        known = found[job.service_class]
        if len(known) == len(idle.trucks) or job.job_id in impossible:
            continue
        helpers = _with_time_for(job, arrivals, idle)
        able = (truck for truck in helpers if _can_do(truck, job, idle.orders, network))
        known.update(truck.id for truck in able)
    return {name: frozenset(trucks) for name, trucks in found.items() if trucks}


def _with_time_for(job: OpenJob, arrivals: Arrivals | None, idle: IdleTrucks) -> Sequence[Vehicle]:
    """Return the idle trucks that may do a job sooner than it is done by the plan."""
    if arrivals is None or job.job_id in arrivals.index.unserved:
        return idle.trucks
    expected = arrivals.job(job.job_id)
    if expected is None:
        nobodys = arrivals.ahead(job.job_id) or arrivals.was_driven(job.job_id)
        return () if nobodys else idle.trucks
    if expected.expected_at - job.due_at < idle.risk_late:
        return ()
    if expected.late >= idle.risk_late:
        return idle.trucks
    planned = {route.vehicle_id for route in arrivals.index.plan.routes}
    return [truck for truck in idle.trucks if truck.id not in planned]


def _can_do(truck: Vehicle, job: OpenJob, orders: OrderIndex, network: StreetNetwork) -> bool:
    """Whether a truck has the equipment and width for a job, and no order against it."""
    segment = network.find(job.segment_id)
    if segment is None or job.treatment not in truck.capabilities:
        return False
    ways = wanted_directions(job, segment)
    return fits(truck, segment) and orders.allows_some(truck.id, ways)
