"""Reverse geocoding: from a point to a spoken address, a street and the streets it lies between."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from data.files.bidi import isolated
from data.geocode.places.street_shapes import main_name
from data.geocode.text.lexicon import speech
from data.languages import languages
from data.model import LonLat, NodeId, Segment, SegmentId, Side, Snap
from data.streets.network import StreetNetwork

REACH_M = 500.0
"""A point farther than this from every street has no address."""

ON_STREET_M = 60.0
"""A point farther than this from a street is near it, not on it."""

CORNER_M = 20.0
"""A point nearer to a crossing than this is at its corner."""

FARTHEST_STEPS = 40
"""Junctions that are passed at most in search of a street of another name."""


@dataclass(frozen=True, slots=True)
class Address:
    """A spoken address: `text` is to be read out; `crossings` are the streets around it.

    In the text a name that runs the other way than its language is isolated.
    """

    segment_id: SegmentId
    street: str
    crossings: tuple[str, ...]
    text: str


class _Crossing(NamedTuple):
    name: str
    away_m: float


class ReverseGeocoder:
    """Makes spoken addresses of points, with street names in a language where the map has them."""

    def __init__(self, network: StreetNetwork) -> None:
        self._network = network
        self._at: dict[NodeId, list[Segment]] = {}
        for segment in network.segments:
            for node in {segment.start, segment.end}:
                self._at.setdefault(node, []).append(segment)

    def address(self, point: LonLat, language: str) -> Address | None:
        """Return the address of a point, `None` far from every street.

        A street with a name is preferred to a nameless one that is a little nearer.
        """
        near = self._network.nearby(point, REACH_M)
        if not near:
            return None
        snap = next(
            (
                each
                for each in near
                if each.distance_m <= near[0].distance_m + ON_STREET_M
                and main_name(self._network.segment(each.segment_id))
            ),
            near[0],
        )
        return self._address_at(snap, language)

    def address_on(
        self, segment_id: SegmentId, offset_m: float, language: str, number: str = ""
    ) -> Address | None:
        """Return the address of a point of a street, at a corner too; `number` is its house's.

        A street without a name is said by what is near.
        """
        if not main_name(self._network.segment(segment_id)):
            return self.address(self._network.point_at(segment_id, offset_m), language)
        return self._address_at(Snap(segment_id, Side.RIGHT, offset_m, 0.0), language, number)

    def _address_at(self, snap: Snap, language: str, number: str = "") -> Address:
        phrases = speech(language)
        segment = self._network.segment(snap.segment_id)
        name = name_in(segment, language) or phrases["nameless"]
        said = in_sentence(name, language)
        street = phrases["house"].format(street=said, number=number) if number else said
        behind = self._crossing(segment, segment.start, snap.offset_m, language)
        ahead = self._crossing(segment, segment.end, segment.length_m - snap.offset_m, language)
        found = [each for each in (behind, ahead) if each is not None]
        crossings = tuple(dict.fromkeys(each.name for each in found))
        text = _text(phrases, street, found, language)
        if snap.distance_m > ON_STREET_M:
            text = phrases["near"].format(street=text)
        return Address(snap.segment_id, name, crossings, text)

    def _crossing(
        self, segment: Segment, node: NodeId, away_m: float, language: str
    ) -> _Crossing | None:
        """Return the first street of another name beyond an end of a segment, and its distance."""
        own = main_name(segment)
        seen = {segment.id}
        for _ in range(FARTHEST_STEPS):
            others = [each for each in self._at[node] if each.id not in seen]
            named = next(_names_besides(others, own, language), None)
            if named is not None:
                return _Crossing(named, away_m)
            ahead = next((each for each in others if main_name(each) == own), None)
            if ahead is None:
                return None
            seen.add(ahead.id)
            node = ahead.end if ahead.start == node else ahead.start
            away_m += ahead.length_m
        return None


def name_in(segment: Segment, language: str) -> str:
    """Return what a street is called in a language, else what the map calls it."""
    spellings = segment.names.get(language) or segment.names.get("") or ()
    return spellings[0] if spellings else main_name(segment)


def in_sentence(name: str, language: str) -> str:
    """Return a name for a sentence of a language, isolated where it runs the other way."""
    spoken = languages().get(language)
    return isolated(name, rtl=spoken is not None and spoken.rtl)


def _names_besides(segments: list[Segment], own: str, language: str) -> Iterator[str]:
    """Yield the names of other streets, the larger ones first."""
    order = sorted(segments, key=lambda each: (-each.lanes, -each.width_m, each.id))
    return (name_in(each, language) for each in order if main_name(each) not in ("", own))


def _text(phrases: Mapping[str, str], street: str, found: list[_Crossing], language: str) -> str:
    nearest = min(found, key=lambda each: each.away_m, default=None)
    if nearest is None:
        return street
    one = in_sentence(nearest.name, language)
    around = [in_sentence(name, language) for name in dict.fromkeys(each.name for each in found)]
    if nearest.away_m <= CORNER_M:
        return phrases["corner"].format(street=street, one=one)
    if len(around) == 1:
        return phrases["off"].format(street=street, one=one)
    return phrases["between"].format(street=street, one=around[0], other=around[1])
