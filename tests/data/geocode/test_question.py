"""What an operator asks when the words leave a doubt, in the village."""

from data.geocode import Geocoder
from data.streets.network import build_network
from tests import village as v

GEOCODER = Geocoder(v.village(), v.village_places())


def asked(words: str, language: str = "en", geocoder: Geocoder = GEOCODER) -> str:
    return geocoder.question(geocoder.candidates(words), language)


def test_nobody_is_asked_about_a_street_that_is_sure() -> None:
    assert asked("School Street") == ""
    assert asked("nothing that is on the map") == ""


def test_two_streets_are_asked_for_with_what_tells_them_apart() -> None:
    streets = build_network(
        [
            v.a_segment(1, 1, 4, fa="کوچه لاله", en="Tulip Alley"),
            v.a_segment(2, 3, 6, fa="کوچه لاله", en="Tulip Alley"),
            v.a_segment(3, 1, 2, fa="خیابان باغ", en="Orchard Street"),
            v.a_segment(4, 6, 5, fa="خیابان مدرسه", en="School Street"),
        ]
    )
    question = asked("Tulip Alley", geocoder=Geocoder(streets, ()))

    one, other = "Tulip Alley, off Orchard Street", "Tulip Alley, off School Street"
    assert question in (
        f"Which one do you mean: {one}, or {other}?",
        f"Which one do you mean: {other}, or {one}?",
    )


def test_a_name_that_was_heard_wrong_is_said_again() -> None:
    assert asked("Scool Stret").startswith("Did you say School Street")
    assert asked("Scool Stret", "fa").startswith("گفتید خیابان مدرسه")


def test_nobody_is_asked_while_the_words_may_be_the_begin_of_a_name() -> None:
    assert GEOCODER.candidates("Sch")
    assert asked("Sch") == ""


def test_where_a_second_street_is_missing_the_caller_says_what_is_near() -> None:
    question = asked("School Street & Kilimanjaro Road")

    assert question.startswith("I find School Street")
    assert question.endswith("What is near the place?")


def test_a_language_without_these_words_is_asked_in_english() -> None:
    assert asked("Scool Stret", "xx").startswith("Did you say")


def test_of_two_streets_that_do_not_meet_the_caller_says_which_it_is_on() -> None:
    streets = build_network(
        [
            v.a_segment(1, 1, 2, fa="خیابان مدرسه", en="School Street"),
            v.a_segment(
                2,
                5,
                6,
                line=(v.at_m(4000, 0), v.at_m(4100, 0)),
                fa="خیابان باغ",
                en="Orchard Street",
            ),
        ]
    )
    geocoder = Geocoder(streets, ())
    found = geocoder.candidates("corner of School Street and Orchard Street")

    assert [(each.name, each.kind) for each in found[:2]] == [
        ("خیابان مدرسه", "street"),
        ("خیابان باغ", "street"),
    ]
    assert geocoder.question(found, "en") == (
        "These two streets do not meet. On which of them is it: School Street, or Orchard Street?"
    )
