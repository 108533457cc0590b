"""From drives drawn by hand to what plans should assume."""

from dataclasses import replace
from datetime import timedelta
from math import exp, log
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data.model import Coverage, DirectedSegment, RoadClass, SegmentId, StormId, VehicleId
from data.model.planning.paces import Movement
from data.streets.turn_costs import TurnKind
from fleet.learning.corrections import corrections
from fleet.learning.paces import learned_pace
from fleet.learning.plan_pace import hours_between, pace_from, plowed_at
from fleet.learning.street_drives import (
    MachineStop,
    MachineTime,
    SiteVisit,
    StormDrives,
    StreetDrive,
)
from fleet.learning.street_effects import DEPTHS_MM, HOURS, hats
from tests import village as v

LONG_M = 200.0


def a_drive(times=1.0, **changes):
    """A drive of a minute as assumed, over 200 m, that takes some times as long."""
    drive = StreetDrive(
        storm_id=StormId(1),
        vehicle_id=VehicleId(1),
        machine="dump_truck",
        movement=Movement.PLOW,
        segment_id=v.MAIN_WEST,
        road=RoadClass.PRIMARY,
        length_m=LONG_M,
        assumed_s=60.0,
        seconds=60.0 * times,
        started_at=v.NOW,
    )
    return replace(drive, **changes)


def spread(count, times, seed=1, **changes):
    """Drives that take some times as long, more or less."""
    chance = np.random.default_rng(seed)
    return [a_drive(times * exp(each), **changes) for each in chance.normal(0.0, 0.05, count)]


def factor(learned, segment_id=v.MAIN_WEST, depths_mm=None, movement=Movement.PLOW):
    """How many times as long the village's truck takes on a street, by what was learned."""
    village = v.village()
    pace = pace_from(learned, [v.a_vehicle()], village.segments, depths_mm, [12.0], ())
    return pace.factor(movement, "dump_truck", village.segment(segment_id))


def test_nothing_is_learned_from_nothing():
    assert learned_pace(StormDrives()).movements == ()


def test_a_street_that_always_takes_half_as_long_again_is_planned_so():
    learned = learned_pace(StormDrives(tuple(spread(200, 1.5))))
    assert factor(learned) == pytest.approx(1.5, rel=0.03)


def test_a_street_nobody_drove_is_planned_as_its_class():
    drives = [
        one
        for i, segment_id in enumerate((v.TULIP, v.ORCHARD, v.RING))
        for one in spread(100, 1.4, seed=i, segment_id=segment_id, road=RoadClass.RESIDENTIAL)
    ]
    learned = learned_pace(StormDrives((*drives, *spread(100, 1.0))))
    assert factor(learned, v.MAIN_EAST) == pytest.approx(1.0, rel=0.05)
    assert factor(learned, v.TULIP) == pytest.approx(1.4, rel=0.05)
    unseen = {one.road: one.ratio for one in learned.kinds}[RoadClass.RESIDENTIAL]
    assert exp(unseen.log) == pytest.approx(1.4, rel=0.07)
    assert unseen.drives == 300


def test_deeper_snow_is_slower_and_deeper_than_ever_driven_is_as_the_deepest():
    drives = [
        *spread(150, 1.0, depth_mm=20.0),
        *spread(150, 1.5, seed=2, depth_mm=100.0, storm_id=StormId(2)),
    ]
    learned = learned_pace(StormDrives(tuple(drives)))
    here = {v.MAIN_WEST: 20.0, v.MAIN_EAST: 100.0, v.MILL: 400.0}
    shallow, deep = (factor(learned, way, here) for way in (v.MAIN_WEST, v.MAIN_EAST))
    assert deep / shallow == pytest.approx(1.5, rel=0.12)
    assert factor(learned, v.MAIN_WEST, {v.MAIN_WEST: 400.0}) == pytest.approx(
        factor(learned, v.MAIN_WEST, {v.MAIN_WEST: 100.0})
    )


def test_a_turn_that_costs_more_than_assumed_is_set_apart_from_its_street():
    drives = [
        *spread(200, 1.0, turn=TurnKind.STRAIGHT),
        *[
            replace(one, seconds=one.seconds + 25.0, turn=TurnKind.LEFT)
            for one in spread(200, 1.0, seed=2)
        ],
    ]
    learned = learned_pace(StormDrives(tuple(drives)))
    (left,) = learned.turns
    assert (left.kind, left.assumed_s, left.seen) == ("left", 8.0, 200)
    assert 14.0 < left.seconds < 27.0


def test_a_stop_for_coffee_in_one_drive_of_fifty_counts_in_the_mean_alone():
    drives = [*spread(196, 1.0), *[a_drive(4.0)] * 4]
    learned = learned_pace(StormDrives(tuple(drives)))
    (whole,) = learned.movements
    assert whole.mean == pytest.approx(1.06, abs=0.02)
    assert factor(learned) == pytest.approx(1.06, abs=0.03)


def test_loading_is_between_what_was_seen_and_what_is_assumed():
    heap = v.a_reload_site()
    seen = StormDrives(visits=tuple(SiteVisit(heap.id, 1200.0) for _ in range(3)))
    (fill,) = learned_pace(seen, [heap]).fills
    assert 800.0 < fill.seconds < 1200.0
    assert (fill.assumed_s, fill.visits, fill.name) == (600.0, 3, "Salt heap")


