"""When the machines of a storm were to keep to which routes, from what was stored of it."""

from datetime import timedelta

import pytest

from data.model import LegKind, ShiftId, VehicleId
from data.model.work import SkipReason
from data.store.audit.audit_log import add_event
from fleet.learning.deviations.storm_routes import driven_routes
from fleet.shifts.fleet_orders import FleetOrder, FleetOrderKind, order_shifts
from fleet.shifts.shift_progress import Legs, end_shift, skip_legs, start_shift
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city
from tests.village_plan import a_leg, add_published_plan

SHIFT, TRUCK = ShiftId(1), VehicleId(1)


def after(minutes: int):
    return v.NOW + timedelta(minutes=minutes)


@pytest.fixture
def storm(tx):
    return start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)


@pytest.fixture
def plan(tx, storm):
    plan = add_published_plan(tx, a_leg(LegKind.DRIVE, v.MAIN_WEST), a_leg(segment_id=v.MILL))
    add_event(tx, v.NOW, DISPATCHER, "plan.published", f"plan:{plan.id}")
    start_shift(tx, DISPATCHER, SHIFT, v.NOW)
    return plan


def test_a_route_is_to_be_driven_until_the_shift_really_ends(tx, storm, plan):
    end_shift(tx, DISPATCHER, SHIFT, after(20))
    led = driven_routes(tx, storm)
    assert led.at(TRUCK, after(-1)) is None
    assert led.at(TRUCK, after(19)).route == plan.routes[0]
    assert led.at(TRUCK, after(21)) is None


def test_who_is_called_back_keeps_to_no_route_until_there_are_hours_again(tx, storm, plan):
    home = FleetOrder(FleetOrderKind.RECALL)
    order_shifts(a_city(tx, after(10)), DISPATCHER, storm.id, [TRUCK], home)
    more = FleetOrder(FleetOrderKind.EXTEND, more=timedelta(hours=2))
    order_shifts(a_city(tx, after(20)), DISPATCHER, storm.id, [TRUCK], more)
    led = driven_routes(tx, storm)
    held = [led.at(TRUCK, after(each)) is not None for each in (9, 11, 19, 21)]
    assert held == [True, False, False, True]


def test_what_was_left_out_is_known_with_its_route(tx, storm, plan):
    skip_legs(tx, DISPATCHER, Legs(plan.id, SHIFT, 1, 1), SkipReason.PARKED_CARS, after(5))
    (order,) = driven_routes(tx, storm).routes[TRUCK]
    assert (order.since, order.skipped) == (v.NOW, {1})
