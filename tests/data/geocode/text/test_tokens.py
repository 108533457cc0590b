"""Which words of a sentence are grammar: by the files of the languages, with no code for any."""

import pytest

from data.geocode.text.everyday_talk import is_name_word, is_ordinary, speaks
from data.geocode.text.lexicon import WordRole, languages
from data.geocode.text.tokens import (
    name_parts,
    name_tokens,
    query_tokens,
)


def roles(text: str) -> list[tuple[str, str]]:
    return [(token.text, str(token.role or "")) for token in query_tokens(text)]


def test_phrases_of_several_words_are_one() -> None:
    assert roles("کاشانی نرسیده به حافظ") == [("کاشانی", ""), ("نرسیدهبه", "before"), ("حافظ", "")]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("کوچه بیست و هفتم", "27"),
        ("کوچه بیست وچهارم", "24"),
        ("کوچه دوازده", "12"),
        ("کوچه یک", "1"),
        ("کوچه ۱۲", "12"),
        ("twenty-third street", "23"),
        ("23rd street", "23"),
        ("First Street", "1"),
    ],
)
def test_numbers_are_digits_however_they_are_said(words: str, number: str) -> None:
    assert [token.text for token in query_tokens(words) if token.digits] == [number]


def test_an_article_is_no_number() -> None:
    assert not any(token.digits for token in query_tokens("یک ماشین گیر کرده"))


@pytest.mark.parametrize(
    ("name", "core", "kinds"),
    [
        ("خیابان امام خمینی", ("امام", "خمینی"), {"street"}),
        ("بن‌بست یاس", ("یاس",), {"dead_end"}),
        ("W Court St", ("west", "court"), {"street"}),
        ("Lorraine Ave N", ("lorraine", "north"), {"avenue"}),
        ("Hauptstr.", ("haupt",), {"street"}),
        ("Strada Victoriei", ("victoriei",), {"street"}),
        ("کوچه", ("alley",), set()),
    ],
)
def test_the_word_for_street_stands_where_the_language_puts_it(
    name: str, core: tuple[str, ...], kinds: set[str]
) -> None:
    assert name_parts(name_tokens(name)) == (core, kinds)


def test_every_language_has_the_words_of_an_address_and_its_phrases() -> None:
    for language in languages():
        assert language.kinds["street"]
        for role in (
            WordRole.NUMBER,
            WordRole.CROSSING,
            WordRole.JOIN,
            WordRole.BETWEEN,
            WordRole.BEFORE,
            WordRole.NEAR,
        ):
            assert language.words[role], (language.code, role)
        assert {"house", "between", "corner", "off", "near", "nameless"} <= set(language.speech)


@pytest.mark.parametrize(
    ("words", "kind", "name"),
    [
        ("خیابانآرمان", "street", "ارمان"),
        ("میدانفرهنگ", "square", "فرهنگ"),
        ("بن‌بستانار", "dead_end", "انار"),
        ("کوچه۲۰", "alley", "20"),
        ("OntarioStreet", "street", "ontario"),
        ("WillCourt", "court", "will"),
        ("Erie Street's", "street", "erie"),
    ],
)
def test_a_name_written_in_one_with_its_kind_is_two_words(words: str, kind: str, name: str) -> None:
    assert {(token.kind, token.text) for token in query_tokens(words) if not token.kind} == {
        ("", name)
    }
    assert [token.kind for token in query_tokens(words) if token.kind] == [kind]


def test_three_is_a_number_though_a_filler_sounds_like_it() -> None:
    assert [token.digits for token in query_tokens("بهار ۳")] == [False, True]


@pytest.mark.parametrize(
    ("words", "ordinary"), [("بهار", True), ("market", True), ("آرمان", False), ("3", False)]
)
def test_words_of_everyday_talk_are_known(words: str, *, ordinary: bool) -> None:
    assert [is_ordinary(token) for token in query_tokens(words)] == [ordinary]


def test_english_talk_is_told_from_finglish() -> None:
    assert [speaks(query_tokens("power")[0], code) for code in ("en", "fa")] == [True, False]


def test_words_that_streets_are_often_called_by_are_known() -> None:
    assert is_name_word("رضایی")
    assert not is_name_word("زصایی")
