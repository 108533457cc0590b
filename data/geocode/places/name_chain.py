"""Which of the names that a sentence may have it has: the chain that explains most letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from data.geocode.places.candidate import Reason
from data.geocode.places.name_index import HEARD, Hit
from data.geocode.text.everyday_talk import is_ordinary
from data.geocode.text.lexicon import RELATIONS, WordRole, languages
from data.geocode.text.tokens import Token, spelling

MAX_MENTIONS = 6
"""Names in one address; of more, the announced ones are kept, then the first ones."""

UNMATCHED_COST, ORDINARY_COST = 1.0, 0.3
"""Cost of a word that may be a name and is not on the map, in letters; of one of everyday talk."""

SURELY_HEARD = 0.97
"""Share of `HEARD` from which on several words that sound like a name are no guess."""


LONGEST_PHRASE = 3
"""Words that say together that a person's name follows, at most."""


@dataclass(frozen=True, slots=True)
class Mention:
    """The words `first` to `last - 1` of a sentence as a name, with `hits` from the likeliest on.

    `announced` is whether other words announce a name, `weak` whether it is a single word of
    everyday talk that nothing announces.
    """

    first: int
    last: int
    hits: tuple[Hit, ...]
    kinds: frozenset[str]
    text: str
    announced: bool
    weak: bool = False


class Span(NamedTuple):
    """A mention and how much it explains, in letters."""

    weight: float
    mention: Mention


def best_chain(tokens: Sequence[Token], spans: Sequence[Span]) -> list[Mention]:
    """Return non-overlapping spans with the largest total weight, less the cost of other words."""
    ending: dict[int, list[Span]] = {}
    for span in spans:
        ending.setdefault(span.mention.last, []).append(span)
    best: list[tuple[float, Span | None]] = [(0.0, None)]
    for at, token in enumerate(tokens):
        named = token.role is None and not (token.digits or token.talk)
        cost = (ORDINARY_COST if is_ordinary(token) else UNMATCHED_COST) if named else 0.0
        options: list[tuple[float, Span | None]] = [(best[at][0] - cost, None)]
        options += [(best[s.mention.first][0] + s.weight, s) for s in ending.get(at + 1, ())]
        best.append(max(options, key=lambda option: option[0]))
    chain: list[Mention] = []
    at = len(tokens)
    while at:
        taken = best[at][1]
        if taken is None:
            at -= 1
            continue
        chain.append(taken.mention)
        at = taken.mention.first
    return chain[::-1]


def credible(tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions without guesses, unless all of them are guesses; each text once.

    A guess joined to another name by "and" stays, and one with a relation right behind it.
    """
    paired = {
        mention
        for pair in pairwise(mentions)
        for mention in pair
        if [token.role for token in tokens[pair[0].last : pair[1].first]] == [WordRole.JOIN]
    }
    sure = [
        m
        for m in mentions
        if m.announced or m in paired or not guessed(m) or _is_located(tokens, m)
    ]
    strong = [m for m in sure if not m.weak or m in paired]
    if any(m.announced or not guessed(m) for m in strong):
        sure = strong  # "it may concern" is not May Street where another street is said
    several = [m for m in mentions if " " in m.text]  # hardly together by chance
    once = {mention.text: mention for mention in reversed(sure or several or mentions)}
    kept = sorted(once.values(), key=lambda m: (not m.announced, m.first))[:MAX_MENTIONS]
    return sorted(kept, key=lambda mention: mention.first)


def _is_located(tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether a word follows that says near which other name it is: "Erie behind the mosque"."""
    after = tokens[mention.last : mention.last + 1]
    return any(token.role in RELATIONS and token.first for token in after)


def guessed(mention: Mention) -> bool:
    """Whether a name was found by letters, sound or part; several words by sound are no guess."""
    best = mention.hits[0]
    if best.reason is Reason.SOUND and " " in mention.text and best.quality >= HEARD * SURELY_HEARD:
        return False
    return best.reason in (Reason.TYPO, Reason.SOUND, Reason.PART)


def without_persons(tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions without those of persons, if what is left is likely of streets."""
    named = [each for each in mentions if not is_introduced(tokens, each)]
    if any(each.announced or not guessed(each) for each in named):
        mentions = named
    left = [each for each in mentions if not _speaks(tokens, each)]
    return left if any(each.announced for each in left) else list(mentions)


def is_introduced(tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether words before a name say that it is a person's: "my name is"."""
    at = mention.first
    if mention.kinds:
        return False
    for width in range(1, min(LONGEST_PHRASE, at) + 1):
        phrase = tokens[at - width : at]
        of_street = at > width and tokens[at - width - 1].role is WordRole.KIND
        if "".join(each.text for each in phrase) in _before_persons() and not of_street:
            return phrase[0].clause == tokens[at].clause
    return False


def _speaks(tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether a name that no word announces may be who is speaking: «کریمی هستم»."""
    after = tokens[mention.last : mention.last + 1]
    clause = tokens[mention.first].clause
    own = any(each.text in _after_persons() and each.clause == clause for each in after)
    return own and not mention.announced


@cache
def _before_persons() -> frozenset[str]:
    return frozenset(_joined(word) for each in languages() for word in each.before_persons)


@cache
def _after_persons() -> frozenset[str]:
    return frozenset(_joined(word) for each in languages() for word in each.after_persons)


def _joined(phrase: str) -> str:
    return spelling(phrase).replace(" ", "")
