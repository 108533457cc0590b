"""Costs of a storm: hours, kilometres, material and money, by truck, district and owner."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from data.model import CallOut, CallOutState, Storm, Treatment, Vehicle, VehicleId
from data.model.periods import Period
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.reports import list_worked
from data.store.setup.machines import list_vehicles
from data.store.storms.call_outs import list_call_outs
from data.streets.network import StreetNetwork
from fleet.crews.crew_costs import CrewCost, crew_costs
from fleet.logbook.trips import duty_of
from fleet.logbook.vehicle_days import VehicleDay, material_kg
from fleet.storms.call_outs import Hire, hires
from fleet.work.totals import added

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class MachineCost:
    """Costs of some machines; `paid_h` are hours paid for, money in the city's currency."""

    name: str
    paid_h: float = 0.0
    drive_h: float = 0.0
    work_h: float = 0.0
    moved_m: float = 0.0
    work_m: float = 0.0
    material_kg: Mapping[str, float] = field(default_factory=dict)
    machines_cost: float = 0.0
    material_cost: float = 0.0

    @property
    def cost(self) -> float:
        """Machines and material together."""
        return self.machines_cost + self.material_cost


@dataclass(frozen=True, slots=True)
class TruckCost:
    """Costs of a truck; `hires` are its call-outs, where it is not the city's own."""

    vehicle: Vehicle
    cost: MachineCost
    hires: tuple[Hire, ...] = ()


@dataclass(frozen=True, slots=True)
class StormCosts:
    """Costs of a storm; an owner is the city, its reserve, or a contractor by name.

    `total` is of machines and their material; `crews` are beside it.
    """

    currency: str
    total: MachineCost
    trucks: tuple[TruckCost, ...]
    owners: tuple[MachineCost, ...]
    districts: tuple[MachineCost, ...]
    crews: tuple[CrewCost, ...] = ()

    @property
    def cost(self) -> float:
        """Machines, material and crews together."""
        return self.total.cost + sum(one.cost for one in self.crews)


def storm_costs(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    days: Sequence[VehicleDay],
    period: Period,
) -> StormCosts:
    """Return the costs of a storm until now; `days` are the vehicles' logs of its time.

    An own truck is paid for its hours of service, a hired one from its arrival to its release.
    Districts share a truck's money as they share its work, and material as it was spread there.
    """
    trucks = truck_costs(tx, storm, policy, days, period)
    owners: dict[str, list[MachineCost]] = defaultdict(list)
    for truck in trucks:
        owners[owner_of(truck.vehicle)].append(truck.cost)
    return StormCosts(
        currency=policy.costs.currency,
        total=together("", (truck.cost for truck in trucks)),
        trucks=trucks,
        owners=tuple(together(name, costs) for name, costs in sorted(owners.items())),
        districts=tuple(_districts(tx, storm, network, trucks)),
        crews=crew_costs(tx, storm.id, period.until),
    )


def truck_costs(
    tx: Tx, storm: Storm, policy: Policy, days: Sequence[VehicleDay], period: Period
) -> tuple[TruckCost, ...]:
    """Return the costs of each machine, those without any positions last."""
    calls = list_call_outs(tx, storm.id)
    vehicles = {vehicle.id: vehicle for vehicle in list_vehicles(tx)}
    vehicles |= {day.vehicle.id: day.vehicle for day in days}
    tracked_h = {
        one.id: _seen_h(day, one, period)
        for day in days
        for one in calls
        if one.vehicle_id == day.vehicle.id
    }
    came = hires(calls, vehicles, tracked_h, period.until)
    return tuple(
        _truck(day, tuple(one for one in came if one.vehicle.id == day.vehicle.id), policy)
        for day in days
    ) + tuple(_unseen(came, {day.vehicle.id for day in days}))


def owner_of(vehicle: Vehicle) -> str:
    """Return the payee of a machine: a contractor by name, else the kind of owner."""
    return vehicle.company or vehicle.owner


def _seen_h(day: VehicleDay, one: CallOut, period: Period) -> float:
    if one.arrived_at is None or one.state in {CallOutState.DECLINED, CallOutState.CANCELLED}:
        return 0.0
    until = one.released_at or period.until
    return duty_of(day.log.entries, one.arrived_at, until).service_s / HOUR_S


