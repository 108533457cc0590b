"""Spellings made equal: letters, digits, joiners, abbreviations, and the words for "street"."""

import re
import unicodedata

GENERIC = frozenset(
    {"خیابان", "کوچه", "بلوار", "میدان", "بزرگراه", "اتوبان", "جاده", "راه", "بن", "بست"}
    | {"street", "st", "road", "rd", "avenue", "ave", "lane", "alley", "square", "boulevard", "way"}
)
"""Normalized words that say what kind of street it is, and that callers leave out or mix up."""

_LETTERS = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ە": "ه",
        "ٱ": "ا",
        "ـ": None,  # tatweel
        "\u200c": " ",  # zero width non-joiner
        "\u200b": " ",
        "\u200d": None,
        "\u200e": None,  # left-to-right mark
        "\u200f": None,
        "\u061c": None,
        "\ufeff": None,
    }
)
_ABBREVIATIONS = {"خ": " خیابان ", "ک": " کوچه ", "بل": " بلوار ", "م": " میدان "}
_ABBREVIATED = re.compile(r"(?<!\w)(?:(خ|ک|بل|م)\.|(خ)(?!\w))")
_BREAKS = re.compile(r"[،,;؛.!?؟:()\n\r]+")
_WORD = re.compile(r"\w+")


def normal(text: str) -> str:
    """Return the words in one spelling, separated by single spaces."""
    return " ".join(_WORD.findall(_folded(text)))


def clauses(text: str) -> list[str]:
    """Return the normalized parts of a sentence between commas and stops."""
    parts = (" ".join(_WORD.findall(part)) for part in _BREAKS.split(_folded(text)))
    return [part for part in parts if part]


def bare(name: str) -> str:
    """Return a normalized name without the words for "street", or as it is if nothing is left."""
    left = [word for word in name.split() if word not in GENERIC]
    return " ".join(left) or name


def _folded(text: str) -> str:
    # Decomposed, a hamza or an accent is a mark of its own: أ becomes ا, ؤ و, ۀ ه, é e.
    parts = unicodedata.normalize("NFKD", text)
    plain = "".join(_plain(each) for each in parts if unicodedata.category(each) != "Mn")
    folded = plain.translate(_LETTERS).casefold()
    return _ABBREVIATED.sub(_expanded, folded)


def _plain(each: str) -> str:
    digit = unicodedata.decimal(each, None)
    return each if digit is None else str(digit)


def _expanded(found: re.Match[str]) -> str:
    return _ABBREVIATIONS[found[1] or found[2]]
