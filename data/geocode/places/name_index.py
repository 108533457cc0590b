"""Index of the names of a city's streets and places by spelling, sound, part and beginning."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import islice, takewhile
from typing import NamedTuple

from data.geocode.places.candidate import Reason
from data.geocode.places.name_variants import WITHOUT_TITLES, IndexedName, joined, variants
from data.geocode.text.everyday_talk import is_talk
from data.geocode.text.sounds import (
    finglish_forms,
    homophone,
    is_persian,
    phonetic,
    phonetic_variants,
    skeleton,
    sound_distance,
    spells,
    with_vav,
    without_breath,
    without_umlauts,
)
from data.geocode.text.spelling_index import SpellingIndex
from data.geocode.text.tokens import (
    NameParts,
    Token,
    compound,
    name_parts,
    name_tokens,
    untitled,
)
from data.geocode.text.towns import load_towns, towns_called
from data.model import LonLat, Place, Segment
from data.streets.projection import distance_m

SWAPPED = 0.93
"""Quality (0-1) of a name whose words are given in another order."""

SOUNDS_ALIKE, SOUNDS_IN_ITS_SCRIPT = 0.95, 0.88
LEAST_SOUND = 0.72
"""Quality of a name that only sounds alike, at best and at worst; less where both are in one
script, since a misspelling is likelier there."""

HEARD, HEARD_SHARE = 0.943, 0.05
"""Least quality of a Latin name that sounds just like a Persian one, but for short vowels, which
are not written there; and the share of their cost that is left to tell two such names apart."""

SPOKEN, BREATHLESS = 0.005, 0.02
"""Costs of an ending of speech behind a Latin name or x for kh, and of an h that nobody hears."""

NEAR_TOWN_M = 60_000.0
"""Metres from the middle of a city to a town that its callers may mean by their own."""

_NUMBER = re.compile(r"\d+")

UMLAUT = 0.98
"""Quality of a name whose umlauts are written otherwise: ae or a for ä."""

PREFIX_QUALITY = 0.78
"""Quality of a name that lacks its last letters only; too low to be confident."""

COMMON_PART = 8
"""A part that more names than this share is not a key."""

PREFIX_KEYS = 400
"""Keys with the same beginning that are compared."""

SAME_SKELETON = 300
"""Names of one consonant skeleton that are compared at most."""


class Hit(NamedTuple):
    """A name that words may mean: index in `NameIndex.names`, and `quality` from 0 to 1.

    `other_kind_of` is how the name itself was found, where `reason` is that its kind is another.
    """

    name: int
    quality: float
    reason: Reason
    other_kind_of: Reason | None = None

    @property
    def found_by(self) -> Reason:
        """How the name itself was found."""
        return self.other_kind_of or self.reason


class NameIndex:
    """All names of a city by their keys; immutable."""

    def __init__(self, segments: Sequence[Segment], places: Iterable[Place]) -> None:
        load_towns()
        self.names = tuple(_names(segments, places))
        self._center = _center(segments)
        self._keys: dict[str, list[Hit]] = defaultdict(list)
        self._bags: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self.names):
            for key, quality, reason in variants(name):
                self._keys[key].append(Hit(number, quality, reason))
            if len(name.core) > 1:
                self._bags[joined(sorted(name.core))].append(number)
        self._leave_common_parts_out()
        self._twins = dict(_twins(self.names))
        self.persian = sum(any(map(is_persian, n.core)) for n in self.names) * 3 > len(self.names)
        self._names_with = Counter(word for name in self.names for word in set(name.core))
        self._numbered = Counter(joined(core[:-1]) for core in _numbered_cores(self.names))
        self._sorted = sorted(self._keys)
        self._sounds: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key in self._sorted:
            for sounds in phonetic_variants(key):
                self._sounds[skeleton(sounds)].append((key, sounds))
        self._breathless: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key in self._sorted:
            if is_persian(key) and (sounds := without_breath(phonetic(key))) != phonetic(key):
                self._breathless[skeleton(sounds)].append((key, sounds))
        self._folded = [homophone(key) for key in self._sorted]
        self._spelling = SpellingIndex(self._folded)
        self._plain: dict[str, list[str]] = defaultdict(list)
        for key in self._sorted:
            self._plain[without_umlauts(key)].append(key)

    def _leave_common_parts_out(self) -> None:
        """Drop keys for parts that many names share: "north" alone names no street."""
        for key, hits in list(self._keys.items()):
            parts = {self.names[hit.name].core for hit in hits if hit.reason is Reason.PART}
            if len(parts) > COMMON_PART:
                kept = [hit for hit in hits if hit.reason is not Reason.PART]
                self._keys[key] = kept
                if not kept:
                    del self._keys[key]

    def twin(self, name: int) -> int:
        """Return the name in the other script of all streets of a name, if more bear that one.

        Of two streets of one name, often one alone has it in Latin letters, too.
        """
        return self._twins.get(name, name)

    def names_with(self, word: str) -> int:
        """Return how many names have a word."""
        return self._names_with[word]

    def is_name(self, tokens: Sequence[Token]) -> bool:
        """Whether words are a name, with or without its word for "street"."""
        return bool(self.exact(name_parts(tokens).core))

    def ends_so(self, word: str) -> bool:
        """Whether a word that ends in "s" is one of names, or of everyday talk: "its"."""
        spelled = word.replace(" ", "")
        return self._names_with[spelled] > 0 or is_talk(spelled)

    def lies_elsewhere(self, name: str) -> bool:
        """Whether towns have a name, written in one, and none of them is near this city."""
        towns = towns_called(name)
        return bool(towns) and all(distance_m(self._center, each) > NEAR_TOWN_M for each in towns)

    def numbered(self, name: int) -> int:
        """Return how many streets are called by a name and a number behind it."""
        return self._numbered[joined(untitled(self.names[name].core))]

    @cached_property
    def numbered_share(self) -> float:
        """Which share (0-1) of the streets' names, without their numbers, have a number, too."""
        plain = {joined(untitled(name.core)) for name in self.names if name.segments}
        return len(self._numbered) / max(len(plain | self._numbered.keys()), 1)

    def exact(self, core: Sequence[str]) -> list[Hit]:
        """Return names that the words spell in full, in part, or in another order."""
        found = [hit for hit in self._keys.get(joined(core), ()) if self._is_split(hit)]
        known = {hit.name for hit in found}
        found += [
            hit._replace(name=self._twins[hit.name])
            for hit in found
            if hit.name in self._twins and self._twins[hit.name] not in known
        ]
        known = {hit.name for hit in found}
        return [*found, *(hit for hit in self.turned(core) if hit.name not in known)]

    def _is_split(self, hit: Hit) -> bool:
        """Whether a name does not hold its word for "street", of which callers' words are rid."""
        return not self.names[hit.name].compound

    def turned(self, core: Sequence[str]) -> list[Hit]:
        """Return names of these words in any order."""
        several = self._bags.get(joined(sorted(core)), ()) if len(core) > 1 else ()
        return [Hit(name, SWAPPED, Reason.SPELLING) for name in several]

    def similar(self, core: Sequence[str]) -> list[Hit]:
        """Return names that the words may be a misspelling of, or sound like; best first."""
        best: dict[int, Hit] = {}
        plain = core if is_persian(core[0]) else untitled(core)
        keys = {joined(plain): WITHOUT_TITLES, joined(core): 1.0}
        for key, share in keys.items():
            for other, quality, reason in (*self._misspelled(key), *self._sounding(key)):
                for hit in self._keys[other]:
                    found = Hit(hit.name, hit.quality * quality * share, reason)
                    if hit.name not in best or best[hit.name].quality < found.quality:
                        best[hit.name] = found
        return sorted(best.values(), key=lambda hit: (-hit.quality, hit.name))

    def heard(self, core: Sequence[str]) -> list[Hit]:
        """Return names that sound just like Latin words, see `HEARD`; best first."""
        key = joined(core)
        best: dict[int, Hit] = {}
        for other, quality, reason in () if is_persian(key) else self._sounding(key):
            for hit in self._keys[other] if quality >= HEARD else ():
                best.setdefault(hit.name, Hit(hit.name, hit.quality * quality, reason))
        return sorted(best.values(), key=lambda hit: -hit.quality)

    def completions(self, core: Sequence[str]) -> list[Hit]:
        """Return names that begin with the words, those with the fewest letters missing first."""
        begin = joined(core)
        at = bisect_left(self._sorted, begin)
        keys = takewhile(
            lambda key: key.startswith(begin), islice(self._sorted, at, at + PREFIX_KEYS)
        )
        best: dict[int, Hit] = {}
        for key in sorted(keys, key=len):
            for hit in self._keys[key]:
                if hit.reason is not Reason.PART:
                    best.setdefault(
                        hit.name, Hit(hit.name, _completion_quality(begin, key), Reason.BEGUN)
                    )
        return list(best.values())

    def _misspelled(self, key: str) -> Iterator[tuple[str, float, Reason]]:
        for other in self._plain.get(without_umlauts(key), ()):
            yield other, UMLAUT, Reason.SPELLING
        plain = homophone(key)
        digits = _digits(key)
        for index, edits in self._spelling.near(plain):
            other = self._sorted[index]
            if _digits(other) != digits:
                continue  # Alley 12 is no misspelling of Alley 13
            reason = Reason.TYPO if edits else Reason.SPELLING
            yield other, _spelled_quality(plain, self._folded[index], edits), reason

    def _sounding(self, key: str) -> Iterator[tuple[str, float, Reason]]:
        """Yield the keys that sound like one, and for a Latin one like what its writer spells."""
        yield from self._alike(self._sounds, key, 0.0)
        if not self.persian or is_persian(key):
            return
        for form in finglish_forms(key):
            yield from self._alike(self._sounds, form, SPOKEN)
        for other, quality, reason in self._alike(self._breathless, key, BREATHLESS):
            if quality >= HEARD - BREATHLESS:
                yield other, quality, reason

    @staticmethod
    def _alike(
        by_skeleton: Mapping[str, list[tuple[str, str]]], key: str, cost: float
    ) -> Iterator[tuple[str, float, Reason]]:
        sounds, spelled = phonetic(key), with_vav(key)
        consonants = skeleton(sounds)
        keys = by_skeleton.get(consonants, []) if consonants else []
        if is_persian(key):  # whose own letters say what sounds alike
            keys = [each for each in keys if not is_persian(each[0])]
        digits = _digits(key)
        for other, theirs in keys[:SAME_SKELETON]:
            if _digits(other) != digits:
                continue
            away = sound_distance(sounds, theirs) / max(len(sounds), len(theirs))
            across = is_persian(other) and not is_persian(key)
            if across and sounds[-1:] == theirs[-1:] and spells(spelled, theirs):
                away *= HEARD_SHARE
            quality = (SOUNDS_ALIKE if across else SOUNDS_IN_ITS_SCRIPT) - away - cost
            if quality >= LEAST_SOUND:
                yield other, quality, Reason.SOUND


