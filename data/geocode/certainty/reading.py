"""A sentence as one candidate reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.geocode.places.candidate import RELATED, Reason
from data.geocode.places.name_chain import Mention
from data.geocode.places.name_index import Hit
from data.geocode.places.parse import AddressParse
from data.geocode.places.scoring import ScoredPoint
from data.geocode.text.everyday_talk import is_ordinary
from data.geocode.text.lexicon import WordRole
from data.geocode.text.tokens import Token

GUESSES = frozenset({Reason.TYPO, Reason.SOUND})
"""Reasons of a name that is spelled otherwise on the map."""

PROOFS = RELATED | {Reason.HOUSE}
"""Reasons of a place that a second name or a number confirms."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as one candidate reads it.

    `mentions` are all names in it; `parse` says which is the street's and which ones locate it,
    `hit` which name on the map is taken for the street's.
    """

    tokens: Sequence[Token]
    mentions: Sequence[Mention]
    parse: AddressParse
    hit: Hit
    scored: ScoredPoint

    @property
    def guessed(self) -> bool:
        """Whether the street's name was found by similar letters or sound."""
        return self.hit.found_by in GUESSES

    @property
    def exact(self) -> bool:
        """Whether the street's name was said as it is on the map, but for its kind."""
        return self.hit.found_by is Reason.EXACT

    @property
    def proven(self) -> bool:
        """Whether a house, a crossing or another street is where the words say."""
        return not PROOFS.isdisjoint(self.scored.reasons)

    @property
    def ordinary(self) -> bool:
        """Whether the words that are taken for a name are all of everyday talk."""
        target = self.parse.target
        words = self.tokens[target.first : target.last]
        return all(is_ordinary(token) for token in words if token.role is not WordRole.KIND)

    @property
    def unannounced(self) -> bool:
        """Whether no word says that a name of a street comes, and other words are said."""
        target = self.parse.target
        if target.announced or any(mention.announced for mention, _ in self.parse.relations):
            return False
        rest = (*self.tokens[: target.first], *self.tokens[target.last :])
        return any(token.role in (None, WordRole.KIND) and not token.digits for token in rest)
