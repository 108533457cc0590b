from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from math import hypot

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from data.model import DirectedSegment, Match, Position, Restriction
from data.streets.network import build_network
from fleet.matching.driven_paths import DrivenPaths, DrivenStretch, PointOnStreet
from fleet.matching.hmm_parameters import HMM
from fleet.matching.kernels.arrays import NearbySegments
from fleet.matching.kernels.bounded_search import fill_row, slot_of
from fleet.matching.kernels.candidates import nearest_segments
from fleet.matching.map_matching import STREETS, StreetMatcher, Trail
from tests import village as v
from tests.fleet.drives import a_drive, a_fix
from tests.fleet.matching.matching_reference import Twin, ways_from


@cache
def ways() -> DrivenPaths:
    return DrivenPaths(v.village())


@cache
def matcher() -> StreetMatcher:
    return StreetMatcher(v.village())


def matched(fixes: Sequence[Position], by: StreetMatcher | None = None) -> list[Match]:
    one, trail = by or matcher(), Trail()
    return one.match(trail, fixes) + one.settle(trail)


def streets(matches: Iterable[Match]) -> list[DirectedSegment | None]:
    """The streets in a row, each once."""
    found: list[DirectedSegment | None] = []
    for match in matches:
        if not found or found[-1] != match.segment:
            found.append(match.segment)
    return found


def driven(matches: Sequence[Match]) -> list[DrivenStretch]:
    return [stretch for a, b in pairwise(matches) for stretch in matcher().between(a, b)]


@settings(max_examples=60)
@given(east=st.floats(-60, 460), north=st.floats(-100, 320))
def test_streets_near_a_point_are_those_that_the_network_finds(east: float, north: float) -> None:
    point = v.at_m(east, north)
    here = NearbySegments(np.zeros(8, np.int64), np.zeros(8, np.int64), np.zeros(8), np.zeros(8))
    count = nearest_segments(ways().model.streets, *v.village().projection.plane(point), 60.0, here)
    snaps = v.village().nearby(point, 60.0)
    assert count == min(len(snaps), 8)
    assert here.away_m[:count] == pytest.approx([s.distance_m for s in snaps[:count]], abs=1e-6)
    by_street = {s.segment_id: s.offset_m for s in snaps}
    for i, along_m in list(zip(here.segment, here.along_m, strict=True))[:count]:
        segment_id = v.village().segments[i].id
        near = abs(along_m - by_street[segment_id])
        assert near < 0.01 or segment_id == v.RING  # a loop begins and ends at one place


@pytest.mark.parametrize("reach_m", [90.0, 700.0, 9000.0])
@pytest.mark.parametrize("source", range(24))
def test_paths_between_streets_are_those_of_a_plain_search(source: int, reach_m: float) -> None:
    streets_of, paths, _ = ways().model
    plain = ways_from(v.village(), ways().directed[source])
    fill_row(streets_of, paths, source, reach_m)
    for target, directed in enumerate(ways().directed):
        slot = slot_of(paths, source, target)
        way = plain[directed]
        if way.all_m > reach_m:
            assert slot < 0
        else:
            assert paths.price_m[slot] == pytest.approx(way.price_m)
            assert paths.metres[slot] + paths.price_m[slot] == pytest.approx(way.all_m)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 50),
    cuts=st.lists(st.integers(1, 39), max_size=8),
    every_s=st.sampled_from([1.0, 3.0, 9.0, 31.0]),
)
def test_a_log_cut_in_any_batches_gives_the_same_matches(
    seed: int, cuts: list[int], every_s: float
) -> None:
    corners = [(0, 0), (200, 0), (200, 290), (200, 150), (0, 150), (0, 0), (400, 0), (600, 0)]
    fixes = a_drive(*corners, every_s=every_s, noise_m=9.0, seed=seed)
    whole, trail, parts = matched(fixes), Trail(), list[Match]()
    for first, last in pairwise([0, *sorted(set(cuts)), len(fixes)]):
        parts += matcher().match(trail, fixes[first:last])
    assert [*parts, *matcher().settle(trail)] == whole
    assert [match.fixed_at for match in whole] == [fix.fixed_at for fix in fixes]


@settings(max_examples=25)
@given(
    start=st.tuples(st.integers(0, 400), st.integers(-20, 300)),
    moves=st.lists(st.tuples(st.integers(-90, 90), st.integers(-90, 90)), max_size=5),
    every_s=st.sampled_from([2.0, 7.0, 30.0]),
)
def test_no_course_through_the_fixes_is_likelier_than_the_one_that_is_found(
    start: tuple[int, int], moves: list[tuple[int, int]], every_s: float
) -> None:
    """By a plain search over all courses, of any fixes whatever; told when nothing else counts."""
    assume(all(hypot(*move) > HMM.spacing_m + 1 for move in moves))
    places = np.cumsum([start, *moves], axis=0).tolist()
    fixes = [a_fix(v.at_m(*place), i * every_s) for i, place in enumerate(places)]
    patient = StreetMatcher(v.village(), HMM._replace(beam=1e6, path_weight=1e6))
    twin = Twin(v.village(), fixes, STREETS)
    assert twin.cost_of(matched(fixes, patient)) == pytest.approx(min(twin.costs), abs=1e-3)


