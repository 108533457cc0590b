"""Hours of drivers: who rests now or should soon, who has worked too long, and whose shift ends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.model import AlertKind, Shift, ShiftId, StormId, VehicleId
from data.policy.alert_rules import AlertRules
from data.policy.hours_rules import HoursRules
from data.store.database.engine import Tx
from data.store.shifts.driver_rests import list_rests_of_storm
from fleet.alerts.alert_conditions import Sign, TruckNow
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.service_hours import SOON, service_hours
from fleet.routes.route_compliance import hours_left
from fleet.shifts.shift_handover import is_begun

EVERY = timedelta(minutes=1)
"""How often the hours of a driver are counted anew who is to rest soon."""

SELDOM = timedelta(minutes=15)
"""And those of the others."""


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


@dataclass(slots=True)
class RestClock:
    """When rests are due; a driver's hours are counted anew each minute only where that is near.

    Who drives on is due when he was before, who rests is later: positions that come late may bring
    it nearer, so that all are counted again from time to time.
    """

    _memory: LogMemory = field(default_factory=LogMemory)
    _known: dict[ShiftId, tuple[datetime, datetime]] = field(default_factory=dict)

    def near(
        self, tx: Tx, shifts: Iterable[Shift], rules: HoursRules, now: datetime
    ) -> dict[VehicleId, datetime]:
        """Return when a rest is due of the drivers on the road to whom that is near or past."""
        driven = [shift for shift in shifts if is_begun(shift, now)]
        due = {shift.vehicle_id: self._due(tx, shift, rules, now) for shift in driven}
        return {vehicle: _whole_minute(at) for vehicle, at in due.items() if at <= now + SOON}

    def _due(self, tx: Tx, shift: Shift, rules: HoursRules, now: datetime) -> datetime:
        counted_at, due_at = self._known.get(shift.id, (None, now))
        every = EVERY if due_at <= now + SOON else SELDOM
        if counted_at is None or not now - every < counted_at <= now:
            due_at = service_hours(tx, self._memory, shift, rules, now).rest_due_at
            self._known[shift.id] = now, due_at
        return due_at


def rest_signs(
    due: Mapping[VehicleId, datetime], rules: HoursRules, now: datetime
) -> Iterator[Sign]:
    """Yield the drivers who have worked longer without a rest than the city allows."""
    hours = rules.without_rest / timedelta(hours=1)
    for vehicle_id, at in due.items():
        if at <= now:
            yield Sign(AlertKind.REST_DUE, vehicle_id, at, facts={"hours": hours})


def _whole_minute(moment: datetime) -> datetime:
    """Return a moment, or the next whole minute, so that pages keep still."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def hours_signs(trucks: Iterable[TruckNow], rules: AlertRules, now: datetime) -> Iterator[Sign]:
    """Yield shifts that end before their work does, or are over while the truck still drives.

    Who was called back to the yard is to leave work undone.
    """
    for truck in trucks:
        if not truck.driving or truck.shift_ends_at is None:
            continue
        left = hours_left(truck.check, truck.shift_ends_at, rules, now)
        if left is not None and not (truck.called_back and now < truck.shift_ends_at):
            facts = {"left_min": left / timedelta(minutes=1)}
            place = truck.seen.location if truck.seen else None
            yield Sign(AlertKind.HOURS, truck.vehicle_id, now, place, facts)
