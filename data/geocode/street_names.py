"""Which streets a name means, where it has to mean a street and no sentence is around it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from data.geocode.words import bare, normal
from data.model import Language, SegmentId
from data.network import StreetNetwork


class StreetNames:
    """The streets of a city by name, in any spelling that callers use."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network

    def called(self, name: str) -> list[SegmentId]:
        """Return the streets of this name; without its word for "street" where none has it all."""
        full = normal(name)
        return self._full.get(full) or self._bare.get(bare(full), [])

    @cached_property
    def _full(self) -> dict[str, list[SegmentId]]:
        return _by_name((s.id, spellings_of(s.names)) for s in self._network.segments)

    @cached_property
    def _bare(self) -> dict[str, list[SegmentId]]:
        return _by_name(
            (s.id, {bare(name) for name in spellings_of(s.names)}) for s in self._network.segments
        )


def spellings_of(names: Mapping[Language, tuple[str, ...]]) -> set[str]:
    """Return every spelling of a street's name as callers' words are compared."""
    return {normal(each) for spellings in names.values() for each in spellings} - {""}


def _by_name(named: Iterable[tuple[SegmentId, set[str]]]) -> dict[str, list[SegmentId]]:
    found: dict[str, list[SegmentId]] = defaultdict(list)
    for segment_id, names in named:
        for name in names:
            found[name].append(segment_id)
    return dict(found)
