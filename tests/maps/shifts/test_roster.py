"""The words of the roster for what was seen of a shift."""

from datetime import timedelta

import pytest

from data.model import MachineOut, OutReason, Role, ShiftState, User, UserId, VehicleId
from fleet.shifts.roster import roster_conflicts
from maps.pages.i18n import translator
from maps.shifts.roster import RosterRecords, misfit_text, roster_rows, span_of
from tests import village as v
from tests.village_database import POLICY

FIVE_HOURS = timedelta(hours=5)
BROKEN = MachineOut(VehicleId(1), OutReason.BROKEN, "", v.NOW, "leila")


@pytest.mark.parametrize(
    ("state", "after", "out", "late"),
    [
        (ShiftState.PLANNED, FIVE_HOURS, {}, True),
        (ShiftState.PLANNED, timedelta(minutes=5), {}, False),
        (ShiftState.PLANNED, FIVE_HOURS, {VehicleId(1): BROKEN}, False),
        (ShiftState.DRIVING, FIVE_HOURS, {}, False),
    ],
)
def test_a_shift_of_which_nothing_was_seen_is_late_and_says_since_when(state, after, out, late):
    t, shift, now = translator("en"), v.a_shift(), v.NOW + after
    known = RosterRecords({}, out, (), {}, {shift.id: state}, ())
    span = span_of([shift], now, t.timezone)
    (row,) = roster_rows([v.a_vehicle(1)], [shift], known, span, now, t)
    (bar,) = row.bars
    assert bar.late is late
    wanted = f"Late: should have started at {t.time(shift.starts_at)}"
    assert (bar.state_word == wanted) is late


@pytest.mark.parametrize(("after_h", "language"), [(4, "en"), (10, "en"), (10, "fa"), (10, "az")])
def test_two_shifts_of_one_machine_are_told_of_in_a_sentence_that_names_it_once(after_h, language):
    driver = User(UserId(5), "sara", (Role.DRIVER,), "en", "!")
    first = v.a_shift(1, driver_id=driver.id)
    later = first.starts_at + timedelta(hours=after_h)
    second = v.a_shift(2, driver_id=driver.id, starts_at=later, ends_at=later + timedelta(hours=3))
    found = roster_conflicts([first, second], {driver.id: driver}, POLICY.hours)
    names = {first.vehicle_id: "Truck 1"}
    (told,) = [misfit_text(one, names, translator(language)) for one in found]
    assert told.count("Truck 1") == 1
