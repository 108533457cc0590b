from dataclasses import replace

import pytest

from data.model import SegmentId
from data.policy.street_finder import StreetFinder
from data.streets.network import build_network
from tests import village as v

FINDER = StreetFinder(v.village())


def test_parts_of_one_name_in_a_row_are_one_street():
    assert FINDER.whole(v.MAIN_EAST) == [v.MAIN_WEST, v.MAIN_EAST]


def test_a_street_without_a_name_is_only_itself():
    assert FINDER.whole(v.YARD) == [v.YARD]


@pytest.mark.parametrize(
    ("north_m", "name", "together"),
    [
        (25, "خیابان امام", True),
        (100, "خیابان امام", True),
        (130, "خیابان امام", False),
        (175, "خیابان باغ", True),
        (200, "خیابان باغ", False),
    ],
)
def test_two_carriageways_are_one_road_and_two_alleys_of_one_name_are_not(north_m, name, together):
    line = (v.at_m(0, north_m), v.at_m(400, north_m))
    other = v.a_segment(20, 30, 31, line=line, fa=name)
    network = build_network([*v.village_segments(), other])
    street = v.MAIN_WEST if "امام" in name else v.ORCHARD
    assert (SegmentId(20) in StreetFinder(network).whole(street)) is together


def test_a_way_is_all_its_parts():
    first, *rest = v.village_segments()
    second = replace(rest[0], key=first.key._replace(nth=1))
    finder = StreetFinder(build_network([first, second, *rest[1:]]))
    assert finder.by_way(first.key.osm_way_id) == [v.MAIN_WEST, v.MAIN_EAST]


@pytest.mark.parametrize(("north_m", "found"), [(-20, [v.MAIN_WEST]), (-40, [])])
def test_a_point_far_from_every_street_means_none(north_m, found):
    assert FINDER.at(v.at_m(100, north_m)) == found
