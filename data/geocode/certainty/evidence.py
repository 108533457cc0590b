"""Evidence for and against a candidate: what it explains of the words, and what it does not."""

from collections.abc import Mapping, Sequence
from math import log2

from data.geocode.certainty.confidence import OTHERS
from data.geocode.certainty.name_signs import name_signs
from data.geocode.certainty.reading import GUESSES, Reading
from data.geocode.places.areas import DISTRICT
from data.geocode.places.candidate import Reason
from data.geocode.places.name_chain import Mention, is_introduced
from data.geocode.places.name_index import NameIndex
from data.geocode.places.parse import unmatched_names
from data.geocode.text.everyday_talk import is_name_word, is_ordinary, may_be_name
from data.geocode.text.lexicon import WordRole
from data.geocode.text.sounds import is_persian
from data.geocode.text.tokens import Token, is_counted, is_direction

MUCH_TALK, MANY_STRANGE = 10, 4
"""Words of everyday talk, and unexplained words, from which on more of them say no more."""

NEAR_M, FAR_M = 30.0, 1000.0
"""Metres of uncertainty up to which the place of a house number is known, and from which on it may
be anywhere. Between, the sign of it grows with each doubling."""

NUMBERED_CITY = 0.05
"""Share of a city's names that alleys have with a number, from which on a bare number behind any
name may be an alley's."""

LONGEST_TOWN = 2
"""Words that the name of a town has at most."""

FINGLISH_IS = "east"
"""What becomes of the word "e"."""

_HOUSES = frozenset({Reason.HOUSE, Reason.HOUSE_ESTIMATED, Reason.HOUSE_UNKNOWN})


