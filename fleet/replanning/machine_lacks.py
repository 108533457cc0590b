"""Why no machine can do urgent work: which ones were looked at, and what each lacks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model import (
    AlertKind,
    Job,
    MachineOut,
    OutReason,
    Segment,
    Shift,
    Storm,
    Vehicle,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.planning.standing_orders import list_orders
from data.store.setup.machines import list_vehicles
from data.streets.network import StreetNetwork
from fleet.coverage.street_coverage import wanted_directions
from fleet.planning.plan_options import shifts_in_service
from fleet.planning.standing_orders import OrderIndex, orders_from, with_limits
from fleet.replanning.insertion_limits import machines_with_alerts
from fleet.shifts.shift_handover import current_shift_by_vehicle
from fleet.storms.machines_in_service import machines_taken_out
from fleet.streets.machine_limits import way_limits
from fleet.work.left_undone import fits


class MachineLack(StrEnum):
    """What a machine lacks for urgent work."""

    TIME = "time"
    ALERT = "alert"
    FORBIDDEN = "forbidden"
    FULL = "full"
    WIDTH = "width"
    EQUIPMENT = "equipment"
    OFF_DUTY = "off_duty"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class LackingMachine:
    """A machine that cannot do urgent work, and why.

    Attributes
    ----------
    until
        When its shift ends.
    out
        Why it is out of service.
    alert
        Its open alert for which it is not sent.
    needed_m, width_m
        Width that it needs, and that of the street.
    """

    vehicle: Vehicle
    lack: MachineLack
    until: datetime | None = None
    out: OutReason | None = None
    alert: AlertKind | None = None
    needed_m: float = 0.0
    width_m: float = 0.0


def machine_lacks(
    tx: Tx, storm: Storm, job: Job, network: StreetNetwork, now: datetime
) -> list[LackingMachine]:
    """Return what each machine of the city lacks for a job that none can do; the ablest first."""
    vehicles = list_vehicles(tx)
    return lacks_of(
        vehicles,
        current_shift_by_vehicle(shifts_in_service(tx, storm.id, now), now),
        (machines_taken_out(tx, storm), machines_with_alerts(tx, storm.id)),
        with_limits(orders_from(list_orders(tx, storm.id)), way_limits(tx, now), vehicles),
        (job, network.segment(job.segment_id)),
    )


def lacks_of(
    vehicles: Iterable[Vehicle],
    shifts: Mapping[VehicleId, Shift],
    missing: tuple[Mapping[VehicleId, MachineOut], Mapping[VehicleId, AlertKind]],
    orders: OrderIndex,
    work: tuple[Job, Segment],
) -> list[LackingMachine]:
    """Return what each machine lacks for work on a street, pure.

    `shifts` are the present ones of machines on duty; `missing` are machines out of service, and
    those that are not sent for an alert. Who lacks nothing else has no time in its
    shift: the optimizer has tried.
    """
    order = list(MachineLack)
    found = [_lack(vehicle, shifts.get(vehicle.id), missing, orders, work) for vehicle in vehicles]
    return sorted(found, key=lambda one: (order.index(one.lack), one.vehicle.id))


def _lack(
    vehicle: Vehicle,
    shift: Shift | None,
    missing: tuple[Mapping[VehicleId, MachineOut], Mapping[VehicleId, AlertKind]],
    orders: OrderIndex,
    work: tuple[Job, Segment],
) -> LackingMachine:
    (job, segment), (out, alerts) = work, missing
    if vehicle.id in out:
        return LackingMachine(vehicle, MachineLack.OUT, out=out[vehicle.id].reason)
    if shift is None:
        return LackingMachine(vehicle, MachineLack.OFF_DUTY)
    if job.treatment not in vehicle.capabilities:
        return LackingMachine(vehicle, MachineLack.EQUIPMENT)
    if not fits(vehicle, segment):
        widths_m = vehicle.min_street_m, segment.width_m
        return LackingMachine(vehicle, MachineLack.WIDTH, None, None, None, *widths_m)
    if not orders.allows_some(vehicle.id, wanted_directions(job, segment)):
        return LackingMachine(vehicle, MachineLack.FORBIDDEN)
    if vehicle.id in alerts:
        return LackingMachine(vehicle, MachineLack.ALERT, alert=alerts[vehicle.id])
    lack = MachineLack.FULL if vehicle.id in orders.fixed else MachineLack.TIME
    return LackingMachine(vehicle, lack, until=shift.ends_at)