def test_stops_are_a_share_of_the_time_of_driving():
    stops, whole = (MachineStop("dump_truck", 600.0),) * 6, MachineTime("dump_truck", 15 * 3600.0)
    learned = learned_pace(StormDrives((a_drive(1.0),) * 9, (), stops, (whole,)))
    (habit,) = learned.habits
    assert habit.stop_share == pytest.approx(3600 / (20 * 3600))
    assert (habit.stops, habit.off_route) == (6, None)


def test_metres_off_the_route_are_a_share_of_those_with_a_route():
    drives = [a_drive(on_route=True)] * 3 + [a_drive(on_route=False)] + [a_drive()] * 4
    (habit,) = learned_pace(StormDrives(tuple(drives))).habits
    assert (habit.off_route, habit.driven_m) == (0.25, 8 * LONG_M)


def test_a_machine_that_was_never_seen_is_planned_as_all_are():
    learned = learned_pace(StormDrives(tuple(spread(300, 1.3))))
    village = v.village()
    grader = v.a_vehicle(type="grader")
    pace = pace_from(learned, [grader], village.segments, None, [12.0], ())
    times = pace.factor(Movement.PLOW, "grader", village.segment(SegmentId(v.TULIP)))
    assert log(times) == pytest.approx(log(1.3), abs=0.1)
    assert pace.factor(Movement.SALT, "grader", village.segment(SegmentId(v.TULIP))) == 1.0


@pytest.mark.parametrize(
    ("at", "shares"),
    [(0.0, {0: 1.0}), (35.0, {1: 0.5, 2: 0.5}), (1000.0, {5: 1.0}), (-3.0, {0: 1.0})],
)
def test_a_depth_belongs_to_the_knots_beside_it(at, shares):
    assert dict(hats(at, DEPTHS_MM)) == pytest.approx(shares)


def test_hours_go_around_the_clock():
    assert dict(hats(22.5, HOURS, 24.0)) == pytest.approx({7: 0.5, 0: 0.5})


def test_a_plan_is_driven_in_the_hours_of_its_city():
    zone = ZoneInfo("Asia/Tehran")
    assert hours_between(v.NOW, v.NOW + timedelta(hours=3), zone) == [7.0, 8.0, 9.0]
    assert hours_between(v.NOW, v.NOW, zone) == [7.0]


def paced(learned, machine, site=None):
    sites = [] if site is None else [site]
    return pace_from(learned, [machine], v.village().segments, None, [12.0], sites)


def test_a_speed_that_was_corrected_since_is_not_corrected_again():
    truck = v.a_vehicle()
    half = {treatment: mps / 2 for treatment, mps in truck.work_speed_mps.items()}
    slow = replace(truck, work_speed_mps=half)
    drives = [*spread(200, 2.0), *spread(200, 1.5, seed=2, movement=Movement.DRIVE)]
    learned = learned_pace(StormDrives(tuple(drives)), machines=[truck])
    street = v.village().segment(v.MAIN_EAST)
    before, after = paced(learned, truck), paced(learned, slow)
    assert before.factor(Movement.PLOW, truck.type, street) == pytest.approx(2.0, rel=0.05)
    assert after.factor(Movement.PLOW, truck.type, street) == pytest.approx(1.0, rel=0.05)
    assert after.factor(Movement.DRIVE, truck.type, street) == pytest.approx(1.5, rel=0.05)
    former = paced(replace(learned, speeds=()), slow)
    assert former.factor(Movement.PLOW, truck.type, street) == pytest.approx(2.0, rel=0.05)


def test_a_machine_more_of_a_type_corrects_nothing():
    truck = v.a_vehicle()
    quick = replace(v.a_vehicle(2), drive_speed_mps=truck.drive_speed_mps * 2)
    learned = learned_pace(StormDrives(tuple(spread(200, 2.0))), machines=[truck])
    both = pace_from(learned, [truck, quick], v.village().segments, None, [12.0], [])
    street = v.village().segment(v.MAIN_EAST)
    assert both.factor(Movement.PLOW, truck.type, street) == pytest.approx(2.0, rel=0.05)
    assert corrections(learned, [truck, quick], []).speeds == frozenset()


def test_a_filling_time_that_was_corrected_since_counts_as_written():
    heap = v.a_reload_site()
    seen = StormDrives(visits=tuple(SiteVisit(heap.id, 1200.0) for _ in range(3)))
    learned = learned_pace(seen, [heap])
    assert heap.id in paced(learned, v.a_vehicle(), heap).fills_s
    corrected = replace(heap, fill_s=heap.fill_s + 300.0)
    assert paced(learned, v.a_vehicle(), corrected).fills_s == {}


def test_a_street_counts_as_plowed_once_both_its_directions_are():
    def plowed(forward, at, segment_id=v.MAIN_WEST):
        return Coverage(segment_id, forward, 1, 1, at, plowed_at=at)

    later, village = v.NOW + timedelta(hours=1), v.village()
    assert plowed_at([plowed(True, v.NOW), plowed(False, None)], village) == {}
    assert plowed_at([plowed(True, v.NOW)], village) == {}
    both = [plowed(True, later), plowed(False, v.NOW)]
    assert plowed_at(both, village) == {v.MAIN_WEST: v.NOW}
    oneway = next(
        one.id for one in village.segments if village.arc(DirectedSegment(one.id, False)) is None
    )
    assert plowed_at([plowed(True, later, oneway)], village) == {oneway: later}