def test_what_was_matched_before_does_not_change_an_answer() -> None:
    corners = [(0, 0), (400, 0), (400, 150), (200, 150), (200, 300)]
    fixes = a_drive(*corners, every_s=20.0, noise_m=8.0)
    used = StreetMatcher(v.village())
    for seed in range(4):
        matched(a_drive((0, 150), (0, 0), (600, 0), every_s=40.0, noise_m=9.0, seed=seed), used)
    assert matched(fixes, used) == matched(fixes, StreetMatcher(v.village()))


def test_a_truck_in_a_yard_is_on_no_street_and_comes_back() -> None:
    yard = [(120, 0), (150, -90), (190, -110), (150, -90), (120, 0)]
    matches = matched(a_drive((0, 0), *yard, (400, 0), every_s=3.0, noise_m=2.0))
    found = streets(matches)
    assert None in found
    assert found[0] == DirectedSegment(v.MAIN_WEST, True)
    assert found[-1] == DirectedSegment(v.MAIN_EAST, True)


@pytest.mark.parametrize("seed", range(4))
def test_a_street_beside_another_is_told_by_where_the_truck_came_from(seed: int) -> None:
    lane = [(0, 20), (0, 150), (50, 100), (150, 100), (200, 150), (200, 250)]
    matches = matched(a_drive(*lane, every_s=2.0, noise_m=4.0, seed=seed))
    wanted = [
        DirectedSegment(v.TULIP, True),
        DirectedSegment(v.BACK, True),
        DirectedSegment(v.BLIND, True),
    ]
    assert streets(matches) == wanted


def test_a_plow_backing_up_at_walking_speed_counts() -> None:
    there = a_drive((20, 0), (180, 0), speed_mps=1.2, heading_deg=90.0)
    back = a_drive((180, 0), (60, 0), speed_mps=1.2, heading_deg=90.0, start_s=140.0)
    found = streets(matched([*there, *back]))
    assert found == [DirectedSegment(v.MAIN_WEST, True), DirectedSegment(v.MAIN_WEST, False)]


def test_a_standing_truck_drifts_nowhere() -> None:
    stands = [
        a_fix(v.at_m(150 + 6 * np.sin(i), 5 * np.cos(i / 2)), 60.0 + 4 * i) for i in range(60)
    ]
    matches = matched([*a_drive((0, 0), (145, 0)), *stands])
    assert {match.segment for match in matches} == {DirectedSegment(v.MAIN_WEST, True)}
    offsets = [match.offset_m for match in matches[-40:]]
    assert max(offsets) - min(offsets) < 12.0


def test_a_way_against_a_one_way_street_is_dear_but_possible() -> None:
    matches = matched(a_drive((400, 140), (400, 10), heading_deg=None))
    assert streets(matches) == [DirectedSegment(v.ROSE, False)]


def test_where_two_ways_are_as_likely_only_what_they_share_counts() -> None:
    """From one corner of the block to the other, both ways round are equally long."""
    a = PointOnStreet(DirectedSegment(v.DEPOT_ROAD, False), 190.0)
    b = PointOnStreet(DirectedSegment(v.BLIND, True), 20.0)
    assert sum(s.to_m - s.from_m for s in ways().stretches(a, b)) == pytest.approx(380.0, abs=1.0)
    assert ways().stretches(a, b, sure=True) == [
        DrivenStretch(a.directed, 190.0, pytest.approx(200.0, abs=0.1)),
        DrivenStretch(b.directed, 0.0, 20.0),
    ]


@pytest.mark.parametrize(("seconds", "east_m"), [(301.0, 300.0), (200.0, 560.0), (2.0, 300.0)])
def test_a_gap_too_long_in_time_or_metres_or_too_fast_proves_nothing(
    seconds: float, east_m: float
) -> None:
    a, b = matched([a_fix(v.at_m(5, 0)), a_fix(v.at_m(5 + east_m, 0), seconds)])
    assert matcher().between(a, b) == []


def test_a_gap_with_one_way_through_is_bridged() -> None:
    a, b = matched(
        [a_fix(v.at_m(100, 0), heading_deg=90.0, speed_mps=5.0), a_fix(v.at_m(450, 0), 90.0)]
    )
    assert a.segment is not None
    found = [stretch.directed.segment_id for stretch in matcher().between(a, b)]
    assert found == [v.MAIN_WEST, v.MAIN_EAST, v.DEPOT_ROAD]


def test_a_forbidden_turn_is_dear_but_possible() -> None:
    sign = Restriction(v.MAIN_WEST, v.village().segments[3].start, v.MILL, "no")
    signed = StreetMatcher(build_network(v.village_segments(), [sign]))
    turn = a_drive((20, 0), (200, 0), (200, 120), every_s=4.0)
    assert streets(matched(turn, signed)) == streets(matched(turn))
    mains = DirectedSegment(v.MAIN_WEST, True), DirectedSegment(v.MILL, True)
    a, b = (
        PointOnStreet(directed, metres)
        for directed, metres in zip(mains, (190.0, 10.0), strict=True)
    )
    assert signed.paths.path_m(a, b) == pytest.approx(20.0, abs=0.5)


def test_confidence_is_low_where_two_streets_are_as_near() -> None:
    (between_two,) = matched([a_fix(v.at_m(100, 125))])
    (alone,) = matched([a_fix(v.at_m(500, 2), heading_deg=90.0, speed_mps=9.0)])
    assert between_two.confidence < 0.5 < 0.8 < alone.confidence
