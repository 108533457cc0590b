"""Which of a truck's shifts counts: the one that is now, else the next one, else the last."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from data.model import Shift, ShiftState
from fleet.shifts.shift_handover import current_shift
from tests import village as v

HOUR = timedelta(hours=1)
PLANNED, DRIVING, ENDED, CANCELLED = ShiftState


def a_turn(number: int, start_h: float, end_h: float, state: ShiftState = PLANNED) -> Shift:
    hours = {"starts_at": v.NOW + start_h * HOUR, "ends_at": v.NOW + end_h * HOUR}
    return v.a_shift(number, state=state, **hours)


@pytest.mark.parametrize(
    ("shifts", "expected"),
    [
        ([a_turn(1, -9, -1), a_turn(2, 3, 9)], 2),  # planned and never begun, and the next
        ([a_turn(1, -9, -1), a_turn(2, -1, 7), a_turn(3, 7, 15)], 2),
        ([a_turn(1, -20, -12), a_turn(2, -9, -1)], 2),  # of two that nobody began, the last
        ([a_turn(1, -20, -12), a_turn(2, -9, -1, ENDED)], 2),
        ([a_turn(1, -9, -0.5, DRIVING), a_turn(2, -0.5, 7)], 1),  # still on the road
        ([a_turn(1, -9, -3, DRIVING), a_turn(2, -3, 5)], 2),  # the last tap was forgotten
        ([a_turn(1, -3, 5), a_turn(2, -4, 2, DRIVING)], 2),
        ([a_turn(1, 3, 11), a_turn(2, 1, 3)], 2),
        ([a_turn(1, -9, -1, ENDED), a_turn(2, 2, 9, CANCELLED)], 1),
        ([a_turn(1, 2, 9, CANCELLED)], 1),
    ],
)
def test_the_shift_that_is_now_counts_else_the_next_else_the_last(
    shifts: Sequence[Shift], expected: int
) -> None:
    for several in (shifts, list(reversed(shifts))):
        current = current_shift(several, v.NOW)
        assert current is not None
        assert current.id == expected
