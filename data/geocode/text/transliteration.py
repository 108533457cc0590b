"""Languages that write the sounds of Persian names with letters of their own, as English does."""

import re
from functools import cache

from data.geocode.text.lexicon import Language, languages

_WORD = re.compile(r"[^\W\d_]+")

KH, WRITTEN_KH = "kh", "x"
"""«خ» as English writes it, and as Azerbaijani and many who write Persian in Latin letters do."""


def in_english_letters(text: str) -> str:
    """Return a sentence with Azerbaijani letters spelled as in English: "Şəhriyar", "Shehriyar".

    A letter that no other language has says which language it is. Telephones often lack it: a
    word for "street" then says at least that "x" is "kh".
    """
    for language in languages():
        if any(letter in text.casefold() for letter in language.sure_letters):
            return language.spelled_out(text)
    if WRITTEN_KH in text.casefold() and any(word in _kind_words() for word in _words(text)):
        return text.replace(WRITTEN_KH, KH).replace(WRITTEN_KH.upper(), KH)
    return text


def is_spelled_apart(text: str) -> bool:
    """Whether a letter of a text says that it is in a language with letters of its own."""
    return any(letter in text.casefold() for each in languages() for letter in each.sure_letters)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


@cache
def _kind_words() -> frozenset[str]:
    """Return the words for "street" in languages that write «خ», in English letters."""
    known = [language for language in languages() if _has_kh(language)]
    return frozenset(
        word
        for language in known
        for several in language.kinds.values()
        for word in several
        if word.isascii()
    )


def _has_kh(language: Language) -> bool:
    """Whether a language has a word for "street" with «خ» or its own letter for it."""
    return any("خیابان" in several for several in language.kinds.values()) or bool(language.letters)
