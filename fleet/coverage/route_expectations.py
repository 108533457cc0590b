"""The work that published plans expect of each vehicle at any time of a storm."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    DirectedSegment,
    LegKind,
    PlanId,
    Route,
    StormId,
    Treatment,
    Vehicle,
    VehicleId,
)
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.planning.plans import find_published_plan_id, list_plans
from data.store.setup.machines import list_vehicles

USUAL_MPS = 25 / 3.6
"""Working speed of a vehicle that we know nothing of."""


@dataclass(frozen=True, slots=True)
class ExpectedWork:
    """The streets where a route works and where it only drives, since its plan was published.

    `both` are streets of `work` that it also drives along without working.
    """

    since: datetime
    work: frozenset[DirectedSegment]
    drive: frozenset[DirectedSegment]
    both: frozenset[DirectedSegment] = frozenset()

    def works_on(self, directed: DirectedSegment) -> bool | None:
        """Whether a vehicle is to work on a street; `None` where that depends on the round."""
        return None if directed in self.both else directed in self.work


@dataclass(frozen=True, slots=True)
class FleetExpectations:
    """Expected work by vehicle, oldest first, and the vehicles."""

    vehicles: Mapping[VehicleId, Vehicle]
    by_vehicle: Mapping[VehicleId, Sequence[ExpectedWork]]

    def at(self, vehicle_id: VehicleId, moment: datetime) -> ExpectedWork | None:
        """Return the expected work of a vehicle before a moment; `None` without a plan."""
        known = [order for order in self.by_vehicle.get(vehicle_id, ()) if order.since <= moment]
        return known[-1] if known else None

    def work_mps(self, vehicle_id: VehicleId) -> float:
        """Return a vehicle's plowing speed, else that of what it can do."""
        vehicle = self.vehicles.get(vehicle_id)
        speeds = vehicle.work_speed_mps if vehicle else {}
        return speeds.get(Treatment.PLOW) or max(speeds.values(), default=USUAL_MPS)

    def plows(self, vehicle_id: VehicleId) -> bool:
        """Whether a vehicle is able to plow."""
        vehicle = self.vehicles.get(vehicle_id)
        return vehicle is not None and Treatment.PLOW in vehicle.capabilities


class ExpectationCache:
    """Expected work of storms, read again once a plan was published."""

    def __init__(self) -> None:
        self._known: dict[
            tuple[StormId, ...], tuple[tuple[PlanId | None, ...], FleetExpectations]
        ] = {}

    def during(self, tx: Tx, storm_ids: Iterable[StormId]) -> FleetExpectations:
        """Return the expected work of these storms."""
        storms = tuple(sorted(storm_ids))
        published = tuple(find_published_plan_id(tx, one) for one in storms)
        known = self._known.get(storms)
        if known is None or known[0] != published:
            self._known[storms] = known = (published, _read(tx, storms))
        return known[1]


def published_at(tx: Tx, plan_id: PlanId) -> list[datetime]:
    """Return when a plan was published; empty for a draft."""
    events = list_events(tx, f"plan:{plan_id}")
    return [one.at for one in events if one.verb == "plan.published"]


def _read(tx: Tx, storm_ids: Iterable[StormId]) -> FleetExpectations:
    by_vehicle: dict[VehicleId, list[ExpectedWork]] = defaultdict(list)
    for storm_id in storm_ids:
        for plan in list_plans(tx, storm_id):
            since = published_at(tx, plan.id)
            for route in plan.routes if since else ():
                by_vehicle[route.vehicle_id] += [_order(route, at) for at in since]
    return FleetExpectations(
        {vehicle.id: vehicle for vehicle in list_vehicles(tx)},
        {one: sorted(orders, key=lambda each: each.since) for one, orders in by_vehicle.items()},
    )


def _order(route: Route, since: datetime) -> ExpectedWork:
    work = {step for leg in route.legs if leg.kind is LegKind.WORK for step in leg.path}
    drive = {step for leg in route.legs if leg.kind is not LegKind.WORK for step in leg.path}
    return ExpectedWork(since, frozenset(work), frozenset(drive - work), frozenset(drive & work))
