"""Options of a plan: classes and districts that exist, machines that are in service."""

from datetime import datetime
from typing import NamedTuple

from data.errors import InvalidError, Need
from data.model import (
    District,
    Job,
    JobState,
    Plan,
    PlanOptions,
    Shift,
    Storm,
    StormId,
    Vehicle,
)
from data.store.database.engine import Tx
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_policies import get_storm_policy
from data.store.streets.districts import list_districts
from data.store.work import list_jobs


class PlanScopeChoices(NamedTuple):
    """What a plan may be narrowed to: open jobs, districts, shifts with time left, machines."""

    jobs: list[Job]
    districts: list[District]
    shifts: list[Shift]
    machines: list[Vehicle]


def check_options(tx: Tx, storm_id: StormId, options: PlanOptions, now: datetime) -> None:
    """Raise `InvalidError` for the first class, district or machine that does not exist."""
    classes = get_storm_policy(tx, storm_id).rules
    for service_class in options.classes:
        if service_class not in classes:
            raise InvalidError(
                "classes", service_class, Need("a class of the storm's level of service")
            )
    known = {district.name for district in list_districts(tx)}
    for name in options.districts:
        if name not in known:
            raise InvalidError("districts", name, Need("a district of the city"))
    serving = {shift.vehicle_id for shift in shifts_in_service(tx, storm_id, now)}
    for vehicle in options.vehicles:
        if vehicle not in serving:
            raise InvalidError("vehicles", vehicle, Need("a machine whose shift is not over"))


def shifts_in_service(tx: Tx, storm_id: StormId, now: datetime) -> list[Shift]:
    """Return the shifts of a storm that still have time left."""
    return [shift for shift in list_shifts(tx, storm_id) if in_service(shift, now)]


def plan_scope_choices(tx: Tx, storm: Storm | None, now: datetime) -> PlanScopeChoices:
    """Return what a plan may be narrowed to; only the fleet and the districts without a storm."""
    return PlanScopeChoices(
        list_jobs(tx, storm.id, JobState.OPEN) if storm else [],
        list_districts(tx),
        shifts_in_service(tx, storm.id, now) if storm else [],
        list_vehicles(tx),
    )


def shifts_until(tx: Tx, plan: Plan) -> datetime | None:
    """Return when the last shift of a plan's machines ends; `None` where it has none."""
    mine = {route.shift_id for route in plan.routes}
    ends = (one.ends_at for one in list_shifts(tx, plan.storm_id) if one.id in mine)
    return max(ends, default=None)


def in_service(shift: Shift, now: datetime) -> bool:
    """Whether a shift still has time left."""
    return not shift.over and shift.ends_at > now
