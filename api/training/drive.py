"""The controls of a simulated truck, for the driver who sits in it."""

from dataclasses import dataclass

from fastapi import APIRouter

from api.web.checked_route import CheckedRoute
from api.web.context import Context, DriverContext
from api.web.schemas import Wire
from data.errors import NotFoundError
from data.model import Role, VehicleId
from data.store.database.engine import Tx
from fleet.shifts.shift_handover import find_current_shift_of_driver
from fleet.simulation.truck_path import Controls
from fleet.training.rehearsal import known_training
from fleet.training.seats import drive_truck, drivers_seat, leave_seat, take_seat

router = APIRouter(route_class=CheckedRoute)


@dataclass(frozen=True, slots=True)
class ControlsView:
    """The simulated truck of a driver: whether he drives it himself, goes, and has its blade down.

    `blade` is left to the simulation while nobody drives.
    """

    seated: bool
    going: bool
    blade: bool


class ControlsIn(Wire):
    """What a driver does with the truck."""

    going: bool
    blade: bool


@router.get("/api/training/drive")
def get_controls(context: DriverContext) -> ControlsView:
    """Return what the reader does with his simulated truck."""
    with context.reading() as tx:
        known_training(tx)
        return _controls(tx, context)


@router.post("/api/training/drive")
def drive(wanted: ControlsIn, context: DriverContext) -> ControlsView:
    """Go, stop, lower or lift the blade; who has not taken a seat takes that of his shift."""
    with context.writing() as tx:
        known_training(tx)
        if drivers_seat(tx, context.user) is None:
            vehicle_id = _vehicle(tx, context)
            take_seat(tx, context.actor, context.user, Role.DRIVER, vehicle_id, context.now)
        drive_truck(tx, context.user, Controls(going=wanted.going, blade=wanted.blade))
        return _controls(tx, context)


@router.post("/api/training/drive/leave")
def leave_truck(context: DriverContext) -> ControlsView:
    """Let the truck drive itself again."""
    with context.writing() as tx:
        known_training(tx)
        leave_seat(tx, context.actor, context.user, Role.DRIVER, context.now)
        return _controls(tx, context)


def _vehicle(tx: Tx, context: Context) -> VehicleId:
    shift = find_current_shift_of_driver(tx, context.user.id, context.now)
    if shift is None:
        raise NotFoundError("shift", context.user.login)
    return shift.vehicle_id


def _controls(tx: Tx, context: Context) -> ControlsView:
    seat = drivers_seat(tx, context.user)
    if seat is None:
        return ControlsView(seated=False, going=True, blade=False)
    return ControlsView(seated=True, going=seat.going, blade=seat.blade)
