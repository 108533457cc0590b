"""Addresses as callers say them in German and in Azerbaijani, in either script."""

from functools import cache

import pytest

from data.geocode import Candidate, Geocoder
from data.model import Place
from data.streets.network import build_network
from data.streets.projection import distance_m
from tests import village as v
from tests.town import sample_town

STREETS = ("Hauptstraße", "Goethestraße", "Lindenweg")
LANES = ("Bahnhofstraße", "Schulgasse", "Rathausplatz")
STEP_M = 250


@cache
def german() -> Geocoder:
    """Return three streets from west to east, crossed by three from south to north."""
    names = [(name, (0, row), (1, 0)) for row, name in enumerate(STREETS)]
    names += [(name, (column, 0), (0, 1)) for column, name in enumerate(LANES)]
    segments = []
    for name, (east, north), (right, up) in names:
        for step in range(2):
            start = (east + step * right, north + step * up)
            end = (start[0] + right, start[1] + up)
            nodes = [100 + 10 * row + column for column, row in (start, end)]
            line = [v.at_m(STEP_M * column, STEP_M * row) for column, row in (start, end)]
            segments.append(v.a_segment(len(segments) + 1, *nodes, line=line, names={"": (name,)}))
    houses = [
        Place("address", v.at_m(300, 8), {}, street="Hauptstraße", number="12"),
        Place("address", v.at_m(340, 8), {}, street="Hauptstraße", number="16"),
    ]
    return Geocoder(build_network(segments), houses)


@cache
def of_a_date() -> Geocoder:
    """Return a street that has a number in its name, with a house, and one that shares a word."""
    streets = [
        v.a_segment(
            number,
            2 * number,
            2 * number + 1,
            line=(v.at_m(0, 300 * number), v.at_m(400, 300 * number)),
            names={"": (name,)},
        )
        for number, name in enumerate(("Straße des 17. Juni", "Juniweg"))
    ]
    house = Place("address", v.at_m(100, 8), {}, street="Straße des 17. Juni", number="135")
    return Geocoder(build_network(streets), [house])


@cache
def persian() -> Geocoder:
    return Geocoder(*sample_town())


def best(geocoder: Geocoder, words: str) -> Candidate:
    return geocoder.candidates(words)[0]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Straße des 17. Juni", "Straße des 17. Juni"),
        ("Strasse des 17 Juni", "Straße des 17. Juni"),
        ("Straße des 17. Juni 135", "Straße des 17. Juni 135"),
        ("Str. des 17. Juni, Nr. 135", "Straße des 17. Juni 135"),
        ("135 Strasse des 17. Juni", "Straße des 17. Juni 135"),
    ],
)
def test_a_number_in_the_name_of_a_street_is_no_house(words: str, name: str) -> None:
    found = best(of_a_date(), words)

    assert found.name == name
    assert found.confident


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Hauptstr. 12", "Hauptstraße 12"),
        ("Haupt Str. Nr. 14", "Hauptstraße 14"),
        ("Goethestr. Ecke Schulgasse", "Goethestraße – Schulgasse"),
        ("Kreuzung Goethestr./Bahnhofstr.", "Goethestraße – Bahnhofstraße"),
        ("Guten Tag, die Goethestraße ist seit gestern nicht geräumt", "Goethestraße"),
        ("bitte den Schneepflug in die Bahnhofstr. schicken, alles zugeschneit", "Bahnhofstraße"),
        ("in der Nähe vom Rathausplatz", "Rathausplatz"),
    ],
)
def test_german_callers_are_understood(words: str, name: str) -> None:
    found = best(german(), words)
    assert (found.name, found.confident) == (name, True)


@pytest.mark.parametrize(
    "words", ["Lindenweg gegenüber der Schulgasse", "auf dem Lindenweg kurz vor der Schulgasse"]
)
def test_a_german_relation_tells_where_on_a_street(words: str) -> None:
    found = best(german(), words)
    assert found.name == "Lindenweg"
    assert distance_m(found.point, v.at_m(STEP_M, 2 * STEP_M)) < 60


@pytest.mark.parametrize("words", ["Mozartstraße", "Mozartstr. Ecke Goethestr.", "Hauptstr. 900"])
def test_what_the_german_town_lacks_is_never_sure(words: str) -> None:
    assert not any(each.confident for each in german().candidates(words))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("کاشانی خیابانیندا قار وار", "خیابان کاشانی"),
        ("سالام، زحمت اولماسا کاشانی خیاوانی باغلیدی", "خیابان کاشانی"),
        ("salam, Kashani küçəsində çox qar var", "خیابان کاشانی"),
    ],
)
def test_azerbaijani_callers_are_understood(words: str, name: str) -> None:
    found = best(persian(), words)
    assert (found.name, found.confident) == (name, True)


@pytest.mark.parametrize(
    "words", ["حافظ خیاوانی ایله سعدی تینی", "Hafez küçəsi ilə Saadi küçəsi tini"]
)
def test_azerbaijani_crossings_are_understood(words: str) -> None:
    assert best(persian(), words).name == "خیابان حافظ – خیابان سعدی"


@pytest.mark.parametrize(
    "words", ["Hafez küçəsi, Saadi küçəsinə çatmamış", "حافظ خیاوانی سعدی خیاوانی چاتمامیش"]
)
def test_azerbaijani_relations_follow_the_name(words: str) -> None:
    corner = best(persian(), "Hafez & Saadi").point
    found = best(persian(), words)
    assert found.name == "خیابان حافظ"
    assert distance_m(found.point, corner) < 60
