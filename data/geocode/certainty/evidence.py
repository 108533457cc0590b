"""Evidence for and against a candidate: what it explains of the words, and what it does not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from data.geocode.candidate import Reason
from data.geocode.name_index import Hit, NameIndex
from data.geocode.name_spans import Mention
from data.geocode.parse import AddressParse, unmatched_names
from data.geocode.scoring import ScoredPoint
from data.geocode.text.everyday_talk import is_name_word, is_ordinary, speaks
from data.geocode.text.lexicon import WordRole
from data.geocode.text.sounds import is_persian
from data.geocode.text.tokens import Token, is_counted, is_title, kinds_alike, name_parts

LONG_NAME = 12
"""Letters from which on a longer name is no surer."""

COMMON_WORD = 20
"""Names with a word from which on it is as common as can be."""

MUCH_TALK, MANY_STRANGE = 10, 4
"""Words of everyday talk, and unexplained words, from which on more of them say no more."""

_GUESSES = frozenset({Reason.TYPO, Reason.SOUND})
_HOUSES = frozenset({Reason.HOUSE, Reason.HOUSE_ESTIMATED, Reason.HOUSE_UNKNOWN})
_PROOFS = frozenset({Reason.HOUSE, Reason.CROSSING, Reason.BESIDE, Reason.BETWEEN})


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
        return self.hit.reason in _GUESSES

    @property
    def exact(self) -> bool:
        """Whether the street's name was said as it is on the map, but for its kind."""
        return self.hit.reason in (Reason.EXACT, Reason.OTHER_KIND)

    @property
    def proven(self) -> bool:
        """Whether a house, a crossing or another street is where the words say."""
        return not _PROOFS.isdisjoint(self.scored.reasons)

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


def evidence(index: NameIndex, reading: Reading, rival: float) -> Mapping[str, float]:
    """Return the signs of `confidence.toml`, each from 0 (absent) to 1, counts to 2.

    `rival` is the score (0-1) of the best answer at another place.
    """
    return {
        "rival": min(rival / reading.scored.score, 1.0) ** 2,
        **_of_name(index, reading),
        **_of_sentence(index, reading),
        **_of_relations(reading),
    }


def _of_name(index: NameIndex, reading: Reading) -> dict[str, float]:
    """Return the signs of the name itself: how it is spelled, how common and how long it is."""
    hit, target = reading.hit, reading.parse.target
    name = index.names[hit.name]
    said = name_parts(reading.tokens[target.first : target.last]).core
    plain = _untitled(said)
    letters = sum(map(len, plain))
    mapped = sum(map(len, _untitled(name.core)))
    short = max(0.0, 1.0 - letters / LONG_NAME)
    common = min(1.0, sum(map(index.names_with, plain)) / len(plain) / COMMON_WORD)
    part = hit.reason is Reason.PART
    apart = bool(target.kinds and name.kinds) and not target.kinds & name.kinds
    alike = any(kinds_alike(one, other) for one in target.kinds for other in name.kinds)
    across = any(map(is_persian, name.core)) and not any(map(is_persian, plain))
    return {
        "typo_share": (1.0 - hit.quality) * (hit.reason is Reason.TYPO),
        "sound_share": (1.0 - hit.quality) * (hit.reason is Reason.SOUND),
        "part": float(part),
        "part_unsaid": max(0.0, 1.0 - letters / mapped) * part,
        "part_common": common * part,
        "begun": float(hit.reason is Reason.BEGUN),
        "like_kind": float(apart and alike),
        "other_kind": float(apart and not alike),
        "short_exact": short * reading.exact * reading.unannounced,
        "known_words": reading.guessed * _share(plain, lambda word: index.names_with(word) > 0),
        "name_words": reading.guessed * _share(plain, is_name_word),
        "common_exact": common * reading.exact,
        "other_language": float(across and reading.guessed and _english(reading.tokens)),
        "place": float(not name.segments),
        "wide": float(Reason.WIDE in reading.scored.reasons),
    }


