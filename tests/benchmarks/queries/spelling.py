"""How names are compared, misspelled and written in other letters; no code of the geocoder."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

from tests.benchmarks.queries.chance import Chance

KEPT = 1 << 16
"""Names whose plain form and consonants are kept in memory."""

_SAME = str.maketrans(
    {"ي": "ی", "ى": "ی", "ئ": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ؤ": "و"}
)
_HOMOPHONES = ("سصث", "زذضظ", "تط", "هح", "قغ")
_PERSIAN_ROWS = ("ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو")
_LATIN_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_CONSONANTS = {
    **dict(zip("بپتطثسصجدذزضظرژشفکگلمنقغچخ", "bpttsssjdzzzzrSSfkglmnqqCx", strict=True)),
    **{digit: digit for digit in "0123456789"},
}
_FINGLISH = (
    ("imam", ("emam", "imam", "emaam")),
    ("hossein", ("hosein", "hossein", "hoseyn")),
    ("mohammad", ("mohamad", "mohammad")),
    ("ou", ("oo", "u")),
    ("oo", ("u", "ou")),
    ("q", ("gh",)),
    ("gh", ("q", "gh")),
    ("ei", ("ey", "ei")),
    ("ay", ("ey", "ai", "ay")),
    ("ow", ("o", "ou")),
    ("w", ("v",)),
    ("u", ("oo", "ou", "u")),
    ("i", ("ee", "i", "i")),
    ("a", ("aa", "a", "a", "a")),
    ("iy", ("i", "iy")),
)
_LATIN_KINDS = re.compile(
    r"\b(street|st|alley|avenue|ave|boulevard|blvd|square|sq|dead end|highway|expressway|road)\b\.?"
)


@lru_cache(KEPT)
def plain(name: str) -> str:
    """Return a name without spaces, marks and differences of keyboards: equal names are equal."""
    folded = unicodedata.normalize("NFKD", name.translate(_SAME)).casefold()
    kept = (each for each in folded if unicodedata.category(each)[0] in "LN")
    return "".join(_digit(each) for each in kept).replace("ء", "")


def _digit(each: str) -> str:
    value = unicodedata.decimal(each, None)
    return each if value is None else str(value)


def edits(one: str, other: str, most: int = 3) -> int:
    """Return how many letters to change, add, drop or swap, at most `most`."""
    return OSA.distance(one, other, score_cutoff=most - 1)


def near_any(name: str, others: Iterable[str], most: int) -> bool:
    """Whether a plain name is fewer than `most` edits from another."""
    return any(edits(name, other, most) < most for other in others)


def typo(chance: Chance, text: str) -> str:
    """Return the text with one slip of a finger or ear in a word of four letters or more."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long:
        return text
    at = chance.choice(long)
    if len(long) > 1 and chance.random() < 0.1:
        other = chance.choice([i for i in long if i != at])
        words[at], words[other] = words[other], words[at]
    else:
        words[at] = _slip(chance, words[at])
    return " ".join(words)


def _slip(chance: Chance, word: str) -> str:
    i = chance.randrange(1, len(word))
    what = chance.choice(("drop", "double", "swap", "neighbour", "neighbour", "sound"))
    if what == "drop":
        return word[:i] + word[i + 1 :]
    if what == "double":
        return word[:i] + word[i] + word[i:]
    if what == "swap" and i < len(word) - 1:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if what == "sound":
        alike = _alike(chance, word)
        if alike != word:
            return alike
    return word[:i] + _neighbour(chance, word[i]) + word[i + 1 :]


def _alike(chance: Chance, word: str) -> str:
    for i, letter in enumerate(word):
        group = next((g for g in _HOMOPHONES if letter in g), "")
        if group:
            return word[:i] + chance.choice(group.replace(letter, "")) + word[i + 1 :]
    return word


def _neighbour(chance: Chance, letter: str) -> str:
    for row in (*_PERSIAN_ROWS, *_LATIN_ROWS):
        at = row.find(letter.lower())
        if at >= 0:
            return chance.choice([row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)])
    return letter


def without_kinds(latin: str) -> str:
    """Return a Latin name in small letters, without its words for "street"."""
    return " ".join(_LATIN_KINDS.sub(" ", latin.lower()).split())


def finglish(chance: Chance, latin: str) -> str:
    """Return a Latin name as people type it who were never told how."""
    text = without_kinds(latin).replace("'", "").replace("’", "")
    text = text.replace("-e ", chance.choice((" ", "e "))).replace("-", chance.choice((" ", "")))
    text = " ".join(text.split())
    for _ in range(2):
        several = [(old, new) for old, new in _FINGLISH if old in text]
        if several:
            old, new = chance.choice(several)
            text = text.replace(old, chance.choice(new), 1)
    if chance.random() < 0.3:
        text = re.sub(r"([b-df-hj-np-tv-z])\1", r"\1", text)
    return text


def sounds_like(persian: str, latin: str) -> bool:
    """Whether two names have nearly the same consonants: one is not a translation."""
    one, other = _persian_consonants(persian), _latin_consonants(latin)
    return edits(one, other, 3) <= max(0, min(len(one), len(other)) // 4)


@lru_cache(KEPT)
def _persian_consonants(name: str) -> str:
    return _single("".join(_CONSONANTS.get(each, "") for each in plain(name)))


@lru_cache(KEPT)
def _latin_consonants(name: str) -> str:
    sounds = plain(name)
    for letters, sound in (("kh", "x"), ("sh", "S"), ("ch", "C"), ("zh", "S"), ("gh", "q")):
        sounds = sounds.replace(letters, sound)
    return _single(re.sub("[aeiouyvwh]", "", sounds))


def _single(sounds: str) -> str:
    return re.sub(r"(.)\1+", r"\1", sounds)


def other_letters(chance: Chance, text: str) -> str:
    """Return a Persian text from another keyboard: letters, digits, joiners, marks."""
    ways = (_arabic, _joined, _spaced, _stretched, _digits, _marked)
    for way in chance.sample(ways, 3):
        text = way(chance, text)
    return text


def _arabic(chance: Chance, text: str) -> str:
    text = text.replace("ی", chance.choice("يى")).replace("ک", "ك")
    return text.replace("هٔ", "ة") if chance.random() < 0.3 else text


def _joined(_chance: Chance, text: str) -> str:
    return text.replace("\u200c", "")


def _spaced(_chance: Chance, text: str) -> str:
    return text.replace("\u200c", " ")


def _stretched(chance: Chance, text: str) -> str:
    at = [i for i, letter in enumerate(text) if letter in "بسشمنکفق" and i + 1 < len(text)]
    at = [i for i in at if text[i + 1].isalpha()]
    if not at:
        return text
    i = chance.choice(at)
    return text[: i + 1] + "ـ" * chance.randrange(1, 4) + text[i + 1 :]


def _digits(chance: Chance, text: str) -> str:
    digits = chance.choice(("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"))
    return "".join(digits[int(_digit(each))] if each.isdecimal() else each for each in text)


def _marked(chance: Chance, text: str) -> str:
    text = text.replace("آ", "ا") if chance.random() < 0.5 else text
    letters = [i for i, letter in enumerate(text) if letter.isalpha()]
    i = chance.choice(letters) if letters else 0
    return text[: i + 1] + chance.choice("\u064e\u064f\u0650\u0651") + text[i + 1 :]


def without_marks(text: str) -> str:
    """Return a Latin text without its diacritics, as phones without them send it."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if unicodedata.category(each) != "Mn")
