"""Hours of service: what was seen of a machine, and what its driver told of rests."""

from datetime import datetime, timedelta

import pytest

from data.model.roster import DriverRest
from data.policy.hours_rules import HoursRules
from fleet.logbook.service_hours import ServiceHours, hours_by_now
from fleet.logbook.trips import Doing, Entry, duty_of
from fleet.work.totals import Sums
from tests import village as v

RULES = HoursRules()
HOUR = timedelta(hours=1)
HERE = v.at_m(0, 0)
SHIFT = v.a_shift()


def entries(*parts: tuple[Doing, float]) -> list[Entry]:
    """Return a log of consecutive lines from the start of the shift, each of so many hours."""
    at, found = SHIFT.starts_at, []
    for doing, hours in parts:
        found.append(Entry(doing, at, at + hours * HOUR, HERE, HERE, Sums()))
        at += hours * HOUR
    return found


def a_rest(begins_h: float, ends_h: float | None) -> DriverRest:
    begins = SHIFT.starts_at + begins_h * HOUR
    return DriverRest(SHIFT.id, begins, None if ends_h is None else SHIFT.starts_at + ends_h * HOUR)


def hours(log: list[Entry], *rests: DriverRest, at_h: float) -> ServiceHours:
    return hours_by_now(log, rests, SHIFT, RULES, moment(at_h))


def moment(hours_h: float) -> datetime:
    return SHIFT.starts_at + hours_h * HOUR


def test_a_rest_is_due_after_so_much_work_without_one() -> None:
    log = entries((Doing.WORK, 2), (Doing.STOP, 0.25), (Doing.DRIVE, 1.75))
    now = hours(log, at_h=4)
    assert now.rest_due_at == moment(4.5)
    late = hours(entries((Doing.WORK, 4.6), (Doing.STOP, 0.3)), at_h=4.9)
    assert late.rest_due_at == hours(log, at_h=5).rest_due_at == moment(4.5)  # one time, once told


def test_a_stand_that_is_long_enough_counts_from_its_end() -> None:
    log = entries((Doing.WORK, 2), (Doing.STOP, 0.5), (Doing.WORK, 1))
    assert hours(log, at_h=3.5).rest_due_at == moment(7)
    resting = entries((Doing.WORK, 2), (Doing.STOP, 0.5))
    assert hours(resting, at_h=2.5).rest_due_at == moment(7)


def test_loading_is_no_rest_unless_the_driver_says_so() -> None:
    log = entries((Doing.WORK, 2), (Doing.RELOAD, 1), (Doing.WORK, 1))
    assert hours(log, at_h=4).rest_due_at == moment(4.5)
    assert hours(log, a_rest(2.25, 2.75), at_h=4).rest_due_at == moment(7.25)


def test_who_drives_while_he_says_that_he_rests_does_not_rest() -> None:
    log = entries((Doing.WORK, 4))
    assert hours(log, a_rest(2, 3), at_h=4).rest_due_at == moment(4.5)


def test_a_rest_that_goes_on_says_until_when() -> None:
    log = entries((Doing.WORK, 4), (Doing.STOP, 0.1))
    now = hours(log, a_rest(4, None), at_h=4.1)
    assert now.resting_until == moment(4.5)


def test_without_a_tracker_the_clock_and_taps_count() -> None:
    assert hours([], at_h=4).rest_due_at == moment(4.5)
    assert hours([], a_rest(1, 1.5), at_h=4).rest_due_at == moment(6)
    assert hours([], a_rest(1, 1.1), at_h=4).rest_due_at == moment(4.5)


def test_the_day_of_a_vehicle_counts_the_same_breaks() -> None:
    log = entries((Doing.WORK, 2), (Doing.RELOAD, 1), (Doing.WORK, 1))
    told = [(moment(2.25), moment(2.75))]
    duty = duty_of(log, SHIFT.starts_at, SHIFT.ends_at, told, RULES.rest)
    assert duty.break_s == pytest.approx(1800)
    assert duty.service_s == pytest.approx(3.5 * 3600)
