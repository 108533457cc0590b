"""Mentions of streets and places in a sentence, with the words around each name."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from data.geocode.places.candidate import Reason
from data.geocode.places.name_chain import (
    UNMATCHED_COST,
    Mention,
    Span,
    best_chain,
    credible,
    guessed,
    without_persons,
)
from data.geocode.places.name_index import HEARD, Hit, NameIndex
from data.geocode.places.name_limits import ends_in_kind, may_be_name, pieces
from data.geocode.places.name_variants import joined
from data.geocode.places.unknown_spans import (
    MAX_FUZZY_TOKENS,
    talk_spans,
    unknown_spans,
    with_kinds,
)
from data.geocode.text.everyday_talk import is_ordinary
from data.geocode.text.lexicon import RELATIONS, WordRole
from data.geocode.text.tokens import (
    NameParts,
    Token,
    kinds_alike,
    name_parts,
    untitled,
)

MAX_NAME_TOKENS = 8
MAX_FUZZY_SPANS = 48
"""Spans of a sentence that are looked up as misspelled names, at most; limits the time."""

HITS = 12
"""Names that one span may mean, at most."""

PREFIX_LETTERS = 2
"""Letters that must be typed before names beginning with them are proposed."""

CLOSE = 0.25
"""Names of a span with a quality lower than its best by more than this are dropped."""

SAME_KIND, LIKE_KIND, NO_KIND, OTHER_KIND, PLACE_NAMED = 1.0, 0.95, 0.97, 0.86, 0.98
NO_SQUARE = 0.9
"""Factors of quality by how the word for "street" agrees with the one on the map, or is missing."""

NAMELESS_SHARE = 0.5
"""Share of its weight that a single word keeps where no other word announces a name."""

HEARD_LETTERS = 4
"""Letters from which on a Latin name that sounds just like a Persian one is hardly by chance."""

TOGETHER = frozenset({Reason.PART, Reason.SPELLING})
"""How several words of one name are found that are not the whole name as it is on the map."""

GUESS_SHARE = 0.3
"""`NAMELESS_SHARE` of a misspelled one."""


class MentionFinder:
    """Finds mentions of names in the tokens of a query."""

    def __init__(self, index: NameIndex) -> None:
        self._index = index

    def find(self, tokens: Sequence[Token]) -> list[Mention]:
        """Return the mentions of a sentence, in order, that together cover most of its letters."""
        spans = list(self._spans(tokens))
        spoken = list(self._spoken(tokens)) if self._index.persian else []
        several = [span for span in spoken if span.mention.last - span.mention.first > 1]
        chain = best_chain(tokens, [*spans, *several])
        if spoken and all(not each.announced and guessed(each) for each in chain):
            chain = best_chain(tokens, [*spans, *spoken])
        return without_persons(tokens, credible(tokens, chain))

    def find_unfinished(self, tokens: Sequence[Token]) -> list[Mention]:
        """Return the mentions of a sentence whose last words are an unfinished name; else none."""
        if len(tokens) > 1 and tokens[-1].role is not None:
            return []  # whoever says "please" has ended
        for first in range(max(0, len(tokens) - MAX_FUZZY_TOKENS), len(tokens)):
            if any(token.role is WordRole.KIND and token.first for token in tokens[first:]):
                continue
            if tokens[first].clause != tokens[-1].clause:
                continue
            core = _core(tokens, first, len(tokens))
            letters = [letter for letter in joined(core) if letter.isalpha()]
            hits = self._index.completions(core) if len(letters) >= PREFIX_LETTERS else []
            start, _ = with_kinds(tokens, first, len(tokens))
            span = self._weighed(tokens, start, len(tokens), hits, announced=True)
            if span is not None:
                return [*self.find(tokens[:start]), span.mention]
        return []

    def _spans(self, tokens: Sequence[Token]) -> Iterator[Span]:
        exact: list[Span] = []
        for first in range(len(tokens)):
            for last in range(first + 1, min(len(tokens), first + MAX_NAME_TOKENS) + 1):
                if ends_in_kind(tokens, first, last):
                    exact += self._before_kind(tokens, first, last)
                elif may_be_name(tokens, first, last):
                    exact += self._exact(tokens, first, last)
                elif last - first > 1:
                    exact += self._turned(tokens, first, last)
        yield from exact
        yield from self._fuzzy(tokens, {(s.mention.first, s.mention.last) for s in exact})

    def _exact(self, tokens: Sequence[Token], first: int, last: int) -> Iterator[Span]:
        """Yield the names that a span spells, with and without its word for "street" and titles.

        "Green Street" may be that or, less likely, Green Street Court.
        """
        span = tokens[first:last]
        parts = name_parts(span)
        whole = NameParts(tuple(token.kind or token.text for token in span), frozenset())
        plain = untitled(parts.core)
        shorter = (NameParts(plain, parts.kinds),) if len(plain) < len(parts.core) else ()
        several = (parts, whole, *shorter) if parts.kinds else (parts, *shorter)
        several = (*several, *pieces(span))
        found = [
            read
            for each in several
            if (read := self._weighed(tokens, first, last, self._index.exact(each.core), each))
        ]
        if found:
            yield _merged(found)

    def _before_kind(self, tokens: Sequence[Token], first: int, last: int) -> Iterator[Span]:
        """Yield the names that are a number, with the word for "street" behind: «سیزدهم کوچه»."""
        parts = NameParts(
            tuple(token.text for token in tokens[first : last - 1]),
            frozenset({tokens[last - 1].kind}),
        )
        read = self._weighed(tokens, first, last, self._index.exact(parts.core), parts)
        if read is not None:
            yield read

    def _turned(self, tokens: Sequence[Token], first: int, last: int) -> Iterator[Span]:
        """Yield the names of which a span has all words, where no name could stand in order.

        So it is behind a comma, "Avery, South", or with a word for "street" in front.
        """
        span = tokens[first:last]
        named = (None, WordRole.KIND)
        if any(t.role not in named or (t.digits and not t.spelled) for t in span):
            return
        if span[-1].clause > span[0].clause + 1:
            return
        plain = [token.text for token in span if token.role is None]
        words = [token.kind or token.text for token in span]
        for core in (words, plain):
            kinds = frozenset(t.kind for t in span if t.role is WordRole.KIND and core is plain)
            hits = self._index.turned(core)
            read = self._weighed(tokens, first, last, hits, NameParts(tuple(core), kinds))
            if read is not None:
                yield read
                return

    def _fuzzy(self, tokens: Sequence[Token], known: set[tuple[int, int]]) -> Iterator[Span]:
        found: dict[str, list[Hit]] = {}
        for first, last in unknown_spans(tokens):
            start, end = with_kinds(tokens, first, last)
            if (start, end) in known or (first, last) in known:
                continue
            core = _core(tokens, first, last)
            key = joined(core)
            if key not in found:
                if len(found) >= MAX_FUZZY_SPANS:
                    return
                found[key] = self._index.similar(core)
            span = self._weighed(tokens, start, end, found[key])
            if span is not None:
                yield span

    def _spoken(self, tokens: Sequence[Token]) -> Iterator[Span]:
        """Yield the names that sound just like Latin words of everyday talk, or hold such."""
        for first, last in talk_spans(tokens):
            hits = self._index.heard(_core(tokens, first, last))
            start, end = with_kinds(tokens, first, last)
            span = self._weighed(tokens, start, end, hits)
            if span is not None:
                yield span

    def _weighed(
        self,
        tokens: Sequence[Token],
        first: int,
        last: int,
        hits: Sequence[Hit],
        parts: NameParts | None = None,
        *,
        announced: bool = False,
    ) -> Span | None:
        if not hits:
            return None
        core, kinds = parts or name_parts(tokens[first:last])
        agreed = sorted((self._agreed(hit, kinds) for hit in hits), key=lambda hit: -hit.quality)
        kept = tuple(hit for hit in agreed[:HITS] if hit.quality >= agreed[0].quality - CLOSE)
        announced = announced or bool(kinds) or _is_announced(tokens, first, last)
        best = max(hits, key=lambda hit: hit.quality)
        several = best.reason in TOGETHER and len(core) > 1  # hardly together by chance
        weight = _letters(core) * best.quality ** (1 if several else 3)
        weight += len(kinds) * kept[0].quality
        if not announced and not _only(tokens, first, last):
            plain = all(tokens[at].role is None for at in range(first, last))
            together = parts is not None and len(core) > 1  # hardly by chance
            heard = (
                best.reason is Reason.SOUND
                and best.quality >= HEARD
                and _letters(core) >= HEARD_LETTERS
            )
            exact = kept[0].reason is Reason.EXACT or (together and plain) or (heard and plain)
            if not plain and not (exact and last - first > 1):
                return None
            if not exact:
                weight = weight * GUESS_SHARE - UNMATCHED_COST
            elif len(core) == 1:
                weight *= NAMELESS_SHARE
        text = " ".join(token.text for token in tokens[first:last])
        weak = not announced and last - first == 1 and is_ordinary(tokens[first])
        return Span(weight, Mention(first, last, kept, kinds, text, announced, weak))

    def _agreed(self, hit: Hit, kinds: frozenset[str]) -> Hit:
        """Return a hit, of less quality where the word for "street" differs from the map's."""
        name = self._index.names[hit.name]
        share = _agreement(name.kinds, kinds)
        if name.places:
            share = PLACE_NAMED if not kinds or kinds & name.kinds else OTHER_KIND
        if share == OTHER_KIND:
            return Hit(hit.name, hit.quality * share, Reason.OTHER_KIND, hit.reason)
        return Hit(hit.name, hit.quality * share, hit.reason)


