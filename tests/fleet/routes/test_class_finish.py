"""When trucks clear the last street of a class, and until when they come at all."""

from dataclasses import replace
from datetime import timedelta

from data.model import ShiftId, ShiftState, VehicleId
from fleet.routes.class_finish import last_ends
from tests import village as v

HOUR = timedelta(hours=1)


def test_nobody_comes_in_a_cancelled_shift() -> None:
    present = v.a_shift(1, ends_at=v.NOW + HOUR)
    later = replace(present, id=ShiftId(2), ends_at=v.NOW + 9 * HOUR)
    assert last_ends([present, later]) == {VehicleId(1): v.NOW + 9 * HOUR}
    cancelled = replace(later, state=ShiftState.CANCELLED)
    assert last_ends([present, cancelled]) == {VehicleId(1): v.NOW + HOUR}
