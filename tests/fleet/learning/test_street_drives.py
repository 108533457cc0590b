"""What passes of village trucks tell of how long streets, turns, loading and stops take."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import Evidence, EvidenceKind, Pass, StormId, Treatment, VehicleId
from data.model.planning.paces import Movement
from data.streets.turn_costs import TurnKind
from fleet.learning.street_drives import StormFacts, drives_of
from fleet.learning.stretches import rows_of
from tests import village as v

FACTS = StormFacts(
    StormId(1), v.village(), {VehicleId(1): v.a_vehicle()}, sites=(v.a_reload_site(),)
)


def a_pass(segment_id, from_s, to_s, *, forward=True, treatment=Treatment.PLOW, **changes):
    """A pass over a whole street, by sensor."""
    one = Pass(
        segment_id=segment_id,
        forward=forward,
        from_m=0.0,
        to_m=v.village().segment(segment_id).length_m,
        vehicle_id=VehicleId(1),
        started_at=v.NOW + timedelta(seconds=from_s),
        ended_at=v.NOW + timedelta(seconds=to_s),
        treatment=treatment,
        evidence=Evidence(EvidenceKind.BLADE if treatment else EvidenceKind.SPEED, 0.9),
    )
    return replace(one, **changes)


def seen(*passes, **changes):
    facts = replace(FACTS, **changes)
    return drives_of(rows_of(passes, facts.machines), facts)


def test_a_street_takes_until_the_next_one_begins_with_the_turn_between():
    first, second = seen(a_pass(v.MAIN_WEST, 0, 40), a_pass(v.MILL, 48, 70)).drives
    assert (first.seconds, first.turn) == (48.0, TurnKind.LEFT)
    assert (second.seconds, second.turn) == (22.0, None)
    assert first.assumed_s == pytest.approx(200 / (25 / 3.6), rel=0.01)


def test_a_mere_drive_is_held_against_the_slower_of_machine_and_street():
    drives = seen(a_pass(v.MAIN_WEST, 0, 40), a_pass(v.MAIN_EAST, 40, 60, treatment=None)).drives
    assert [one.movement for one in drives] == [Movement.PLOW, Movement.DRIVE]
    assert drives[1].assumed_s == pytest.approx(200 / (30 / 3.6), rel=0.01)


def test_a_vehicle_that_was_never_seen_at_work_tells_nothing():
    assert seen(a_pass(v.MAIN_WEST, 0, 40, treatment=None)).drives == ()


def test_what_a_driver_tells_has_no_seconds():
    told = Evidence(EvidenceKind.DRIVER, 1.0)
    assert seen(a_pass(v.MAIN_WEST, 0, 40, evidence=told)).drives == ()


def test_plowing_and_spreading_at_once_is_one_drive():
    spread = Evidence(EvidenceKind.SPREADER, 0.9)
    salted = a_pass(v.MAIN_WEST, 0, 40, treatment=Treatment.SALT, evidence=spread)
    (drive,) = seen(a_pass(v.MAIN_WEST, 0, 40), salted).drives
    assert drive.movement is Movement.PLOW


def test_a_short_stand_on_a_street_is_part_of_it():
    parts = (a_pass(v.MAIN_WEST, 0, 20, to_m=100.0), a_pass(v.MAIN_WEST, 60, 80, from_m=100.0))
    (drive,) = seen(*parts).drives
    assert (drive.seconds, drive.length_m) == (80.0, pytest.approx(200, rel=0.01))


def test_half_a_street_says_nothing_of_it():
    assert seen(a_pass(v.MAIN_WEST, 0, 20, to_m=100.0)).drives == ()


def test_a_longer_stand_between_two_streets_is_a_stop():
    found = seen(a_pass(v.MAIN_WEST, 0, 40), a_pass(v.MILL, 340, 360))
    assert [one.seconds for one in found.stops] == [300.0]
    assert (found.drives[0].seconds, found.drives[0].turn) == (40.0, None)


def test_a_rest_and_a_silence_far_away_are_no_stops():
    rest = seen(a_pass(v.MAIN_WEST, 0, 40), a_pass(v.MILL, 2000, 2020))
    silence = seen(a_pass(v.MAIN_WEST, 0, 40), a_pass(v.ORCHARD, 340, 360))
    assert rest.stops == silence.stops == ()


def test_what_passes_at_a_reload_site_is_loading():
    found = seen(a_pass(v.DEPOT_ROAD, 0, 40), a_pass(v.DEPOT_ROAD, 740, 780, forward=False))
    assert [(one.site_id, one.seconds) for one in found.visits] == [(1, 700.0)]
    assert found.stops == ()


def test_snow_lies_on_a_street_since_it_was_plowed():
    def lying_mm(since, at):
        return (at - (since or v.NOW - timedelta(hours=10))) / timedelta(hours=1)

    first, again = seen(
        a_pass(v.MAIN_WEST, 0, 40), a_pass(v.MAIN_WEST, 7240, 7280), lying_mm=lying_mm
    ).drives
    assert (first.depth_mm, again.depth_mm) == (10.0, 2.0)
    assert seen(a_pass(v.MAIN_WEST, 0, 40)).drives[0].depth_mm is None


def test_a_drive_where_no_route_leads_is_told():
    found = seen(
        a_pass(v.MAIN_WEST, 0, 40),
        a_pass(v.MILL, 40, 60),
        on_route=lambda _vehicle, _at, way: way.segment_id == v.MILL,
    )
    assert [one.on_route for one in found.drives] == [False, True]
