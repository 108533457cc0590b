"""Which words of a sentence are grammar: by the files of the languages, with no code for any."""

import pytest

from data.geocode.text.lexicon import WordRole, languages
from data.geocode.text.tokens import name_parts, name_tokens, query_tokens


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
