"""Texts in several languages."""

from collections.abc import Mapping

type ByLanguage = Mapping[str, str]
"""A text by language code; that of "" is for every language."""


def in_language(texts: ByLanguage, language: str) -> str:
    """Return the text in a language; else the one for every language, else the first; "" if none.

    The first text of those who wrote it is what readers of another language can make most of.
    """
    return texts.get(language) or texts.get("") or next(iter(texts.values()), "")
