"""The score of a driver by what became of the legs of the own route."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import Role, Route, SegmentId, ShiftId, VehicleId
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.routes.route_progress import PlanCheck
from fleet.training.scores.driver_score import DrivenPlan, driver_score
from fleet.training.scores.score_rules import Score
from fleet.training.seat_spans import Sitting
from tests import village as v
from tests.village_plan import a_leg, a_plan

MINUTE = timedelta(minutes=1)
SEATED = [Sitting(v.NOW, v.NOW + 60 * MINUTE)]


def scored(
    checks: Sequence[LegCheck], following: int, seated=SEATED, streets: Sequence[SegmentId] = ()
) -> Score:
    """Return the score of who drove a route with so many legs until the first that is ahead."""
    over = streets or [v.MILL for _ in checks]
    route = Route(ShiftId(1), VehicleId(1), tuple(a_leg(segment_id=one) for one in over))
    end = route.legs[-1].ends_at
    check = RouteCheck(
        ShiftId(1),
        VehicleId(1),
        tuple(checks),
        following,
        0 * MINUTE,
        end,
        end,
        1.0,
        last_leg=following - 1,
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


def test_who_ends_the_shift_has_not_reached_what_lies_ahead() -> None:
    left = LegCheck(LegState.SKIPPED, v.NOW + 20 * MINUTE, reason="no_time")
    streets = (v.ROSE, v.MILL, v.TULIP, v.RING, v.SCHOOL, v.ORCHARD)
    checks = [done(2), left, done(9), left, left, left]
    found = by_measure(scored(checks, 6, streets=streets))
    assert found["cleared"] == (pytest.approx(2 / 3), 3)


def by_measure(found: Score) -> dict[str, tuple[float | None, int]]:
    return {one.name: (one.value, one.of) for one in found.measures}


TWICE = (v.ROSE, v.MILL, v.TULIP, v.MILL, v.RING)
"""A route with two passes over one street."""


@pytest.mark.parametrize("last", [LegState.SKIPPED, LegState.UNPROVED, LegState.TOLD])
def test_a_first_pass_with_the_blade_up_is_not_made_good_by_the_second(last: LegState) -> None:
    late = LegCheck(LegState.OUT_OF_ORDER, v.NOW + 8 * MINUTE, VehicleId(1))
    left = replace(ahead(3, 8), state=last, at=v.NOW + 8 * MINUTE)
    found = by_measure(scored([done(2), late, done(4), left, done(9)], 5, streets=TWICE))
    assert found["blade"] == (pytest.approx(0.8), 5)
    assert found["cleared"] == (pytest.approx(0.8), 5)
    assert found["in_order"] == (1.0, 4)


def test_who_drives_over_a_street_by_the_way_before_its_turn_loses_nothing() -> None:
    checks = [done(2), done(5), done(6), ahead(1, 5), ahead()]
    found = by_measure(scored(checks, 3, streets=TWICE))
    assert found["blade"] == found["cleared"] == (1.0, 3)


def test_a_pass_that_was_left_out_is_not_proved_to_be_driven_by_the_other_one() -> None:
    left = LegCheck(LegState.UNPROVED, v.NOW + 5 * MINUTE, driven=(v.NOW + 5 * MINUTE,))
    found = by_measure(scored([done(2), done(5), done(6), left, done(9)], 5, streets=TWICE))
    assert found["blade"] == (1.0, 4)
    assert found["cleared"] == (pytest.approx(0.8), 5)


def test_what_the_simulation_drove_before_the_driver_sat_down_counts_neither_way() -> None:
    later = [Sitting(v.NOW + 10 * MINUTE, v.NOW + 60 * MINUTE)]
    assert scored([ahead(2), ahead(3), ahead(4)], 0, later).points is None
    assert Role.DRIVER is scored([ahead(2), ahead()], 0, later).role
