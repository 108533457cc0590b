"""The words of the roster for what was seen of a shift."""

from datetime import timedelta

import pytest

from data.model import MachineOut, OutReason, ShiftState, VehicleId
from maps.pages.i18n import translator
from maps.shifts.roster import RosterRecords, roster_rows, span_of
from tests import village as v

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
