"""Which passwords may be chosen: any long enough, but those that are guessed first."""

import gzip
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from api.access.password_words import COLUMNS, PERSIAN, PERSIAN_KEYS, PRODUCT, ROWS
from data.errors import PasswordFault, WeakPasswordError
from data.files.csv_sheet import latin_digits
from data.model import Role

PASSWORD_LETTERS = 8
"""Shortest password allowed."""

RUN_LETTERS = 3
"""Keys beside each other, one after the other, that are a run: `qwe`, `321`, `aaa`."""

LETTERS_BESIDE_RUNS = 4
"""Letters that a password must have beside its runs of keys, at least."""

REPEATED_LETTERS = 16
"""Longest password in which a repeated part makes it a weak one."""

_DAY, _MONTH = r"(0?[1-9]|[12]\d|3[01])?", r"(0?[1-9]|1[0-2])?"
DATES = re.compile(rf"{_DAY}{_MONTH}(1[34]|19|20)\d\d{_MONTH}{_DAY}")
MOBILES = re.compile(r"(0|0?098)?9\d{9}")
"""Digits of dates in both calendars, and numbers of mobile phones as they are written in Iran."""

COMMON_PASSWORDS = Path(__file__).parent / "common_passwords.txt.gz"
"""16,000 passwords of at least 8 letters that were seen most often in leaks, in small letters.

The lists of Django 5.2 (BSD-3-Clause, by Royce Williams) and zxcvbn 4.5 (MIT).
"""


def checked_password(field: str, password: str, *names: str) -> str:
    """Return the password; raise `WeakPasswordError` where it is too short or easy to guess.

    `names` are the sign-in name and the city. Any characters are allowed, and nothing is cut off.
    What was typed is no part of the error.
    """
    fault = _fault(password, names)
    if fault is not None:
        raise WeakPasswordError(field, fault)
    return password


def _fault(password: str, names: tuple[str, ...]) -> PasswordFault | None:
    """Return what makes a password easy to guess.

    A Persian one counts like its keys on a Latin keyboard, and the other way round.
    """
    if len(password) < PASSWORD_LETTERS:
        return PasswordFault.SHORT
    keys = _keys(password)
    if not {password.casefold(), keys}.isdisjoint(common_passwords()):
        return PasswordFault.COMMON
    words = {each for name in (*names, *PRODUCT, *PERSIAN, *Role) for each in _typed(name)}
    if _is_made_of(keys, words) or _is_made_of(_letters(password), words):
        return PasswordFault.NAMES
    return PasswordFault.KEYS if _is_a_pattern(keys) else None


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that are refused."""
    return frozenset(gzip.decompress(COMMON_PASSWORDS.read_bytes()).decode().splitlines())


def _is_made_of(text: str, words: set[str]) -> bool:
    """Whether the letters of a text are these words one after the other, whatever is between."""
    if not any(letter.isalpha() for letter in text):
        return False
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return not any(letter.isalpha() for letter in text)


def _is_a_pattern(keys: str) -> bool:
    """Whether a text is hardly more than runs of keys, a short repetition, a date or a number."""
    repeats = len(keys) <= REPEATED_LETTERS and keys in (keys + keys)[1:-1]
    if repeats or _beside_runs(keys) < LETTERS_BESIDE_RUNS:
        return True
    digits = re.sub(r"[-/. +()]", "", keys)
    return any(pattern.fullmatch(digits) for pattern in (DATES, MOBILES))


def _beside_runs(keys: str) -> int:
    """Return how many characters are in no run of keys."""
    beside, run, step = 0, 1, 0
    for one, next_ in pairwise(keys):
        taken = _step(one, next_)
        if taken is not None and (run == 1 or taken == step):
            run, step = run + 1, taken
            continue
        beside += run if run < RUN_LETTERS else 0
        run = 1
    return beside + (run if run < RUN_LETTERS else 0)


@cache
def _steps() -> dict[tuple[str, str], int]:
    """Return pairs of keys beside or below each other, with the direction from one to the other."""
    steps: dict[tuple[str, str], int] = {}
    for direction, lines in ((1, ROWS), (2, COLUMNS)):
        for line in lines:
            steps |= dict.fromkeys(pairwise(line), direction)
            steps |= dict.fromkeys(pairwise(reversed(line)), -direction)
    return steps


def _step(one: str, other: str) -> int | None:
    """Return the direction from a key to another: 0 for the same, `None` for one elsewhere."""
    if one == other:
        return 0
    following = one.isdecimal() and other.isdecimal() and (int(other) - int(one)) % 10
    return _steps().get((one, other)) or {1: 1, 9: -1}.get(following)


def _keys(text: str) -> str:
    """Return a text as it comes from the same keys of a Latin keyboard, with digits 0 to 9."""
    return latin_digits(text.casefold()).translate(PERSIAN_KEYS).replace("\u200c", "")


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())


def _typed(word: str) -> set[str]:
    """Return the keys of a word, and its letters, unless there are none."""
    return {form for form in (_keys(word), _letters(word)) if form}
