from dataclasses import replace
from datetime import timedelta

from data.model import LegKind, Route, ShiftId, VehicleId
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.routes.route_progress import PlanCheck
from maps.board.timeline import KIND_LETTERS, STATE_LETTERS, done_view, timeline_view
from maps.routes.end_window import EndsAhead
from tests import village as v
from tests.village_plan import a_leg, a_plan

MINUTE = timedelta(minutes=1)
UNSURE = EndsAhead(None, v.NOW)
NAMES = {VehicleId(1): "Plow 1"}


def plan():
    return a_plan(
        a_leg(LegKind.DRIVE, v.MAIN_WEST, starts_at=v.NOW),
        a_leg(LegKind.WORK, v.MAIN_EAST, starts_at=v.NOW + 2 * MINUTE, load_kg=812.4),
        a_leg(LegKind.RELOAD, starts_at=v.NOW + 5 * MINUTE),
    )


def test_letters_tell_all_kinds_and_states_apart() -> None:
    assert set(KIND_LETTERS) == set(LegKind)
    assert set(STATE_LETTERS) == set(LegState)
    assert len(set(KIND_LETTERS.values())) == len(LegKind)
    assert len(set(STATE_LETTERS.values())) == len(LegState)


def test_a_row_has_the_legs_of_a_truck_in_seconds_and_idle_trucks_have_none() -> None:
    [lane] = timeline_view(plan(), NAMES, v.village()).lanes
    assert (lane.vehicle, lane.begins_at, lane.kinds) == ("Plow 1", v.NOW, "dwl")
    assert (lane.starts_s, lane.ends_s) == ([0, 120, 300], [60, 180, 360])
    assert lane.streets == [[], [v.MAIN_EAST], []]
    assert lane.loads_kg[1] == 812


def test_a_row_says_which_way_each_street_is_worked_on_and_where_its_truck_is_named() -> None:
    [lane] = timeline_view(plan(), NAMES, v.village()).lanes
    assert lane.ways == "f"
    length_m = v.village().segment(v.MAIN_EAST).length_m
    assert lane.marks == [v.village().point_at(v.MAIN_EAST, length_m / 2)]


def test_what_is_over_is_told_with_its_second() -> None:
    made = plan()
    legs = (
        LegCheck(LegState.PASSED),
        LegCheck(LegState.DONE, v.NOW + 4 * MINUTE, VehicleId(1)),
        LegCheck(LegState.AHEAD),
    )
    check = RouteCheck(ShiftId(1), VehicleId(1), legs, 2, MINUTE, None, None, 1.0)
    idle = RouteCheck(ShiftId(2), VehicleId(2), (), 0, MINUTE, None, None, 1.0)
    [lane] = done_view(PlanCheck(made, (check, idle)), UNSURE).lanes
    assert (lane.states, lane.done, lane.next_leg, lane.late_s) == ("pda", [[1, 240]], 2, 60)


def test_while_nothing_is_driven_nothing_is_done() -> None:
    assert done_view(None, UNSURE).lanes == []
    assert done_view(None, UNSURE).plan_id is None


def test_a_leg_over_several_streets_names_them_all() -> None:
    leg = a_leg(LegKind.WORK, v.MAIN_WEST)
    long = replace(leg, path=(*leg.path, *a_leg(LegKind.WORK, v.MAIN_EAST).path))
    made = replace(plan(), routes=(Route(ShiftId(1), VehicleId(1), (long,)),))
    assert timeline_view(made, {}, v.village()).lanes[0].streets == [[v.MAIN_WEST, v.MAIN_EAST]]
