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
    ShiftId,
    StormId,
    Treatment,
    VehicleId,
)
from fleet.learning.deviations.driven_routes import DrivenRoutes, DutyTime, PublishedRoute
from fleet.learning.deviations.untaken_ways import (
    LEAST_CHANCES,
    missed_ways,
    taken_ways,
    untaken_ways,
)
from fleet.learning.street_drives import StormFacts
from fleet.learning.stretches import rows_of
from tests import village as v
from tests.village_plan import a_leg

VILLAGE = v.village()
WEST = DirectedSegment(v.MAIN_WEST, True)
EAST = DirectedSegment(v.MAIN_EAST, True)
BACK = DirectedSegment(v.MAIN_EAST, False)
UP = DirectedSegment(v.MILL, True)
PLANNED, TAKEN = (WEST, UP), (WEST, EAST)
STEP = timedelta(seconds=40)


def track(vehicle, ways, start, share):
    """Passes over streets, one after the other; over the last one for a share of it alone."""
    for n, way in enumerate(ways):
        at = start + n * STEP
        length_m = VILLAGE.segment(way.segment_id).length_m
        seen = Evidence(EvidenceKind.BLADE, 0.9)
        yield Pass(
            way.segment_id,
            way.forward,
            0.0,
            length_m * (share if n == len(ways) - 1 else 1.0),
            VehicleId(vehicle),
            at,
            at + STEP * 0.9,
            Treatment.PLOW,
            seen,
        )


def seen(tracks, planned=PLANNED, shut=(), skipped=(), types=("dump_truck",) * 4, **duty):
    """What machines missed that drove along streets at some minutes, all led the same way.

    A track may say which share of its last street was driven. Machine n is driven by driver n.
    """
    machines = {VehicleId(n): v.a_vehicle(n, type=name) for n, name in enumerate(types, start=1)}
    facts = StormFacts(StormId(1), VILLAGE, machines)
    passes = [
        one
        for vehicle, ways, minute, *share in tracks
        for one in track(vehicle, ways, v.NOW + timedelta(minutes=minute), *share or (1.0,))
    ]
    legs = tuple(a_leg(LegKind.DRIVE, path=(step,)) for step in planned)
    routes = {one: Route(ShiftId(one), one, legs) for one in machines}
    published = {
        one: [PublishedRoute(v.NOW, route, frozenset(skipped))] for one, route in routes.items()
    }
    spans = duty.get("spans", [(v.NOW, v.NOW + timedelta(days=1))])
    drivers = duty.get("drivers", {})
    on_duty = {ShiftId(n): DutyTime(drivers.get(n, f"driver {n}"), spans) for n in machines}
    led = DrivenRoutes(published, on_duty, lambda way, _: way in shut)
    missed = list(missed_ways(rows_of(passes, facts.machines), facts, led))
    return missed, taken_ways(passes, machines, VILLAGE)


def often(*vehicles, ways=TAKEN, times=LEAST_CHANCES, since=0):
    return [(each, ways, since + 10 * n) for each in vehicles for n in range(times)]


def test_a_turn_that_two_drivers_never_take_is_found():
    (found,) = untaken_ways(*seen(often(1, 2)))
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
    assert untaken_ways(*seen(often(1, 2), **changes)) == []


def test_one_driver_alone_may_have_a_habit():
    assert untaken_ways(*seen(often(1, times=3 * LEAST_CHANCES))) == []


def test_few_chances_say_nothing():
    assert untaken_ways(*seen(often(1, 2, times=2))) == []


def test_who_took_it_once_can_take_it():
    assert untaken_ways(*seen([*often(1, 2), (3, PLANNED, 5)])) == []


def test_another_type_of_machine_that_takes_it_does_not_speak_for_the_first():
    types = ("grader", "grader", "dump_truck", "dump_truck")
    (found,) = untaken_ways(*seen([*often(1, 2), *often(3, ways=PLANNED)], types=types))
    assert found.machine == "grader"


def test_a_silence_behind_the_street_is_no_other_turn():
    assert untaken_ways(*seen(often(1, 2, ways=(WEST,)))) == []


def test_half_of_the_street_is_enough_to_have_taken_it():
    half = (3, PLANNED, 5, 0.55)
    assert untaken_ways(*seen([*often(1, 2), half])) == []


def test_a_few_metres_into_the_street_are_the_receivers_error():
    assert untaken_ways(*seen([*often(1, 2), (3, PLANNED, 5, 0.05)])) != []


@pytest.mark.parametrize(
    "changes",
    [
        {"skipped": (1,)},
        {"spans": [(v.NOW, v.NOW + timedelta(seconds=30))]},
        {"spans": []},
    ],
    ids=["skipped", "the shift was over, or called back", "no hours"],
)
def test_what_the_driver_was_not_to_drive_any_more_is_no_chance(changes):
    assert untaken_ways(*seen(often(1, 2), **changes)) == []


@pytest.mark.parametrize("drivers", [{1: "", 2: ""}, {1: "ali", 2: ""}, {1: "ali", 2: "ali"}])
def test_machines_of_which_nobody_said_who_drives_may_have_one_driver(drivers):
    assert untaken_ways(*seen(often(1, 2), drivers=drivers)) == []


def test_a_street_that_nobody_enters_from_anywhere_is_avoided_as_a_whole():
    back = (BACK, DirectedSegment(v.MAIN_WEST, False))
    missed, taken = seen([*often(1, 2), *often(1, 2, ways=back, since=5)], (*PLANNED, BACK, UP))
    (found,) = untaken_ways(missed, taken)
    assert (found.came, found.way, found.chances) == (None, UP, 4 * LEAST_CHANCES)
