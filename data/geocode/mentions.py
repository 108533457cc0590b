"""Which streets and places a sentence mentions, in the order of its words."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from data.geocode.words import ALLEY, GENERIC, NUMBER, bare, normal
from data.model import Place, Segment

MAX_NAME_WORDS = 8
DISTINCT_LETTERS = 6
"""A single word this long, found within a sentence, is taken for a name and not for a word."""

PREFIX_LETTERS = 3
SURE_PREFIX_LETTERS = 4
PREFIXES = 20


class Mention(NamedTuple):
    """A name within a sentence: a street's, or a place's where `place` says so.

    `after` are the words that follow it in its clause; `sure` is whether it can only be a name.
    """

    name: str
    after: str
    sure: bool
    place: bool = False

    @property
    def is_alley(self) -> bool:
        """Whether it names a lane off some other street."""
        first, last = self.name.partition(" ")[0], self.name.rpartition(" ")[2]
        return first in ALLEY or (last.isdigit() and not self.name.isascii())


class NameIndex:
    """The names of a city's streets and places, each with what bears it."""

    def __init__(self, segments: Sequence[Segment], places: Iterable[Place]) -> None:
        self._streets: dict[str, list[int]] = defaultdict(list)
        self._bare: dict[str, set[str]] = defaultdict(set)
        self._places: dict[str, list[Place]] = defaultdict(list)
        for index, segment in enumerate(segments):
            for name in _spellings(segment):
                self._streets[name].append(index)
        for name in self._streets:
            if not bare(name).isdigit():  # "12" alone is a house, not Alley 12
                self._bare[bare(name)].add(name)
        for place in places:
            for name in {normal(each) for several in place.names.values() for each in several}:
                self._places[name].append(place)
        self._sorted = sorted({*self._streets, *self._bare})

    def streets(self, name: str) -> list[int]:
        """Return the indexes of the segments of this name; without its word for "street" too."""
        names = {name} if name in self._streets else self._bare[name]
        return sorted({index for each in names for index in self._streets[each]})

    def places(self, name: str) -> list[Place]:
        """Return the places of this name."""
        return self._places.get(name, [])

    def mentions(self, parts: Sequence[str]) -> Iterator[Mention]:
        """Yield the names within the clauses of a sentence, the longest where several fit."""
        for part in parts:
            words = part.split()
            first = 0
            while first < len(words):
                last = self._name_end(words, first)
                if last is None:
                    first += 1
                    continue
                yield self._mention(words, first, last)
                first = last

    def begun(self, parts: Sequence[str]) -> Iterator[Mention]:
        """Yield the streets whose names begin like a clause."""
        for part in parts:
            begin = bare(part)
            if len(begin) < PREFIX_LETTERS:
                continue
            at = bisect_left(self._sorted, begin)
            for name in self._sorted[at : at + PREFIXES]:
                if name.startswith(begin):
                    yield Mention(name, "", len(parts) == 1 and len(begin) >= SURE_PREFIX_LETTERS)

    def _mention(self, words: Sequence[str], first: int, last: int) -> Mention:
        name, after = " ".join(words[first:last]), words[last:]
        if not self._is_street(name):
            return Mention(name, " ".join(after), sure=True, place=True)
        sure = _distinctive(name) or _alone(words[:first], after)
        return Mention(name, " ".join(after), sure)

    def _name_end(self, words: Sequence[str], first: int) -> int | None:
        for last in range(min(len(words), first + MAX_NAME_WORDS), first, -1):
            name = " ".join(words[first:last])
            if self._is_street(name) or self._is_place(name, alone=last - first == len(words)):
                return last
        return None

    def _is_street(self, name: str) -> bool:
        return name in self._streets or (name in self._bare and name not in GENERIC)

    def _is_place(self, name: str, *, alone: bool) -> bool:
        return name in self._places and (alone or " " in name)


def _spellings(segment: Segment) -> set[str]:
    names = {normal(each) for spellings in segment.names.values() for each in spellings}
    return names - {""}


def _distinctive(name: str) -> bool:
    """Whether a name found inside a sentence is surely a name."""
    return " " in name or len(name) >= DISTINCT_LETTERS


def _alone(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a clause holds nothing beside the name but "street" and a house number."""
    rest = [word for word in (*before, *after) if word not in GENERIC and word not in NUMBER]
    return not rest or (rest[0].isdigit() and rest == [*after][-1:])
