"""What the council's figures count."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import Coverage, DirectedSegment, RoadClass, ServiceClass
from data.streets.network import build_network
from fleet.coverage.coverage_states import CoverageState, coverage_state
from fleet.reports.performance import (
    RequestTiming,
    late_at,
    late_spells,
    performance,
    promised_lanes,
    response,
)
from fleet.work.totals import quantile
from tests.snow import storms
from tests.village import MAIN_EAST, MAIN_WEST, NOW, ROSE, YARD, a_storm, village, village_segments
from tests.village_database import POLICY

NETWORK = village()
LANES = promised_lanes(NETWORK, POLICY)
HOUR = timedelta(hours=1)
LATE = {CoverageState.DUE, CoverageState.OVERDUE}

moments = st.integers(0, 40 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
services = st.dictionaries(
    st.sampled_from(sorted(LANES.index)), st.lists(moments, min_size=1, max_size=6).map(sorted)
)


def standing(served, at, asked=()):
    return performance(LANES, late_spells(LANES, served, a_storm()), asked, NOW, at)


def asked(since=NOW, hours=4.0, answered_h=None, district: str | None = "") -> RequestTiming:
    answered_at = None if answered_h is None else since + answered_h * HOUR
    return RequestTiming(since, since + hours * HOUR, answered_at, ServiceClass("P1"), district)


@given(services, moments, storms)
def test_a_direction_is_late_exactly_where_the_map_says_so(served, at, storm):
    late = late_at(LANES, late_spells(LANES, served, storm), (at - NOW).total_seconds())

    for directed, number in LANES.index.items():
        done = [moment for moment in served.get(directed, ()) if moment <= at]
        row = Coverage(*directed, len(done), 1, done[-1]) if done else None
        rule = POLICY.rule_of(NETWORK.segment(directed.segment_id))
        color = coverage_state(row, rule, storm, at)
        assert bool(late[number]) == (color in LATE), directed


@given(services, moments)
def test_classes_and_districts_add_up_to_the_city(served, at):
    shown = standing(served, at)

    for parts in (shown.classes.values(), shown.districts.values()):
        for name in ("clear_m", "waiting_m", "late_m"):
            whole_m = getattr(shown.city.share, name)
            assert sum(getattr(part.share, name) for part in parts) == pytest.approx(whole_m)
    assert shown.city.share.lane_m == pytest.approx(LANES.lane_m.sum())


@given(services, moments, moments)
def test_one_more_service_never_makes_the_share_smaller(served, at, more_at):
    directed = DirectedSegment(MAIN_WEST, True)
    more = {**served, directed: sorted([*served.get(directed, ()), more_at])}

    before, after = standing(served, at).city.share, standing(more, at).city.share
    assert after.late_m <= before.late_m + 1e-6


@given(services, moments, moments)
def test_what_happened_later_changes_nothing_that_was_measured(served, at, later):
    until = max(at, later)
    known = {d: [t for t in times if t <= at] for d, times in served.items()}
    rest = {d: [t for t in times if t <= until] for d, times in served.items()}

    assert standing(known, at).city == standing(rest, at).city


def test_a_two_way_street_counts_half_of_its_lanes_each_way():
    lanes = LANES.lane_m[[LANES.index[DirectedSegment(MAIN_WEST, way)] for way in (True, False)]]
    one_way = LANES.lane_m[LANES.index[DirectedSegment(ROSE, True)]]

    assert lanes == pytest.approx([200.0, 200.0], rel=1e-3)  # 200 m, two lanes
    assert one_way == pytest.approx(150.0, rel=1e-3)  # 150 m, one lane
    assert DirectedSegment(ROSE, False) not in LANES.index


def test_streets_served_on_request_are_not_promised_a_cycle():
    assert DirectedSegment(YARD, True) not in LANES.index
    assert standing({}, NOW).classes[ServiceClass("P4")].share.within is None


def test_a_storm_begins_with_everything_in_time_and_nothing_cleared():
    share = standing({}, NOW).city.share

    assert (share.within, share.clear_m, share.late_m) == (1.0, 0.0, 0.0)


def test_a_main_street_is_late_after_its_cycle_and_in_time_once_served():
    directed = DirectedSegment(MAIN_EAST, True)  # P1, every three hours
    served = {directed: [NOW + 4 * HOUR]}
    late = [
        bool(
            late_at(LANES, late_spells(LANES, served, a_storm()), hours * 3600)[
                LANES.index[directed]
            ]
        )
        for hours in (3, 3.01, 3.99, 4, 7, 7.01)
    ]

    assert late == [False, True, True, False, False, True]


def test_districts_are_told_apart_and_streets_outside_are_counted_too():
    segments = [replace(one, district="North" if one.id <= 2 else "") for one in village_segments()]
    lanes = promised_lanes(build_network(segments), POLICY)
    shown = performance(lanes, late_spells(lanes, {}, a_storm()), [], NOW, NOW + 4 * HOUR)

    assert lanes.districts == ("North", "")
    assert shown.districts["North"].share.within == 0.0
    assert shown.districts[""].share.within not in (None, 0.0)


def test_a_city_without_promises_has_no_share():
    alleys = [replace(one, road_class=RoadClass.ALLEY) for one in village_segments()]
    lanes = promised_lanes(build_network(alleys), POLICY)
    spells = late_spells(lanes, {}, a_storm())

    assert performance(lanes, spells, [], NOW, NOW).city.share.within is None


def test_requests_are_in_time_late_or_still_waiting():
    seen = response(
        [
            asked(answered_h=1),
            asked(answered_h=5),  # after its four hours
            asked(),  # past its time and not answered
            asked(since=NOW + 5 * HOUR),  # still in time
            asked(since=NOW + 9 * HOUR),  # not made yet
        ],
        NOW + 6 * HOUR,
    )

    assert (seen.asked, seen.answered, seen.in_time, seen.late, seen.waiting) == (4, 2, 1, 2, 2)
    assert seen.within == pytest.approx(1 / 3)
    assert (seen.median_s, seen.p90_s) == (3600.0, 5 * 3600.0)
    assert seen.longest_wait_s == 6 * 3600.0


def test_a_request_without_a_street_counts_for_the_city_and_apart_but_for_no_district():
    shown = standing({}, NOW + 5 * HOUR, [asked(), asked(district=None)])

    assert shown.city.response.asked == 2
    assert (shown.unplaced.asked, shown.unplaced.late) == (1, 1)
    assert {name: part.response.asked for name, part in shown.districts.items()} == {"": 1}


def test_an_answer_counts_only_from_its_own_moment_on():
    one = asked(answered_h=2)

    assert response([one], NOW + HOUR).answered == 0
    assert response([one], NOW + HOUR).within is None
    assert response([one], NOW + 2 * HOUR).within == 1.0


def test_who_calls_about_a_street_that_was_just_cleared_has_not_waited():
    since = NOW + HOUR
    cleared_before = RequestTiming(since, since + HOUR, NOW, ServiceClass("P1"), "")

    assert response([cleared_before], since).median_s == 0.0


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.9]))
def test_at_least_that_share_waited_no_longer_and_it_is_a_real_wait(waits, share):
    value = quantile(sorted(waits), share)

    assert value in waits
    assert sum(wait <= value for wait in waits) >= share * len(waits)
    assert sum(wait < value for wait in waits) < share * len(waits)


def test_nothing_answered_has_no_median():
    assert quantile([], 0.5) is None
    assert response([], datetime.max.replace(tzinfo=NOW.tzinfo)).longest_wait_s is None
