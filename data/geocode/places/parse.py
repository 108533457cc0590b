"""Parses a sentence as an address: the street or place meant, and the names that locate it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from data.geocode.places.areas import DISTRICT
from data.geocode.places.name_chain import Mention
from data.geocode.places.name_index import NameIndex
from data.geocode.places.numbered_alleys import ALLEYS
from data.geocode.text.everyday_talk import is_ordinary
from data.geocode.text.lexicon import RELATIONS, WordRole
from data.geocode.text.tokens import Token, is_block, is_counted

WIDE = ("neighbourhood", "park", "university", DISTRICT)
"""Kinds of places that are too large to be an address by themselves."""

LEFT_OUT = 0.45
"""Likelihood that one of the names does not belong to the address, or is not on this map."""

BESIDE_THE_POINT = 0.8
"""As above, of a name that no word announces, behind an announced street: of the city, say."""

SECOND, THIRD = 0.93, 0.85
"""Likelihood of the less usual meanings of two adjacent streets, relative to the usual one."""


AS_LIKELY = 0.02
"""Names whose qualities differ by less than this are equally likely."""

BLOCK = 100
"""Numbers of a block: the 400 block has those from 400 to 499."""

WITHOUT_ALLEY = 0.8
"""Likelihood that a number that may be an alley is none."""


class Relation(StrEnum):
    """How another name locates a place on a street."""

    CROSS = "cross"
    BESIDE = "beside"
    BETWEEN = "between"
    PARENT = "parent"
    WITHIN = "within"


@dataclass(frozen=True, slots=True)
class AddressParse:
    """An address: street or place, relations to others, house number; `share` is its likelihood."""

    target: Mention
    relations: tuple[tuple[Mention, Relation], ...] = ()
    number: str = ""
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class UnmatchedNames:
    """Names of streets (how many) and of alleys (whether any) in a sentence that the map lacks."""

    missing_streets: int
    missing_alley: bool


class AddressParser:
    """Parses the tokens and mentions of a query as addresses."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index

    def parses(
        self, tokens: Sequence[Token], mentions: Sequence[Mention]
    ) -> Iterator[AddressParse]:
        """Yield the possible addresses of a sentence, the usual one first.

        Each is followed by variants that leave one name out: callers err, and maps lack streets.
        """
        for parse in self._complete(tokens, mentions):
            yield parse
            yield from _without_one(parse)

    def _complete(
        self, tokens: Sequence[Token], mentions: Sequence[Mention]
    ) -> Iterator[AddressParse]:
        number = house_number(tokens, mentions)
        streets = [each for each in mentions if self.is_street(each, with_house=bool(number))]
        places = [mention for mention in mentions if mention not in streets]
        context = tuple((place, self._place_relation(place)) for place in places)
        if not streets:
            wide = [place for place in places if self._is_wide(place)]
            narrow = [place for place in places if not self._is_wide(place)]
            for place in narrow or wide:
                relations = tuple((other, Relation.WITHIN) for other in wide if other is not place)
                yield AddressParse(place, relations)
            return
        yield from self._of_streets(tokens, streets, context, number)

    def _of_streets(
        self,
        tokens: Sequence[Token],
        streets: Sequence[Mention],
        context: tuple[tuple[Mention, Relation], ...],
        number: str,
    ) -> Iterator[AddressParse]:
        pair = _crossing(tokens, streets)
        if pair is not None:
            rest = tuple((m, Relation.PARENT) for m in streets if m not in pair)
            for target, other in (pair, pair[::-1]):
                yield AddressParse(target, ((other, Relation.CROSS), *rest, *context), number)
            return
        spans = _between(tokens, streets)
        related = {m.first: Relation.BETWEEN for m in spans}
        for mention in streets:
            if _relation(tokens, mention) is not None:
                related.setdefault(mention.first, Relation.BESIDE)
        free = [m for m in streets if m.first not in related] or list(streets[:1])
        alleys = [m for m in free if self._is_alley(m)]
        others = [m for m in streets if m.first in related]
        target = _likeliest(alleys) if alleys else free[0]
        relations = tuple((m, related[m.first]) for m in others if m is not target)
        parents = tuple((m, Relation.PARENT) for m in free if m is not target)
        crossing = len(free) == 2 and not alleys and _adjacent(tokens, *free)
        share = SECOND if crossing else 1.0
        yield AddressParse(target, (*relations, *parents, *context), number, share)
        if parents and alleys and not target.announced:
            yield AddressParse(
                parents[0][0], (*relations, *parents[1:], *context), number, WITHOUT_ALLEY
            )
        if len(free) > 1 and not alleys:
            share = 1.0 if crossing else THIRD
            yield from _side_by_side(free, (*relations, *context), number, share)

    def is_street(self, mention: Mention, *, with_house: bool = False) -> bool:
        """Whether a mention means streets rather than places, which have no numbers."""
        best = mention.hits[0]
        likely = [hit for hit in mention.hits if hit.quality >= best.quality - AS_LIKELY]
        meant = likely if with_house and not mention.kinds else [best]
        return any(self._index.names[hit.name].segments for hit in meant)

    def _is_alley(self, mention: Mention) -> bool:
        name = self._index.names[mention.hits[0].name]
        numbered = name.core[-1].isdigit()  # counted along the street that it leaves
        return numbered or bool((mention.kinds or name.kinds) & ALLEYS)

    def _is_wide(self, mention: Mention) -> bool:
        places = self._index.names[mention.hits[0].name].places
        return all(place.kind in WIDE for place in places)

    def _place_relation(self, mention: Mention) -> Relation:
        return Relation.WITHIN if self._is_wide(mention) else Relation.BESIDE


