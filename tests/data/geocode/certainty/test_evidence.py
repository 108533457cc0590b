"""What speaks against an answer: streets that a city lacks, and talk without an address."""

import pytest

from data.geocode import Candidate, Geocoder
from data.model import Segment
from data.streets.network import build_network
from tests import village as v


def named(number: int, fa: str, en: str) -> Segment:
    line = (v.at_m(0, 300 * number), v.at_m(200, 300 * number))
    return v.a_segment(number, 2 * number, 2 * number + 1, line=line, fa=fa or en, en=en or fa)


CITY = Geocoder(
    build_network(
        [
            named(1, "خیابان گل", "Mark Avenue"),
            named(2, "خیابان قدر", "Park Street"),
            named(3, "خیابان بهمن عروجی", "Market Street"),
            named(4, "خیابان محمد باقری پارسا", "Decker Street"),
            named(5, "خیابان داد", "Onondaga Park Drive"),
            named(6, "خیابان دکتر امام رضا ۶", "Cook Avenue"),
            named(7, "خیابان مجید", "Heritage Drive"),
            named(8, "خیابان امینی", "Maple Court"),
            named(9, "هشتم", "8th Street"),
            named(10, "خیابان باغ نو", "New Garden Street"),
        ]
    ),
    (),
)


LARGER = Geocoder(
    build_network(
        [
            named(1, "", "Laurel Hill Road"),
            named(2, "", "East Laurel Street"),
            named(3, "", "Martin Luther King East"),
            named(4, "", "Martin Street"),
            named(5, "", "First North Street"),
            named(6, "", "East Avenue"),
            named(7, "", "North Avenue"),
            named(8, "خیابان امیر سلیمانی", ""),
            named(9, "خیابان علی سلیمانی", ""),
            named(10, "خیابان حجت الله محمدی", ""),
        ]
    ),
    (),
)

PLAIN_NAMES = [
    "سهند",
    "الوند",
    "بنفشه",
    "کارگر",
    "فرهنگ",
    "دماوند",
    "توحید",
    "پیروزی",
    "کوروش",
    "شقایق",
    "یاسمن",
    "هجرت",
    "وحدت",
    "معلم",
    "کاوه",
    "رودکی",
]


def best(words: str) -> Candidate | None:
    return next(iter(CITY.candidates(words)), None)


@pytest.mark.parametrize(
    "words",
    [
        "خ گل چشم",
        "خیابان گل چشم بسته است",
        "St Mark Ave",
        "Kioka Avenue",
        "Becker Street",
        "خیابان بهمن",
        "خیابان گل ۴",
        "خیابان غفوری",
        "کوچه شهید مجید امینی",
        "خیابان هشت بهشت",
        "Heritage Dr North",
        "chahar bagh",
    ],
)
def test_a_street_that_the_city_lacks_is_not_confident(words: str) -> None:
    found = best(words)
    assert found is None or found.confidence < 0.52
    assert found is None or not found.confident


@pytest.mark.parametrize(
    "words",
    [
        "خسته نباشید، مدارس فردا تعطیله؟",
        "they plowed the park but not us",
        "is the market open today",
        "my dad needs his dialysis",
        "گل‌های باغچه‌مون همه یخ زد",
    ],
)
def test_talk_without_an_address_gets_no_confident_answer(words: str) -> None:
    found = best(words)
    assert found is None or found.confidence < 0.5


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("خیابان گل رو برف گرفته", "خیابان گل"),
        ("snow on Park Street", "خیابان قدر"),
        ("خیابان محمد پارسا", "خیابان محمد باقری پارسا"),
        ("خیابان امام ۶", "خیابان دکتر امام رضا ۶"),
    ],
)
def test_a_street_that_is_there_comes_first(words: str, name: str) -> None:
    found = best(words)
    assert found is not None
    assert found.name == name


def test_a_bare_number_is_of_an_alley_where_the_name_has_numbered_ones() -> None:
    several = ("خیابان باهنر", "باهنر ۲", "باهنر ۴", *(f"خیابان {each}" for each in PLAIN_NAMES))
    city = Geocoder(build_network([named(n, fa, "") for n, fa in enumerate(several)]), ())
    alley, house = (city.candidates(f"{name} ۶")[0] for name in ("خیابان باهنر", "خیابان سهند"))
    assert (alley.name, house.name) == ("خیابان باهنر", "خیابان سهند")
    assert alley.confidence < house.confidence
    assert not alley.confident


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("send a truck to Hill Laurel please", "Laurel Hill Road"),
        ("you forgot Laurel E", "East Laurel Street"),
        ("nobody plowed Martin Luther E yet", "Martin Luther King East"),
        ("First Street is icy", "First North Street"),
        ("خیابان امیر سلیمانی", "خیابان امیر سلیمانی"),
    ],
)
def test_words_in_another_order_or_left_out_still_name_the_street(words: str, name: str) -> None:
    assert LARGER.candidates(words)[0].name == name


@pytest.mark.parametrize("words", ["put E Fayette st down", "4th Street North is ice"])
def test_a_direction_beside_a_name_is_no_street_of_that_name(words: str) -> None:
    found = LARGER.candidates(words)
    assert not found or found[0].confidence < 0.5


def test_a_verb_that_streets_are_called_by_is_no_word_of_the_name() -> None:
    found = CITY.candidates("I walk Mark Avenue every day")[0]
    assert not found.evidence["kind_leads"]
    assert not found.evidence["kind_beside"]


def test_half_a_title_is_part_of_a_name() -> None:
    found = LARGER.candidates("خیابان محمدی")[0]
    assert found.reasons[0] == "part"
    assert not found.confident


def test_every_sign_of_the_evidence_has_a_weight() -> None:
    found = best("خیابان گل")
    assert found is not None
    assert found.confident
    assert set(found.evidence.values()) <= {0.0, *found.evidence.values()}