def _truck(day: VehicleDay, came: tuple[Hire, ...], policy: Policy) -> TruckCost:
    sums, vehicle = day.log.figures.sums, day.vehicle
    service_h = sum(one.duty.service_s for one in day.shifts) / HOUR_S
    paid_h = sum(one.hours_h for one in came) if came else service_h
    spent = sum(one.cost for one in came) if came else service_h * vehicle.rate_h
    material = material_kg(sums, policy)
    cost = MachineCost(
        vehicle.name,
        paid_h=paid_h,
        drive_h=sums.drive_s / HOUR_S,
        work_h=sums.work_s / HOUR_S,
        moved_m=sums.moved_m,
        work_m=sums.work_m,
        material_kg=material,
        machines_cost=spent,
        material_cost=policy.costs.of_material(material),
    )
    return TruckCost(vehicle, cost, came)


def _unseen(came: Iterable[Hire], known: Collection[VehicleId]) -> Iterator[TruckCost]:
    """Yield hired machines without any positions."""
    by_vehicle: dict[VehicleId, list[Hire]] = defaultdict(list)
    for one in came:
        if one.vehicle.id not in known:
            by_vehicle[one.vehicle.id].append(one)
    for mine in by_vehicle.values():
        vehicle = mine[0].vehicle
        paid_h, spent = sum(one.hours_h for one in mine), sum(one.cost for one in mine)
        yield TruckCost(
            vehicle, MachineCost(vehicle.name, paid_h, machines_cost=spent), tuple(mine)
        )


def together(name: str, costs: Iterable[MachineCost]) -> MachineCost:
    """Return the sum of some costs under a name."""
    listed = list(costs)
    return MachineCost(
        name,
        paid_h=sum(one.paid_h for one in listed),
        drive_h=sum(one.drive_h for one in listed),
        work_h=sum(one.work_h for one in listed),
        moved_m=sum(one.moved_m for one in listed),
        work_m=sum(one.work_m for one in listed),
        material_kg=added(one.material_kg for one in listed),
        machines_cost=sum(one.machines_cost for one in listed),
        material_cost=sum(one.material_cost for one in listed),
    )


@dataclass(slots=True)
class _Share:
    """What passes show of one truck in one district."""

    work_m: float = 0.0
    work_s: float = 0.0
    salt_m: float = 0.0


def _districts(
    tx: Tx, storm: Storm, network: StreetNetwork, trucks: Iterable[TruckCost]
) -> Iterator[MachineCost]:
    """Yield the costs of each district, those without a name last."""
    shares = _shares(tx, storm, network)
    found: dict[str, list[MachineCost]] = defaultdict(list)
    for truck in trucks:
        mine = shares.get(truck.vehicle.id, {})
        for district, cost in _shared_out(truck.cost, mine):
            found[district].append(cost)
    for district in sorted(found, key=lambda name: (not name, name)):
        yield together(district, found[district])


def _shares(tx: Tx, storm: Storm, network: StreetNetwork) -> dict[VehicleId, dict[str, _Share]]:
    shares: dict[VehicleId, dict[str, _Share]] = defaultdict(lambda: defaultdict(_Share))
    for worked in list_worked(tx, storm.id):
        segment = network.find(worked.segment_id)
        share = shares[worked.vehicle_id][segment.district if segment else ""]
        share.work_m += worked.length_m
        share.work_s += worked.seconds
        share.salt_m += worked.length_m if worked.treatment is Treatment.SALT else 0.0
    return shares


def _shared_out(
    cost: MachineCost, shares: Mapping[str, _Share]
) -> Iterator[tuple[str, MachineCost]]:
    """Yield a truck's costs by district: by seconds of work there, salt by metres."""
    if not shares:
        yield "", cost
        return
    whole_s = sum(share.work_s for share in shares.values())
    salt_m = sum(share.salt_m for share in shares.values())
    for district, share in shares.items():
        part = share.work_s / whole_s if whole_s else 1 / len(shares)
        salted = share.salt_m / salt_m if salt_m else part
        yield (
            district,
            MachineCost(
                district,
                paid_h=cost.paid_h * part,
                drive_h=cost.drive_h * part,
                work_h=cost.work_h * part,
                moved_m=cost.moved_m * part,
                work_m=share.work_m,
                material_kg={name: kg * salted for name, kg in cost.material_kg.items()},
                machines_cost=cost.machines_cost * part,
                material_cost=cost.material_cost * salted,
            ),
        )