def unmatched_names(tokens: Sequence[Token], mentions: Sequence[Mention]) -> UnmatchedNames:
    """Return the names and numbers beside a word for "street" or at a crossing that have no hit."""
    covered = {at for m in mentions for at in range(m.first, m.last)}
    streets, alley = _unknown_at_crossings(tokens, covered), False
    for at, token in enumerate(tokens):
        if token.role is not WordRole.KIND or at in covered:
            continue
        other = at + 1 if token.first else at - 1
        if not 0 <= other < len(tokens) or other in covered:
            continue
        named = tokens[other]
        if named.clause == token.clause and named.digits:
            alley = True
        elif named.clause == token.clause and named.role is None:
            streets += 1
    return UnmatchedNames(streets, alley)


def _unknown_at_crossings(tokens: Sequence[Token], covered: set[int]) -> int:
    """Count the words that stand where the other street of a crossing has its name."""

    def unknown(at: int) -> bool:
        if not 0 <= at < len(tokens) or at in covered:
            return False
        token = tokens[at]
        if token.digits or (token.role is WordRole.KIND and not token.first):
            return unknown(at - 1) or token.role is WordRole.KIND
        return token.role is None and not is_ordinary(token)

    found = 0
    for at, token in enumerate(tokens):
        related = at > 0 and tokens[at - 1].role in RELATIONS  # "before the big crossroads"
        if at in covered or related or token.role not in (WordRole.CROSSING, WordRole.JOIN):
            continue
        named = token.role is WordRole.CROSSING or at - 1 in covered
        ahead = unknown(at + 1) and tokens[at + 1].clause == token.clause and named
        behind = unknown(at - 1) and tokens[at - 1].clause == token.clause and at + 1 in covered
        found += ahead + behind
    return found


def house_number(tokens: Sequence[Token], mentions: Sequence[Mention]) -> str:
    """Return the house number: beside its word, else in digits right behind or before a street.

    Of several houses, as in "the 400 block" or "between 400 and 500", it is a span: "400-499".
    """
    covered = {at for m in mentions for at in range(m.first, m.last)}
    free = {at: t for at, t in enumerate(tokens) if t.digits and at not in covered}
    span = next(_spans(tokens, free), None)
    if span is not None:
        return span
    for at, token in free.items():
        if at and tokens[at - 1].role is WordRole.NUMBER:
            return token.text
    for at, token in free.items():
        if token.ordinal:  # "the second house from the end"
            continue
        if at + 1 < len(tokens) and tokens[at + 1].role is WordRole.NUMBER:  # "the 352 block"
            return token.text
    for mention in mentions:
        for at in (mention.last, mention.first - 1):
            counts = at in free and not free[at].spelled and not is_counted(tokens, at)
            if counts and not _of_kind(tokens, at):
                return free[at].text
    return ""


def _spans(tokens: Sequence[Token], free: Mapping[int, Token]) -> Iterator[str]:
    """Yield the spans of house numbers that the words give."""
    for at, token in free.items():
        if not token.text.isdigit() or is_counted(tokens, at) or _of_kind(tokens, at):
            continue
        if any(is_block(each) for each in (*tokens[at - 1 : at], *tokens[at + 1 : at + 2])):
            if int(token.text) % BLOCK == 0:
                yield f"{token.text}-{int(token.text) + BLOCK - 1}"
            continue
        roles = [each.role for each in tokens[at + 1 : at + 3]]
        other = at + 3 if roles[1:] == [WordRole.NUMBER] else at + 2
        before = {each.role for each in tokens[max(at - 2, 0) : at]}
        joined = WordRole.BETWEEN in before and roles[:1] == [WordRole.JOIN]
        if not (joined or roles[:1] == [WordRole.UNTIL]) or other not in free:
            continue
        last = tokens[other].text
        rising = last.isdigit() and int(last) > int(token.text)
        if rising and not is_counted(tokens[other:], 0):
            yield f"{token.text}-{last}"


