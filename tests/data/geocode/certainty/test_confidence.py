from collections.abc import Mapping, Sequence
from math import isclose
from operator import attrgetter

import numpy as np
import pytest

from data.geocode.certainty.confidence import DOUBTS, OTHERS, confidence, is_sure, weights
from tests.benchmarks.queries import calibrate
from tests.benchmarks.queries.left_out import Judged, left_out, measured

NOTHING = dict.fromkeys((OTHERS, *(sign for sign in weights() if sign != "bias")), 0.0)


def test_an_answer_without_any_doubt_is_sure():
    assert confidence(NOTHING) > 0.99
    assert is_sure(NOTHING)


@pytest.mark.parametrize("sign", [sign for sign in NOTHING if sign not in calibrate.FOR])
def test_no_doubt_makes_an_answer_surer(sign: str):
    assert confidence({**NOTHING, sign: 1.0}) <= confidence(NOTHING)


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_caller_is_asked_when_some_of_his_words_were_not_met(doubt: str):
    assert not is_sure({**NOTHING, doubt: 1.0})


def test_a_caller_is_asked_where_two_places_have_one_name():
    assert not is_sure({**NOTHING, "rival": 1.0})


def test_weights_are_found_again_from_answers_drawn_by_them():
    with_doubt = {**NOTHING, "part": 1.0}
    table = [Judged("one", "", 1.0, 1.0, with_doubt, nth % 4 == 0, False) for nth in range(4000)]
    table += [Judged("one", "", 1.0, 1.0, NOTHING, nth % 20 > 0, False) for nth in range(4000)]

    found = calibrate.fitted(table)

    assert isclose(found["bias"], 2.94, abs_tol=0.1)  # 19 in 20 are right
    assert isclose(found["bias"] + found["part"], -1.1, abs_tol=0.1)  # one in four is right


def test_a_town_is_judged_by_weights_that_never_saw_it():
    answers = [
        Judged("Tehran west", "a", 1.0, 1.0, NOTHING, 1.0, False),
        Judged("Tehran east", "b", 1.0, 1.0, NOTHING, 1.0, False),
        Judged("Syracuse", "a", 1.0, 1.0, NOTHING, 0.0, True),
        Judged("Syracuse", "", 1.0, 0.0, NOTHING, 1.0, False),
    ]
    fitted_by: list[set[str]] = []

    def fit(several: Sequence[Judged]) -> Mapping[str, float]:
        fitted_by.append({each.city for each in several})
        return {**dict.fromkeys(NOTHING, 0.0), "bias": 3.0}

    rows = list(left_out(answers, attrgetter("town"), fit))

    assert fitted_by == [{"Syracuse"}, {"Tehran west", "Tehran east"}]
    assert [row.name for row in rows] == ["Tehran", "Syracuse", "all"]
    assert rows[0].right_where_sure == 1.0
    assert rows[1].negatives_confident == 1.0
    assert isclose(rows[2].right_where_sure, 2 / 3)


def test_an_author_is_judged_by_weights_that_never_saw_him_but_drawn_callers():
    answers = [
        Judged("Syracuse", author, 1.0, float(bool(author)), NOTHING, 1.0, False)
        for author in ("a", "b", "")
    ]
    fitted_by: list[list[str]] = []

    def fit(several: Sequence[Judged]) -> Mapping[str, float]:
        fitted_by.append([each.author for each in several])
        return {**dict.fromkeys(NOTHING, 0.0), "bias": 3.0}

    assert [row.name for row in left_out(answers, attrgetter("author"), fit)] == ["a", "b", "all"]
    assert fitted_by == [["b", ""], ["a", ""]]


def test_an_answer_that_stands_for_several_counts_as_often():
    answers = [
        Judged("A", "a", 3.0, 3.0, {}, 0.0, True),
        Judged("A", "a", 1.0, 1.0, NOTHING, 0.0, True),
    ]

    row = measured("A", answers, np.array([0.0, 0.8]))

    assert isclose(row.negatives_confident, 0.25)
    assert isclose(row.calibration_error, 0.2)
