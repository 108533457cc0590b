"""Spaces where two words are written in one."""

import re
from collections.abc import Callable
from functools import cache
from urllib.parse import unquote

from data.geocode.text.lexicon import languages
from data.geocode.text.normalization import folded

_CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=\b[NSEW])(?=[A-Z][a-z])")
_OWNED = re.compile(r"(\w+)\.?['’]s\b")
_OWNER = re.compile(r"(\w+)['’]s\b")
_GLUED = re.compile(r"_+|(?<=[^\W\d_])[,.:+](?=\w)")


def spaced(text: str) -> str:
    """Return a folded text with a space wherever two words are written in one: "ErieStreet".

    A point, comma, colon or plus without a space behind it joins two words, too: "Erie.Street", and
    so does "%20" in what was copied from a link.
    """
    apart = _OWNED.sub(_without_owner, _CAPITALS.sub(" ", unquote(text)))
    return _beginnings().sub(_without_beginning, _GLUED.sub(" ", folded(apart)))


def without_owners(text: str, known: Callable[[str], bool]) -> str:
    """Return a text without the ending of "Erie's shut" where no such word with it is known."""

    def shorter(found: re.Match[str]) -> str:
        return found[0] if known(folded(found[0])) else found[1]

    return _OWNER.sub(shorter, text)


def _without_owner(found: re.Match[str]) -> str:
    """Return a word for "street" without the ending of "Erie Street's"."""
    return found[1] if folded(found[1]) in _kind_words() else found[0]


def _without_beginning(found: re.Match[str]) -> str:
    return found[0] if found[0] in _kind_words() else f"{found[1]} {found[2]}"


@cache
def _beginnings() -> re.Pattern[str]:
    """Return what finds a word for "street" with a name right behind it: «خیابانآرمان»."""
    words = [folded(word) for each in languages() for word in each.kind_beginnings]
    either = "|".join(sorted(words, key=len, reverse=True))
    return re.compile(rf"\b({either})(\d\w*|\w\w+)")


@cache
def _kind_words() -> frozenset[str]:
    return frozenset(
        folded(word) for each in languages() for several in each.kinds.values() for word in several
    )
