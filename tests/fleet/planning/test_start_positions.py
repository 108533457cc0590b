"""Where machines take up a new plan."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import (
    DeviceId,
    DirectedSegment,
    LegKind,
    LonLat,
    Position,
    SegmentId,
    Shift,
    ShiftState,
    TruckStart,
    VehicleId,
)
from fleet.planning.start_positions import MovementArea, truck_starts
from fleet.routes.route_progress import PlanCheck
from fleet.tracking.geofences import sites_of
from tests import village as v
from tests.fleet.routes.test_plan_vs_actual import STREETS, check, in_order, index_of
from tests.village_plan import a_leg, a_plan

MINUTE = timedelta(minutes=1)
AREA = MovementArea(v.village(), sites_of([v.a_depot()], [v.a_reload_site()]))
OUT = v.a_shift(1, 1, state=ShiftState.DRIVING)


def way(segment_id: int, *, forward: bool = True) -> DirectedSegment:
    return DirectedSegment(SegmentId(segment_id), forward)


def a_fix(place: LonLat, heading_deg: float | None = None, minute: float = 10) -> Position:
    at = v.NOW + minute * MINUTE
    return Position(DeviceId(1), VehicleId(1), "test", at, at, place, heading_deg=heading_deg)


def driven(done: int, minute: float = 10) -> PlanCheck:
    """The plan of eight streets, two minutes each, of which the first ones are done."""
    index = index_of()
    checks = [check(index, in_order(*STREETS[:done]), number=n, minute=minute) for n in (0, 1)]
    return PlanCheck(index.plan, tuple(checks))


def start(
    fix: Position | None, plan: PlanCheck | None, shift: Shift = OUT, minute: float = 10
) -> TruckStart | None:
    fixes = [] if fix is None else [fix]
    now = v.NOW + minute * MINUTE
    return truck_starts([shift], [v.a_vehicle()], fixes, plan, AREA, now).get(shift.id)


def test_a_truck_in_its_yard_that_did_nothing_yet_starts_from_its_depot() -> None:
    assert start(a_fix(v.node_at(8)), None) is None
    assert start(a_fix(v.node_at(8)), driven(0)) is None
    assert start(None, driven(0), v.a_shift()) is None


def test_a_truck_back_in_its_yard_has_what_is_left_in_the_hopper() -> None:
    index = index_of()
    legs = [replace(leg, load_kg=300.0) for leg in index.plan.routes[0].legs]
    plan = a_plan(*legs)
    checked = PlanCheck(plan, driven(3).routes)
    found = start(a_fix(v.node_at(8)), checked)
    assert found == TruckStart(None, v.NOW + 10 * MINUTE, 300.0)


@pytest.mark.parametrize(("heading_deg", "forward"), [(90.0, True), (80.0, True), (271.0, False)])
def test_a_truck_is_on_the_side_of_the_street_that_it_heads_along(
    heading_deg: float, forward: bool
) -> None:
    found = start(a_fix(v.at_m(50, 5), heading_deg), None)
    assert found is not None
    assert (found.at, found.underway) == (way(v.MAIN_WEST, forward=forward), True)
    ahead_m = 150 if forward else 50
    seconds = (found.ready_at - v.NOW - 10 * MINUTE).total_seconds()
    assert seconds == pytest.approx(ahead_m / (30 / 3.6), rel=0.02)


def test_a_truck_on_the_street_of_its_next_leg_ends_that_leg_first() -> None:
    found = start(a_fix(v.at_m(200, 50), 0.0), driven(3))
    assert found is not None
    assert found.finishing is not None
    assert found.at == way(v.MILL) == found.finishing.path[0]
    assert found.finishing.ends_at == found.ready_at
    left = (found.ready_at - v.NOW - 10 * MINUTE) / MINUTE
    assert left == pytest.approx(2 / 3, abs=0.02)


def test_a_corner_counts_for_the_street_that_the_truck_works_on_next() -> None:
    found = start(a_fix(v.node_at(2)), driven(3))
    assert found is not None
    assert found.at == way(v.MILL)


def test_a_silent_truck_is_where_its_plan_says_as_late_as_it_was() -> None:
    silent = a_fix(v.at_m(50, 5), 90.0, minute=-30)
    found = start(silent, driven(3, minute=6.5), minute=6.5)
    assert found is not None
    assert found.finishing is not None
    assert found.finishing.path == (way(v.MILL),)
    ahead = start(None, driven(0, minute=0), minute=0.0)
    assert ahead is not None
    assert ahead.finishing is not None
    assert ahead.finishing.path == (way(v.MAIN_WEST),)


def test_a_silent_truck_on_its_way_is_on_a_street_of_that_way() -> None:
    drive = a_leg(
        LegKind.DRIVE,
        path=(way(v.DEPOT_ROAD, forward=False), way(v.MAIN_EAST, forward=False)),
        ends_at=v.NOW + 10 * MINUTE,
        load_kg=70.0,
    )
    work = a_leg(segment_id=v.MILL, starts_at=v.NOW + 10 * MINUTE)
    ahead = driven(0)
    own = replace(ahead.routes[0], late=timedelta(0), legs=ahead.routes[0].legs[:2])
    found = start(None, PlanCheck(a_plan(drive, work), (own, ahead.routes[1])), minute=6.0)
    assert found is not None
    assert (found.at, found.load_kg) == (way(v.MAIN_EAST, forward=False), 70.0)


def test_without_plan_or_news_a_truck_is_where_it_was_seen_last() -> None:
    old = a_fix(v.at_m(50, 5), 90.0, minute=0)
    found = start(old, None, minute=60.0)
    assert found is not None
    assert (found.at, found.ready_at >= v.NOW + 60 * MINUTE) == (way(v.MAIN_WEST), True)
    assert start(old, None, v.a_shift(), minute=60.0) is None


def test_a_truck_far_from_all_streets_comes_from_its_depot_and_is_out() -> None:
    found = start(a_fix(v.at_m(5_000, 5_000)), None)
    assert found == TruckStart(None, v.NOW + 10 * MINUTE, v.a_vehicle().hopper_kg, underway=True)
