"""Work that a plan leaves undone, by reason, and the machine that would do it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.model import Job, Plan, Segment, SegmentId, ServiceClass, Treatment, Vehicle
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.setup.machines import list_vehicles
from data.store.work import list_jobs_by_id
from data.streets.network import StreetNetwork


class Lack(StrEnum):
    """What the machines of a plan lack for some work."""

    NOTHING = ""
    EQUIPMENT = "equipment"
    WIDTH = "width"
    HOPPER = "hopper"
    PERMISSION = "permission"


@dataclass(frozen=True, slots=True)
class LeftUndone:
    """Jobs of a class and a treatment that a plan leaves undone for one reason.

    Attributes
    ----------
    lack
        What its machines lack; nothing where other machines would be no help.
    segment_ids
        The streets, each once, the longest first.
    needed, best
        Of a width the metres of the narrowest street, and those that the narrowest machine of the
        plan needs; of a hopper the kg that a pass takes at most, and those that the largest hopper
        of a machine holds that fits one of the streets; else 0.
    others
        Machines of the city that the plan has not and that are able to do some of it.
    """

    service_class: ServiceClass
    treatment: Treatment
    reason: str
    lack: Lack
    jobs: int
    length_m: float
    segment_ids: tuple[SegmentId, ...]
    needed: float = 0.0
    best: float = 0.0
    others: tuple[Vehicle, ...] = ()


def work_left_undone(
    tx: Tx, plan: Plan, network: StreetNetwork, policy: Policy
) -> tuple[LeftUndone, ...]:
    """Return the work that a stored plan leaves undone, with what machines there are now."""
    jobs = list_jobs_by_id(tx, [left.job_id for left in plan.unserved])
    return left_undone(plan, jobs, list_vehicles(tx), network, policy)


def left_undone(
    plan: Plan,
    jobs: Iterable[Job],
    vehicles: Iterable[Vehicle],
    network: StreetNetwork,
    policy: Policy,
) -> tuple[LeftUndone, ...]:
    """Return the work that a plan leaves undone, pure: by class, then by reason.

    `jobs` are at least those left out, `vehicles` all of the city; a machine is in the plan if it
    has a route there, also an empty one. Streets that the network no longer has are left out.
    """
    reasons = dict(plan.unserved)
    planned = {route.vehicle_id for route in plan.routes}
    machines = list(vehicles)
    own = [machine for machine in machines if machine.id in planned]
    others = [machine for machine in machines if machine.id not in planned]
    alike: dict[tuple[ServiceClass, Treatment, str, Lack], list[Segment]] = defaultdict(list)
    for job in jobs:
        segment = network.find(job.segment_id)
        if job.id in reasons and segment is not None:
            lack = _lack(job.treatment, reasons[job.id], segment, own, policy)
            alike[job.service_class, job.treatment, reasons[job.id], lack].append(segment)
    order = policy.in_order({service_class for service_class, *_ in alike})
    return tuple(
        _group(key, alike[key], own, others, policy)
        for key in sorted(alike, key=lambda key: (order.index(key[0]), *key[1:]))
    )


def _lack(
    treatment: Treatment, reason: str, segment: Segment, machines: Sequence[Vehicle], policy: Policy
) -> Lack:
    if reason not in ("no_vehicle", "capacity"):
        return Lack.NOTHING
    equipped = [machine for machine in machines if treatment in machine.capabilities]
    fitting = [machine for machine in equipped if fits(machine, segment)]
    if reason == "capacity":
        full_kg = max((machine.hopper_kg for machine in fitting), default=0.0)
        return Lack.HOPPER if full_kg < _needed_kg(treatment, segment, policy) else Lack.NOTHING
    if not equipped:
        return Lack.EQUIPMENT
    return Lack.PERMISSION if fitting else Lack.WIDTH


def fits(machine: Vehicle, segment: Segment) -> bool:
    """Whether a street is wide enough for a machine."""
    return segment.width_m >= machine.min_street_m


def _fits_any(machine: Vehicle, segments: Iterable[Segment]) -> bool:
    return any(fits(machine, segment) for segment in segments)


def _needed_kg(treatment: Treatment, segment: Segment, policy: Policy) -> float:
    return policy.salt_kg(segment) if treatment is Treatment.SALT else 0.0


def _group(
    key: tuple[ServiceClass, Treatment, str, Lack],
    segments: Sequence[Segment],
    own: Sequence[Vehicle],
    others: Sequence[Vehicle],
    policy: Policy,
) -> LeftUndone:
    service_class, treatment, reason, lack = key
    streets = {segment.id: segment for segment in segments}
    longest = sorted(streets.values(), key=lambda street: (-street.length_m, street.id))
    equipped = [machine for machine in own if treatment in machine.capabilities]
    needed = best = 0.0
    if lack is Lack.WIDTH:
        needed = min(street.width_m for street in longest)
        best = min(machine.min_street_m for machine in equipped)
    if lack is Lack.HOPPER:
        needed = max(_needed_kg(treatment, street, policy) for street in longest)
        hoppers = (machine.hopper_kg for machine in equipped if _fits_any(machine, longest))
        best = max(hoppers, default=0.0)
    able = [
        machine
        for machine in (others if lack else ())
        if treatment in machine.capabilities
        and any(
            fits(machine, street) and machine.hopper_kg >= _needed_kg(treatment, street, policy)
            for street in longest
        )
    ]
    return LeftUndone(
        service_class=service_class,
        treatment=treatment,
        reason=reason,
        lack=lack,
        jobs=len(segments),
        length_m=sum(street.length_m for street in longest),
        segment_ids=tuple(street.id for street in longest),
        needed=needed,
        best=best,
        others=tuple(able),
    )
