"""A service way, Yard Lane, leaves Main Street West at its middle and ends behind it.

```
    (100,100)---------(180,100)      a branch of the yard
        |
        |  Yard Lane
        |
  1---(100,0)---2                    Main Street West, cut there for the matching alone
```
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest

from data.model import (
    DirectedSegment,
    LonLat,
    Match,
    NodeId,
    Oneway,
    Position,
    Restriction,
    SegmentId,
)
from data.model.streets import ServiceWay
from data.streets.network import StreetNetwork, build_network
from fleet.logbook.activities import spells_of
from fleet.matching.driven_paths import DrivenStretch
from fleet.matching.map_matching import StreetMatcher, Trail
from fleet.matching.matched_ways import MatchedWays
from fleet.matching.street_arrays import TURN_M, YARD_M
from fleet.tracking.gps_table import LogLine, matched_table
from tests import village as v
from tests.fleet.drives import a_drive, a_fix

LANE, BRANCH = SegmentId(-1), SegmentId(-2)
AT_MAIN = v.at_m(100.0, 0.0)


def a_way(number: SegmentId, start: int, end: int, *line: LonLat) -> ServiceWay:
    return ServiceWay(number, 7001, NodeId(start), NodeId(end), line, Oneway.NO)


@cache
def city(*signs: Restriction) -> StreetNetwork:
    main = v.a_segment(1, 1, 2, via_m=[(100.0, 0.0)])
    corner = v.at_m(100.0, 100.0)
    ways = (
        a_way(LANE, 51, 52, AT_MAIN, corner),
        a_way(BRANCH, 52, 53, corner, v.at_m(180.0, 100.0)),
    )
    return build_network([main, *v.village_segments()[1:]], signs, ways)


@cache
def matcher() -> StreetMatcher:
    return StreetMatcher(city())


def matched(fixes: Sequence[Position]) -> list[Match]:
    trail = Trail()
    return matcher().match(trail, fixes) + matcher().settle(trail)


def driven(matches: Sequence[Match]) -> list[DrivenStretch]:
    return [stretch for a, b in pairwise(matches) for stretch in matcher().between(a, b)]


MAIN, MAIN_BACK = DirectedSegment(v.MAIN_WEST, True), DirectedSegment(v.MAIN_WEST, False)


def test_a_fix_on_a_service_way_is_on_no_street_but_not_off_all_ways() -> None:
    matches = matched(a_drive((100.0, 20.0), (100.0, 95.0), every_s=2.0))
    assert {match.segment for match in matches} == {None}
    assert {match.service_way for match in matches} == {DirectedSegment(LANE, True)}
    assert matches[2].offset_m == pytest.approx(52.0, abs=1.0)
    assert matches[2].confidence > 0.9


def test_what_is_driven_on_service_ways_counts_on_no_street() -> None:
    assert driven(matched(a_drive((100.0, 20.0), (100.0, 100.0), (180.0, 100.0)))) == []


def test_the_table_of_a_log_names_the_service_way_and_no_street() -> None:
    fixes = a_drive((100.0, 20.0), (100.0, 95.0), every_s=2.0)
    _, *rows = matched_table(city(), [LogLine("7", "then", fix) for fix in fixes])
    vehicle, _, lon, _, segment_id, osm_way_id, forward, *_ = rows[2].split(",")
    assert (vehicle, segment_id, osm_way_id, forward) == ("7", "", "7001", "true")
    assert float(lon) == pytest.approx(AT_MAIN.lon, abs=1e-6)


def test_a_street_that_service_ways_meet_is_driven_as_one() -> None:
    matches = matched(a_drive((10.0, 0.0), (190.0, 0.0)))
    assert {match.segment for match in matches} == {MAIN}
    stretches = driven(matches)
    assert {stretch.directed for stretch in stretches} == {MAIN}
    assert stretches[0].from_m == pytest.approx(10.0, abs=1.0)
    assert stretches[-1].to_m == pytest.approx(190.0, abs=1.0)
    assert all(a.to_m == pytest.approx(b.from_m) for a, b in pairwise(stretches))


def test_metres_count_from_the_end_of_the_whole_street_on_the_way_back() -> None:
    matches = matched(a_drive((190.0, 0.0), (10.0, 0.0)))
    assert {match.segment for match in matches} == {MAIN_BACK}
    assert matches[0].offset_m == pytest.approx(190.0, abs=1.0)
    stretches = driven(matches)
    assert stretches[0].from_m == pytest.approx(10.0, abs=1.0)
    assert stretches[-1].to_m == pytest.approx(190.0, abs=1.0)
    places = matcher().places(matches)
    assert places[0] == pytest.approx(v.at_m(190.0, 0.0), abs=1e-5)


def test_a_truck_that_turns_into_a_yard_has_driven_the_street_as_far_as_there() -> None:
    way = [(10.0, 0.0), (100.0, 0.0), (100.0, 95.0)]
    stretches = driven(matched(a_drive(*way)))
    assert {stretch.directed for stretch in stretches} == {MAIN}
    assert stretches[-1].to_m == pytest.approx(100.0, abs=0.1)
    back = driven(matched(a_drive(*way[::-1])))
    assert {stretch.directed for stretch in back} == {MAIN_BACK}
    assert back[0].from_m == pytest.approx(100.0, abs=0.1)


def test_a_step_of_less_than_a_millimetre_is_none() -> None:
    ways = MatchedWays(city())
    part = ways.point(MAIN, 150.0, leaves=True).directed
    assert ways.on_streets([DrivenStretch(part, 1.0, 1.0 + 1e-9)]) == []


def test_metres_of_a_vehicles_day_count_on_service_ways_too() -> None:
    way = [(10.0, 0.0), (100.0, 0.0), (100.0, 95.0)]
    spells = spells_of(a_drive(*way), matcher(), city(), v.NOW, v.NOW + timedelta(hours=1))
    assert sum(spell.sums.moved_m for spell in spells) == pytest.approx(185.0, abs=10.0)


def test_lengths_of_the_parts_add_up_to_the_street() -> None:
    parts = [one for one in MatchedWays(city()).network.segments if one.key.osm_way_id == 1001]
    assert [(one.start, one.end) for one in parts] == [(1, 51), (51, 2)]
    whole_m = city().segment(v.MAIN_WEST).length_m
    assert sum(one.length_m for one in parts) == pytest.approx(whole_m)


def test_a_sign_holds_for_the_part_that_meets_it() -> None:
    sign = Restriction(v.MAIN_WEST, NodeId(2), v.MILL, "no")
    network = MatchedWays(city(sign)).network
    (told,) = network.restrictions
    came = network.segment(told.from_segment)
    assert (came.start, came.end, told.to_segment) == (51, 2, v.MILL)


def test_streets_without_service_ways_are_matched_as_they_are() -> None:
    assert MatchedWays(v.village()).network is v.village()


def test_turning_from_a_street_into_a_service_way_has_a_price() -> None:
    main = matcher().ways.point(MAIN, 50.0, leaves=True).directed
    lane, branch = DirectedSegment(LANE, True), DirectedSegment(BRANCH, True)
    assert price_m(main, lane) == TURN_M + YARD_M
    assert price_m(lane, branch) == 0.0  # the corner of a yard, where nothing else goes on
    back = DirectedSegment(main.segment_id, False)
    assert price_m(DirectedSegment(LANE, False), back) == TURN_M


def price_m(came: DirectedSegment, goes: DirectedSegment) -> float:
    paths, arrays = matcher().paths, matcher().paths.model.streets
    first, last = arrays.follow_start[paths.arc(came) : paths.arc(came) + 2]
    turns = dict(
        zip(arrays.follow[first:last], arrays.follow_price_m[first:last], strict=True),
    )
    return float(turns.get(paths.arc(goes), 0.0))


def test_a_street_behind_many_service_ways_is_still_looked_at() -> None:
    stubs = [
        a_way(SegmentId(-k), 100 + k, 200 + k, v.at_m(94.0 + k, 14.0), v.at_m(94.0 + k, 19.0))
        for k in range(1, 13)
    ]
    streets = StreetMatcher(build_network(v.village_segments(), (), stubs))
    places = [(25.0 * step, 20.0 if step == 4 else 8.0) for step in range(1, 8)]
    trail, fixes = Trail(), [a_fix(v.at_m(*at), 5.0 * n) for n, at in enumerate(places)]
    matches = streets.match(trail, fixes) + streets.settle(trail)
    assert {match.segment for match in matches} == {MAIN}
