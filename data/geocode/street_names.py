"""Streets by name, for names that stand alone, as in files and forms."""

from collections import defaultdict
from functools import cache, cached_property

from data.geocode.text.normalization import normal, without_kinds
from data.model import SegmentId
from data.streets.network import StreetNetwork


class StreetNames:
    """The streets of a city by name, in any spelling that callers use."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network

    def find(self, name: str) -> list[SegmentId]:
        """Return the segments of this name, else those that differ by a word for "street" only."""
        full = normal(name)
        return self._full.get(full) or self._without_kinds.get(without_kinds(full), [])

    @cached_property
    def _full(self) -> dict[str, list[SegmentId]]:
        spelled = cache(normal)  # names repeat from junction to junction
        found: dict[str, list[SegmentId]] = defaultdict(list)
        for segment in self._network.segments:
            names = {spelled(each) for spellings in segment.names.values() for each in spellings}
            for name in names - {""}:
                found[name].append(segment.id)
        return dict(found)

    @cached_property
    def _without_kinds(self) -> dict[str, list[SegmentId]]:
        found: dict[str, set[SegmentId]] = defaultdict(set)
        for name, segment_ids in self._full.items():
            found[without_kinds(name)].update(segment_ids)
        return {name: sorted(segment_ids) for name, segment_ids in found.items()}


def streets_containing(network: StreetNetwork, text: str) -> frozenset[SegmentId]:
    """Return the segments with a name that contains a text, in any spelling."""
    wanted, spelled = normal(text), cache(normal)
    if not wanted:
        return frozenset()
    return frozenset(
        segment.id
        for segment in network.segments
        if any(wanted in spelled(one) for names in segment.names.values() for one in names)
    )
