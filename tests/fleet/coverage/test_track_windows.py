from collections.abc import Sequence
from itertools import pairwise

import pytest

from data.model import DirectedSegment, EvidenceKind, Pass, Position, Treatment, VehicleId
from fleet.coverage.route_expectations import ExpectedWork, FleetExpectations
from fleet.coverage.track_windows import TrackWindow, number_at
from fleet.matching.map_matching import StreetMatcher
from tests import village as v
from tests.fleet.drives import a_drive, a_fix

NETWORK = v.village()
MAIN = [DirectedSegment(street, True) for street in (v.MAIN_WEST, v.MAIN_EAST)]
DRIVES = [
    DirectedSegment(street, way) for street in (v.DEPOT_ROAD, v.YARD) for way in (True, False)
]
TRUCK = v.a_vehicle(1)
ROUTE = ExpectedWork(v.NOW, frozenset(MAIN), frozenset(DRIVES))
ORDERS = FleetExpectations({TRUCK.id: TRUCK}, {TRUCK.id: [ROUTE]})
WAY_M = [(0, 0), (400, 0), (600, 0), (600, -80), (600, 0), (400, 0)]
"""Along Main Street, then out to the yard and back, where there is nothing to plow."""


def a_night_with(*blades: bool) -> list[Position]:
    """Fixes along the way, one truth of the blade for Main Street and one for the rest."""
    work = a_drive(*WAY_M[:2], speed_mps=6.0, blade=blades[0])
    rest = a_drive(*WAY_M[1:], speed_mps=6.0, start_s=5.0 * len(work), blade=blades[1])
    return [*work, *rest]


def followed(fixes: Sequence[Position], *cuts: int) -> TrackWindow:
    """Follow a truck, settling its last fixes at every cut as a silence does."""
    matcher, window = StreetMatcher(NETWORK), TrackWindow(VehicleId(1), number_at(v.NOW))
    bounds = [0, *cuts, len(fixes)]
    for first, last in pairwise(bounds):
        window.feed(matcher, NETWORK, ORDERS, fixes[first:last])
        window.settle(matcher, NETWORK, ORDERS)
    return window


def proved(window: TrackWindow) -> dict[DirectedSegment, list[Pass]]:
    return {way: window.passes(way) for way in [*MAIN, *DRIVES]}


def work_of(
    window: TrackWindow, way: DirectedSegment
) -> set[tuple[EvidenceKind, Treatment | None]]:
    return {(one.evidence.kind, one.treatment) for one in window.passes(way)}


def test_a_stuck_sensor_loses_what_it_said_before_it_was_found_out() -> None:
    fixes = a_night_with(True, True)
    early = followed(fixes[:18])
    assert work_of(early, MAIN[0]) == {(EvidenceKind.BLADE, Treatment.PLOW)}
    late = followed(fixes)
    for way in MAIN:
        assert work_of(late, way) == {(EvidenceKind.SPEED, Treatment.PLOW)}
    for way in DRIVES:
        assert work_of(late, way) == {(EvidenceKind.SPEED, None)}


def test_what_a_stuck_sensor_loses_is_stored_anew() -> None:
    fixes = a_night_with(True, True)
    window = followed(fixes[:18])
    window.changed.clear()
    window.feed(StreetMatcher(NETWORK), NETWORK, ORDERS, fixes[18:])
    assert MAIN[0] in window.changed


def test_what_the_last_fixes_seemed_to_prove_is_taken_back_when_more_come() -> None:
    mill, matcher = DirectedSegment(v.MILL, True), StreetMatcher(NETWORK)
    places = (
        [(x, 0) for x in range(0, 200, 40)] + [(196, 42)] + [(x, 0) for x in range(240, 420, 40)]
    )
    fixes = [a_fix(v.at_m(*place), 5.0 * i, blade=True) for i, place in enumerate(places)]
    window = followed(fixes[:6])
    assert window.passes(mill)
    window.changed.clear()
    window.feed(matcher, NETWORK, ORDERS, fixes[6:])
    assert mill in window.changed
    assert window.passes(mill) == []


def test_a_sensor_that_says_up_where_the_route_drives_keeps_its_word() -> None:
    window = followed(a_night_with(True, False))
    for way in MAIN:
        assert work_of(window, way) == {(EvidenceKind.BLADE, Treatment.PLOW)}


@pytest.mark.parametrize("rest", [True, False])
def test_cuts_and_silences_on_the_way_change_nothing(rest: bool) -> None:
    fixes = a_night_with(True, rest)
    whole = proved(followed(fixes))
    for cuts in ((10,), (18, 30, 31), range(1, len(fixes), 7)):
        assert proved(followed(fixes, *cuts)) == whole


def test_where_a_route_both_works_and_drives_the_blade_decides_alone() -> None:
    both = ExpectedWork(v.NOW, frozenset(MAIN), frozenset(DRIVES), frozenset(MAIN))
    assert (both.works_on(MAIN[0]), both.works_on(DRIVES[0]), ROUTE.works_on(MAIN[0])) == (
        None,
        False,
        True,
    )
