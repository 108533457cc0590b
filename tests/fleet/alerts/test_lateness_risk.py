"""Streets at risk: which of them nobody is on the way to, and which were driven all the same."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import VehicleId
from data.policy.alert_rules import AlertRules
from fleet.alerts.lateness_risk import Episode, risks
from fleet.routes.arrivals import arrivals_of
from fleet.routes.leg_completion import PlanIndex
from fleet.routes.plan_vs_actual import NOT_DONE, LegCheck, LegState, RouteCheck, check_route
from tests import village as v
from tests.village_plan import a_leg, a_plan

MINUTE = timedelta(minutes=1)
TRUCK = VehicleId(1)
DUE_AT = v.NOW + 60 * MINUTE


def at_risk(*legs: LegCheck, up: Mapping[VehicleId, Sequence[Episode]] | None = None) -> bool:
    """Whether a job of some legs, all behind its truck, is at risk ten minutes later."""
    plan = a_plan(*(a_leg(segment_id=v.MAIN_EAST) for _ in legs))
    now = v.NOW + 10 * MINUTE
    own, other = (
        RouteCheck(route.shift_id, route.vehicle_id, found, len(found), 0 * MINUTE, now, now, 1.0)
        for route, found in zip(plan.routes, (legs, ()), strict=True)
    )
    arrivals = arrivals_of(PlanIndex(plan), (own, other), now)
    job = v.a_job(due_at=DUE_AT)
    return bool(risks(arrivals, [job], AlertRules(), up))


DONE = LegCheck(LegState.DONE, v.NOW + MINUTE, TRUCK)
TOLD = LegCheck(LegState.TOLD, v.NOW + 5 * MINUTE, TRUCK)
UNPROVED = LegCheck(LegState.UNPROVED, v.NOW + 5 * MINUTE)
SKIPPED = LegCheck(LegState.SKIPPED)
UP = (v.NOW + 4 * MINUTE, v.NOW + 6 * MINUTE)


@pytest.mark.parametrize("driven", [TOLD, UNPROVED])
def test_what_a_truck_drove_in_its_turn_or_its_driver_reported_is_not_at_risk(driven) -> None:
    assert not at_risk(driven)
    assert not at_risk(DONE, driven)


@pytest.mark.parametrize("driven", [TOLD, UNPROVED])
def test_what_was_driven_while_an_alert_said_that_the_blade_was_up_is_at_risk(driven) -> None:
    assert at_risk(driven, up={TRUCK: [UP]})
    assert not at_risk(driven, up={VehicleId(2): [UP]}), "it was the blade of another truck"
    before = (v.NOW, v.NOW + MINUTE)
    assert not at_risk(driven, up={TRUCK: [before]})


def test_what_a_truck_left_out_is_at_risk() -> None:
    assert at_risk(SKIPPED)
    assert at_risk(TOLD, SKIPPED)


def test_a_street_that_no_plan_has_is_at_risk() -> None:
    assert at_risk()


def test_each_truck_that_comes_too_late_is_named_for_a_street_though_another_is_later() -> None:
    at_work = ((TRUCK, 75), (VehicleId(2), 95))
    legs = [a_leg(segment_id=v.MAIN_EAST, starts_at=v.NOW + m * MINUTE) for _, m in at_work]
    plan = a_plan()
    routes = tuple(
        replace(route, legs=(leg,)) for route, leg in zip(plan.routes, legs, strict=True)
    )
    checks = [check_route(route, [NOT_DONE], (), v.NOW) for route in routes]
    arrivals = arrivals_of(PlanIndex(replace(plan, routes=routes)), checks, v.NOW)
    found = risks(arrivals, [v.a_job(due_at=DUE_AT)], AlertRules())
    assert [(one.vehicle_id, one.late) for one in found] == [
        (TRUCK, 16 * MINUTE),
        (VehicleId(2), 36 * MINUTE),
    ]
