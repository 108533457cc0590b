"""Rests of drivers: who rests now, who should soon, and who has worked too long without one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from data.model import AlertKind, Shift, StormId, VehicleId
from data.policy.hours_rules import HoursRules
from data.store.database.engine import Tx
from data.store.shifts.driver_rests import list_rests_of_storm
from fleet.alerts.alert_conditions import Sign
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.service_hours import service_hours
from fleet.shifts.shift_handover import is_begun


def resting_until(
    tx: Tx, storm_id: StormId, shifts: Iterable[Shift], rules: HoursRules
) -> dict[VehicleId, datetime]:
    """Return until when at least the drivers rest that told so."""
    rests = list_rests_of_storm(tx, storm_id)
    return {
        shift.vehicle_id: one.begun_at + rules.rest
        for shift in shifts
        for one in rests.get(shift.id, ())
        if one.ended_at is None
    }


def rests_due(
    tx: Tx, memory: LogMemory, shifts: Iterable[Shift], rules: HoursRules, now: datetime
) -> dict[VehicleId, datetime]:
    """Return when a rest is due of the drivers on the road to whom that is near or past."""
    driven = [shift for shift in shifts if is_begun(shift, now)]
    hours = ((shift, service_hours(tx, memory, shift, rules, now)) for shift in driven)
    return {
        shift.vehicle_id: _in_steps(one.rest_due_at) for shift, one in hours if one.is_near(now)
    }


def rest_signs(
    due: Mapping[VehicleId, datetime], rules: HoursRules, now: datetime
) -> Iterator[Sign]:
    """Yield the drivers who have worked longer without a rest than the city allows."""
    hours = rules.without_rest / timedelta(hours=1)
    for vehicle_id, at in due.items():
        if at <= now:
            yield Sign(AlertKind.REST_DUE, vehicle_id, at, facts={"hours": hours})


def _in_steps(moment: datetime) -> datetime:
    """Return the last five minutes before a moment, so that pages keep still."""
    past = timedelta(minutes=moment.minute % 5, seconds=moment.second)
    return moment - past - timedelta(microseconds=moment.microsecond)