def _letters(core: Sequence[str]) -> int:
    """Return the number of letters of a name; digits count twice, since they tell streets apart."""
    return sum(map(len, core)) + sum(map(str.isdigit, core))


def _merged(spans: Sequence[Span]) -> Span:
    """Return one span with the hits of several readings of the same words, each name once."""
    best: dict[int, Hit] = {}
    for hit in sorted((h for s in spans for h in s.mention.hits), key=lambda hit: -hit.quality):
        best.setdefault(hit.name, hit)
    return Span(spans[0].weight, replace(spans[0].mention, hits=tuple(best.values())[:HITS]))


def _agreement(mapped: frozenset[str], queried: frozenset[str]) -> float:
    if mapped == queried:
        return SAME_KIND
    if not mapped or not queried:
        return NO_SQUARE if "square" in queried else NO_KIND
    if mapped & queried:
        return SAME_KIND - 0.01
    return LIKE_KIND if any(kinds_alike(a, b) for a in mapped for b in queried) else OTHER_KIND


def _core(tokens: Sequence[Token], first: int, last: int) -> tuple[str, ...]:
    return name_parts(tokens[first:last]).core


def _is_announced(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether words beside a span announce a name: a relation, a crossing or a house number."""
    clause = tokens[first].clause
    before = tokens[first - 1] if first and tokens[first - 1].clause == clause else None
    after = tokens[last] if last < len(tokens) else None
    calls = RELATIONS | {WordRole.CROSSING}
    if before is not None and before.role in calls and before.first:
        return True
    if after is not None and after.role in RELATIONS and not after.first:
        return True
    if before is not None and before.role in (
        WordRole.JOIN,
        WordRole.UNTIL,
    ):  # the second of a pair
        pair = (WordRole.BETWEEN, WordRole.CROSSING)
        return any(token.role in pair and token.clause == clause for token in tokens[:first])
    return after is not None and after.role is WordRole.NUMBER


def _only(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether nothing else in the clause may be a name; a house number may."""
    clause = tokens[first].clause
    around = (*tokens[:first], *tokens[last:])
    return not any(
        token.clause == clause and token.role in (None, WordRole.FILLER) and not token.digits
        for token in around
    )
