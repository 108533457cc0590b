"""What a plan may be asked for: districts that there are, machines that are in service."""

from datetime import datetime

from data.errors import InvalidError, Need
from data.model import PlanOptions, Shift, ShiftState, StormId
from data.store.database.engine import Tx
from data.store.shifts.shifts import list_shifts
from data.store.streets.districts import list_districts


def check_options(tx: Tx, storm_id: StormId, options: PlanOptions, now: datetime) -> None:
    """Raise `InvalidError` for a district or machine that there is not, for the first of them."""
    known = {district.name for district in list_districts(tx)}
    for name in options.districts:
        if name not in known:
            raise InvalidError("districts", name, Need("a district of the city"))
    serving = {shift.vehicle_id for shift in list_shifts(tx, storm_id) if in_service(shift, now)}
    for vehicle in options.vehicles:
        if vehicle not in serving:
            raise InvalidError("vehicles", vehicle, Need("a machine whose shift is not over"))


def in_service(shift: Shift, now: datetime) -> bool:
    """Whether a shift still has time."""
    return shift.state is not ShiftState.ENDED and shift.ends_at > now
