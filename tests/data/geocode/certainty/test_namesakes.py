"""Streets of one name share the probability of being meant, and the desk asks which."""

from dataclasses import replace

import pytest

from data.geocode import Geocoder, Reason
from data.model import Place, Segment
from data.streets.network import build_network
from tests import village as v

ORCHARD, SCHOOL = 100, 200
"""Nodes of two streets 3 km apart, from which lanes leave."""

STREETS = (
    ("خیابان باغ", "Orchard Street", 1, ORCHARD),
    ("خیابان مدرسه", "School Street", 2, SCHOOL),
    ("بلوار آزادی", "Azadi Boulevard", ORCHARD, 3),
    ("کوچه آزادی", "Azadi Alley", SCHOOL, 4),
    ("کوچه لاله", "Tulip Alley", ORCHARD, 5),
    ("کوچه لاله", "Tulip Alley", SCHOOL, 6),
    ("کوچه یاس", "Jasmine Alley", 7, 8),
    ("کوچه یاس", "Jasmine Alley", 9, 10),
)
WHERE = {
    ORCHARD: (0, 0),
    SCHOOL: (3000, 0),
    **{1: (-200, 0), 2: (2800, 0), 3: (0, 300), 4: (3000, 300), 5: (200, 0), 6: (3200, 0)},
    **{7: (0, 2000), 8: (150, 2000), 9: (3000, 2000), 10: (3150, 2000)},
}


def street(number: int, fa: str, en: str, start: int, end: int) -> Segment:
    line = (v.at_m(*WHERE[start]), v.at_m(*WHERE[end]))
    return v.a_segment(number, start, end, line=line, fa=fa, en=en)


CITY_STREETS = build_network([street(number, *each) for number, each in enumerate(STREETS, 1)])
CITY = Geocoder(CITY_STREETS, ())


@pytest.mark.parametrize("words", ["کوچه لاله", "آزادی", "Tulip Alley", "snow on Azadi"])
def test_two_streets_of_one_name_are_together_no_surer_than_one(words: str) -> None:
    found = CITY.candidates(words)

    assert len(found) == 2
    assert sum(each.confidence for each in found) <= 1.0
    assert all(each.confidence < 0.75 for each in found)
    assert not any(each.confident for each in found)


@pytest.mark.parametrize(("words", "name"), [("بلوار آزادی", "بلوار"), ("Azadi Alley", "کوچه")])
def test_the_word_for_street_tells_which_of_two_is_meant(words: str, name: str) -> None:
    best = CITY.candidates(words)[0]

    assert best.name.startswith(name)
    assert best.confident


@pytest.mark.parametrize(
    ("words", "language", "begins", "names"),
    [
        ("آزادی", "fa", "کدام", ("بلوار آزادی", "کوچه آزادی")),
        ("azadi", "en", "Which one do you mean", ("Azadi Boulevard", "Azadi Alley")),
        ("کوچه لاله", "fa", "کدام", ("باغ", "مدرسه")),
        ("Tulip Alley", "en", "Which one do you mean", ("Orchard Street", "School Street")),
    ],
)
def test_the_desk_asks_which_of_two_namesakes_is_meant(
    words: str, language: str, begins: str, names: tuple[str, str]
) -> None:
    question = CITY.question(CITY.candidates(words), language)

    assert question.startswith(begins)
    assert all(name in question for name in names)


@pytest.mark.parametrize(
    ("language", "ends"), [("en", "What is near the place?"), ("fa", "نزدیک چیست؟")]
)
def test_where_nothing_tells_namesakes_apart_the_caller_says_what_is_near(
    language: str, ends: str
) -> None:
    assert CITY.question(CITY.candidates("کوچه یاس"), language).endswith(ends)


def test_a_namesake_without_a_latin_name_counts_for_who_says_it_in_latin_letters() -> None:
    one = street(1, "خیابان مهاجر", "Mohajer Street", 7, 8)
    other = replace(street(2, "خیابان مهاجر", "", 9, 10), names={"": ("خیابان مهاجر",)})
    found = Geocoder(build_network([one, other]), ()).candidates("mohajer")

    assert {each.segment_id for each in found} == {1, 2}
    assert all(each.confidence < 0.75 for each in found)


def test_houses_of_one_number_on_streets_of_one_name_differ_in_words() -> None:
    houses = [Place("address", v.at_m(east_m, 5), {}, "کوچه لاله", "5") for east_m in (100, 3100)]
    city = Geocoder(CITY_STREETS, houses)
    found = city.candidates("کوچه لاله پلاک ۵")

    assert [each.kind for each in found[:2]] == ["address", "address"]
    assert {city.said(each, "fa") for each in found[:2]} == {
        "کوچه لاله، پلاک ۵، نزدیک خیابان باغ",
        "کوچه لاله، پلاک ۵، نزدیک خیابان مدرسه",
    }
    assert city.question(found, "fa").startswith("کدام")


def test_a_place_names_the_street_that_was_chosen_at_its_corner_too() -> None:
    for segment_id, name in ((1, "Orchard Street"), (3, "Azadi Boulevard"), (5, "Tulip Alley")):
        address = CITY.address_on(segment_id, 0.0, "en")
        assert address is not None
        assert address.text.startswith(name)


def test_the_words_beside_a_guess_say_what_was_matched_and_how_near() -> None:
    found = CITY.candidates("خیابان باغ، کوچه لاله")
    reasons = {each.segment_id: each.reasons for each in found}

    assert Reason.OFF in reasons[5]
    assert not {Reason.OFF, Reason.BESIDE} & set(reasons.get(6, ()))
