"""When trucks clear the last street of a class, and until when they come at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import (
    DirectedSegment,
    Directions,
    JobId,
    SegmentId,
    ServiceClass,
    ShiftId,
    ShiftState,
    Treatment,
    VehicleId,
)
from data.model.machines import WayLimit
from data.store.work import OpenJob
from fleet.alerts.idle_trucks import IdleTrucks, helpers_by_class
from fleet.planning.standing_orders import orders_from, with_limits
from fleet.routes.arrivals import Arrivals, arrivals_of
from fleet.routes.class_finish import class_finishes, last_ends
from fleet.routes.leg_completion import PlanIndex
from fleet.routes.plan_vs_actual import NOT_DONE, LegCheck, LegState, RouteCheck
from tests import village as v
from tests.village_plan import a_leg, a_plan

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
P1 = ServiceClass("P1")
IDLE = IdleTrucks([v.a_vehicle(2)], orders_from([]), 15 * MINUTE)
WORK = [
    OpenJob(
        job_id=JobId(1),
        segment_id=SegmentId(v.MAIN_EAST),
        directions=Directions.BOTH,
        service_class=P1,
        treatment=Treatment.PLOW,
        due_at=v.NOW + HOUR,
    )
]


def one_leg_behind(became: LegCheck, minutes_later: int) -> Arrivals:
    """A plan of two legs; their truck did the second one and has a third, of no job, ahead."""
    legs = (a_leg(segment_id=v.MAIN_EAST), *(a_leg(segment_id=v.ROSE, job_ids=()) for _ in "ab"))
    plan, now = a_plan(*legs), v.NOW + minutes_later * MINUTE
    done = LegCheck(LegState.DONE, v.NOW, VehicleId(1))
    own, other = (
        RouteCheck(
            route.shift_id, route.vehicle_id, found, at, 0 * HOUR, now, now, 1.0, last_at=v.NOW
        )
        for route, found, at in zip(
            plan.routes, ((became, done, NOT_DONE), ()), (2, 0), strict=True
        )
    )
    return arrivals_of(PlanIndex(plan), (own, other), now)


@pytest.mark.parametrize("state", [LegState.TOLD, LegState.UNPROVED])
def test_a_street_driven_in_its_turn_lacks_a_proof_and_no_truck(state: LegState) -> None:
    arrivals = one_leg_behind(LegCheck(state, v.NOW), 60)
    finish = class_finishes(WORK, arrivals, [], v.village())[P1]
    assert (finish.unplanned_m, finish.unproved_m, finish.ends_at) == (0.0, finish.open_m, None)
    assert not helpers_by_class(WORK, arrivals, IDLE, v.village())


@pytest.mark.parametrize(("minutes_later", "lacks_truck"), [(1, False), (20, True)])
def test_a_street_that_a_truck_is_only_just_past_waits_for_evidence(
    minutes_later: int, lacks_truck: bool
) -> None:
    arrivals = one_leg_behind(NOT_DONE, minutes_later)
    finish = class_finishes(WORK, arrivals, [], v.village())[P1]
    assert (finish.unplanned_m > 0, finish.unproved_m > 0) == (lacks_truck, not lacks_truck)
    assert bool(helpers_by_class(WORK, arrivals, IDLE, v.village())) == lacks_truck


@pytest.mark.parametrize(
    ("limited", "wanted", "helps"),
    [
        ((True,), Directions.BOTH, True),
        ((True,), Directions.FORWARD, False),
        ((True,), Directions.BACKWARD, True),
        ((True, False), Directions.BOTH, False),
    ],
)
def test_an_idle_truck_may_help_in_the_direction_that_is_possible_for_it(
    limited: tuple[bool, ...], wanted: Directions, helps: bool
) -> None:
    types = frozenset({IDLE.trucks[0].type})
    limits = [WayLimit(types, DirectedSegment(SegmentId(v.MAIN_EAST), one)) for one in limited]
    idle = replace(IDLE, orders=with_limits(IDLE.orders, limits, IDLE.trucks))
    work = [one._replace(directions=wanted) for one in WORK]
    assert bool(helpers_by_class(work, None, idle, v.village())) == helps


def test_a_street_that_its_truck_left_out_lacks_a_truck_at_once() -> None:
    arrivals = one_leg_behind(LegCheck(LegState.SKIPPED, v.NOW), 1)
    finish = class_finishes(WORK, arrivals, [], v.village())[P1]
    assert (finish.unplanned_m, finish.unproved_m) == (finish.open_m, 0.0)


def test_nobody_comes_in_a_cancelled_shift() -> None:
    present = v.a_shift(1, ends_at=v.NOW + HOUR)
    later = replace(present, id=ShiftId(2), ends_at=v.NOW + 9 * HOUR)
    assert last_ends([present, later]) == {VehicleId(1): v.NOW + 9 * HOUR}
    cancelled = replace(later, state=ShiftState.CANCELLED)
    assert last_ends([present, cancelled]) == {VehicleId(1): v.NOW + HOUR}
