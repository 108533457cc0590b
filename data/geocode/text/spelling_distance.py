"""How much one spelling differs from another, and how names sound in either script."""

import re

_HOMOPHONES = str.maketrans("ثصذضظطغحآئؤۀ", "سسزززتقهایوه")
_SOUNDS = str.maketrans(
    {
        **dict(zip("بپتطثسصجحهدذزضظرفکگلمنقغ", "bpttsssjhhdzzzzrfkglmnqq", strict=True)),
        **{"چ": "C", "خ": "X", "ژ": "Z", "ش": "S", "ع": "", "و": "u", "ی": "i", "ا": "a"},
    }
)
_LATIN_SOUNDS = (
    ("sch", "S"),
    ("kh", "X"),
    ("sh", "S"),
    ("ch", "C"),
    ("zh", "Z"),
    ("gh", "q"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("oo", "u"),
    ("ou", "u"),
    ("ow", "u"),
    ("ee", "i"),
    ("x", "ks"),
    ("c", "k"),
    ("w", "v"),
    ("v", "u"),
    ("o", "u"),
    ("y", "i"),
    ("aa", "a"),
    ("e", "a"),
)
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aiu]")
_SUN_LETTER = re.compile("(?<=.)ال(?=[تثدذرزسشصضطظلن])")
_FINAL_HE = re.compile(r"ه$")
_LATER_H = re.compile(r"h(?=$| )")
_VOWEL_SOUNDS = "aiu"
VOWEL_COST, VOWEL_CHANGE = 0.25, 0.5
"""A vowel more or less, or another one, counts so much: Persian writes only long ones."""


def distance(one: str, other: str, limit: int) -> int:
    """Return how many letters to insert, leave out, change or swap with their neighbour.

    Anything above the limit returns `limit + 1`. Restricted edit distance by bit vectors:
    Hyyro (2003), A bit-vector algorithm for computing Levenshtein and Damerau edit distances.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    if not one or not other:
        return max(len(one), len(other))
    where: dict[str, int] = {}
    for at, letter in enumerate(one):
        where[letter] = where.get(letter, 0) | 1 << at
    full, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    more, less, zero, before, edits = full, 0, 0, 0, len(one)
    for letter in other:
        here = where.get(letter, 0)
        swapped = (((~zero & here) << 1) & before) & full
        zero = ((((here & more) + more) ^ more) | here | less | swapped) & full
        up = less | (~(zero | more) & full)
        down = zero & more
        edits += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & full, (down << 1) & full
        more, less, before = down | (~(zero | up) & full), zero & up, here
    return min(edits, limit + 1)


def homophone(key: str) -> str:
    """Return a key with one letter for all that sound alike in Persian."""
    return key.translate(_HOMOPHONES)


def is_persian(key: str) -> bool:
    """Whether a key has Arabic letters."""
    return any("؀" <= letter <= "ۿ" for letter in key)


def spoken(word: str) -> str:
    """Return how a word of either script sounds, long vowels as a, i and u."""
    if is_persian(word):
        sounds = _FINAL_HE.sub("a", word).translate(_SOUNDS)
    else:
        sounds = word
        for letters, sound in _LATIN_SOUNDS:
            sounds = sounds.replace(letters, sound)
    return _LATER_H.sub("", _DOUBLED.sub(r"\1", sounds))


def soundings(key: str) -> set[str]:
    """Return how a key may sound: the l of the Arabic article is silent before some letters."""
    return {spoken(key), spoken(_SUN_LETTER.sub("ا", key))}


def skeleton(sounds: str) -> str:
    """Return what is left of sounds without the vowels, which the scripts do not share."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", sounds))


def sound_distance(one: str, other: str) -> float:
    """Return the edits between two sounds, where a vowel more or less counts little."""
    row = _steps(other)
    for letter in one:
        cost = _cost(letter)
        above, row = row, [row[0] + cost]
        for at, across in enumerate(other):
            changed = above[at] + (0.0 if letter == across else _change(letter, across))
            row.append(min(changed, above[at + 1] + cost, row[at] + _cost(across)))
    return row[-1]


def _steps(text: str) -> list[float]:
    row = [0.0]
    for letter in text:
        row.append(row[-1] + _cost(letter))
    return row


def _change(one: str, other: str) -> float:
    vowels = one in _VOWEL_SOUNDS and other in _VOWEL_SOUNDS
    return VOWEL_CHANGE if vowels else 1.0


def _cost(letter: str) -> float:
    return VOWEL_COST if letter in _VOWEL_SOUNDS else 1.0
