"""What speaks against an answer: streets that a city lacks, and talk without an address."""

import pytest

from data.geocode import Candidate, Geocoder
from data.model import Segment
from data.streets.network import build_network
from tests import village as v


def named(number: int, fa: str, en: str) -> Segment:
    line = (v.at_m(0, 300 * number), v.at_m(200, 300 * number))
    return v.a_segment(number, 2 * number, 2 * number + 1, line=line, fa=fa, en=en)


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


def test_every_sign_of_the_evidence_has_a_weight() -> None:
    found = best("خیابان گل")
    assert found is not None
    assert found.confident
    assert set(found.evidence.values()) <= {0.0, *found.evidence.values()}
