"""A vehicle's day: checks and rests are those of its shifts, whenever they were told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.model import Storm, VehicleId
from data.model.ids import VehicleCheckId
from data.model.periods import Period, PeriodKind
from data.model.roster import VehicleCheck
from data.store.database.engine import Tx
from data.store.shifts.driver_rests import add_rest, set_rest_ended
from data.store.shifts.shifts import add_shift, list_shifts
from data.store.shifts.vehicle_checks import add_check
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.trips import Doing, Entry, log_of
from fleet.logbook.vehicle_days import VehicleDay, vehicle_days
from fleet.work.totals import Sums
from tests import village as v
from tests.village_database import POLICY

HOUR = timedelta(hours=1)
TRUCK = VehicleId(1)


def at(hours: float) -> datetime:
    return v.NOW + hours * HOUR


def day(tx: Tx, since: datetime, until: datetime) -> VehicleDay:
    period = Period(PeriodKind.SHIFT, since, until)
    (found,) = vehicle_days(tx, LogMemory(), period, POLICY.hours, TRUCK)
    return found


def test_a_check_before_the_shift_is_in_its_own_shift(tx: Tx, storm: Storm) -> None:
    first = next(one for one in list_shifts(tx, storm.id) if one.vehicle_id == TRUCK)
    second = add_shift(tx, replace(first, starts_at=first.ends_at, ends_at=at(16)))
    before = second.starts_at - timedelta(minutes=10)
    add_check(tx, VehicleCheck(VehicleCheckId(0), second.id, TRUCK, before, "sara", 12))
    assert day(tx, first.starts_at, first.ends_at).checks == ()
    (told,) = day(tx, second.starts_at, second.ends_at).checks
    assert told.checked_at == before


def test_a_rest_from_before_the_day_is_a_break_of_it(
    tx: Tx, storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = next(one for one in list_shifts(tx, storm.id) if one.vehicle_id == TRUCK)
    add_rest(tx, shift.id, at(1.75), "sara")
    set_rest_ended(tx, shift.id, at(3))
    here = v.at_m(0, 0)
    lines = tuple(
        Entry(doing, at(begin), at(end), here, here, Sums())
        for doing, begin, end in (
            (Doing.WORK, 2.0, 2.25),
            (Doing.RELOAD, 2.25, 3.0),
            (Doing.WORK, 3.0, 4.0),
        )
    )
    log = replace(log_of((), (), at(2), at(6)), entries=lines)
    monkeypatch.setattr(LogMemory, "logs", lambda *_: {TRUCK: log})
    (hours,) = day(tx, at(2), at(6)).shifts
    assert hours.duty.break_s == pytest.approx(0.75 * 3600)
