"""How names sound in either script, and how much one sound differs from another."""

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
_UMLAUTS = re.compile(r"(?<![aeioqu])([aou])e(?=[b-df-hj-np-tv-xz])")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile("[aiu]")
_VAV = re.compile("(?<!o)[vw]")
_SUN_LETTER = re.compile("(?<=.)ال(?=[تثدذرزسشصضطظلن])")
_FINAL_HE = re.compile(r"ه$")
_FINAL_IE = re.compile("ie$")
_TANVIN = re.compile(r"ا$")
_SILENT_VAV = re.compile("خو(?=ا)")
_LONG = re.compile(r"([aiu])\1+")
_LED = re.compile("^a(?=[iu])")
_LATER_H = re.compile(r"h(?=$| )")
_ALIKE = str.maketrans("pvfdqgXjZzsCnl", "bbbtkkkSSSSSmr")
_VOWEL_SOUNDS = "aiu"
_SPOKEN_ENDINGS = ("im", "yim")
SHORTEST_STEM = 4
"""Letters of a Latin name before an ending of speech."""

_SHORT_VOWELS = "au"
VOWEL_COST, VOWEL_CHANGE = 0.25, 0.5
"""Cost of an inserted or missing vowel, and of a changed one; Persian writes only long ones."""


def homophone(key: str) -> str:
    """Return a key with one letter for all that sound alike in Persian."""
    return key.translate(_HOMOPHONES)


def without_umlauts(key: str) -> str:
    """Return a key with a, o, u for ae, oe, ue, which stand for umlauts in German."""
    return _UMLAUTS.sub(r"\1", key)


def is_persian(key: str) -> bool:
    """Whether a key has Arabic letters."""
    return any("؀" <= letter <= "ۿ" for letter in key)


def phonetic(word: str) -> str:
    """Return how a word of either script sounds, long vowels as a, i and u."""
    if is_persian(word):
        sounds = _FINAL_HE.sub("a", word).translate(_SOUNDS)
    else:
        sounds = word
        for letters, sound in _LATIN_SOUNDS:
            sounds = sounds.replace(letters, sound)
    return _LATER_H.sub("", _DOUBLED.sub(r"\1", sounds))


def pronounced(word: str) -> set[str]:
    """Return how a Persian word may sound, without its short vowels, which are not written."""
    spoken = _SILENT_VAV.sub("خ", word)
    written = (word, spoken, _TANVIN.sub("ان", word))
    sounds = {_FINAL_HE.sub("a", each).translate(_SOUNDS) for each in written}
    return {_LATER_H.sub("", _LONG.sub(r"\1", _LED.sub("", each))) for each in sounds}


def finglish_forms(key: str) -> set[str]:
    """Return how a Latin word may be meant that is Persian, beside as it is spelled.

    X is kh, "ie" at the end is i, and an ending of speech is no part of a name: "azadiim" is "we
    are at Azadi".
    """
    written = _FINAL_IE.sub("i", key.replace("x", "kh"))
    stems = {
        written.removesuffix(ending)
        for ending in _SPOKEN_ENDINGS
        if written.endswith(ending) and len(written) >= len(ending) + SHORTEST_STEM
    }
    return {each for each in (written, *stems) if each != key}


def with_vav(word: str) -> str:
    """Return how a Latin word sounds, v as the letter that Persian writes: it is no short vowel."""
    return phonetic(_VAV.sub("V", word))


def without_breath(sounds: str) -> str:
    """Return sounds without the h that is swallowed within words: "shaid" for "shahid"."""
    return sounds[:1] + sounds[1:].replace("h", "")


def spells(latin: str, persian: str) -> bool:
    """Whether Latin sounds are those of a Persian word with its short vowels, see `pronounced`.

    The alef that begins a word stands for any vowel.
    """
    if persian[:1] == "a" and latin[:1] in _VOWEL_SOUNDS:
        latin, persian = latin[1:], persian[1:]
    at = 0
    for sound in latin:
        if at < len(persian) and (sound == persian[at] or (sound, persian[at]) == ("V", "u")):
            at += 1
        elif sound not in _SHORT_VOWELS:
            return False
    return at == len(persian)


def phonetic_variants(key: str) -> set[str]:
    """Return the possible sounds of a key: with and without the l of the Arabic article."""
    return {phonetic(key), phonetic(_SUN_LETTER.sub("ا", key))}


def skeleton(sounds: str) -> str:
    """Return the consonants of sounds, which both scripts write; doubled ones once."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", sounds))


def sound_classes(word: str) -> str:
    """Return the kinds of consonants of a word: those that are heard for each other are one."""
    return _DOUBLED.sub(r"\1", skeleton(phonetic(word)).translate(_ALIKE))


def sound_distance(one: str, other: str) -> float:
    """Return the edit distance of two sounds; vowels cost less, see `VOWEL_COST`."""
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
