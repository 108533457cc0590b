"""Scores points on streets by their agreement (0-1) with a parsed address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray

from data.geocode.candidate import Reason
from data.geocode.house_numbers import SNAP_M, HouseNumbers
from data.geocode.name_index import Hit, NameIndex
from data.geocode.name_spans import Mention
from data.geocode.parse import WIDE, AddressParse, Tie
from data.geocode.street_shapes import NamedStreet, NamedStreets, StreetPoint, main_name
from data.geocode.text.tokens import name_tokens
from data.model import LonLat, Place, RoadClass, Segment, Side, Snap

WITHIN_M = 600.0
"""Streets nearer than this to the point of a neighborhood are taken to be in it."""

REACHES: dict[Tie, tuple[tuple[float, float], ...]] = {
    Tie.CROSS: ((30.0, 1.0), (90.0, 0.95)),
    Tie.BESIDE: ((30.0, 1.0), (90.0, 0.94), (400.0, 0.8), (1000.0, 0.6)),
    Tie.BETWEEN: ((90.0, 1.0), (400.0, 0.8)),
    Tie.PARENT: ((30.0, 1.0), (150.0, 0.85), (400.0, 0.75), (1000.0, 0.55)),
    Tie.WITHIN: ((WITHIN_M, 1.0), (1500.0, 0.85)),
}
"""Score of a tie up to each distance in metres; within 30 m streets at one roundabout cross."""

NOT_TIED = 0.35
"""Score of a tie beyond all distances of `REACHES`."""

HOUSE_GUESSED, HOUSE_UNKNOWN = 0.97, 0.88
FRONT_M = 60.0
"""Distance up to which something is opposite, beside or behind a place."""

OTHER_SPELLING = 0.997
PLACE_SECOND = 0.975
"""Factor of places, so that a street is preferred to a place of the same name."""

WIDE_PLACE = 0.6
"""Factor of an address that names a neighborhood and no street in it."""

MAX_STRETCHES = 60
TIE_HITS = 6

_LARGE = {
    RoadClass.PRIMARY: 1.0,
    RoadClass.SECONDARY: 0.995,
    RoadClass.TERTIARY: 0.99,
    RoadClass.TRUNK: 0.99,
}
"""Factor by road class, so that of streets of one name the larger one is preferred."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A point of a parsed address with its `score` (0-1); `whole` has the indexes of its street."""

    score: float
    snap: Snap
    point: LonLat
    name: str
    kind: str
    reasons: tuple[Reason, ...]
    whole: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Held:
    """Scores float64[N] of N stretches for one tie, and the nearest shape of the tie for each."""

    tie: Tie
    mention: Mention
    scores: NDArray[np.float64]
    shapes: tuple[shapely.Geometry, ...]
    name: str


