"""Keys under which a name on the map is found: whole, without titles, in part."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from data.geocode.places.candidate import Reason
from data.geocode.text.tokens import directions, is_direction, untitled
from data.model import Place

WITHOUT_TITLES, TAIL, HEAD, UNNUMBERED = 0.97, 0.84, 0.8, 0.76
"""Quality (0-1) of a name given without titles, by its end, by its start, or without its number."""

PART_LETTERS = 3
"""Letters of a part of a name that may stand for all of it."""


class IndexedName(NamedTuple):
    """A name on the map, with the segments (indexes of the network) or places that have it.

    `compound` is whether it holds its word for "street", as "Schulgasse" does.
    """

    core: tuple[str, ...]
    kinds: frozenset[str]
    segments: tuple[int, ...]
    places: tuple[Place, ...]
    compound: bool = False


def joined(words: Sequence[str]) -> str:
    """Return words as one key without spaces; a slash separates adjacent numbers."""
    parts: list[str] = []
    for word in words:
        if parts and parts[-1][-1].isdigit() and word[0].isdigit():
            parts.append("/")
        parts.append(word)
    return "".join(parts)


def variants(name: IndexedName) -> Iterator[tuple[str, float, Reason]]:
    """Yield the keys under which a name is found, each once, with quality and reason."""
    known: set[str] = set()
    for words, quality, reason in _wordings(name):
        key = joined(words)
        if key and key not in known:
            known.add(key)
            yield key, quality, reason


def _wordings(name: IndexedName) -> Iterator[tuple[Sequence[str], float, Reason]]:
    yield name.core, 1.0, Reason.EXACT
    if said := [directions()[word] for word in name.core if word in directions()]:
        rest = [word for word in name.core if word not in directions()]
        yield [*rest, *said], 1.0, Reason.EXACT
    plain = untitled(name.core)
    if len(plain) < len(name.core):
        yield plain, WITHOUT_TITLES, Reason.EXACT
    if name.places or name.compound:
        return
    if any(word[0].isdigit() for word in plain):
        yield from _numbered_parts(plain)
        return
    for first in range(1, len(plain)):
        if _is_part(plain[first:]):
            yield plain[first:], TAIL, Reason.PART
    for last in range(len(plain) - 1, 0, -1):
        if _is_part(plain[:last]):
            yield plain[:last], HEAD, Reason.PART
    if len(plain) > 2:
        yield (plain[0], plain[-1]), HEAD, Reason.PART
        yield from (
            ((*plain[:inner], *plain[inner + 1 :]), HEAD, Reason.PART)
            for inner in range(1, len(plain) - 1)
        )


def _is_part(words: Sequence[str]) -> bool:
    """Whether words of a name may stand for all of it: a direction alone does not."""
    return len("".join(words)) >= PART_LETTERS and not all(map(is_direction, words))


def _numbered_parts(plain: Sequence[str]) -> Iterator[tuple[Sequence[str], float, Reason]]:
    """Yield the parts of a name that ends in its only number: "Reza 6" of "Imam Reza 6".

    Also the name without the number, and one that begins with it without words of direction.
    """
    undirected = [word for word in plain if not is_direction(word)]
    if len(undirected) < len(plain) and plain[0][0].isdigit():
        yield undirected, HEAD, Reason.PART
    *words, number = plain
    if not number[0].isdigit() or any(word[0].isdigit() for word in words):
        return
    if _is_part(words):
        yield words, UNNUMBERED, Reason.PART
    for first in range(1, len(words)):
        if _is_part(words[first:]):
            yield (*words[first:], number), TAIL, Reason.PART
    for last in range(len(words) - 1, 0, -1):
        if _is_part(words[:last]):
            yield (*words[:last], number), HEAD, Reason.PART
