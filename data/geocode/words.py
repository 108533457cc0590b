"""Spellings made equal: letters, digits, joiners, abbreviations, and the words for "street"."""

import re
import unicodedata

GENERIC = frozenset(
    {"خیابان", "کوچه", "بلوار", "میدان", "بزرگراه", "اتوبان", "جاده", "راه", "بن", "بست"}
    | {"street", "st", "road", "rd", "avenue", "ave", "lane", "alley", "square", "boulevard", "way"}
)
"""Normalized words that say what kind of street it is, and that callers leave out or mix up."""

ALLEY = frozenset({"کوچه", "بن", "کوی"})
"""First words of names of lanes that callers place by the street they leave."""

NUMBER = frozenset({"پلاک", "پ", "شماره", "no", "nr", "number"})
"""Words before a house number."""

CROSSING = frozenset(
    {"تقاطع", "چهارراه", "سهراه", "نبش", "corner", "crossing", "intersection", "junction"}
)
"""Words that say that two streets are named for the place where they meet."""

_ORDINALS = {
    "اول": "1",
    "دوم": "2",
    "سوم": "3",
    "چهارم": "4",
    "پنجم": "5",
    "ششم": "6",
    "هفتم": "7",
    "هشتم": "8",
    "نهم": "9",
    "دهم": "10",
    "یازدهم": "11",
    "دوازدهم": "12",
    "سیزدهم": "13",
    "چهاردهم": "14",
    "پانزدهم": "15",
    "شانزدهم": "16",
    "هفدهم": "17",
    "هجدهم": "18",
    "نوزدهم": "19",
    "بیستم": "20",
}
"""Callers say "the twelfth alley" where the sign says "Alley 12"."""

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
    return " ".join(_ORDINALS.get(word, word) for word in _WORD.findall(_folded(text)))


def clauses(text: str) -> list[str]:
    """Return the normalized parts of a sentence between commas and stops.

    A house number stays with the street before it, comma or not.
    """
    parts: list[str] = []
    for part in _BREAKS.split(_folded(text)):
        words = [_ORDINALS.get(word, word) for word in _WORD.findall(part)]
        numbers = words and (words[0] in NUMBER or words[0].isdigit())
        if parts and numbers:
            parts[-1] = " ".join([parts[-1], *words])
        elif words:
            parts.append(" ".join(words))
    return parts


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
