"""What becomes of a name between a caller's mouth and the desk: rules that the parser lacks."""

from collections.abc import Callable, Sequence

from tests.benchmarks.queries.chance import Chance

type Slip = Callable[[Chance, str], str | None]
"""From a name without its word for "street" to what is heard; `None` where it cannot happen."""


def heard_wrong(sounds: Sequence[str]) -> Slip:
    """Return the slip of one of these sounds, written "p>b", for the other."""

    def slip(chance: Chance, base: str) -> str | None:
        fitting = [each for each in sounds if each.partition(">")[0] in base[1:].lower()]
        if len(base) < 4 or not fitting:
            return None
        old, _, new = chance.choice(fitting).partition(">")
        at = base.lower().index(old, 1)
        return base[:at] + new + base[at + len(old) :]

    return slip


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


def joined(_chance: Chance, base: str) -> str | None:
    """Write all words of a name as one."""
    return base.replace(" ", "") if " " in base else None
