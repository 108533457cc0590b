from math import isclose

import pytest

from data.geocode.certainty.confidence import DOUBTS, OTHERS, confidence, is_sure, weights
from tests.benchmarks.queries import calibrate

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
    table = [(with_doubt, nth % 4 == 0, False) for nth in range(4000)]
    table += [(NOTHING, nth % 20 > 0, False) for nth in range(4000)]

    found = calibrate.fitted(table)

    assert isclose(found["bias"], 2.94, abs_tol=0.1)  # 19 in 20 are right
    assert isclose(found["bias"] + found["part"], -1.1, abs_tol=0.1)  # one in four is right