def _of_sentence(index: NameIndex, reading: Reading) -> dict[str, float]:
    """Return the signs of the sentence: what else is said, and whether it speaks of a street."""
    tokens, target = reading.tokens, reading.parse.target
    covered = {at for m in reading.mentions for at in range(m.first, m.last)}
    used = (target, *(mention for mention, _ in reading.parse.relations))
    beside = [each for each in _beside(tokens, used) if each[0] not in covered]
    strange = [
        (at, m) for at, m in beside if _is_strange(tokens[at]) or _begins_name(tokens, at, m)
    ]
    others = sum(_is_strange(token) for at, token in enumerate(tokens) if at not in covered)
    persian = any(map(is_persian, index.names[reading.hit.name].core))
    numbered = persian and any(at == m.last and _is_number(tokens, at) for at, m in beside)
    whole = len(tokens) == target.last - target.first
    kinds = any(token.role is WordRole.KIND for token in tokens[target.first : target.last])
    weak = reading.ordinary and not (kinds or reading.proven or whole)
    return {
        "unannounced_ordinary": float(weak),
        "foreign_beside": float(min(2, len(strange))),
        "foreign_in_name": float(any(_kind_beyond(tokens, at, m) for at, m in strange)),
        "name_goes_on": float(
            reading.exact and any(m is target and _is_open(tokens, at, m) for at, m in strange)
        ),
        "kind_beside": float(any(tokens[at].role is WordRole.KIND for at, _ in beside)),
        "number_beside": float(numbered and _HOUSES.isdisjoint(reading.scored.reasons)),
        "number_is_house": float(numbered and Reason.HOUSE in reading.scored.reasons),
        "foreign": min(1.0, others / MANY_STRANGE),
        "talk": min(1.0, sum(map(is_ordinary, tokens)) / MUCH_TALK),
        "names_unused": float(min(2, sum(m not in used for m in reading.mentions))),
    }


def _of_relations(reading: Reading) -> dict[str, float]:
    """Return the signs of other streets, alleys and house numbers that are said."""
    left = unmatched_names(reading.tokens, reading.mentions)
    others = [mention for mention, _ in reading.parse.relations]
    return {
        "proof": float(reading.proven),
        "apart": float(Reason.APART in reading.scored.reasons),
        "missing_streets": float(left.missing_streets),
        "missing_alley": float(left.missing_alley),
        "missing_house": float(Reason.HOUSE_UNKNOWN in reading.scored.reasons),
        "relation_guess": float(any(each.hits[0].reason in _GUESSES for each in others)),
        "relation_plain": float(any(not each.announced for each in others)),
    }


def _untitled(words: Sequence[str]) -> Sequence[str]:
    return [word for word in words if not is_title(word)] or words


def _share(words: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, words)) / len(words)


def _beside(tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[tuple[int, Mention]]:
    """Return where words stand right beside names, in the same clause."""
    return [
        (at, mention)
        for mention in mentions
        for at in (mention.first - 1, mention.last)
        if 0 <= at < len(tokens) and tokens[at].clause == tokens[mention.first].clause
    ]


def _is_strange(token: Token) -> bool:
    """Whether a word is no grammar and no number, and may be of a name that the map lacks."""
    named = is_name_word(token.text) or not is_ordinary(token)
    return token.role is None and not token.digits and named


def _begins_name(tokens: Sequence[Token], at: int, mention: Mention) -> bool:
    """Whether a number is written in letters before the name: "Chahar Bagh", of Bagh alone."""
    number = at < mention.first and tokens[at].spelled and not tokens[at].ordinal
    before = tokens[at - 1].role if at else None
    return number and before not in (WordRole.KIND, WordRole.NUMBER)


def _kind_beyond(tokens: Sequence[Token], at: int, mention: Mention) -> bool:
    """Whether a word stands between a name and a word for "street"."""
    beyond = at + 1 if at >= mention.last else at - 1
    if not 0 <= beyond < len(tokens) or tokens[beyond].clause != tokens[at].clause:
        return False
    return tokens[beyond].role is WordRole.KIND


def _is_open(tokens: Sequence[Token], at: int, mention: Mention) -> bool:
    """Whether a word stands where a name would go on: behind «خیابان گل», before "Mark Ave"."""
    kinds = [t for t in tokens[mention.first : mention.last] if t.role is WordRole.KIND]
    behind = kinds[0].first if kinds else is_persian(tokens[mention.first].text)
    return (at == mention.last) == behind


def _is_number(tokens: Sequence[Token], at: int) -> bool:
    """Whether a bare number stands there: in Iran an alley's, without a word for a house's."""
    return tokens[at].digits and not is_counted(tokens, at)


def _english(tokens: Sequence[Token]) -> bool:
    """Whether more words of a sentence are of English talk than of Finglish."""
    return sum(speaks(token, "en") for token in tokens) > sum(
        speaks(token, "fa") for token in tokens
    )
