import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.geocode.confidence import CALIBRATION, Mismatch, agreement_of, calibrated, confidence


def judged(score: float = 1.0, rival: float = 0.0, **remarks: float) -> float:
    missing = {"missing_streets": 0, "missing_alley": False, "missing_house": False}
    plain = {"unmatched": 0, "guessed": False, "announced": True}
    return confidence(score, rival, Mismatch(**{**plain, **missing, **remarks}))


def test_the_table_rises_on_both_sides():
    for column in zip(*CALIBRATION, strict=True):
        assert list(column) == sorted(set(column))


@given(st.floats(0, 1))
def test_a_share_leads_back_to_its_agreement(agreement: float):
    assert agreement_of(calibrated(agreement)) == pytest.approx(agreement, abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_stronger_rival_never_makes_an_answer_surer(one: float, other: float):
    low, high = sorted((one, other))
    assert judged(rival=high) <= judged(rival=low)


@pytest.mark.parametrize(
    "remark",
    [
        {"unmatched": 1},
        {"missing_streets": 1},
        {"missing_alley": True},
        {"missing_house": True},
        {"guessed": True},
        {"announced": False},
    ],
)
def test_whatever_is_not_explained_makes_an_answer_less_sure(remark):
    assert judged(**remark) < judged()
