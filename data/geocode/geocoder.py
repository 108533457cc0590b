"""Finds the street that a caller names; says whether it is sure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely

from data.geocode.candidate import Candidate
from data.geocode.mentions import Mention, NameIndex
from data.geocode.words import CROSSING, NUMBER, bare, clauses, normal
from data.model import LonLat, Place, Segment, SegmentId, Side, Snap
from data.network import StreetNetwork

SAME_STREET_M = 100.0
"""Parts of one name farther apart than this are different streets that share it."""

SNAP_M = 150.0
"""A place or house farther than this from every street is not snapped."""

MEETS_M = 30.0
"""Streets nearer than this meet, over the median of a boulevard too."""

CROSSES_M = 90.0
"""Streets that end at one roundabout are said to cross there."""

AROUND_M = 400.0
"""An alley this near to a street or place that is named with it may belong there."""

SURE, DOUBTFUL = 0.95, 0.5
"""Confidence of an answer that needs nobody, and of one that does."""

WIDE = ("neighbourhood", "park", "university")
"""Kinds of places that are too large to be an address."""

type _Stretch = list[int]
"""The segments of one street, as indexes of the network."""


class Geocoder:
    """Streets, house numbers and points of interest of a city by name, immutable."""

    def __init__(self, network: StreetNetwork, places: Iterable[Place]) -> None:
        places = tuple(places)
        self._network = network
        self._names = NameIndex(network.segments, places)
        self._houses: dict[tuple[str, str], list[Place]] = defaultdict(list)
        for place in places:
            if place.street and place.number:
                key = bare(normal(place.street)), normal(place.number)
                self._houses[key].append(place)

    def candidates(self, text: str, limit: int = 5) -> list[Candidate]:
        """Return what the words may mean, likeliest first; all are doubtful or only one is left.

        A street named with an alley tells which alley of that name; two streets with a word for
        "crossing" mean where they meet.
        """
        parts = clauses(text)
        named = list(self._names.mentions(parts)) or list(self._names.begun(parts))
        streets = _different(mention for mention in named if not mention.place)
        places = [mention for mention in named if mention.place]
        meant = _distinct(self._meant(streets, places, crossing=_says_crossing(parts)))
        if len(meant) > 1:
            meant = [each._replace(confident=False, confidence=DOUBTFUL) for each in meant]
        return meant[:limit]

    def _meant(
        self, streets: list[Mention], places: list[Mention], *, crossing: bool
    ) -> Iterator[Candidate]:
        if not streets:
            for mention in places:
                yield from self._at_places(mention)
            return
        crossings = list(self._crossings(*streets)) if crossing and len(streets) == 2 else []
        if crossings:
            yield from crossings
            return
        alley = next((mention for mention in reversed(streets) if mention.is_alley), None)
        if alley is not None or (places and len(streets) == 1):
            yield from self._off(alley or streets[0], streets, places)
            return
        for mention in [each for each in streets if each.sure] or streets:
            yield from self._on_street(mention, self._stretches(mention), sure=mention.sure)

    def _off(
        self, mention: Mention, streets: Sequence[Mention], places: Sequence[Mention]
    ) -> Iterator[Candidate]:
        """Yield the streets of a name that belong to what is named beside it; else all of them."""
        others = [street for street in streets if street is not mention]
        beside = [self._lines(self._names.streets(street.name)) for street in others]
        beside += [self._spots(place) for place in places]
        stretches = near = self._stretches(mention)
        for shape in beside:
            near = self._near(near, shape) or near
        agreed = near is not stretches
        alone = not places and not any(street.sure for street in others)
        sure = agreed or (alone and mention.sure)
        spot = self._spots(places[0]) if places else None
        yield from self._on_street(mention, near, spot, sure=sure)

    def _near(self, stretches: Sequence[_Stretch], shape: shapely.Geometry) -> list[_Stretch]:
        away_m = [float(shapely.distance(self._lines(stretch), shape)) for stretch in stretches]
        for reach_m in (MEETS_M, AROUND_M):
            near = [s for s, gap_m in zip(stretches, away_m, strict=True) if gap_m < reach_m]
            if near:
                return near
        return []

    def _crossings(self, one: Mention, other: Mention) -> Iterator[Candidate]:
        for stretch in self._stretches(one):
            for across in self._stretches(other):
                here, there = self._lines(stretch), self._lines(across)
                if shapely.distance(here, there) >= CROSSES_M:
                    continue
                corner = shapely.get_point(shapely.shortest_line(here, there), 0)
                found = self._at(stretch, corner, confident=True)
                other_name = _main_name(self._network.segments[across[0]])
                yield found._replace(name=f"{found.name} – {other_name}")

    def _on_street(
        self,
        mention: Mention,
        stretches: Sequence[_Stretch],
        spot: shapely.Geometry | None = None,
        *,
        sure: bool,
    ) -> Iterator[Candidate]:
        """Yield the house that is named; else a point of each street: its middle, or at a spot."""
        houses = list(self._at_houses(mention, stretches, sure=sure))
        if houses:
            yield from houses
            return
        for stretch in stretches:
            place = self._middle(stretch) if spot is None else spot
            yield self._at(stretch, place, confident=sure and len(stretches) == 1)

    def _at_houses(
        self, mention: Mention, stretches: Sequence[_Stretch], *, sure: bool
    ) -> Iterator[Candidate]:
        words = [word for word in mention.after.split() if word not in NUMBER]
        houses = self._houses.get((bare(mention.name), words[0]), ()) if words else ()
        own = [self._network.segments[index].id for stretch in stretches for index in stretch]
        for house in houses:
            snap = self._snap_on(own, house.location)
            if snap is not None:
                name = f"{_main_name(self._network.segment(snap.segment_id))} {house.number}"
                yield _candidate(snap, name, "address", house.location, confident=sure)

    def _at_places(self, mention: Mention) -> Iterator[Candidate]:
        for place in self._names.places(mention.name):
            snap = self._network.nearest(place.location, SNAP_M)
            if snap is not None:
                title = next(iter(place.names.values()))[0]
                sure = place.kind not in WIDE
                yield _candidate(snap, title, place.kind, place.location, confident=sure)

    def _snap_on(self, own: Sequence[SegmentId], point: LonLat) -> Snap | None:
        near = self._network.nearby(point, SNAP_M)
        return next((each for each in near if each.segment_id in own), None)

    def _stretches(self, mention: Mention) -> list[_Stretch]:
        """Return the streets of a name, each with its segments."""
        indexes = self._names.streets(mention.name)
        lines = self._network.lines[indexes]
        grown = shapely.union_all(shapely.buffer(lines, SAME_STREET_M / 2, quad_segs=2))
        parts = shapely.get_parts(grown)
        inside, part = shapely.STRtree(parts).query(lines, predicate="intersects")
        return [[indexes[i] for i in inside[part == each].tolist()] for each in range(len(parts))]

    def _middle(self, stretch: _Stretch) -> shapely.Point:
        index = self._nearest(stretch, shapely.centroid(self._lines(stretch)))
        return shapely.line_interpolate_point(self._network.lines[index], 0.5, normalized=True)

    def _at(self, stretch: _Stretch, spot: shapely.Geometry, *, confident: bool) -> Candidate:
        """Return the point of a street that is nearest to a spot."""
        index = self._nearest(stretch, spot)
        segment, line = self._network.segments[index], self._network.lines[index]
        foot = shapely.get_point(shapely.shortest_line(line, spot), 0)
        offset_m = float(shapely.line_locate_point(line, foot))
        point = self._network.point_at(segment.id, offset_m)
        snap = Snap(segment.id, Side.RIGHT, offset_m, 0.0)
        return _candidate(snap, _main_name(segment), "street", point, confident=confident)

    def _nearest(self, stretch: _Stretch, spot: shapely.Geometry) -> int:
        away_m = shapely.distance(self._network.lines[stretch], spot)
        return stretch[int(np.argmin(away_m))]

    def _lines(self, stretch: _Stretch) -> shapely.Geometry:
        return shapely.union_all(self._network.lines[stretch])

    def _spots(self, mention: Mention) -> shapely.Geometry:
        plane = self._network.projection.plane
        places = self._names.places(mention.name)
        return shapely.MultiPoint([plane(place.location) for place in places])


def _candidate(snap: Snap, name: str, kind: str, point: LonLat, *, confident: bool) -> Candidate:
    confidence = SURE if confident else DOUBTFUL
    return Candidate(
        snap.segment_id,
        name,
        kind,
        point,
        snap.side,
        confident,
        snap.offset_m,
        confidence,
        name,
        (),
    )


def _main_name(segment: Segment) -> str:
    return next((each[0] for each in segment.names.values() if each), "")


def _says_crossing(parts: Iterable[str]) -> bool:
    return any(word in CROSSING for part in parts for word in part.split())


def _different(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the first mention of each name, the one with a house number where there is one."""
    found: dict[str, Mention] = {}
    for mention in mentions:
        if mention.name not in found or any(map(str.isdigit, mention.after)):
            found[mention.name] = mention
    return list(found.values())


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    seen: dict[SegmentId, Candidate] = {}
    for each in candidates:
        seen.setdefault(each.segment_id, each)
    return list(seen.values())
