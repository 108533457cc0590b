"""What drivers never drive as planned, from tracks through the village drawn by hand."""

from datetime import timedelta

import pytest

from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    LegKind,
    Pass,
    Route,
    StormId,
    Treatment,
    VehicleId,
)
from fleet.learning.street_drives import StormFacts
from fleet.learning.street_exits import DrivenRoutes, exits_of
from fleet.learning.stretches import rows_of
from fleet.learning.untaken_ways import LEAST_CHANCES, untaken_ways
from tests import village as v
from tests.village_plan import a_leg

VILLAGE = v.village()
WEST = DirectedSegment(v.MAIN_WEST, True)
EAST = DirectedSegment(v.MAIN_EAST, True)
BACK = DirectedSegment(v.MAIN_EAST, False)
UP = DirectedSegment(v.MILL, True)
PLANNED, TAKEN = (WEST, UP), (WEST, EAST)
STEP = timedelta(seconds=40)


def track(vehicle, ways, start):
    """Passes over whole streets, one after the other."""
    for n, way in enumerate(ways):
        at = start + n * STEP
        length_m = VILLAGE.segment(way.segment_id).length_m
        seen = Evidence(EvidenceKind.BLADE, 0.9)
        yield Pass(
            way.segment_id,
            way.forward,
            0.0,
            length_m,
            VehicleId(vehicle),
            at,
            at + STEP * 0.9,
            Treatment.PLOW,
            seen,
        )


def exits(tracks, planned=PLANNED, shut=(), types=("dump_truck",) * 4):
    """How machines left streets that each drove at some minutes; all were led the same way."""
    machines = {VehicleId(n): v.a_vehicle(n, type=name) for n, name in enumerate(types, start=1)}
    facts = StormFacts(StormId(1), VILLAGE, machines)
    passes = [
        one
        for vehicle, ways, minute in tracks
        for one in track(vehicle, ways, v.NOW + timedelta(minutes=minute))
    ]
    legs = tuple(a_leg(LegKind.DRIVE, path=(step,)) for step in planned)
    routes = {
        vehicle_id: [(v.NOW, Route(v.a_shift().id, vehicle_id, legs))] for vehicle_id in machines
    }
    led = DrivenRoutes(routes, lambda one, _: f"driver {one}", lambda way, _: way in shut)
    return list(exits_of(rows_of(passes, facts.machines), facts, led))


def often(*vehicles, ways=TAKEN, times=LEAST_CHANCES, since=0):
    return [(each, ways, since + 10 * n) for each in vehicles for n in range(times)]


def test_a_turn_that_two_drivers_never_take_is_found():
    (found,) = untaken_ways(exits(often(1, 2)))
    assert (found.came, found.way, found.machine) == (WEST, UP, "dump_truck")
    assert (found.chances, found.drivers) == (2 * LEAST_CHANCES, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"planned": (WEST, EAST)},
        {"planned": (UP, BACK)},
        {"planned": (WEST, UP, WEST, EAST)},
        {"shut": (UP,)},
    ],
    ids=["driven as planned", "never planned", "also led on elsewhere", "closed"],
)
def test_what_was_not_to_be_taken_is_not_avoided(changes):
    assert untaken_ways(exits(often(1, 2), **changes)) == []


def test_one_driver_alone_may_have_a_habit():
    assert untaken_ways(exits(often(1, times=3 * LEAST_CHANCES))) == []


def test_few_chances_say_nothing():
    assert untaken_ways(exits(often(1, 2, times=2))) == []


def test_who_took_it_once_can_take_it():
    assert untaken_ways(exits([*often(1, 2), (3, PLANNED, 5)])) == []


def test_another_type_of_machine_that_takes_it_does_not_speak_for_the_first():
    types = ("grader", "grader", "dump_truck", "dump_truck")
    (found,) = untaken_ways(exits([*often(1, 2), *often(3, ways=PLANNED)], types=types))
    assert found.machine == "grader"


def test_a_silence_behind_the_street_is_no_other_turn():
    assert untaken_ways(exits(often(1, 2, ways=(WEST,)))) == []


def test_a_street_that_nobody_enters_from_anywhere_is_avoided_as_a_whole():
    back = (BACK, DirectedSegment(v.MAIN_WEST, False))
    led = exits([*often(1, 2), *often(1, 2, ways=back, since=5)])
    (found,) = untaken_ways(one._replace(wanted=UP) for one in led)
    assert (found.came, found.way, found.chances) == (None, UP, 4 * LEAST_CHANCES)
