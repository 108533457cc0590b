"""Addresses that can be said for a point, in the village."""

from dataclasses import replace

import pytest

from data.geocode import Geocoder
from data.streets.network import build_network
from tests import village as v

GEOCODER = Geocoder(v.village(), v.village_places())


def said(east_m: float, north_m: float, language: str = "en") -> str:
    address = GEOCODER.spoken_address(v.at_m(east_m, north_m), language)
    assert address is not None
    return address.text


def test_a_street_is_said_with_the_streets_it_lies_between() -> None:
    assert said(300, 152) == "Orchard Street, between Mill Street and Rose Street"
    assert said(300, 152, "fa") == "خیابان باغ، بین خیابان آسیاب و خیابان گل‌سرخ"


def test_a_point_at_a_crossing_is_at_its_corner() -> None:
    assert said(392, 150) == "Orchard Street, corner of Rose Street"


def test_a_dead_end_has_one_cross_street() -> None:
    address = GEOCODER.spoken_address(v.at_m(200, 270), "en")
    assert address is not None
    assert address.text == "Jasmine Dead End, off Mill Street"


def test_a_street_with_a_name_is_said_rather_than_a_nearer_one_without() -> None:
    assert said(602, -12).startswith("Depot Road")


def test_a_point_off_the_streets_is_near_one() -> None:
    assert said(300, 260).startswith("near ")


def test_nothing_is_said_far_outside() -> None:
    assert GEOCODER.spoken_address(v.at_m(5000, 0), "en") is None


def test_a_language_that_the_map_lacks_gets_the_name_on_the_map() -> None:
    assert said(300, 152, "fi").startswith("\u2068خیابان باغ\u2069, between")


def test_names_that_run_the_other_way_are_isolated_one_by_one() -> None:
    named = [each for each in v.village_segments() if each.names]
    persian = [replace(each, names={"": each.names["fa"]}) for each in named]
    geocoder = Geocoder(build_network(persian), ())
    address = geocoder.spoken_address(v.at_m(300, 152), "az")
    assert address is not None
    assert address.text == (
        "\u2068خیابان باغ\u2069, \u2068خیابان آسیاب\u2069 və \u2068خیابان گل‌سرخ\u2069 arasında"
    )


def test_a_nameless_street_of_a_nameless_town_is_said_so() -> None:
    streets = build_network([v.a_segment(1, 1, 2, names={})])
    address = Geocoder(streets, ()).spoken_address(v.at_m(100, 0), "en")
    assert address is not None
    assert address.text == "a street without a name"


@pytest.mark.parametrize("segment", v.village().segments, ids=lambda each: str(each.id))
def test_an_address_that_is_said_is_understood_again(segment: v.Segment) -> None:
    point = v.village().point_at(segment.id, segment.length_m / 2)
    address = GEOCODER.spoken_address(point, "fa")
    assert address is not None
    names = {each.name for each in GEOCODER.candidates(address.text)}
    assert any(address.street in name for name in names)
