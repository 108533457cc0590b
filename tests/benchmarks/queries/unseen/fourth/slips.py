"""Slips of people on bad lines who catch a name late, break off, begin anew and spell it out."""

import re

from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.unseen.slips import Slips, either

VOWELS = "aeiouyäöüăâî"

UNJOINED = "ادذرزژو"
"""Persian letters after which a gap shows anyway, so that writers put a space there."""

SEAMS = re.compile(
    r"(?<=\w{3})(?=straße|strasse|gasse|platz|allee|weg|ring|katu|kuja|tie\b|polku|burn\b|field|hill\b"
    r"|wood|park\b|land|bank|house|haugh|mount|آباد|پور\b|زاده|نژاد|گاه\b|ستان\b|خانه)",
    re.IGNORECASE,
)
"""Where two words have grown into one."""

FIRST_PERSIAN = "\u0600"
"""Letters from here on are not Latin ones."""

CORRECTING = {
    True: ("نه ببخشید", "یعنی", "چیز", "..."),
    False: ("sorry,", "I mean", "no wait,", "er,"),
}
"""What is said between a slip of the tongue and the name: whether in Persian letters or not."""

COMMON = frozenset(
    [
        "Allee",
        "Circus",
        "Drive",
        "East",
        "Gardens",
        "Great",
        "Loan",
        "North",
        "Old",
        "Parade",
        "Park",
        "Quay",
        "Road",
        "Row",
        "South",
        "Straße",
        "Weg",
        "West",
        "جنوبی",
        "دروازه",
        "سینما",
        "شرقی",
        "شمالی",
        "شهرک",
        "شهید",
        "غربی",
        "متری",
        "میدان",
        "کهنه",
        "کوچه",
        "گذر",
    ]
)
"""Words of so many names that they alone tell nobody which is meant."""


def is_persian(text: str) -> bool:
    return text[:1] >= FIRST_PERSIAN


def words_of(base: str) -> list[str]:
    """Return the words of a name of two and more: of letters only, none twice, no counted name."""
    words = base.split()
    whole = len(words) > 1 and len(set(words)) == len(words) and "و" not in words
    return words if whole and all(word.isalpha() for word in words) else []


def telling(kept: list[str], words: list[str]) -> str | None:
    """Return the kept words of a name: at least half of its letters, and a word that tells it."""
    said = "".join(kept)
    if not any(len(word) > 3 and word not in COMMON for word in kept):
        return None
    if len(kept) == len(words) or len(said) < max(4, len("".join(words)) / 2):
        return None
    return " ".join(kept)


def small_words_swallowed(_chance: Chance, base: str) -> str | None:
    """Hear no word of three letters or fewer: "St", "von", "the", "حاج"."""
    words = words_of(base)
    return telling([word for word in words if len(word) > 3], words)


def caught_late(_chance: Chance, base: str) -> str | None:
    """Miss the first word, for the headset was not on yet."""
    words = words_of(base)
    return telling(words[1:], words)


def line_broke(_chance: Chance, base: str) -> str | None:
    """Miss the last word, for the line broke."""
    words = words_of(base)
    return telling(words[:-1], words)


def crackled(chance: Chance, base: str) -> str | None:
    """Miss one word between the first and the last."""
    words = words_of(base)
    if len(words) < 3:
        return None
    gone = chance.randrange(1, len(words) - 1)
    return telling([*words[:gone], *words[gone + 1 :]], words)


def began_at_the_end(chance: Chance, base: str) -> str | None:
    """Say the last word, correct oneself and say the name whole."""
    words = words_of(base)
    if not words:
        return None
    return f"{words[-1]} {chance.choice(CORRECTING[is_persian(base)])} {base}"


def as_in_the_register(_chance: Chance, base: str) -> str | None:
    """Say the last word, and behind a comma those before it."""
    words = words_of(base)
    if not words:
        return None
    comma = "،" if is_persian(base) else ","
    return f"{words[-1]}{comma} {' '.join(words[:-1])}"


def ends_exchanged(_chance: Chance, base: str) -> str | None:
    """Say the last word first and the first last."""
    words = words_of(base)
    return " ".join((words[-1], *words[1:-1], words[0])) if words else None


def at_a_seam(chance: Chance, base: str) -> str | None:
    """Write as two words what has grown into one."""
    seams = [seam.start() for seam in SEAMS.finditer(base)]
    if not seams:
        return None
    at = chance.choice(seams)
    return f"{base[:at]} {base[at:]}"


def at_a_gap_in_print(chance: Chance, base: str) -> str | None:
    """Write a Persian word of five letters and more as two, where print shows a gap anyway."""
    spots = [
        at
        for word in re.finditer(r"\w{5,}", base)
        for at in range(word.start() + 2, word.end() - 1)
        if base[at - 1] in UNJOINED
    ]
    if not spots:
        return None
    at = chance.choice(spots)
    return f"{base[:at]} {base[at:]}"


def by_syllables(_chance: Chance, base: str) -> str | None:
    """Say the longest Latin word in syllables: a hyphen where two consonants meet."""
    longest = max(re.findall(r"[^\W\d_]+", base), key=len, default="")
    inside = rf"(?<=[{VOWELS}])([^{VOWELS}\W])(?=[^{VOWELS}\Whg][{VOWELS}])"
    said = re.sub(inside, r"\1-", longest, flags=re.IGNORECASE)
    if said == longest or len(longest) < 6 or is_persian(longest):
        return None
    return base.replace(longest, said, 1)


SLIPS = Slips(
    either(small_words_swallowed, caught_late, line_broke, crackled),
    either(began_at_the_end, as_in_the_register, ends_exchanged),
    either(at_a_seam, at_a_gap_in_print, by_syllables),
    ("", "", "", "_", ".", "/", "\u200c", "\u00a0", "\u200b"),
)
