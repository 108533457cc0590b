"""What becomes of a name between a caller's mouth and the desk: rules that the parser lacks.

The authors of callers choose from these, or have their own.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.benchmarks.queries.chance import Chance

type Slip = Callable[[Chance, str], str | None]
"""From a name without its word for "street" to what is heard; `None` where it cannot happen."""


class Slips(NamedTuple):
    """Slips of an author; `joints` are what it writes where words are written in one."""

    left_out: Slip
    reordered: Slip
    split: Slip
    joints: Sequence[str]


def rewritten(rules: Sequence[str]) -> Slip:
    """Return the slip of one of these rules, "found>becomes", of which `found` is a pattern."""
    parts = [rule.partition(">") for rule in rules]
    patterns = [(re.compile(found, re.IGNORECASE), becomes) for found, _, becomes in parts]

    def slip(chance: Chance, base: str) -> str | None:
        fitting = [(at, new) for each, new in patterns if (at := each.search(base, 1))]
        if len(base) < 4 or not fitting:
            return None
        at, new = chance.choice(fitting)
        return base[: at.start()] + at.expand(new) + base[at.end() :]

    return slip


def by_habit(rules: Sequence[str]) -> Callable[[Chance, str], str]:
    """Return the spelling of writers who keep to one way for each rule, "found>way|way"."""
    parts = [rule.rpartition(">") for rule in rules]
    habits = [(re.compile(found), ways.split("|")) for found, _, ways in parts]

    def spelled(chance: Chance, name: str) -> str:
        for found, ways in habits:
            name = found.sub(chance.choice(ways), name)
        return " ".join(name.split())

    return spelled


def left_out(chance: Chance, base: str) -> str | None:
    """Leave out a word of letters, but not the longest, nor one of a counted name."""
    words = base.split()
    if len(words) < 2 or not all(word.isalpha() for word in words) or "و" in words:
        return None
    gone = chance.choice([word for word in words if word != max(words, key=len)])
    return " ".join(word for word in words if word != gone)


def reordered(chance: Chance, base: str) -> str | None:
    """Begin with a later word."""
    words = base.split()
    if len(words) < 2 or not all(word.isalpha() for word in words):
        return None
    at = chance.randrange(1, len(words))
    return " ".join((*words[at:], *words[:at]))


def split(chance: Chance, base: str) -> str | None:
    """Write a word of six letters and more as two."""
    words = base.split()
    long = [at for at, word in enumerate(words) if len(word) > 5 and word.isalpha()]
    if not long:
        return None
    which = chance.choice(long)
    at = chance.randrange(2, len(words[which]) - 2)
    words[which] = f"{words[which][:at]} {words[which][at:]}"
    return " ".join(words)


def either(*ways: Slip) -> Slip:
    """Return a slip that is one of these."""

    def slip(chance: Chance, base: str) -> str | None:
        return chance.choice(ways)(chance, base)

    return slip


def last_words(chance: Chance, base: str) -> str | None:
    """Say the end of a name only, of four letters and a third of all."""
    words = base.split()
    if len(words) < 2 or not all(word.isalpha() for word in words):
        return None
    kept = " ".join(words[chance.randrange(1, len(words)) :])
    return kept if len(kept) >= max(4, len(base) / 3) else None


def exchanged(chance: Chance, base: str) -> str | None:
    """Exchange two neighbouring words."""
    words = base.split()
    if len(words) < 2 or not all(word.isalpha() for word in words):
        return None
    at = chance.randrange(0, len(words) - 1)
    return " ".join((*words[:at], words[at + 1], words[at], *words[at + 2 :]))


def first_words(chance: Chance, base: str) -> str | None:
    """Say the beginning of a name only, of four letters and a third of all."""
    words = base.split()
    if len(words) < 2 or not all(word.isalpha() for word in words):
        return None
    kept = " ".join(words[: chance.randrange(1, len(words))])
    return kept if len(kept) >= max(4, len(base) / 3) else None


def turned(chance: Chance, base: str) -> str | None:
    """Say the words of a name from its last to its first, some behind a comma."""
    words = base.split()
    if len(words) < 2 or not all(word.isalpha() for word in words):
        return None
    comma = "" if chance.random() < 0.5 else "," if base.isascii() else "،"
    return " ".join((words[-1] + comma, *words[-2::-1]))
