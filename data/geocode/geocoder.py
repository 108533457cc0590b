"""Finds the street that a caller names; says whether it is sure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from data.geocode.words import GENERIC, bare, clauses, normal
from data.model import LonLat, Place, Segment, SegmentId, Side, Snap
from data.network import StreetNetwork

SAME_STREET_M = 100.0
"""Parts of one name farther apart than this are different streets that share it."""

SNAP_M = 150.0
"""A place or house farther than this from every street is not snapped."""

MAX_NAME_WORDS = 8
DISTINCT_LETTERS = 6
"""A single word this long, found within a sentence, is taken for a name and not for a word."""

PREFIX_LETTERS = 3
SURE_PREFIX_LETTERS = 4
NUMBER_WORDS = frozenset({"پلاک", "شماره", "no", "nr", "number"})


class Candidate(NamedTuple):
    """A place that the words may mean; `confident` when nobody needs to be asked."""

    segment_id: SegmentId
    name: str
    kind: str
    point: LonLat
    side: Side
    confident: bool


class _Found(NamedTuple):
    name: str
    after: str
    sure: bool


class Geocoder:
    """Streets, house numbers and points of interest of a city by name, immutable."""

    def __init__(self, network: StreetNetwork, places: Iterable[Place]) -> None:
        self._network = network
        self._streets: dict[str, list[int]] = defaultdict(list)
        self._bare: dict[str, set[str]] = defaultdict(set)
        self._places: dict[str, list[Place]] = defaultdict(list)
        self._houses: dict[tuple[str, str], Place] = {}
        for index, segment in enumerate(network.segments):
            for name in _spellings(segment):
                self._streets[name].append(index)
        for name in self._streets:
            self._bare[bare(name)].add(name)
        for place in places:
            self._add_place(place)
        self._sorted = sorted({*self._streets, *self._bare})

    def candidates(self, text: str, limit: int = 5) -> list[Candidate]:
        """Return what the words may mean, likeliest first; all are doubtful or only one is left."""
        parts = clauses(text)
        found = list(self._named(parts)) or list(self._begun(parts))
        found = [name for name in found if name.sure] or found
        streets = _distinct(each for name in found for each in self._on_street(name))
        meant = streets or _distinct(self._places_in(parts))
        if len(meant) > 1:
            meant = [each._replace(confident=False) for each in meant]
        return meant[:limit]

    def _add_place(self, place: Place) -> None:
        if place.street and place.number:
            self._houses[bare(normal(place.street)), normal(place.number)] = place
        for spellings in place.names.values():
            for spelling in spellings:
                self._places[normal(spelling)].append(place)

    def _named(self, parts: Sequence[str]) -> Iterator[_Found]:
        for part in parts:
            words = part.split()
            first = 0
            while first < len(words):
                taken = self._longest_name(words, first)
                if taken is None:
                    first += 1
                    continue
                name, last = taken
                sure = _distinctive(name) or _alone(words[:first], words[last:])
                yield _Found(name, " ".join(words[last:]), sure)
                first = last

    def _longest_name(self, words: Sequence[str], first: int) -> tuple[str, int] | None:
        for last in range(min(len(words), first + MAX_NAME_WORDS), first, -1):
            name = " ".join(words[first:last])
            if name in self._streets or (name in self._bare and name not in GENERIC):
                return name, last
        return None

    def _begun(self, parts: Sequence[str]) -> Iterator[_Found]:
        for part in parts:
            begin = bare(part)
            if len(begin) < PREFIX_LETTERS:
                continue
            at = bisect_left(self._sorted, begin)
            for name in self._sorted[at : at + 20]:
                if name.startswith(begin):
                    yield _Found(name, "", len(parts) == 1 and len(begin) >= SURE_PREFIX_LETTERS)

    def _on_street(self, found: _Found) -> Iterator[Candidate]:
        names = {found.name} if found.name in self._streets else self._bare[found.name]
        indexes = sorted({index for name in names for index in self._streets[name]})
        house = self._house(found)
        if house is not None:
            yield self._at_house(house, indexes, found)
            return
        streets = self._apart(indexes)
        for members in streets:
            yield self._middle(members, confident=found.sure and len(streets) == 1)

    def _house(self, found: _Found) -> Place | None:
        words = [word for word in found.after.split() if word not in NUMBER_WORDS]
        return self._houses.get((bare(found.name), words[0])) if words else None

    def _at_house(self, house: Place, indexes: Sequence[int], found: _Found) -> Candidate:
        own = {self._network.segments[index].id for index in indexes}
        near = self._network.nearby(house.location, SNAP_M)
        snap = next((each for each in near if each.segment_id in own), None)
        if snap is None:
            return self._middle(indexes, confident=False)
        name = f"{_main_name(self._network.segment(snap.segment_id))} {house.number}"
        return _candidate(snap, name, "address", house.location, confident=found.sure)

    def _apart(self, indexes: Sequence[int]) -> list[list[int]]:
        lines = [self._line(index) for index in indexes]
        grown = shapely.union_all(shapely.buffer(lines, SAME_STREET_M / 2, quad_segs=2))
        parts = shapely.get_parts(grown)
        inside, part = shapely.STRtree(parts).query(lines, predicate="intersects")
        return [[indexes[i] for i in inside[part == each].tolist()] for each in range(len(parts))]

    def _middle(self, indexes: Sequence[int], *, confident: bool) -> Candidate:
        lines = [self._line(index) for index in indexes]
        centre = shapely.centroid(shapely.union_all(lines))
        segment = self._network.segments[indexes[int(np.argmin(shapely.distance(lines, centre)))]]
        half_m = segment.length_m / 2
        point = self._network.point_at(segment.id, half_m)
        snap = Snap(segment.id, Side.RIGHT, half_m, 0.0)
        return _candidate(snap, _main_name(segment), "street", point, confident=confident)

    def _line(self, index: int) -> shapely.LineString:
        geometry = np.array(self._network.segments[index].geometry)
        return shapely.LineString(self._network.projection.planes(geometry))

    def _places_in(self, parts: Sequence[str]) -> Iterator[Candidate]:
        for name in parts:
            for place in self._places.get(name, ()):
                snap = self._network.nearest(place.location, SNAP_M)
                if snap is not None:
                    title = next(iter(place.names.values()))[0]
                    yield _candidate(snap, title, place.kind, place.location, confident=True)


def _candidate(snap: Snap, name: str, kind: str, point: LonLat, *, confident: bool) -> Candidate:
    return Candidate(snap.segment_id, name, kind, point, snap.side, confident)


def _spellings(segment: Segment) -> set[str]:
    names = {normal(each) for spellings in segment.names.values() for each in spellings}
    return names - {""}


def _main_name(segment: Segment) -> str:
    return next((each[0] for each in segment.names.values() if each), "")


def _distinctive(name: str) -> bool:
    """Whether a name found inside a sentence is surely a name."""
    words = name.split()
    return len(words) > 1 or len(name) >= DISTINCT_LETTERS


def _alone(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a clause holds nothing beside the name but "street" and a house number."""
    rest = [word for word in (*before, *after) if word not in GENERIC and word not in NUMBER_WORDS]
    return not rest or (rest[0].isdigit() and rest == [*after][-1:])


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    seen: dict[SegmentId, Candidate] = {}
    for each in candidates:
        seen.setdefault(each.segment_id, each)
    return list(seen.values())
