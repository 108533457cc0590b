"""Consecutive shifts of a vehicle or a driver: which one is current."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.model import Shift, ShiftId, ShiftState, Storm, StormId, UserId, VehicleId
from data.store.database.engine import Tx
from data.store.shifts.shifts import get_shift, list_shifts, list_shifts_of_driver

OVERTIME = timedelta(hours=2)
"""A driver may be on the road so long after the end; later, the tap that ends the shift was
forgotten."""


def current_shift(shifts: Iterable[Shift], now: datetime) -> Shift | None:
    """Return the current shift: the one that is now, else the next one, else the last that ended.

    This is the only rule for it: boards, lists, codes, the phone and route sheets follow it.
    """
    return min(shifts, key=lambda one: _rank(one, now), default=None)


def current_shift_by_vehicle(shifts: Iterable[Shift], now: datetime) -> dict[VehicleId, Shift]:
    """Return the current shift of each vehicle."""
    mine: dict[VehicleId, list[Shift]] = {}
    for shift in shifts:
        mine.setdefault(shift.vehicle_id, []).append(shift)
    return {vehicle: min(each, key=lambda one: _rank(one, now)) for vehicle, each in mine.items()}


def find_current_shift_of_driver(tx: Tx, driver_id: UserId, now: datetime) -> Shift | None:
    """Return the current shift of a driver."""
    return current_shift(list_shifts_of_driver(tx, driver_id), now)


def overlap(one: Shift, other: Shift) -> bool:
    """Whether two shifts overlap in time."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def is_past(shift: Shift, now: datetime) -> bool:
    """Whether a shift is over by a driver's tap, by an order or by the clock.

    A driver on the road may be late for the end by `OVERTIME`.
    """
    if shift.over:
        return True
    late = OVERTIME if shift.state is ShiftState.DRIVING else timedelta(0)
    return shift.ends_at + late <= now


def _rank(shift: Shift, now: datetime) -> tuple[int, float, int]:
    start_s = shift.starts_at.timestamp()
    if shift.state is ShiftState.CANCELLED:
        return 4, -start_s, -shift.id
    if is_past(shift, now):
        return 3, -start_s, -shift.id
    if shift.state is ShiftState.DRIVING:
        return 0, start_s, shift.id
    return 1 if shift.starts_at <= now else 2, start_s, shift.id


def known_shift(tx: Tx, shift_id: ShiftId) -> Shift:
    """Return a shift; raise `NotFoundError`."""
    return get_shift(tx, shift_id)


def shifts_by_id(tx: Tx, storm_id: StormId) -> dict[ShiftId, Shift]:
    """Return all shifts of a storm."""
    return {shift.id: shift for shift in list_shifts(tx, storm_id)}


def find_current_shift_of_machine(
    tx: Tx, storm: Storm | None, vehicle_id: VehicleId, now: datetime
) -> Shift | None:
    """Return the current shift of a machine; `None` without a storm."""
    shifts = list_shifts(tx, storm.id) if storm else []
    return current_shift((one for one in shifts if one.vehicle_id == vehicle_id), now)


def find_current_shifts(tx: Tx, storm: Storm | None, now: datetime) -> dict[VehicleId, Shift]:
    """Return the current shifts of all machines that have one; none without a storm."""
    return current_shift_by_vehicle(list_shifts(tx, storm.id) if storm else (), now)


def begun_machines(tx: Tx, storm_id: StormId, now: datetime) -> set[VehicleId]:
    """Return the machines whose drivers have begun a shift that they have to end."""
    shifts = list_shifts(tx, storm_id)
    return {one.vehicle_id for one in shifts if is_begun(one, now)}


def is_begun(shift: Shift, now: datetime) -> bool:
    """Whether its driver has begun a shift and has to end it; not long after its hours."""
    return shift.state is ShiftState.DRIVING and not is_past(shift, now)
