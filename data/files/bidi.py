"""Isolation of texts that run the other way than the sentence in which they stand (UAX 9)."""

import re

FIRST_STRONG, POP = "\u2068", "\u2069"
"""First strong isolate and pop directional isolate: what is between them orders itself alone."""

_OTHER_WAY = {
    False: re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"),
    True: re.compile("[0-9A-Za-z\u00c0-\u024f]"),
}
"""What in a value could reorder the sentence around it, by whether that runs from the right.

Latin digits are part of it: phone numbers, plates and references among Persian words. Persian
digits are not, which take the direction of their sentence. `pages/texts.js` has the same rule.
"""
_NONE = {ord(FIRST_STRONG): None, ord(POP): None}


def isolated(text: str, *, rtl: bool) -> str:
    """Return a value for a sentence of this direction, isolated where it could reorder it."""
    return f"{FIRST_STRONG}{text}{POP}" if _OTHER_WAY[rtl].search(text) else text


def without_isolates(text: str) -> str:
    """Return a text for tables, messages and files, where isolates are stray characters."""
    return text.translate(_NONE)