def _without_one(parse: AddressParse) -> Iterator[AddressParse]:
    """Yield an address with one name left out each; also the street of an alley unknown there."""
    share, target = parse.share * LEFT_OUT, parse.target
    if any(_is_incidental(target, mention) for mention, _ in parse.relations):
        rest = tuple(
            relation for relation in parse.relations if not _is_incidental(target, relation[0])
        )
        yield AddressParse(target, rest, parse.number, parse.share * BESIDE_THE_POINT)
    for nth, (mention, relation) in enumerate(parse.relations):
        rest = (*parse.relations[:nth], *parse.relations[nth + 1 :])
        if relation is not Relation.CROSS:
            yield AddressParse(target, rest, parse.number, share)
        if relation is Relation.PARENT:
            yield AddressParse(mention, rest, "", share)


def _is_incidental(target: Mention, other: Mention) -> bool:
    """Whether no word announces `other`, which follows a target with a word for "street"."""
    return bool(target.kinds) and not other.announced and other.first > target.first


def _of_kind(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].role is WordRole.KIND and tokens[at - 1].first


def _likeliest(alleys: Sequence[Mention]) -> Mention:
    """Return the likeliest alley, the last one: people name the larger street first."""
    return max(enumerate(alleys), key=lambda each: (each[1].announced, each[0]))[1]


def _side_by_side(
    free: Sequence[Mention],
    relations: tuple[tuple[Mention, Relation], ...],
    number: str,
    crossing: float,
) -> Iterator[AddressParse]:
    """Yield the less usual meanings of two streets without a word between them.

    `crossing` is how likely it is that they are named for where they meet.
    """
    one, other = free[0], free[-1]
    yield AddressParse(other, ((one, Relation.PARENT), *relations), number, SECOND)
    yield AddressParse(one, ((other, Relation.CROSS), *relations), number, crossing)


def _relation(tokens: Sequence[Token], mention: Mention) -> WordRole | None:
    """Return the relation ("opposite", say) right beside a mention, on its language's side."""
    behind = tokens[mention.last] if mention.last < len(tokens) else None
    if behind is not None and behind.role in RELATIONS and not behind.first:
        return behind.role
    for at in range(mention.first - 1, -1, -1):
        role = tokens[at].role
        if tokens[at].clause != tokens[mention.first].clause:
            return None
        if role in RELATIONS:
            return role if tokens[at].first else None
        if role not in (WordRole.CROSSING, WordRole.KIND, WordRole.FILLER):
            return None
    return None


def _between(tokens: Sequence[Token], streets: Sequence[Mention]) -> list[Mention]:
    """Return the two streets after a word for "between", or before it; none without one."""
    for one, other in pairwise(streets):
        if len(streets) > 2 and _gap(tokens, one, other) == [WordRole.UNTIL]:
            return [one, other]
    for at, token in enumerate(tokens):
        if token.role is not WordRole.BETWEEN:
            continue
        behind = [m for m in streets if m.first > at]
        before = [m for m in streets if m.last <= at]
        pair = behind[:2] if len(behind) > 1 else before[-2:]
        if len(pair) == 2:
            return pair
    return []


def _crossing(
    tokens: Sequence[Token], streets: Sequence[Mention]
) -> tuple[Mention, Mention] | None:
    """Return the two streets that a sentence names as crossing, if any."""
    between = any(token.role is WordRole.BETWEEN for token in tokens)
    if len(streets) < 2 or between:
        return None
    for at, token in enumerate(tokens):
        covered = any(m.first <= at < m.last for m in streets)
        related = at and tokens[at - 1].role in RELATIONS  # "before the crossroads": no crossing
        if token.role is WordRole.CROSSING and not covered and not related:
            behind = [m for m in streets if m.first > at]
            before = [m for m in streets if m.last <= at]
            if len(behind) > 1 and (not before or _joins(tokens, behind[0], behind[1])):
                return behind[0], behind[1]
            if before and behind:
                return before[-1], behind[0]
            return before[-2], before[-1]
    for one, other in pairwise(streets):
        if _joins(tokens, one, other):
            return one, other
    return None


def _adjacent(tokens: Sequence[Token], one: Mention, other: Mention) -> bool:
    """Whether two names are adjacent in one clause and the second has no word for "street"."""
    return (
        not other.kinds
        and one.last == other.first
        and tokens[one.first].clause == tokens[other.first].clause
    )


def _joins(tokens: Sequence[Token], one: Mention, other: Mention) -> bool:
    """Whether nothing but "and" stands between two names."""
    return _gap(tokens, one, other) == [WordRole.JOIN]


def _gap(tokens: Sequence[Token], one: Mention, other: Mention) -> list[WordRole | None]:
    return [token.role for token in tokens[one.last : other.first]]
