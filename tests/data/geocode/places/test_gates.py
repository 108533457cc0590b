"""A place that is an area is where its gate is, on the street before it."""

import pytest

from data.geocode import Candidate, Geocoder, Reason
from data.model import LonLat, Place
from data.streets.network import build_network
from data.streets.projection import distance_m
from tests import village as v

STREETS = build_network(
    [
        v.a_segment(1, 1, 2, line=(v.at_m(0, 0), v.at_m(300, 0)), fa="خیابان بهار", en="Spring St"),
        v.a_segment(
            2, 3, 4, line=(v.at_m(0, 200), v.at_m(300, 200)), fa="خیابان باغ", en="Garden St"
        ),
        v.a_segment(
            3, 5, 6, line=(v.at_m(400, 0), v.at_m(400, 300)), fa="کوچه بید", en="Willow Alley"
        ),
    ]
)
SOUTH, NORTH, EAST = v.at_m(40, 10), v.at_m(250, 190), v.at_m(390, 100)
MIDDLE = v.at_m(150, 95)


def hospital(*gates: LonLat) -> Geocoder:
    """Return the geocoder of three streets around a hospital that is nearest to the first."""
    names = {"": ("بیمارستان مطهری",), "en": ("Motahari Hospital",)}
    return Geocoder(STREETS, [Place("hospital", MIDDLE, names, reach_m=110.0, gates=gates)])


def best(geocoder: Geocoder, words: str) -> Candidate:
    return geocoder.candidates(words)[0]


@pytest.mark.parametrize("words", ["روبروی بیمارستان مطهری", "opposite Motahari Hospital"])
def test_opposite_the_hospital_is_the_street_before_its_gate(words: str) -> None:
    geocoder = hospital(NORTH)
    found = best(geocoder, words)

    assert (found.segment_id, found.confident) == (2, True)
    assert distance_m(found.point, v.at_m(250, 200)) < 1
    assert Reason.GATE in found.reasons
    assert geocoder.said(found, "en") == "Motahari Hospital – Garden St"
    assert geocoder.said(found, "fa") == "بیمارستان مطهری – خیابان باغ"


def test_of_several_gates_the_desk_asks_which_by_their_streets() -> None:
    geocoder = hospital(SOUTH, NORTH, EAST)
    found = geocoder.candidates("opposite Motahari Hospital")

    assert [each.segment_id for each in found] == [1, 2, 3]
    assert not any(each.confident for each in found)
    asked = "Which one do you mean: Motahari Hospital – Spring St, Garden St, or Willow Alley?"
    assert geocoder.question(found, "en") == asked


def test_the_street_that_is_said_tells_the_gate() -> None:
    found = best(hospital(SOUTH, NORTH, EAST), "خیابان باغ روبروی بیمارستان مطهری")

    assert (found.segment_id, found.confident) == (2, True)
    assert distance_m(found.point, v.at_m(250, 200)) < 1


def test_a_place_whose_gates_nobody_mapped_is_where_it_was() -> None:
    found = best(hospital(), "opposite Motahari Hospital")

    assert (found.point, found.uncertain_m) == (MIDDLE, 110.0)
    assert Reason.GATE not in found.reasons
