"""Which passwords may be chosen: any long enough, but those that are guessed first."""

import gzip
from functools import cache
from pathlib import Path

from data.errors import InvalidError
from data.model import Role

PASSWORD_LETTERS = 8
"""Shortest password allowed."""

EXPECTED = (
    "at least 8 characters, not a common password, "
    "and more than the sign-in name, the city or a role"
)
"""The rule for passwords, as a key of the catalogs."""

PRODUCT = ("barfrub", "برف‌روب", "snowplow", "password")
"""Words that are guessed wherever this program runs, beside names of the city and its people."""

COMMON_PASSWORDS = Path(__file__).parent / "common_passwords.txt.gz"
"""16,000 passwords of at least 8 letters that were seen most often in leaks, in small letters.

The lists of Django 5.2 (BSD-3-Clause, by Royce Williams) and zxcvbn 4.5 (MIT).
"""


def checked_password(field: str, password: str, *names: str) -> str:
    """Return the password; raise `InvalidError` where it is too short or easy to guess.

    `names` are the sign-in name and the city. Any characters are allowed, and nothing is cut off.
    What was typed is no part of the error.
    """
    folded = password.casefold()
    if (
        len(password) < PASSWORD_LETTERS
        or folded in {name.casefold() for name in names}
        or folded in common_passwords()
        or _is_made_of(folded, (*names, *PRODUCT, *Role))
    ):
        raise InvalidError(field, "", EXPECTED)
    return password


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that are refused."""
    return frozenset(gzip.decompress(COMMON_PASSWORDS.read_bytes()).decode().splitlines())


def _is_made_of(folded: str, words: tuple[str, ...]) -> bool:
    """Whether the letters of a text are these words one after the other, whatever is between."""
    letters = _letters(folded)
    rest = letters
    for word in sorted(map(_letters, words), key=len, reverse=True):
        rest = rest.replace(word, "") if word else rest
    return letters != "" and rest == ""


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())
