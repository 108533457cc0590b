"""Callers of the drawn town, as `make bench ONLY=geocode` draws them in greater number."""

from functools import cache

import pytest

from data.geocode import Geocoder
from tests.benchmarks.queries.answers import Answer, ask, right_share
from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City
from tests.benchmarks.queries.persian_callers import BLIND
from tests.benchmarks.queries.spelling import edits, finglish, plain, typo
from tests.town import sample_town

SEED = 7
EACH = 6


@cache
def town() -> City:
    network, places = sample_town()
    return City("town", network, places, persian=True)


@cache
def answers() -> tuple[Answer, ...]:
    drawn = town().callers(SEED, held_out=False).queries(EACH)
    queries = [query for query in drawn if query.kind != BLIND]
    return tuple(ask(town(), Geocoder(town().network, town().places), queries))


def test_nine_in_ten_drawn_callers_are_understood():
    told = [answer for answer in answers() if answer.query.truth is not None]

    assert len(told) > 60
    wrong = [answer.query.text for answer in told if not answer.right]
    assert right_share(told) >= 0.9, wrong


def test_streets_that_the_town_does_not_have_are_never_sure():
    untold = [answer for answer in answers() if answer.query.truth is None]

    assert len(untold) == EACH
    assert not [answer.query.text for answer in untold if answer.confident]


def test_what_is_sure_is_right():
    sure = [answer for answer in answers() if answer.confident]

    assert len(sure) > 30
    assert right_share(sure) >= 0.95, [a.query.text for a in sure if not a.right]


def test_callers_say_the_same_for_the_same_seed():
    first, again = (list(town().callers(3, held_out=True).queries(2)) for _ in range(2))

    assert [query.text for query in first] == [query.text for query in again]


@pytest.mark.parametrize("seed", range(20))
def test_a_slip_changes_one_or_two_letters(seed: int):
    slipped = typo(Chance(seed), "خیابان گلستان")

    assert edits(plain(slipped), plain("خیابان گلستان"), 3) <= 2 or "گلستان خیابان" in slipped


def test_finglish_leaves_the_word_for_street_out():
    assert "street" not in finglish(Chance(1), "Shahid Beheshti Street")


def test_a_truth_of_a_street_is_every_street_of_that_name():
    facts = town().facts
    twelve = facts.bearing("کوچهٔ ۱۲")

    assert twelve.equals(facts.bearing("کوچه 12"))
    assert facts.bearing("کوچهٔ ۹۹۹۹").is_empty
