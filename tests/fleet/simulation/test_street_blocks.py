from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from data.streets.projection import distance_m
from data.training import HOUR, Calls, CityPart, Snow, StreetKind, shipped_scenario
from fleet.simulation.city_parts import CityParts
from fleet.simulation.scenario_events import callers_of, snow_cm, where_snow_lies
from fleet.simulation.simulated_calls import calls
from fleet.simulation.simulated_trucks import Fix
from fleet.simulation.street_blocks import (
    LOOKS,
    FoundBlock,
    StreetBlock,
    around_blocks,
    drawn_street,
    kind_of,
    open_legs,
    street_ahead,
)
from fleet.simulation.truck_path import moved_by
from fleet.simulation.way_ahead import WayAhead
from tests import village as v
from tests.fleet.simulation.test_simulated_trucks import NETWORK, a_route, fixes
from tests.town import sample_town

PARTS = CityParts(NETWORK)


def on_street(sent: Sequence[Fix], segment_id: int) -> list[Fix]:
    """Return the fixes in the middle of a street."""
    length_m = NETWORK.segment(segment_id).length_m
    snaps = [(fix, NETWORK.nearest(fix.location, 30)) for fix in sent]
    return [
        fix
        for fix, snap in snaps
        if snap and snap.segment_id == segment_id and 20 < snap.offset_m < length_m - 20
    ]


def driven_around(segment_id: int, lasts: timedelta = HOUR) -> tuple[list[Fix], list[FoundBlock]]:
    found: list[FoundBlock] = []
    block = StreetBlock(v.SegmentId(segment_id), v.NOW, v.NOW + lasts)
    return list(around_blocks(WayAhead(fixes()), NETWORK, lambda: [block], found.append)), found


def test_a_truck_turns_round_before_a_blocked_street_and_comes_to_the_rest_later():
    assert on_street(fixes(), v.MAIN_WEST)
    sent, found = driven_around(v.MAIN_WEST)
    assert on_street(sent, v.MAIN_WEST) == []
    assert on_street(sent, v.SCHOOL)
    assert len(found) == 1
    assert distance_m(found[0].place, v.node_at(2)) < 50
    stood = [one for one in sent if found[0].at <= one.fixed_at < found[0].at + LOOKS]
    assert {one.location for one in stood} == {found[0].place}
    assert not any(one.blade for one in stood)
    assert all(before.fixed_at < after.fixed_at for before, after in pairwise(sent))
    assert all(distance_m(a.location, b.location) < 100 for a, b in pairwise(sent))


def test_legs_over_a_street_are_shut_while_it_is_blocked():
    route = a_route()
    over = [i for i, leg in enumerate(route.legs) if leg.path[0].segment_id == v.BLIND]
    others = [i for i, _ in enumerate(route.legs) if i not in over]
    block = StreetBlock(v.BLIND, v.NOW, v.NOW + HOUR)
    assert len(over) == 2
    assert open_legs(route, range(len(route.legs)), [block], v.NOW) == others
    assert open_legs(route, over, [block], v.NOW + HOUR) == over


def test_where_no_way_leads_around_it_waits_until_the_street_is_free():
    half_an_hour = timedelta(minutes=30)
    sent, found = driven_around(v.BLIND, half_an_hour)
    assert len(found) == 1
    standing = [one for one in sent if found[0].at <= one.fixed_at < v.NOW + half_an_hour]
    assert on_street(standing, v.BLIND) == []


def test_a_street_that_is_free_again_holds_nobody_up():
    block = StreetBlock(v.MAIN_WEST, v.NOW - HOUR, v.NOW)
    way = WayAhead(fixes())
    assert list(around_blocks(way, NETWORK, lambda: [block], list[FoundBlock]().append)) == fixes()


def test_the_blocked_street_is_one_that_a_truck_comes_to_however_late_it_is():
    late, own = 2 * HOUR, {leg.path[0].segment_id for leg in a_route().legs if leg.blade}
    found: list[FoundBlock] = []
    blocks: list[StreetBlock] = []
    way = WayAhead(fixes(starts_at=v.NOW + late))
    kind = kind_of(NETWORK.segment(v.MAIN_WEST))
    assert street_ahead([(way, own)], NETWORK, kind, v.NOW, seed=1) is None
    street = street_ahead([(way, own)], NETWORK, kind, v.NOW + late - timedelta(minutes=4), seed=1)
    assert street is not None
    assert street.id in own
    assert drawn_street(NETWORK, StreetKind.RESIDENTIAL, seed=1) is not None
    blocks.append(StreetBlock(street.id, v.NOW, v.NOW + 2 * late))
    sent = list(around_blocks(way, NETWORK, lambda: blocks, found.append))
    assert [one.block for one in found] == blocks
    assert on_street(sent, street.id) == []


def test_what_a_truck_has_before_it_is_seen_and_still_driven_as_late_as_it_is():
    way, minute = WayAhead(fixes()), timedelta(minutes=1)
    way.late = HOUR
    seen = way.until(v.NOW + HOUR + minute)
    ends_at = v.NOW + minute
    assert seen == [moved_by(fix, HOUR) for fix in fixes() if fix.fixed_at < ends_at]
    assert list(way) == fixes()
    assert way.until(v.NOW + 2 * HOUR) == []


def test_parts_of_a_city_are_about_halves_and_two_make_it_whole():
    town = CityParts(sample_town().network)
    for one, other in (("north", "south"), ("east", "west"), ("center", "edge")):
        shares = town.share(CityPart(one)), town.share(CityPart(other))
        assert sum(shares) == pytest.approx(1)
        assert shares[0] == pytest.approx(0.5, abs=0.03)
    assert PARTS.share(None) == 1


def test_snow_on_a_part_counts_for_its_share_and_most_callers_are_from_there():
    snow = (Snow(0 * HOUR, 4 * HOUR, 1.0), Snow(0 * HOUR, 4 * HOUR, 9.0, CityPart.NORTH))
    share = PARTS.share(CityPart.NORTH)
    assert snow_cm(snow, 2 * HOUR, PARTS) == pytest.approx(2 + 18 * share)
    likely = where_snow_lies(snow, v.NOW, PARTS)
    scenario = replace(
        shipped_scenario("first-night"), calls=(Calls(0 * HOUR, 4 * HOUR, 100),), snow=snow
    )
    later = callers_of(scenario, v.NOW)
    spoken = calls(NETWORK.segments, (), v.NOW, later, seed=1, likely=likely)
    north = PARTS.streets(CityPart.NORTH)
    heard = Counter(
        bool(north[NETWORK.index_of(snap.segment_id)])
        for one in spoken
        if (snap := NETWORK.nearest(one.location, 5)) is not None
    )
    assert heard[True] > 3 * heard[False]
    assert where_snow_lies(snow[:1], v.NOW, PARTS) is None
