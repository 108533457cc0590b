"""Spans of a sentence that may be names which nobody spelled as on the map."""

from collections.abc import Iterator, Sequence

from data.geocode.text.everyday_talk import is_ordinary
from data.geocode.text.finglish import is_filler
from data.geocode.text.lexicon import WordRole
from data.geocode.text.tokens import Token, is_direction, is_title

MAX_FUZZY_TOKENS = 4


def unknown_spans(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield spans of words without a role in the grammar, the longer ones first.

    None has words of everyday talk, but behind a word for "street".
    """
    for width in range(MAX_FUZZY_TOKENS, 0, -1):
        for first in range(len(tokens) - width + 1):
            span = tokens[first : first + width]
            named = not all(each.digits or is_direction(each.text) for each in span)
            same = span[0].clause == span[-1].clause and named
            ordinal = span[-1].ordinal and begins_next(tokens, first + width)
            whole = not ordinal and not _leads(tokens, first, first + width)
            if same and whole and _plain(span) and not _talk(tokens, first, first + width):
                yield first, first + width


def talk_spans(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield spans with Latin words of everyday talk, the longer first.

    None of words only that name nothing.
    """
    for width in range(MAX_FUZZY_TOKENS, 0, -1):
        for first in range(len(tokens) - width + 1):
            span = tokens[first : first + width]
            plain = all(each.role is None for each in span)
            spoken = any(map(is_ordinary, span)) and not all(is_filler(t.text) for t in span)
            if plain and spoken and span[0].clause == span[-1].clause:
                yield first, first + width


def begins_next(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word for "street" that precedes its name stands at `at`."""
    return at < len(tokens) and tokens[at].role is WordRole.KIND and tokens[at].first


def _leads(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a span ends in a title, and the name that it belongs to follows."""
    after = tokens[last : last + 1]
    return is_title(tokens[last - 1].text) and any(
        each.role is None and not (each.digits or each.talk) and each.clause == tokens[first].clause
        for each in after
    )


def _talk(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a span begins with a word of everyday talk, and no word for "street" precedes it.

    Words that sound like Persian talk end a name.
    One that follows its name ("Market Street") announces a name, too.
    """
    if any(token.talk for token in tokens[first + 1 : last]):
        return True
    if not is_ordinary(tokens[first]):
        return False
    start, end = with_kinds(tokens, first, last)
    return (start, end) == (first, last)


def _plain(span: Sequence[Token]) -> bool:
    """Whether no word has a role, but for "street" before the last one: "Erie Street West"."""
    named = [token for token in span if token.role is not None]
    inner = len(span) > 2 and named == [span[-2]] and span[-2].role is WordRole.KIND
    return not named or (inner and not span[-2].first)


def names_street(tokens: Sequence[Token], at: int, clause: int) -> bool:
    """Whether a word of a clause may be a street's name."""
    if at < 0 or tokens[at].clause != clause:
        return False
    return not (tokens[at].role or tokens[at].digits or is_ordinary(tokens[at]))


def with_kinds(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Return a span with the words for "street" before and behind it.

    One that follows names belongs to the name before it: "Erie St matter".
    """
    clause = tokens[first].clause
    before = tokens[first - 1] if first else None
    if before is not None and before.role is WordRole.KIND and before.clause == clause:
        first -= before.first or not names_street(tokens, first - 2, clause)
    if last < len(tokens) and tokens[last].clause == clause:
        after = tokens[last]
        if after.role is WordRole.KIND and not after.first:
            last += 1
    return first, last