def _center(segments: Sequence[Segment]) -> LonLat:
    """Return the mean of where segments begin."""
    starts = [segment.geometry[0] for segment in segments] or [LonLat(0.0, 0.0)]
    return LonLat(
        sum(each.lon for each in starts) / len(starts),
        sum(each.lat for each in starts) / len(starts),
    )


def _numbered_cores(names: Iterable[IndexedName]) -> Iterator[Sequence[str]]:
    """Yield the words of each street that is a name and a number, without titles."""
    cores = {untitled(name.core) for name in names if name.segments}
    for core in cores:
        if len(core) > 1 and core[-1].isdigit() and not core[-2].isdigit():
            yield core


def _completion_quality(begin: str, key: str) -> float:
    return PREFIX_QUALITY - 0.2 * (len(key) - len(begin)) / (len(key) + 1)


def _spelled_quality(one: str, other: str, edits: int) -> float:
    """Return how alike two spellings are (0-1); less with other first letters, or a prefix."""
    if not edits:
        return 0.98
    quality = 1.0 - edits / (max(len(one), len(other)) + 1.0)
    if one.startswith(other) or other.startswith(one) or one[0] != other[0]:
        quality -= 0.05
    return quality


def _digits(key: str) -> str:
    return " ".join(_NUMBER.findall(key))


