"""Spellings made equal: letters, digits, joiners, abbreviations, and the words for "street"."""

import re
import unicodedata
from functools import cache

from data.geocode.text.lexicon import WordRole, languages

_LETTERS = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ە": "ه",
        "ٱ": "ا",
        "ə": "e",
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "ـ": None,  # tatweel
        "\u200c": " ",  # zero width non-joiner
        "\u200b": " ",
        "\u200d": None,
        "\u200e": None,  # left-to-right mark
        "\u200f": None,
        "\u061c": None,
        "\ufeff": None,
        "'": None,
        "’": None,
        "`": None,
    }
)
_EZAFE = re.compile(r"(?<=ه)[\u200c ]ی(?!\w)")
_HYPHENS = re.compile(r"(?<=[^\W\d_])[-‐‑](?=(?:e|ye|i|o|ol|ul|al|od|os|ar|an)\b)")
_RANGES = re.compile(r"(?<=\d)\s?[‐‑–—]\s?(?=\d)")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_SHORT = re.compile(r"\b([a-z]{1,4})\.")
_BREAKS = re.compile(r"[،,;؛.!?؟:()\n\r]+")
_WORD = re.compile(r"\w+|&")


def normal(text: str) -> str:
    """Return the words in one spelling, separated by single spaces."""
    return " ".join(_ordinal(word) for word in _WORD.findall(folded(text)))


def clauses(text: str) -> list[str]:
    """Return the normalized parts of a sentence between commas and stops.

    A house number stays with the street before it, comma or not.
    """
    parts: list[str] = []
    for part in _BREAKS.split(folded(text)):
        words = [_ordinal(word) for word in _WORD.findall(part)]
        numbers = words and (words[0] in _number_words() or words[0].isdigit())
        if parts and numbers:
            parts[-1] = " ".join([parts[-1], *words])
        elif words:
            parts.append(" ".join(words))
    return parts


def without_kinds(name: str) -> str:
    """Return a normalized name without the words for "street", or as it is if nothing is left."""
    left = [word for word in name.split() if word not in _kind_words()]
    return " ".join(left) or name


def folded(text: str) -> str:
    """Return a text with equivalent letters, digits and abbreviations replaced by one of them."""
    # Decomposed, a hamza or an accent is a mark of its own: أ becomes ا, ؤ و, ۀ ه, é e.
    parts = unicodedata.normalize("NFKD", text)
    plain = "".join(_plain(each) for each in parts if unicodedata.category(each) != "Mn")
    plain = _EZAFE.sub("", plain)  # «کوچه‌ی» is «کوچه»
    lowered = plain.translate(_LETTERS).casefold().translate(_LETTERS)
    lowered = _REPEATED.sub(r"\1\1", lowered)
    lowered = _RANGES.sub("-", _HYPHENS.sub("", lowered))
    spelled = _dotted()[0].sub(_spelled_out, lowered)
    return _SHORT.sub(r"\1 ", spelled)


def _plain(each: str) -> str:
    digit = unicodedata.decimal(each, None)
    return each if digit is None else str(digit)


def _spelled_out(found: re.Match[str]) -> str:
    return f" {_dotted()[1][found[0]]} "


@cache
def _dotted() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return abbreviations that end with a point, and what each stands for."""
    known = {
        short: full
        for language in languages()
        for short, full in language.abbreviations.items()
        if short.endswith(".")
    }
    longest = sorted(known, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})"), known


def _ordinal(word: str) -> str:
    return _ordinals().get(word, word)


@cache
def _ordinals() -> dict[str, str]:
    """Return words for "first", "second" and so on with their digits."""
    return {
        folded(word): str(value)
        for language in reversed(languages())
        for word, value in language.ordinals.items()
    }


@cache
def _number_words() -> frozenset[str]:
    return frozenset(folded(w) for each in languages() for w in each.words[WordRole.NUMBER])


@cache
def _kind_words() -> frozenset[str]:
    """Return words for "street", and the parts of those of two words that stand before a name."""
    return frozenset(
        part
        for language in languages()
        for several in language.kinds.values()
        for word in map(folded, several)
        if language.kinds_first or " " not in word
        for part in word.split()
    )
