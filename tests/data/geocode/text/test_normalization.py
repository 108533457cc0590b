import pytest

from data.geocode.text.normalization import clauses, normal, without_kinds


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("كاشاني", "کاشانی"),
        ("مدرسۀ علي", "مدرسه علی"),
        ("أحمد إمام آزادی", "احمد امام ازادی"),
        ("مؤمن", "مومن"),
        ("گل\u200cسرخ", "گل سرخ"),
        ("کـــاشانی\u200f", "کاشانی"),
        ("پلاک ۱۲ و ٣", "پلاک 12 و 3"),
        ("خ. کاشانی", "خیابان کاشانی"),
        ("خ.کاشانی ک.لاله", "خیابان کاشانی کوچه لاله"),
        ("بل. امام", "بلوار امام"),
        ("م. آزادی", "میدان ازادی"),
        ("KUNGSGATAN  Allé", "kungsgatan alle"),
    ],
)
def test_spellings_of_one_name_become_equal(written: str, meant: str) -> None:
    assert normal(written) == meant


def test_a_word_that_only_begins_like_an_abbreviation_is_kept() -> None:
    assert normal("خانه ما") == "خانه ما"


def test_a_sentence_falls_apart_at_persian_and_latin_commas() -> None:
    assert clauses("سلام، خیابان کاشانی؛ لطفا!") == ["سلام", "خیابان کاشانی", "لطفا"]
    assert clauses("Hello, Mill Street.") == ["hello", "mill street"]


def test_the_bare_name_lacks_the_word_for_street() -> None:
    assert without_kinds(normal("خیابان کاشانی")) == "کاشانی"
    assert without_kinds(normal("Mill Street")) == "mill"
    assert without_kinds("خیابان") == "خیابان"
