"""Which spans of a sentence may be names by the words in and around them."""

from collections.abc import Iterator, Sequence

from data.geocode.places.unknown_spans import begins_next, names_street
from data.geocode.text.everyday_talk import is_ordinary
from data.geocode.text.lexicon import RELATIONS, WordRole
from data.geocode.text.tokens import NameParts, Token, is_counted, is_direction


def pieces(span: Sequence[Token]) -> Iterator[NameParts]:
    """Yield what a span with words for "street" spells that are but pieces of a name: "Sal ter"."""
    for end in (len(span), len(span) - 1):
        inner = span[:end]
        kinds = frozenset(token.kind for token in span[end:])
        if any(token.role is WordRole.KIND and not token.first for token in inner) and (
            end == len(span) or (kinds != {""} and not span[-1].first)
        ):
            yield NameParts(("".join(token.text for token in inner),), kinds)


def ends_in_kind(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a span is a number and a word for "street" that belongs to no name behind it.

    Another word may stand before the number: «نیایش چهارم کوچه».
    """
    *core, kind = tokens[first:last]
    if not core or kind.role is not WordRole.KIND or not kind.first:
        return False
    before = tokens[first - 1].role if first else None
    of_other = before in (WordRole.KIND, WordRole.NUMBER) or is_counted(tokens, first)
    plain = all(token.role is None and token.clause == kind.clause for token in core)
    numbers = plain and core[-1].digits
    after = tokens[last : last + 1]
    ends = not any(each.clause == kind.clause and _may_go_on(each) for each in after)
    return numbers and ends and not of_other


def _may_go_on(token: Token) -> bool:
    """Whether a word behind one for "street" may be the street's name."""
    named = token.role in (None, WordRole.KIND)
    return token.digits or (named and not is_ordinary(token))


def may_be_name(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a span may be a name: in one clause, and without a word of the next name."""
    start, end = tokens[first], tokens[last - 1]
    if start.clause != end.clause or (end.role is WordRole.KIND and end.first and last - first > 1):
        return False
    if start.role is WordRole.JOIN or end.role is WordRole.JOIN:
        return False
    if (
        start.role is WordRole.KIND
        and not start.first
        and names_street(tokens, first - 1, start.clause)
    ):
        return False  # "James St | Syracuse", not "James | St Syracuse"
    if end.ordinal and last - first > 1 and begins_next(tokens, last):
        return False
    core = [token for token in tokens[first:last] if token.role is not WordRole.KIND]
    if not core:
        return last - first > 1
    if all(is_direction(token.text) for token in core):
        if len(core) == last - first:
            return not _belongs_to_name(tokens, first, last)
        leads = start.role is WordRole.KIND and not start.first  # "4th Street North"
        return not leads or last - first > len(core) + 1
    if start.role is WordRole.KIND and not start.first and is_ordinary(start):
        return end.role is WordRole.KIND  # "I walk Erie Street"
    if all(token.digits for token in core):
        return len(core) < last - first or _stands_alone(tokens, first, last)
    return True


def _belongs_to_name(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether words of direction stand beside a name: "E" of "E Fayette", "4th Street North"."""
    beside = (*tokens[max(first - 1, 0) : first], *tokens[last : last + 1])
    named = [t for t in beside if t.role is WordRole.KIND or not (t.role or is_ordinary(t))]
    return any(token.clause == tokens[first].clause for token in named)


def _stands_alone(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a bare number may be a street: the whole text, or next to words of an address."""
    calls = RELATIONS | {WordRole.CROSSING, WordRole.JOIN, WordRole.UNTIL}
    if is_counted(tokens, first) or _ends_span(tokens, first):
        return False
    if last - first == 2 and first and tokens[first - 1].role is not WordRole.NUMBER:
        return True  # "Hejab, 12/3" is an alley off the twelfth
    if _is_time(tokens, first) or _is_adverb(tokens, first):
        return False
    if tokens[first].ordinal:  # "Hejab, the seventh" is an alley of Hejab
        return not begins_next(tokens, last) and not (
            first and tokens[first - 1].role is WordRole.NUMBER
        )
    before = tokens[first - 1].role if first else None
    after = tokens[last].role if last < len(tokens) else None
    if before is WordRole.NUMBER or (first and before is None):
        return False
    if before in calls or after in calls:
        return True
    return last - first == sum(token.role is not WordRole.FILLER for token in tokens)


def _is_time(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number in words is the hour before or after which something is wanted."""
    before = tokens[at - 1].role if at else None
    related = before in (WordRole.BEFORE, WordRole.AFTER, WordRole.UNTIL)
    return related and tokens[at].spelled and not tokens[at].ordinal


def _is_adverb(tokens: Sequence[Token], at: int) -> bool:
    """Whether "first" begins what else is said: «اول همون یخ زده», "first that one"."""
    after = [each for each in tokens[at + 1 : at + 2] if each.clause == tokens[at].clause]
    begins = not at or tokens[at - 1].clause != tokens[at].clause
    first = tokens[at].ordinal and tokens[at].text == "1"
    return first and begins and any(each.role in (None, WordRole.FILLER) for each in after)


def _ends_span(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is the second of two house numbers: "no. 400 to 500"."""
    before = tokens[at - 3 : at] if at > 2 else []
    roles = [token.role for token in before]
    return roles in ([WordRole.NUMBER, None, join] for join in (WordRole.UNTIL, WordRole.JOIN))
