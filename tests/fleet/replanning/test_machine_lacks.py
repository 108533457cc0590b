from dataclasses import replace

import pytest

from data.model import (
    AlertKind,
    DirectedSegment,
    MachineOut,
    OutReason,
    SegmentId,
    Treatment,
    VehicleId,
)
from data.model.machines import WayLimit
from fleet.planning.standing_orders import OrderIndex, with_limits
from fleet.replanning.machine_lacks import MachineLack, lacks_of
from tests import village as v

STREET = v.village().segment(v.MILL)
JOB = v.a_job(1, v.MILL)
NOBODY = OrderIndex()


def lack_of(vehicle, orders=NOBODY, out=None, job=JOB, *, on_duty=True, alerts=None):
    shifts = {vehicle.id: v.a_shift(1, vehicle.id)} if on_duty else {}
    (found,) = lacks_of([vehicle], shifts, (out or {}, alerts or {}), orders, (job, STREET))
    return found


def test_who_lacks_nothing_else_has_no_time_and_its_shift_says_until_when():
    found = lack_of(v.a_vehicle(1))
    assert (found.lack, found.until) == (MachineLack.TIME, v.a_shift(1, 1).ends_at)


def test_a_street_may_be_too_narrow():
    found = lack_of(replace(v.a_vehicle(1), min_street_m=STREET.width_m + 1))
    assert (found.lack, found.needed_m, found.width_m) == (
        MachineLack.WIDTH,
        STREET.width_m + 1,
        STREET.width_m,
    )


@pytest.mark.parametrize(
    ("orders", "lack"),
    [
        (NOBODY.forbidden(VehicleId(1), SegmentId(v.MILL)), MachineLack.FORBIDDEN),
        (NOBODY.locked(VehicleId(2), SegmentId(v.MILL)), MachineLack.FORBIDDEN),
        (NOBODY.locked(VehicleId(1), None), MachineLack.FULL),
    ],
)
def test_orders_of_dispatchers_keep_a_machine_away(orders, lack):
    assert lack_of(v.a_vehicle(1), orders).lack is lack


def test_a_street_that_is_impossible_for_its_type_is_kept_from_a_machine_and_a_turn_is_not():
    street, grader = DirectedSegment(v.MILL, forward=True), replace(v.a_vehicle(1), type="grader")
    limit = WayLimit(frozenset({"grader"}), street)
    back = replace(limit, way=DirectedSegment(v.MILL, forward=False))
    turns = {replace(one, came=DirectedSegment(v.MAIN_WEST, forward=True)) for one in (limit, back)}
    for limits, lack in (
        ({limit, back}, MachineLack.FORBIDDEN),
        ({limit}, MachineLack.TIME),
        (turns, MachineLack.TIME),
    ):
        assert lack_of(grader, with_limits(NOBODY, limits, [grader])).lack is lack
    other = v.a_vehicle(1)
    assert lack_of(other, with_limits(NOBODY, {limit, back}, [other])).lack is MachineLack.TIME


def test_equipment_duty_and_service_come_before_time():
    plow_only = replace(v.a_vehicle(1), capabilities=frozenset({Treatment.PLOW}))
    assert lack_of(plow_only, job=replace(JOB, treatment=Treatment.SALT)).lack is (
        MachineLack.EQUIPMENT
    )
    assert lack_of(v.a_vehicle(1), on_duty=False).lack is MachineLack.OFF_DUTY
    broken = MachineOut(VehicleId(1), OutReason.BROKEN, "", v.NOW, "dispatcher")
    found = lack_of(v.a_vehicle(1), out={VehicleId(1): broken})
    assert (found.lack, found.out) == (MachineLack.OUT, OutReason.BROKEN)


def test_a_machine_that_stands_is_not_sent_and_its_alert_says_why():
    found = lack_of(v.a_vehicle(1), alerts={VehicleId(1): AlertKind.LONG_STOP})
    assert (found.lack, found.alert) == (MachineLack.ALERT, AlertKind.LONG_STOP)
