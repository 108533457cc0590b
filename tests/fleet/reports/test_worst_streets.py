"""Which streets and places a council member is told of first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.model import DirectedSegment, Place
from data.streets.network import build_network
from fleet.reports.bus_routes import bus_streets
from fleet.reports.critical_sites import (
    NAMED_COUNT,
    Site,
    find_sites,
    named_sites,
    site_accesses,
    site_counts,
)
from fleet.reports.pass_ages import lane_ages
from fleet.reports.performance import late_for_s, late_spells, promised_lanes
from fleet.reports.worst_streets import WORST_COUNT, LaneStates, first_of_each, worst_streets
from tests import village as v
from tests.village_database import POLICY

NETWORK = v.village()
HOUR = timedelta(hours=1)


def states_at(at: datetime, served=(), network=NETWORK) -> LaneStates:
    """How late the village is, with these streets cleared in both directions at these times."""
    lanes = promised_lanes(network, POLICY)
    done = {
        way: [moment]
        for street, moment in served
        for way in (DirectedSegment(street, True), DirectedSegment(street, False))
        if way in lanes.index
    }
    spells = late_spells(lanes, done, v.a_storm())
    late_s = late_for_s(lanes, spells, (at - v.NOW).total_seconds())
    return LaneStates(lanes, late_s, lane_ages(lanes, done, v.NOW, at))


def test_nothing_is_named_while_nothing_is_late():
    assert worst_streets(states_at(v.NOW + HOUR), NETWORK) == ()


def test_streets_are_ranked_by_how_much_of_them_is_late_and_for_how_long():
    # After five hours the main street (cycle 3 h) is late for two of them, in both of its pieces.
    ranked = worst_streets(states_at(v.NOW + 5 * HOUR), NETWORK)
    first = ranked[0]
    assert first.segment.names["en"] == ("Imam Street",)
    assert (first.late_s, first.age_s, first.never) == (2 * 3600.0, 5 * 3600.0, True)
    assert first.lane_m == pytest.approx(
        sum(
            one.length_m * one.lanes for one in NETWORK.segments if one.names == first.segment.names
        )
    )


def test_what_was_cleared_in_time_is_not_named():
    at = v.NOW + 5 * HOUR
    cleared = [(one.id, at - HOUR) for one in NETWORK.segments]
    assert worst_streets(states_at(at, cleared), NETWORK) == ()


def test_a_street_that_was_cleared_says_how_long_ago():
    at = v.NOW + 6 * HOUR
    streets = [one for one in NETWORK.segments if one.names.get("en") == ("Imam Street",)]
    ranked = worst_streets(states_at(at, [(one.id, v.NOW + HOUR) for one in streets]), NETWORK)
    main = next(one for one in ranked if one.segment.names["en"] == ("Imam Street",))
    assert (main.late_s, main.age_s, main.never) == (2 * 3600.0, 5 * 3600.0, False)


def test_one_name_in_two_districts_is_two_streets():
    halves = [
        replace(one, district="west" if one.id == v.MAIN_WEST else "east")
        for one in NETWORK.segments
    ]
    network = build_network(halves)
    ranked = worst_streets(states_at(v.NOW + 5 * HOUR, network=network), network)
    assert {"west", "east"} <= {one.segment.district for one in ranked}


def test_of_a_ranking_the_first_of_all_and_of_each_part_are_taken():
    ranked = [f"a{number}" for number in range(15)] + ["b0", "b1"]
    taken = first_of_each(ranked, WORST_COUNT, lambda one: one[0])
    assert taken == [*ranked[:10], "b0", "b1"]


def a_place(kind: str, east_m: float, north_m: float = 10, **changes) -> Place:
    return Place(kind, v.at_m(east_m, north_m), {"": (kind,)}, **changes)


def test_places_stand_at_the_street_before_their_first_gate():
    inside = a_place("hospital", 100, 80, gates=(v.at_m(100, 5),))
    (site,) = find_sites(NETWORK, [inside])
    assert site.segment.id == v.MAIN_WEST


def test_kinds_that_nobody_judges_by_and_places_far_away_are_left_out():
    places = [a_place("park", 100), a_place("school", 100, 900)]
    assert find_sites(NETWORK, places) == ()


def test_the_latest_place_comes_first_then_the_gravest():
    at = v.NOW + 5 * HOUR
    sites = find_sites(NETWORK, [a_place("school", 100), a_place("hospital", 300)])
    east, west = site_accesses(states_at(at, [(v.MAIN_EAST, at - HOUR)]), sites)
    assert (east.site.place.kind, east.late_s, east.never) == ("school", 2 * 3600.0, True)
    assert (west.site.place.kind, west.late_s, west.age_s) == ("hospital", 0.0, 3600.0)
    none_late = site_accesses(states_at(v.NOW + HOUR), sites)
    assert [one.site.place.kind for one in none_late] == ["hospital", "school"]


def test_a_place_on_a_street_that_is_served_on_request_is_told_without_times():
    states = states_at(v.NOW + HOUR)
    alley = next(one for one in NETWORK.segments if not states.lanes.of_street(one.id))
    (access,) = accesses = site_accesses(states, [Site(a_place("school", 0), alley)])
    assert site_counts(accesses) == ()
    assert (access.late_s, access.age_s, access.never) == (None, None, None)


def test_places_are_counted_by_kind_and_named_only_so_far():
    sites = find_sites(NETWORK, [a_place("school", 20.0 * number) for number in range(1, 11)] * 2)
    accesses = site_accesses(states_at(v.NOW + 5 * HOUR), sites)
    (count,) = site_counts(accesses)
    assert (count.kind, count.sites, count.late) == ("school", 20, 20)
    assert len(named_sites(accesses)) == NAMED_COUNT


def test_bus_streets_are_told_with_how_much_of_them_is_late_and_which_waits_longest():
    # Buses use both pieces of the main street, of which the eastern one was cleared after 4 hours.
    segments = [
        replace(one, bus=one.id in {v.MAIN_WEST, v.MAIN_EAST}, district=district)
        for one in NETWORK.segments
        for district in ["West" if one.id == v.MAIN_WEST else "East"]
    ]
    network = build_network(segments)
    west, east = network.segment(v.MAIN_WEST), network.segment(v.MAIN_EAST)
    states = states_at(v.NOW + 5 * HOUR, [(east.id, v.NOW + 4 * HOUR)], network)
    found = {one.district: one for one in bus_streets(states, network)}

    assert set(found) == {None, "East", "West"}
    whole = found[None]
    assert whole.lane_m == pytest.approx(sum(one.length_m * one.lanes for one in (west, east)))
    assert whole.late_m == pytest.approx(west.length_m * west.lanes)
    assert (whole.segment.id, whole.late_s, whole.never) == (west.id, 2 * 3600.0, True)
    assert (found["East"].late_m, found["East"].age_s) == (0.0, 3600.0)


def test_a_city_whose_file_has_no_bus_route_tells_of_none():
    segments = [replace(one, bus=False) for one in NETWORK.segments]
    network = build_network(segments)
    assert list(bus_streets(states_at(v.NOW + HOUR, (), network), network)) == []