class Placer:
    """Finds the points of parsed addresses on the streets of a city."""

    def __init__(self, streets: NamedStreets, book: NameIndex, houses: HouseNumbers) -> None:
        self._streets = streets
        self._book = book
        self._houses = houses

    def place(self, reading: AddressParse) -> Iterator[Placed]:
        """Yield the possible points of an address, in no order."""
        for hit in reading.target.hits:
            name = self._book.names[hit.name]
            if name.segments:
                yield from self._on_streets(reading, hit)
            else:
                yield from self._at_places(reading, hit)

    def _on_streets(self, reading: AddressParse, hit: Hit) -> Iterator[Placed]:
        name = self._book.names[hit.name]
        stretches = self._streets.of(name.segments)[:MAX_STRETCHES]
        shapes = np.array([stretch.shape for stretch in stretches], dtype=object)
        held = [self._held(mention, tie, shapes) for mention, tie in reading.ties]
        for nth, stretch in enumerate(stretches):
            said = self._spelled(stretch, reading.target.text)
            score = reading.share * hit.quality * self._size(stretch)
            score *= 1.0 if said else OTHER_SPELLING
            for each in held:
                score *= float(each.scores[nth])
            reasons = [hit.reason, *_tie_reasons(held, nth)]
            if len(stretches) > 1 and not held:
                reasons.append(Reason.SEVERAL)
            yield from self._spots(reading, stretch, nth, held, score, reasons)

    def _spots(
        self,
        reading: AddressParse,
        stretch: NamedStreet,
        nth: int,
        held: Sequence[_Held],
        score: float,
        reasons: list[Reason],
    ) -> Iterator[Placed]:
        """Yield the houses of the number; else the point given by the ties, else the middle."""
        houses = list(self._at_houses(stretch, reading.number, score, reasons))
        if houses:
            yield from houses
            return
        if reading.number and self._houses.numbered(stretch):
            score *= HOUSE_UNKNOWN
            reasons = [*reasons, Reason.HOUSE_UNKNOWN]
        elif reading.number:
            reasons = [*reasons, Reason.HOUSES_UNMAPPED]
        spelled = self._spelled(stretch, reading.target.text) or stretch
        spot = self._tied(stretch, held, nth)
        spot = spot or self._streets.middle(self._leaving(spelled, held, nth))
        crossed = next((each.name for each in held if each.tie is Tie.CROSS), "")
        title = " – ".join(filter(None, (main_name(spot.segment), crossed)))
        snap = Snap(spot.segment.id, Side.RIGHT, spot.offset_m, 0.0)
        kind = "crossing" if crossed else "street"
        yield Placed(
            score, snap, spot.point, title, kind, tuple(reasons), frozenset(stretch.indexes)
        )

    def _tied(self, stretch: NamedStreet, held: Sequence[_Held], nth: int) -> StreetPoint | None:
        """Return the point given by the ties: at a cross street or place, or midway between two."""
        telling = [
            each
            for each in held
            if each.tie in (Tie.CROSS, Tie.BESIDE, Tie.BETWEEN) and each.scores[nth] > NOT_TIED
        ]
        if not telling:
            return None
        spots = [self._streets.at(stretch, each.shapes[nth]) for each in telling]
        between = [s for s, each in zip(spots, telling, strict=True) if each.tie is Tie.BETWEEN]
        if len(between) < 2:
            return spots[0]
        feet = shapely.multipoints([self._streets.plane(spot.point) for spot in between])
        return self._streets.at(stretch, shapely.centroid(feet))

    def _leaving(self, stretch: NamedStreet, held: Sequence[_Held], nth: int) -> NamedStreet:
        """Return the part of a street nearest to the one it leaves, if that was named."""
        parents = [e for e in held if e.tie is Tie.PARENT and e.scores[nth] > NOT_TIED]
        if not parents:
            return stretch
        lines = self._streets.network.lines[list(stretch.indexes)]
        away_m = shapely.distance(lines, parents[0].shapes[nth])
        near = np.flatnonzero(away_m <= away_m.min() + 1.0).tolist()
        shape = shapely.multilinestrings([lines[at] for at in near])
        return NamedStreet(tuple(stretch.indexes[at] for at in near), shape)

    def _held(self, mention: Mention, tie: Tie, shapes: NDArray[np.object_]) -> _Held:
        """Return the scores of the stretches for a tie, each by the best hit of the other name."""
        scores = np.zeros(len(shapes))
        nearest = [shapes[0]] * len(shapes)
        title = ""
        for hit in mention.hits[:TIE_HITS]:
            shape = self._shape(hit)
            away_m = shapely.distance(shapes, shape) - self._reach_m(hit)
            holds = hit.quality * _reached(tie, away_m)
            for nth in np.flatnonzero(holds > scores).tolist():
                nearest[nth] = shape
            if holds.max() > scores.max():
                title = self._title(hit)
            scores = np.maximum(scores, holds)
        return _Held(tie, mention, scores, tuple(nearest), title)

    def _shape(self, hit: Hit) -> shapely.Geometry:
        name = self._book.names[hit.name]
        if name.segments:
            stretches = self._streets.of(name.segments)
            return shapely.geometrycollections([stretch.shape for stretch in stretches])
        return shapely.multipoints([self._streets.plane(place.location) for place in name.places])

    def _reach_m(self, hit: Hit) -> float:
        """Return the metres around a place's point within which its outline or street may be."""
        places = self._book.names[hit.name].places
        reaches_m = (
            max(place.reach_m - WITHIN_M, 0.0) if place.kind in WIDE else FRONT_M + place.reach_m
            for place in places
        )
        return max(reaches_m, default=0.0)

    def _title(self, hit: Hit) -> str:
        name = self._book.names[hit.name]
        if name.segments:
            return main_name(self._streets.network.segments[name.segments[0]])
        return _place_title(name.places[0])

    def _at_houses(
        self, stretch: NamedStreet, number: str, score: float, reasons: Sequence[Reason]
    ) -> Iterator[Placed]:
        for house in self._houses.find(stretch, number) if number else ():
            street = main_name(self._streets.network.segment(house.snap.segment_id))
            told = Reason.HOUSE_ESTIMATED if house.estimated else Reason.HOUSE
            share = HOUSE_GUESSED if house.estimated else 1.0
            yield Placed(
                score * share,
                house.snap,
                house.point,
                f"{street} {house.number}",
                "address",
                (*reasons, told),
                frozenset(),
            )

    def _at_places(self, reading: AddressParse, hit: Hit) -> Iterator[Placed]:
        for place in self._book.names[hit.name].places:
            snap = self._streets.network.nearest(place.location, SNAP_M + place.reach_m)
            if snap is None:
                continue
            wide = place.kind in WIDE
            score = reading.share * hit.quality * (WIDE_PLACE if wide else PLACE_SECOND)
            score *= HOUSE_UNKNOWN if reading.number else 1.0
            here = np.array([self._streets.plane(place.location)], dtype=object)
            for mention, tie in reading.ties:
                score *= float(self._held(mention, tie, here).scores[0])
            reasons = (hit.reason, Reason.WIDE) if wide else (hit.reason,)
            title = _place_title(place)
            yield Placed(score, snap, place.location, title, place.kind, reasons, frozenset())

    def _spelled(self, stretch: NamedStreet, text: str) -> NamedStreet | None:
        """Return the part of a street whose name on the map is spelled as in the text, if any."""
        segments = self._streets.network.segments
        indexes = [index for index in stretch.indexes if text in _texts(segments[index])]
        if not indexes:
            return None
        lines = self._streets.network.lines[indexes]
        return NamedStreet(tuple(indexes), shapely.multilinestrings(list(lines)))

    def _size(self, stretch: NamedStreet) -> float:
        road = self._streets.network.segments[stretch.indexes[0]].road_class
        return _LARGE.get(road, 0.98)


def _texts(segment: Segment) -> set[str]:
    return {_text(each) for several in segment.names.values() for each in several}


@cache
def _text(name: str) -> str:
    return " ".join(token.text for token in name_tokens(name))


def _reached(tie: Tie, away_m: NDArray[np.float64]) -> NDArray[np.float64]:
    scores = np.full(len(away_m), NOT_TIED)
    for reach_m, score in reversed(REACHES[tie]):
        scores[away_m < reach_m] = score
    return scores


def _tie_reasons(held: Sequence[_Held], nth: int) -> Iterator[Reason]:
    names = {Tie.CROSS: Reason.CROSSING, Tie.BETWEEN: Reason.BETWEEN}
    told = dict.fromkeys(
        names.get(each.tie, Reason.BESIDE) if each.scores[nth] > NOT_TIED else Reason.APART
        for each in held
    )
    yield from told


def _place_title(place: Place) -> str:
    return next((each[0] for each in place.names.values() if each), place.kind)
