"""Planned vs actual grouped by truck and by run."""

from dataclasses import replace
from datetime import timedelta
from statistics import NormalDist

import pytest

from data.model import Leg, LegKind, Route, ShiftId, VehicleId
from fleet.routes.off_route import Detour
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.routes.route_progress import PlanCheck
from maps.pages.i18n import translator
from maps.routes.check_map import RunOutcome, check_map, outcome, worst
from maps.routes.check_runs import run_rows
from maps.routes.check_trucks import truck_choices, truck_rows
from maps.routes.end_window import EndsAhead
from routing.problem.finish_odds import FinishOdds
from tests import village as v
from tests.village_plan import a_leg, a_plan

EN = translator("en")
NETWORK = v.village()
VEHICLES = {VehicleId(1): "Plow 1"}
STREETS = (v.MAIN_WEST, v.MAIN_EAST, v.ROSE)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
UNSURE = EndsAhead(None, v.NOW)


def checked(*states: LegState, legs: tuple[Leg, ...] = (), late: timedelta = MINUTE) -> PlanCheck:
    """Return the check of a plan whose only route has a leg in each state."""
    work = legs or tuple(a_leg(segment_id=street) for street in STREETS[: len(states)])
    done = [LegCheck(one, at=v.NOW if outcome(one) is RunOutcome.DONE else None) for one in states]
    check = RouteCheck(
        ShiftId(1), VehicleId(1), tuple(done), len(states) - 1, late, v.NOW, v.NOW, 1.0
    )
    plan = replace(a_plan(), routes=(Route(ShiftId(1), VehicleId(1), work),))
    return PlanCheck(plan, (check,))


def rows(check: PlanCheck, only: LegState | None = None):
    return run_rows(check.plan.routes[0], check.routes[0], NETWORK, VEHICLES, EN, only)


def test_legs_on_one_street_are_one_row_that_unfolds_to_them() -> None:
    main, rose = rows(checked(LegState.DONE, LegState.SKIPPED, LegState.AHEAD))
    assert (main.street, main.words, main.outcome) == ("Imam Street", "1 of 2 done", "missed")
    assert [leg.state for leg in main.legs] == [LegState.DONE, LegState.SKIPPED]
    assert (rose.leg, rose.number, rose.outcome) == (2, "2", "left")


def test_only_legs_of_the_state_that_is_asked_for_are_listed_in_their_run() -> None:
    check = checked(LegState.DONE, LegState.SKIPPED, LegState.AHEAD)
    (run,) = rows(check, LegState.SKIPPED)
    assert [leg.number for leg in run.legs] == ["2"]


def test_a_run_tells_its_delay_once_all_of_it_is_done() -> None:
    (whole,) = rows(checked(LegState.DONE, LegState.BY_OTHER))
    (part,) = rows(checked(LegState.DONE, LegState.AHEAD))
    assert (whole.late, part.late) == ("1 min early", "")


def test_a_reload_is_a_row_without_legs_and_a_drive_is_none() -> None:
    reload = a_leg(LegKind.RELOAD, path=(), job_ids=())
    away = a_leg(LegKind.DRIVE, segment_id=v.MILL, job_ids=(), length_m=900.0)
    legs = (a_leg(segment_id=v.ROSE), away, reload)
    found = rows(checked(*[LegState.AHEAD] * 3, legs=legs))
    assert [(row.street, len(row.legs)) for row in found] == [("Rose Street", 1), ("reload", 0)]


@pytest.mark.parametrize(
    ("states", "marks", "done"),
    [
        ((LegState.DONE, LegState.TOLD), (), 100),
        ((LegState.SKIPPED, LegState.AHEAD), ("missed", "left"), 0),
        ((LegState.UNPROVED, LegState.PASSED), ("unproved", "left"), 0),
    ],
)
def test_a_truck_is_marked_by_what_became_of_its_work(states, marks, done) -> None:
    (row,) = truck_rows(checked(*states), VEHICLES, {}, UNSURE, EN)
    assert (row.marks, row.done, row.off) == (marks, done, "–")


def test_an_expected_end_is_a_window_until_the_route_is_over() -> None:
    found = checked(LegState.AHEAD)
    at = v.NOW + 3 * HOUR
    driven = replace(found, routes=(replace(found.routes[0], ends_at=at),))
    over = replace(found, routes=(replace(found.routes[0], ends_at=at, next_leg=1),))
    sure = EndsAhead(FinishOdds(storm_sd=0.1, own_s=0.0, kept=0.9), v.NOW + HOUR)
    off = timedelta(seconds=0.1 * NormalDist().inv_cdf(0.9) * 2 * 3600)
    (row,), (ended,) = (truck_rows(one, VEHICLES, {}, sure, EN) for one in (driven, over))
    assert row.ends_at == EN.times(at - off, at + off)
    assert ended.ends_at == EN.time(at)
    near = EndsAhead(sure.odds, at - 10 * MINUTE)
    for ends in (UNSURE, near):
        (row,) = truck_rows(driven, VEHICLES, {}, ends, EN)
        assert row.ends_at == EN.time(at)


def test_a_truck_that_is_late_by_hours_says_hours() -> None:
    (row,) = truck_rows(checked(LegState.AHEAD, late=95 * MINUTE), VEHICLES, {}, UNSURE, EN)
    assert row.late == "1 h 35 min late"


def test_a_truck_that_ended_late_says_so_and_is_counted_late() -> None:
    found = checked(LegState.DONE, late=67 * MINUTE)
    ended = replace(found, routes=(replace(found.routes[0], next_leg=1),))
    (row,) = truck_rows(ended, VEHICLES, {}, UNSURE, EN)
    assert (row.late, row.behind, row.marks) == ("over · 1 h 7 min late", True, ("late",))


def test_trucks_are_counted_by_their_marks() -> None:
    late = truck_rows(
        checked(LegState.SKIPPED, LegState.AHEAD, late=9.6 * MINUTE),
        VEHICLES,
        {VehicleId(1): 7 * MINUTE},
        UNSURE,
        EN,
    )
    assert (late[0].late, late[0].behind, late[0].off) == ("10 min late", True, "7 min")
    assert [(one.mark, one.count) for one in truck_choices(late, EN)] == [
        ("", "1"),
        ("missed", "1"),
        ("left", "1"),
        ("late", "1"),
    ]


def test_the_gravest_outcome_of_a_run_is_its_own() -> None:
    assert worst([RunOutcome.DONE, RunOutcome.LEFT, RunOutcome.MISSED]) is RunOutcome.MISSED
    assert worst([]) is RunOutcome.DONE


def test_a_detour_is_a_line_of_its_own_with_its_length() -> None:
    line = (v.at_m(0, 0), v.at_m(100, 0))
    away = Detour(v.NOW, v.NOW + 4 * MINUTE, 100.4, line[0], line)
    drawn = check_map(checked(LegState.DONE), {ShiftId(1): [away]}, NETWORK, EN)
    extra = drawn.features[-1]
    assert extra["properties"] == {"shift_id": 1, "run": -1, "state": "extra", "street": ""}
    assert drawn.extra_m == {1: 100}
