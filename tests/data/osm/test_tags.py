import pytest

from data.model import Oneway, RoadClass
from data.osm import tags as osm_tags
from data.osm.addresses import number_ranges

RESIDENTIAL = RoadClass.RESIDENTIAL


@pytest.mark.parametrize(
    ("tags", "road"),
    [
        ({"highway": "primary_link"}, RoadClass.PRIMARY),
        ({"highway": "road"}, RoadClass.UNCLASSIFIED),
        ({"highway": "living_street"}, RoadClass.LIVING_STREET),
        ({"highway": "service", "service": "alley"}, RoadClass.ALLEY),
        ({"highway": "cycleway"}, None),
        ({"highway": "service", "area": "yes"}, None),
        ({"highway": "residential", "motor_vehicle": "no"}, None),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, RESIDENTIAL),
        ({"highway": "residential", "access": "private"}, RESIDENTIAL),
        ({}, None),
    ],
)
def test_which_ways_are_streets(tags, road):
    assert osm_tags.road_class(tags) is road


@pytest.mark.parametrize(
    ("tagged", "kmh"),
    [("50", 50), ("30 mph", 48.28), ("RO:urban", 40), ("none", 40), ("", 40), ("0", 40)],
)
def test_speed_is_tagged_or_by_class(tagged, kmh):
    speed_mps = osm_tags.speed_mps({"maxspeed": tagged}, RESIDENTIAL)
    assert speed_mps * 3.6 == pytest.approx(kmh, abs=0.01)


@pytest.mark.parametrize(
    ("tagged", "metres"),
    [("5.5", 5.5), ("5,5 m", 5.5), ("20'", 6.096), ("wide", 6.0), ("900", 6.0)],
)
def test_width_is_tagged_or_from_lanes(tagged, metres):
    assert osm_tags.width_m({"width": tagged}, RESIDENTIAL, 2) == pytest.approx(metres)


@pytest.mark.parametrize(
    ("tags", "direction", "lanes"),
    [
        ({"lanes": "3"}, Oneway.NO, 3),
        ({"lanes": "0"}, Oneway.NO, 2),
        ({"lanes": "many"}, Oneway.FORWARD, 1),
        ({"highway": "primary_link"}, Oneway.FORWARD, 1),
    ],
)
def test_lanes_are_tagged_or_by_class(tags, direction, lanes):
    assert osm_tags.lanes(tags, RESIDENTIAL, direction) == lanes


@pytest.mark.parametrize(
    ("tags", "level"),
    [({"layer": "-2"}, -2), ({"bridge": "yes"}, 1), ({"tunnel": "yes"}, -1), ({"bridge": "no"}, 0)],
)
def test_a_bridge_is_above_and_a_tunnel_below(tags, level):
    assert osm_tags.layer(tags) == level


def test_every_road_class_has_defaults():
    assert set(osm_tags.ROAD_DEFAULTS) == set(RoadClass)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "place_of_worship", "religion": "muslim"}, "mosque"),
        ({"amenity": "place_of_worship"}, "worship"),
        ({"highway": "bus_stop"}, "bus_stop"),
        ({"place": "square"}, "square"),
        ({"amenity": "bench"}, None),
    ],
)
def test_which_places_are_points_of_interest(tags, kind):
    assert osm_tags.place_kind(tags) == kind


@pytest.mark.parametrize(
    ("tagged", "pct"),
    [
        ("8%", 8.0),
        ("-12,5 %", 12.5),
        ("+10%", 10.0),
        ("-5°", 8.749),
        ("up", 8.0),
        ("down", 8.0),
        ("", None),
        ("yes", None),
        ("0.1", None),
        ("90°", None),
    ],
)
def test_a_slope_is_read_without_its_sign(tagged, pct):
    slope_pct = osm_tags.incline_pct(tagged)
    assert slope_pct is None if pct is None else slope_pct == pytest.approx(pct, abs=0.001)


@pytest.mark.parametrize(
    ("tags", "buses"),
    [
        ({"bus": "designated"}, True),
        ({"lanes:bus": "1"}, True),
        ({"busway": "lane"}, True),
        ({"busway": "no"}, False),
        ({"bus": "yes"}, False),
        ({}, False),
    ],
)
def test_a_bus_lane_makes_a_bus_street(tags, buses):
    assert osm_tags.serves_buses({"highway": "primary", **tags}) is buses


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"junction": "yes", "name": "چهارراه استانبول"}, "junction"),
        ({"highway": "traffic_signals", "name": "چهارراه امیراکرم"}, "junction"),
        ({"highway": "traffic_signals"}, None),
        ({"shop": "mall", "name": "Kourosh"}, "landmark"),
        ({"shop": "mall", "official_name": "Kourosh"}, "landmark"),
        ({"shop": "mall"}, None),
        ({"barrier": "gate", "name": "درب شمالی"}, None),
        ({"amenity": "hospital", "name": "Mercy"}, "hospital"),
    ],
)
def test_what_has_a_name_of_its_own_is_a_landmark_or_a_crossing(tags, kind):
    assert osm_tags.place_kind(tags) == kind


def test_names_that_mappers_count_are_names_too():
    tags = {"name": "Main", "alt_name_1": "High", "int_name": "Principal", "name_1": "Broad"}
    assert osm_tags.names(tags) == {"": ("Main", "Broad", "High", "Principal")}


def test_a_bridge_and_a_former_name_are_names_of_the_street_behind_its_own():
    tags = {
        "bridge:name": "Old Bridge",
        "bridge:name:fa": "پل کهنه",
        "name": "Main",
        "old_name:1950-1979": "Shah; King",
        "loc_name": "The Cut",
    }
    assert osm_tags.names(tags) == {
        "": ("Main", "The Cut", "Shah", "King", "Old Bridge"),
        "fa": ("پل کهنه",),
    }


def test_a_place_with_an_official_name_alone_may_be_one_of_interest():
    assert osm_tags.may_be_place({"building": "yes", "official_name": "Palace of Justice"})


@pytest.mark.parametrize(
    ("tagged", "ends"),
    [("577-597", (577, 597)), ("12", (12, 12)), ("۲–۴", (2, 4)), ("0-0", None), ("", None)],
)
def test_ranges_of_house_numbers_are_read(tagged, ends):
    found = number_ranges({"addr:range:l": tagged})
    assert [(each.first, each.last) for each in found] == ([] if ends is None else [ends])
