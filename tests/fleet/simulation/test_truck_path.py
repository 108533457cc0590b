"""The way of a simulated truck, which a person may drive along."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from data.training import MachineTrouble, PowerCut, Trouble
from fleet.simulation.scenario_events import TrackerTroubles, hindered
from fleet.simulation.truck_path import BLADE_DOWN_MPS, STANDS_EVERY, Controls, TruckPath
from tests import village as v
from tests.fleet.simulation.test_simulated_trucks import a_route, fixes

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
GOES, STANDS = Controls(going=True, blade=True), Controls(going=False, blade=False)


def a_path():
    path = TruckPath()
    path.begin(iter(fixes()))
    return path


def driven_along(path, start, end, driver=None):
    """Return what comes until an end, looked for every few seconds."""
    came, now = [], start
    while now < end:
        now += 5 * SECOND
        came += path.until(now, driver)
    return came


def test_nobody_drives_and_the_truck_keeps_to_its_plan():
    usual = fixes()
    came = driven_along(a_path(), v.NOW, usual[-1].sent_at + MINUTE)
    assert came == usual


def test_a_truck_leaves_when_its_driver_lets_it_and_goes_on_from_where_it_stood():
    path, usual = a_path(), fixes()
    leaves = usual[0].fixed_at + 10 * MINUTE
    waiting = driven_along(path, v.NOW, leaves, STANDS)
    assert {one.location for one in waiting} == {usual[0].location}
    assert not any(one.speed_mps for one in waiting)
    gaps = pairwise(waiting)
    assert all(after.fixed_at - before.fixed_at >= STANDS_EVERY for before, after in gaps)
    driven_along(path, leaves, leaves + MINUTE, GOES)
    stood_at = path.place
    driven_along(path, leaves + MINUTE, leaves + 31 * MINUTE, STANDS)
    assert path.place == stood_at
    rest = driven_along(path, leaves + 31 * MINUTE, leaves + 600 * MINUTE, GOES)
    assert rest[-1].location == usual[-1].location
    assert all(one.blade for one in rest)


def test_with_its_blade_down_a_truck_drives_no_faster_than_one_works():
    usual = [replace(one, speed_mps=2 * BLADE_DOWN_MPS) for one in fixes()]
    start, takes = usual[0].fixed_at, usual[-1].fixed_at - usual[0].fixed_at
    paths = TruckPath(), TruckPath()
    for path in paths:
        path.begin(iter(usual))
    lifted = Controls(going=True, blade=False)
    slow, quick = (
        driven_along(path, start, start + 3 * takes, driver)
        for path, driver in zip(paths, (GOES, lifted), strict=True)
    )
    assert [one.location for one in slow] == [one.location for one in usual]
    assert max(one.speed_mps for one in slow[1:]) == BLADE_DOWN_MPS
    assert slow[-1].fixed_at - start == pytest.approx(2 * takes, abs=SECOND)
    assert quick == [replace(one, blade=False) for one in usual]


def test_who_lets_it_go_before_the_planned_departure_goes():
    path = TruckPath()
    path.begin(iter(fixes()))
    early = fixes()[0].sent_at - 60 * MINUTE
    came = driven_along(path, early, early + MINUTE, GOES)
    assert came
    assert came[0].fixed_at <= early + 5 * SECOND


def test_something_comes_in_the_way_of_a_truck_that_is_late():
    path, usual = a_path(), fixes()
    start = usual[0].sent_at
    driven_along(path, start, start + MINUTE, GOES)
    driven_along(path, start + MINUTE, start + 11 * MINUTE, STANDS)
    at = start + 11 * MINUTE - v.NOW
    trouble = MachineTrouble(at, at + 20 * MINUTE, 1, Trouble.BREAKDOWN)
    path.hinder(lambda rest: hindered(rest, (trouble,), v.NOW))
    broken = driven_along(path, start + 11 * MINUTE, start + 30 * MINUTE, GOES)
    assert len({one.location for one in broken}) == 1
    rest = driven_along(path, start + 30 * MINUTE, start + 600 * MINUTE, GOES)
    assert rest[-1].location == usual[-1].location


def test_who_drives_through_a_power_cut_comes_no_farther_and_is_silent_until_it_is_over():
    """What is held back is not waited for: the truck is where its driver has driven it."""
    start = fixes()[0].fixed_at
    cut = PowerCut(start + 2 * MINUTE - v.NOW, start + 8 * MINUTE - v.NOW)
    tracker = TrackerTroubles(cuts=(cut,), began_at=v.NOW)
    came = driven_along(a_path(), start, start + 10 * MINUTE, GOES)
    told = list(tracker.told(came))
    assert [one.fixed_at for one in came] == [
        one.fixed_at for one in fixes() if one.fixed_at <= start + 10 * MINUTE
    ]
    assert not [one for one in told if cut.within(one.sent_at - v.NOW)]


def test_a_dead_sensor_stays_dead_whoever_drives():
    start = fixes()[0].fixed_at
    dead = MachineTrouble(0 * MINUTE, 600 * MINUTE, 1, Trouble.DEAD)
    tracker = TrackerTroubles((dead,), began_at=v.NOW)
    told = [*tracker.told(driven_along(a_path(), start, start + 5 * MINUTE, GOES))]
    assert told
    assert not any(one.blade for one in told)


def test_a_truck_tells_each_leg_that_it_has_driven_to_its_end_once():
    path, route = a_path(), a_route()
    end = fixes()[-1].fixed_at
    driven_along(path, v.NOW, end - 3 * MINUTE)
    first = path.take_driven_legs()
    path.hinder(lambda rest: rest)
    driven_along(path, end - 3 * MINUTE, end + MINUTE)
    rest = path.take_driven_legs()
    assert first
    assert [one.leg for one in (*first, *rest)] == list(route.legs)
    assert rest[-1].ended_at == end
    assert path.take_driven_legs() == []


def test_a_leg_that_another_way_breaks_off_is_not_driven():
    path = a_path()
    driven_along(path, v.NOW, fixes()[0].fixed_at + MINUTE)
    path.take_driven_legs()
    path.begin(iter(()))
    driven_along(path, v.NOW, v.NOW + 60 * MINUTE)
    assert path.take_driven_legs() == []