def evidence(
    index: NameIndex, reading: Reading, rival: float, name_share: float
) -> Mapping[str, float]:
    """Return the signs of `confidence.toml`, each from 0 (absent) to 1, counts to 2.

    `rival` is the score (0-1) of the best answer of another name, `name_share` how likely it is
    this one of the streets of its name, if it is one of them.
    """
    return {
        OTHERS: 1.0 - name_share,
        "rival": min(rival / reading.scored.score, 1.0) ** 2,
        **name_signs(index, reading),
        **_of_sentence(index, reading),
        **_of_relations(reading),
        **_of_houses(reading),
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
    numbers = [m for at, m in beside if _is_number(tokens, at, m)]
    of_name = any(index.numbered(_name(reading, m)) for m in numbers)
    of_city = min(1.0, index.numbered_share / NUMBERED_CITY) * (bool(numbers) and not of_name)
    housed = not _HOUSES.isdisjoint(reading.scored.reasons)
    going_on = [tokens[at] for at, m in strange if m is target and _is_open(tokens, at, m)]
    whole = len(tokens) == target.last - target.first
    kinds = any(token.role is WordRole.KIND for token in tokens[target.first : target.last])
    weak = reading.ordinary and not (kinds or reading.proven or whole)
    return {
        "unannounced_ordinary": float(weak),
        "foreign_beside": float(min(2, len(strange))),
        "foreign_in_name": float(any(_kind_beyond(tokens, at, m) for at, m in strange)),
        "name_goes_on": float(bool(going_on)),
        "goes_on_named": float(
            any(may_be_name(word) or index.names_with(word.text) for word in going_on)
        ),
        "other_town": float(_other_town(index, tokens, target)),
        "person": float(is_introduced(tokens, target)),
        "direction_beside": float(any(_is_direction(index, tokens[at]) for at, _ in strange)),
        "next_name": float(_next_name(index, reading)),
        "number_goes_on": float(bool(strange) and _is_spelled_number(tokens, target)),
        "kind_beside": float(any(_is_kind(tokens[at]) for at, _ in beside)),
        "kind_leads": float(_kind_leads(tokens, target, covered)),
        "number_beside": float(of_name and not housed),
        "number_of_city": of_city * (not housed),
        "number_is_house": max(of_name, of_city) * housed,
        "foreign": min(1.0, others / MANY_STRANGE),
        "talk": min(1.0, sum(map(is_ordinary, tokens)) / MUCH_TALK),
        "talk_by_ear": float(any(token.talk for token in tokens)),
        "names_unused": float(min(2, sum(m not in used for m in reading.mentions))),
    }


def _of_relations(reading: Reading) -> dict[str, float]:
    """Return the signs of other streets, alleys and house numbers that are said."""
    left = unmatched_names(reading.tokens, reading.mentions)
    announced = reading.parse.target.announced
    others = [mention for mention, _ in reading.parse.relations]
    return {
        "proof": float(reading.proven),
        "apart": float(Reason.APART in reading.scored.reasons),
        "missing_streets": float(left.missing_streets),
        "missing_announced": float(left.missing_streets > 0 and not announced),
        "missing_alley": float(left.missing_alley),
        "relation_guess": float(any(each.hits[0].reason in GUESSES for each in others)),
    }


def _of_houses(reading: Reading) -> dict[str, float]:
    """Return the signs of a house number that the map lacks, by how far off its place may be."""
    reasons = reading.scored.reasons
    far = log2(max(reading.scored.uncertain_m or 0.0, NEAR_M) / NEAR_M) / log2(FAR_M / NEAR_M)
    unplaced = not {Reason.HOUSE_UNKNOWN, Reason.HOUSES_UNMAPPED}.isdisjoint(reasons)
    return {
        "missing_house": float(Reason.HOUSE_UNKNOWN in reasons),
        "house_far": min(far, 1.0) * unplaced,
        "house_between_far": min(far, 1.0) * (Reason.HOUSE_ESTIMATED in reasons),
    }


def _next_name(index: NameIndex, reading: Reading) -> bool:
    """Whether another name stands where this one would go on, and no word announces it.

    "District 2" has such a word of its own.
    """
    tokens, target = reading.tokens, reading.parse.target
    return any(
        not mention.announced
        and at in (mention.first, mention.last - 1)
        and tokens[at].clause == tokens[target.first].clause
        and _is_open(tokens, at, target)
        and not _is_numbered_district(index, tokens, mention)
        for mention in reading.mentions
        for at in (target.first - 1, target.last)
    )


def _is_numbered_district(index: NameIndex, tokens: Sequence[Token], mention: Mention) -> bool:
    places = index.names[mention.hits[0].name].places
    span = tokens[mention.first : mention.last]
    numbered = len(span) > 1 and any(token.digits for token in span)
    return numbered and any(place.kind == DISTRICT for place in places)


def _other_town(index: NameIndex, tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether the name of another town stands behind a street's, or before it."""
    clauses = {tokens[at].clause for at in (mention.first, mention.last - 1)}
    near = {*clauses, max(clauses) + 1}
    for width in range(1, LONGEST_TOWN + 1):
        for at in (mention.last, mention.first - width):
            span = tokens[max(at, 0) : at + width]
            strange = all(_is_strange(each) and each.clause in near for each in span)
            words = "".join(each.text for each in span)
            if len(span) == width and strange and index.lies_elsewhere(words):
                return True
    return False


def _kind_leads(tokens: Sequence[Token], mention: Mention, covered: set[int]) -> bool:
    """Whether a word for "street" that follows names stands before one that has its own.

    So does "St" of "St Mark Ave".
    """
    at = mention.first - 1
    if at < 0 or not mention.kinds or not _is_kind(tokens[at]) or tokens[at].first or at in covered:
        return False
    same = tokens[at].clause == tokens[mention.first].clause
    return same and at - 1 not in covered


def _is_kind(token: Token) -> bool:
    """Whether a word is one for "street", and not one of everyday talk: "I walk Mark Avenue"."""
    return token.role is WordRole.KIND and not is_ordinary(token)


def _is_direction(index: NameIndex, token: Token) -> bool:
    """Whether a word is one of direction; in Finglish "e" is "is", not short for east."""
    return is_direction(token.text) and not (index.persian and token.text == FINGLISH_IS)


def _is_spelled_number(tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether a name is nothing but a number that was said as a word, "eight" of "Eight Oaks"."""
    words = [t for t in tokens[mention.first : mention.last] if t.role is not WordRole.KIND]
    return all(token.spelled and not token.ordinal for token in words)


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


def _is_number(tokens: Sequence[Token], at: int, mention: Mention) -> bool:
    """Whether a bare number stands behind a name, without a word for a house's."""
    return at == mention.last and tokens[at].digits and not is_counted(tokens, at)


def _name(reading: Reading, mention: Mention) -> int:
    """Return the name on the map that a mention is taken for, its index in `NameIndex.names`."""
    return (reading.hit if mention is reading.parse.target else mention.hits[0]).name
