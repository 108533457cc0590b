"""The score of a driver by what became of the legs of the own route."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import Role, Route, ShiftId, VehicleId
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.routes.route_progress import PlanCheck
from fleet.training.scores.driver_score import DrivenPlan, driver_score
from fleet.training.scores.score_rules import Score
from fleet.training.seat_spans import Sitting
from tests import village as v
from tests.village_plan import a_leg, a_plan

MINUTE = timedelta(minutes=1)
SEATED = [Sitting(v.NOW, v.NOW + 60 * MINUTE)]


def scored(checks: Sequence[LegCheck], following: int, seated=SEATED) -> Score:
    """Return the score of who drove a route with so many legs until the first that is ahead."""
    route = Route(ShiftId(1), VehicleId(1), tuple(a_leg(segment_id=v.MILL) for _ in checks))
    end = route.legs[-1].ends_at
    check = RouteCheck(
        ShiftId(1), VehicleId(1), tuple(checks), following, 0 * MINUTE, end, end, 1.0
    )
    plan = PlanCheck(replace(a_plan(), routes=(route,)), (check,))
    driven = DrivenPlan(v.NOW - MINUTE, v.NOW + 60 * MINUTE, plan)
    return driver_score([driven], VehicleId(1), seated)


def ahead(*driven: float) -> LegCheck:
    return LegCheck(LegState.AHEAD, driven=tuple(v.NOW + one * MINUTE for one in driven))


def done(minute: float) -> LegCheck:
    return LegCheck(LegState.DONE, v.NOW + minute * MINUTE, VehicleId(1))


def test_who_clears_every_street_in_its_turn_has_all_points() -> None:
    assert scored([done(2), done(3), ahead(), ahead()], 2).points == 100.0


def test_who_drives_along_the_route_with_the_blade_up_has_none() -> None:
    found = scored([ahead(2), ahead(3), ahead(4), ahead()], 0)
    assert found.points == 0.0
    assert {one.name: one.of for one in found.measures} == {"cleared": 3, "in_order": 0, "blade": 3}


def test_who_lifts_it_at_last_loses_what_was_only_driven() -> None:
    found = {one.name: one for one in scored([done(2), done(3), ahead(4), ahead(5)], 2).measures}
    assert found["cleared"].value == found["blade"].value == pytest.approx(0.5)


def test_what_the_simulation_drove_before_the_driver_sat_down_counts_neither_way() -> None:
    later = [Sitting(v.NOW + 10 * MINUTE, v.NOW + 60 * MINUTE)]
    assert scored([ahead(2), ahead(3), ahead(4)], 0, later).points is None
    assert Role.DRIVER is scored([ahead(2), ahead()], 0, later).role
