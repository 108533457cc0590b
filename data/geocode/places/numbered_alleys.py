"""Numbered alleys named after the street they leave: "Saadi, alley 12" is "Saadi 12"."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from data.geocode.places.candidate import Reason
from data.geocode.places.name_chain import Mention
from data.geocode.places.name_index import Hit, NameIndex
from data.geocode.places.name_spans import HITS, NO_KIND
from data.geocode.text.lexicon import WordRole
from data.geocode.text.tokens import Token, untitled

ALLEYS = frozenset({"alley", "dead_end", "kuy", "passage", "branch"})
"""Kinds of lanes that callers locate by the street they leave."""

PARENT_HITS = 3
"""Meanings of the street's name that are tried."""


def with_numbered_alleys(
    index: NameIndex, tokens: Sequence[Token], mentions: Sequence[Mention]
) -> list[Mention]:
    """Return the mentions in order; numbered alleys also by the name of a mentioned street."""
    found = list(mentions)
    for first, pair in enumerate(pairwise(tokens)):
        kind, number = pair if pair[1].digits else pair[::-1]  # "alley 12", "the 12th alley"
        alley = kind.role is WordRole.KIND and kind.kind in ALLEYS
        if not alley or not number.digits or kind.clause != number.clause:
            continue
        if kind.first and number is pair[0]:
            continue
        known = [m for m in found if m.first < first + 2 and m.last > first]
        hits = list(_hits(index, [m for m in mentions if m not in known], number.text))
        if not hits or any((m.first, m.last) != (first, first + 2) for m in known):
            continue
        hits += [hit for mention in known for hit in mention.hits]
        hits.sort(key=lambda hit: -hit.quality)
        text = f"{kind.text} {number.text}"
        mention = Mention(first, first + 2, (), frozenset({kind.kind}), text, announced=True)
        found = [m for m in found if m not in known]
        found.append(replace(known[0] if known else mention, hits=tuple(hits[:HITS])))
    return sorted(found, key=lambda mention: mention.first)


def _hits(index: NameIndex, parents: Sequence[Mention], number: str) -> Iterator[Hit]:
    """Yield the names that consist of a parent's name and the number."""
    met: set[int] = set()
    for parent in parents:
        for hit in parent.hits[:PARENT_HITS]:
            core = index.names[hit.name].core
            plain = untitled(core)
            for each in (*index.exact((*core, number)), *index.exact((*plain, number))):
                if each.name not in met and each.reason is Reason.EXACT:
                    met.add(each.name)
                    yield Hit(each.name, each.quality * hit.quality * NO_KIND, each.reason)
