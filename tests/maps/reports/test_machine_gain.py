"""Answers about one more machine in words, of searches whose figures are known."""

from dataclasses import replace

import pytest

from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from fleet.what_if.hindsight_gain import Hindsight
from maps.pages.i18n import translator
from maps.reports.machine_gain import gain_answer
from tests.fleet.what_if.test_hindsight_gain import CLEAR, a_search

POLICY = policy_from_toml(DEFAULT_POLICY)
SAME = [a_search(100, 9.0), a_search(110, 10.0), a_search(120, 11.0)]
NOISE = replace(CLEAR, without=tuple(SAME), with_more=(a_search(105, 9.5), *SAME[1:]))


def told(found: Hindsight, language: str = "en"):
    return gain_answer(found, translator(language, "Asia/Tehran").of_city(POLICY))


def test_an_answer_says_how_fast_its_plans_are() -> None:
    assert any("as the city's settings assume" in one for one in told(CLEAR).basis)
    basis = told(replace(CLEAR, learned=True)).basis
    assert any("as past storms taught" in one for one in basis)
    assert any("once in 20 times for each figure for itself" in one for one in basis)


def test_a_clear_gain_is_told_with_its_range_and_its_price() -> None:
    answer = told(CLEAR)
    first, second, third = answer.sentences
    assert first.startswith("One more machine (")
    assert first.endswith("for the first time 36 min sooner (25 to 42).")
    assert "avoided 10.0 km-hours of lateness (8.0 to 12.0)" in second
    assert third.startswith("Its 8 h of service would have cost 720 EUR: 72 EUR for each km-hour")
    assert third.endswith("(60 to 90).")
    rows = answer.groups[0].rows
    assert rows[0][1:] == ("2 h 6 min", "1 h 30 min", "36 min sooner (25 to 42)")
    assert rows[1][1:] == ("21.0", "11.0", "10.0 less (8.0 to 12.0)")
    assert rows[2][1:] == ("6.5", "9.0", "2.5 more (1.0 to 3.5)")
    assert [row[3] for row in answer.groups[1].rows] == ["the same", "the same"]
    assert [row[2:] for row in answer.groups[-1].rows] == [
        ("8", ""),
        ("720", ""),
        ("72", "60 to 90"),
    ]


def test_within_the_noise_there_is_no_clear_difference_and_no_price_of_it() -> None:
    answer = told(NOISE)
    assert answer.sentences[0].startswith("No clear difference: with one more machine (")
    assert answer.sentences[1:] == ("Its 8 h of service would have cost 720 EUR.",)
    assert answer.groups[0].rows[0][3] == "no clear difference (−20 to 15)"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rate_h": 0.0}, "What an hour of it costs is not set"),
        ({"with_more": (a_search(126, 10.0), a_search(125, 11.0), a_search(127, 9.0))}, "EUR for"),
    ],
)
def test_what_is_not_known_or_not_clear_is_said(changes, expected) -> None:
    answer = told(replace(CLEAR, **changes))
    assert expected in answer.sentences[-1]


def test_sooner_without_less_lateness_and_the_other_way_round_are_told_apart() -> None:
    sooner = told(replace(CLEAR, with_more=tuple(a_search(90, 21.0) for _ in range(3))))
    assert "min sooner" in sooner.sentences[0]
    assert sooner.sentences[1].startswith("In lateness there is no clear difference: −1.0 to 1.0")
    early = replace(a_search(90, 0.0), late_km_h={"P1": 0.0, "P2": 0.0})
    none = told(replace(CLEAR, without=(early, early, early), with_more=(early, early, early)))
    assert none.sentences[1] == "No work is late, with it or without it."
    later = told(replace(CLEAR, with_more=tuple(a_search(126, 11.0) for _ in range(3))))
    assert "not clearly have cleared any class sooner" in later.sentences[0]
    assert "avoided 10.0 km-hours" in later.sentences[1]


def test_a_minus_stands_on_the_left_of_persian_digits() -> None:
    row = told(NOISE, "fa").groups[0].rows[0]
    assert "\u200e−۲۰ تا ۱۵" in row[3]


def test_jobs_that_nobody_can_do_are_told() -> None:
    assert any("1 job is left out" in line for line in told(replace(CLEAR, impossible=1)).basis)
