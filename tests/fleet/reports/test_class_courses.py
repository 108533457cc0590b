"""Classes over a storm, and beside the same class elsewhere, on cities worked out by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import RoadClass, SegmentId, ServiceClass
from data.streets.network import build_network
from fleet.reports.class_courses import ClassInDistrict, classes_beside_elsewhere, courses
from fleet.reports.performance import late_spells, performance, promised_lanes
from tests.fleet.reports.test_fairness import BLOCK_M, BLOCKS, CYCLE, terrace
from tests.fleet.reports.test_performance import LANES, moments, services
from tests.village import NOW, a_storm, village_segments
from tests.village_database import POLICY

P1 = ServiceClass("P1")


def beside(network, cleared=()) -> dict[str, ClassInDistrict]:
    """Districts by name, one and a half cycles after a storm began, with their P1 streets."""
    lanes = promised_lanes(network, POLICY)
    served = {one: [NOW + CYCLE] for one in lanes.index if one.segment_id in set(cleared)}
    course = courses(
        lanes, late_spells(lanes, served, a_storm()), [0.0, 1.5 * CYCLE.total_seconds()]
    )
    return {one.district: one for one in classes_beside_elsewhere(lanes, course)}


@given(services, st.lists(moments, max_size=5))
def test_a_course_is_made_of_the_same_shares(served, at):
    spells = late_spells(LANES, served, a_storm())
    course = courses(LANES, spells, [(one - NOW).total_seconds() for one in at])

    for row, moment in enumerate(at):
        shown = performance(LANES, spells, [], NOW, moment)
        parts = [(course.of_city(), shown.city), (course.of_district(0), shown.districts[""])]
        parts += [
            (course.of_class(number), shown.classes[name])
            for number, name in enumerate(LANES.classes)
        ]
        for shares, standing in parts:
            assert shares[row].clear_m == pytest.approx(standing.share.clear_m)
            assert shares[row].late_m == pytest.approx(standing.share.late_m)
            assert shares[row].lane_m == pytest.approx(standing.share.lane_m)


def test_a_city_without_promises_has_no_share_and_no_class_to_compare():
    alleys = [replace(one, road_class=RoadClass.ALLEY) for one in village_segments()]
    lanes = promised_lanes(build_network(alleys), POLICY)
    course = courses(lanes, late_spells(lanes, {}, a_storm()), [0.0])

    assert course.of_city()[0].within is None
    assert list(classes_beside_elsewhere(lanes, course)) == []


def test_a_class_of_a_district_stands_beside_the_same_class_of_all_others():
    # Of East all 20 blocks are cleared in time, of West 5, of North 15: (5 + 15) of 40 elsewhere.
    cleared = [*range(1, BLOCKS + 1), *range(21, 26), *range(41, 56)]
    found = beside(terrace("East", "West", "North"), cleared)

    east, west, north = (found[name] for name in ("East", "West", "North"))
    assert [one.share.within for one in (east, west, north)] == [1.0, 0.25, 0.75]
    elsewhere = [one.elsewhere.within for one in (east, west, north) if one.elsewhere]
    assert elsewhere == [20 / 40, 35 / 40, 25 / 40]
    assert [share.within for share in east.course] == [1.0, 1.0]
    assert [share.within for share in west.course] == [1.0, 0.25]
    assert {one.service_class for one in found.values()} == {P1}
    assert not any(one.small or one.elsewhere_small for one in found.values())


def test_sides_with_few_streets_are_marked_and_a_class_that_nobody_else_has_stands_alone():
    network = terrace("East", "West")
    few = [one for one in network.segments if one.district == "East" or one.id <= SegmentId(29)]
    found = beside(build_network(few))  # West keeps 9 of its 20 blocks

    assert (found["West"].streets, found["West"].small) == (9, True)
    assert (found["East"].small, found["East"].elsewhere_small) == (False, True)
    assert found["East"].share.lane_m == pytest.approx(BLOCKS * BLOCK_M * few[0].lanes)
    assert beside(terrace("East"))["East"].elsewhere is None