def _names(segments: Sequence[Segment], places: Iterable[Place]) -> Iterator[IndexedName]:
    """Yield one name for each spelling, with its segments or places; streets first."""
    for reader, whole_words in ((_readings_in_pieces, False), (_in_one, True)):
        streets: dict[NameParts, dict[int, None]] = defaultdict(dict)
        once = cache(reader)
        for index, segment in enumerate(segments):
            for reading in _read(segment.names, once):
                streets[reading][index] = None
        for (core, kinds), indexes in streets.items():
            if core:
                yield IndexedName(core, kinds, tuple(indexes), (), whole_words)
    spots: dict[NameParts, list[Place]] = defaultdict(list)
    whole = cache(_readings)
    for place in places:
        for reading in _read(place.names, whole):
            spots[reading].append(place)
    for (core, kinds), several in spots.items():
        if core:
            yield IndexedName(core, kinds, (), tuple(several))


def _read(
    names: Mapping[str, Sequence[str]], readings: Callable[[str], Sequence[NameParts]]
) -> Iterator[NameParts]:
    spellings = dict.fromkeys(each for several in names.values() for each in several)
    yield from dict.fromkeys(reading for each in spellings for reading in readings(each))


def _twins(names: Sequence[IndexedName]) -> Iterator[tuple[int, int]]:
    """Yield names with the one in the other script that their segments and more have."""
    of_segment: dict[int, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        if any(map(is_persian, name.core)):
            for segment in name.segments:
                of_segment[segment].append(number)
    for number, name in enumerate(names):
        if not name.segments or any(map(is_persian, name.core)):
            continue
        for other in of_segment[name.segments[0]]:
            if set(name.segments) < set(names[other].segments):
                yield number, other
                break


def _readings_in_pieces(name: str) -> tuple[NameParts, ...]:
    """Return the readings of a name, and of the parts outside and inside of its brackets."""
    head, _, inner = name.partition("(")
    pieces = (name, head.strip(), inner.strip(" )")) if inner else (name,)
    return tuple(reading for piece in pieces if piece for reading in _readings(piece))


def _in_one(name: str) -> tuple[NameParts, ...]:
    """Return a name that ends in one with its word for "street" as one word, else nothing."""
    word = compound(name)
    return (NameParts((word,), frozenset()),) if word else ()


def _readings(name: str) -> tuple[NameParts, ...]:
    """Return a name with spelled numbers as digits; also as one word, as it is written."""
    parts = name_parts(name_tokens(name))
    digits = [word[0].isdigit() for word in parts.core]
    if not any(digits) or all(digits):
        return (parts,)
    written = name_parts(name_tokens(name, numbered=False))
    glued = NameParts(("".join(written.core),), written.kinds)
    return (parts,) if written == parts else (parts, glued)
