"""What callers say around a street's name, and what becomes of it when it is heard or copied."""

import pytest

from data.geocode import Candidate, Geocoder
from data.model import LonLat, Segment
from data.streets.network import build_network
from tests import village as v


def named(number: int, name: str, **others: str) -> Segment:
    line = (v.at_m(0, 300 * number), v.at_m(200, 300 * number))
    return v.a_segment(number, 2 * number, 2 * number + 1, line=line, names={"": (name,), **others})


def city(*names: str) -> Geocoder:
    return Geocoder(build_network([named(nth, name) for nth, name in enumerate(names, 1)]), ())


LATIN = city(
    "Hartenaugasse",
    "Sankt-Peter-Hauptstraße",
    "Eggenberger Gürtel",
    "Doyle Street",
    "Inglis Street",
    "Salter Street",
    "May Street",
    "Vieth Street",
    "St Marys Road",
    "Almond Street",
    "Mather Street",
    "Maple Street",
    "Elm Street",
)
PERSIAN = city(
    "خیابان لاله",
    "کوچه سیزدهم",
    "کوچه نیایش چهارم",
    "خیابان پرستار",
    "خیابان کریمی",
    "خیابان خسرو زمانی",
    "خیابان آزادی",
    "کوچه اول",
    "خیابان هفتم",
    "خیابان پانزده خرداد",
    "خیابان طالقانی",
    "کوچه شهیدان نمکی",
    "کوچه نجومی",
    "کوچه چهارسوق",
)


def best(geocoder: Geocoder, words: str) -> Candidate:
    return geocoder.candidates(words)[0]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("the plow skipped Hartenaugase", "Hartenaugasse"),
        ("Hartenaugasze is all ice", "Hartenaugasse"),
        ("snow on Hartenau Gasse", "Hartenaugasse"),
        ("Sankt-Peter-Hauptstrase is blocked", "Sankt-Peter-Hauptstraße"),
        ("Eggenbergergürtel please", "Eggenberger Gürtel"),
        ("we are stuck on Maple%20Street", "Maple Street"),
        ("we are stuck on Maple+Street", "Maple Street"),
        ("address:Maple:Street", "Maple Street"),
        ("Vieth's full of snow", "Vieth Street"),
        ("St Mary's Road is icy", "St Marys Road"),
        ("they left Sal ter full of snow", "Salter Street"),
        ("look into Amond St. matter", "Almond Street"),
    ],
)
def test_a_latin_name_is_found_as_it_is_heard_or_copied(words: str, name: str):
    assert best(LATIN, words).name == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("کوچه سیز دهم یخ زده", "کوچه سیزدهم"),
        ("سیزدهم کوچه یخ زده", "کوچه سیزدهم"),
        ("نیایش چهارم کوچه بسته است", "کوچه نیایش چهارم"),
        ("خرداد... پانزده یخ زده", "خیابان پانزده خرداد"),
        ("خیابان%20لاله", "خیابان لاله"),
        ("محل: خیابان لاله - شرح: برف", "خیابان لاله"),
        ("koche nojoomie", "کوچه نجومی"),
        ("çaharsoq yakh zade", "کوچه چهارسوق"),
    ],
)
def test_a_persian_name_is_found_as_it_is_heard_or_copied(words: str, name: str):
    assert best(PERSIAN, words).name == name


@pytest.mark.parametrize(
    ("geocoder", "words", "name"),
    [
        (LATIN, "name's Doyle, it's Inglis Street", "Inglis Street"),
        (LATIN, "Doyle speaking, plow Inglis Street", "Inglis Street"),
        (LATIN, "to whom it may concern, Inglis Street has had no service", "Inglis Street"),
        (PERSIAN, "اسم من کریمی، محل خسرو زمانی خیابون", "خیابان خسرو زمانی"),
        (PERSIAN, "کریمی هستم، خیابان لاله", "خیابان لاله"),
        (PERSIAN, "من پرستار شب هستم، خیابان لاله", "خیابان لاله"),
        (PERSIAN, "خیابان لاله، اول همون یخ زده", "خیابان لاله"),
        (PERSIAN, "خیابان لاله رو قبل از هفت لطفا", "خیابان لاله"),
    ],
)
def test_words_that_are_no_address_do_not_outdo_the_street(
    geocoder: Geocoder, words: str, name: str
):
    assert best(geocoder, words).name == name


def test_a_street_is_still_called_by_a_callers_name():
    assert best(PERSIAN, "خیابان کریمی").confidence > 0.9
    assert best(LATIN, "Doyle Street").confidence > 0.9
    assert best(PERSIAN, "آزادی هستم").name == "خیابان آزادی"


@pytest.mark.parametrize(
    ("geocoder", "words"),
    [
        (PERSIAN, "خیابان طالقانی رفسنجان"),
        (PERSIAN, "taleghani rafsanjan"),
        (LATIN, "Maple Street Spokane"),
        (LATIN, "Elm Street, Thunder Bay"),
        (PERSIAN, "اسم من کریمی، محل خیابان زحل"),
    ],
)
def test_a_street_of_another_town_and_a_callers_name_are_doubted(geocoder: Geocoder, words: str):
    assert best(geocoder, words).confidence < 0.5


def test_another_title_than_the_maps_is_a_doubt():
    assert best(PERSIAN, "کوچه شهید نمکی").confidence < 0.8
    assert best(PERSIAN, "کوچه شهیدان نمکی").confidence > 0.9


def test_a_city_is_not_doubted_by_its_own_name():
    start, end = LonLat(-117.43, 47.66), LonLat(-117.42, 47.66)
    street = v.a_segment(1, 2, 3, line=(start, end), names={"": ("Maple Street",)})
    spokane = Geocoder(build_network([street]), ())

    assert best(spokane, "Maple Street Spokane").evidence["other_town"] == 0
    assert best(LATIN, "Maple Street Spokane").evidence["other_town"] == 1
