"""Scores points on streets by their agreement (0-1) with a parsed address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import shapely

from data.geocode.places.candidate import Reason
from data.geocode.places.house_numbers import SNAP_M, HouseNumbers
from data.geocode.places.name_index import Hit, NameIndex
from data.geocode.places.parse import WIDE, AddressParse, Relation
from data.geocode.places.relations import (
    FRONT_M,
    UNRELATED,
    RelationScorer,
    RelationScores,
    relation_reasons,
)
from data.geocode.places.street_shapes import NamedStreet, NamedStreets, StreetPoint, main_name
from data.geocode.places.titles import title, titles
from data.geocode.text.sounds import is_persian
from data.geocode.text.tokens import name_tokens
from data.model import LonLat, Place, RoadClass, Segment, Side, Snap

HOUSE_GUESSED, HOUSE_UNKNOWN = 0.97, 0.88
MOUTH_M = 50.0
"""Metres from a street within which "the alley off it" is placed."""

OTHER_SPELLING, PART_OF_OTHER = 0.997, 0.975
"""Factors of a street whose name is spelled otherwise, and of which a part of another name than its
main one was said, an old one, say."""

PLACE_SECOND = 0.975
"""Factor of places, so that a street is preferred to a place of the same name."""

WIDE_PLACE = 0.6
"""Factor of an address that names a neighborhood and no street in it."""

MAX_STRETCHES = 60

_LARGE = {
    RoadClass.PRIMARY: 1.0,
    RoadClass.SECONDARY: 0.995,
    RoadClass.TERTIARY: 0.99,
    RoadClass.TRUNK: 0.99,
}
"""Factor by road class, so that of streets of one name the larger one is preferred."""


@dataclass(frozen=True, slots=True)
class ScoredPoint:
    """A point of a parsed address with its `score` (0-1), and the indexes of its street.

    `uncertain_m` is how far away the place may be, `None` where it may be anywhere on the street;
    `names` its name in the languages that the map has it in, but for streets, which have addresses.
    """

    score: float
    snap: Snap
    point: LonLat
    name: str
    kind: str
    reasons: tuple[Reason, ...]
    street_indexes: frozenset[int]
    uncertain_m: float | None = None
    names: Mapping[str, str] = field(default_factory=dict)


class PointScorer:
    """Finds the points of parsed addresses on the streets of a city."""

    def __init__(self, streets: NamedStreets, index: NameIndex, houses: HouseNumbers) -> None:
        self._streets = streets
        self._index = index
        self._houses = houses
        self._relations = RelationScorer(streets, index)

    def points(self, parse: AddressParse) -> Iterator[tuple[Hit, ScoredPoint]]:
        """Yield the possible points of an address, each with its name on the map, in no order."""
        for hit in parse.target.hits:
            named = self._index.names[hit.name]
            found = self._on_streets if named.segments else self._at_places
            yield from ((hit, point) for point in found(parse, hit))

    def _on_streets(self, parse: AddressParse, hit: Hit) -> Iterator[ScoredPoint]:
        name = self._index.names[hit.name]
        stretches = self._streets.of(name.segments)[:MAX_STRETCHES]
        relation_scores = [
            self._relations.of_streets(mention, relation, stretches)
            for mention, relation in parse.relations
        ]
        for nth, stretch in enumerate(stretches):
            same_spelling = self._spelled(stretch, parse.target.text)
            score = parse.share * hit.quality * self._size(stretch)
            score *= 1.0 if same_spelling else OTHER_SPELLING
            if hit.found_by is Reason.PART and not self._is_main(stretch, name.core):
                score *= PART_OF_OTHER
            for each in relation_scores:
                score *= float(each.scores[nth])
            reasons = [hit.reason, *relation_reasons(relation_scores, nth)]
            if len(stretches) > 1 and not relation_scores:
                reasons.append(Reason.SEVERAL)
            yield from self._points_on(parse, stretch, nth, relation_scores, score, reasons)

    def _points_on(
        self,
        parse: AddressParse,
        stretch: NamedStreet,
        nth: int,
        relation_scores: Sequence[RelationScores],
        score: float,
        reasons: list[Reason],
    ) -> Iterator[ScoredPoint]:
        """Yield the houses of the number, else the point that relations give, else the middle."""
        houses = list(self._at_houses(stretch, parse.number, score, reasons))
        if houses:
            yield from houses
            return
        if parse.number and self._houses.numbered(stretch):
            score *= HOUSE_UNKNOWN
            reasons = [*reasons, Reason.HOUSE_UNKNOWN]
        elif parse.number:
            reasons = [*reasons, Reason.HOUSES_UNMAPPED]
        spelled = self._spelled(stretch, parse.target.text) or stretch
        located = self._point_by_relations(stretch, relation_scores, nth)
        spot, uncertain_m = located or (
            self._point_near_parent(spelled, relation_scores, nth),
            None,
        )
        crossed = [
            each.names
            for each in relation_scores
            if each.relation is Relation.CROSS and each.scores[nth] > UNRELATED
        ][:1]
        titled = spot.segment.names, *crossed
        snap = Snap(spot.segment.id, Side.RIGHT, spot.offset_m, 0.0)
        kind = "crossing" if crossed else "street"
        yield ScoredPoint(
            score,
            snap,
            spot.point,
            title(*titled),
            kind,
            tuple(reasons),
            frozenset(stretch.indexes),
            uncertain_m,
            titles(*titled) if crossed else {},
        )

    def _point_by_relations(
        self, stretch: NamedStreet, relation_scores: Sequence[RelationScores], nth: int
    ) -> tuple[StreetPoint, float] | None:
        """Return the point that the relations give, and how far away the place may be.

        It is at a cross street or place, or between two.
        """
        locating = [
            each
            for each in relation_scores
            if each.relation in (Relation.CROSS, Relation.BESIDE, Relation.BETWEEN)
            and each.scores[nth] > UNRELATED
        ]
        if not locating:
            return None
        spots = [self._streets.at(stretch, each.shapes[nth]) for each in locating]
        between = [
            s for s, each in zip(spots, locating, strict=True) if each.relation is Relation.BETWEEN
        ]
        if len(between) < 2:
            return spots[0], 0.0 if locating[0].relation is Relation.CROSS else FRONT_M
        feet = shapely.multipoints([self._streets.plane(spot.point) for spot in between])
        middle = self._streets.at(stretch, shapely.centroid(feet))
        away_m = shapely.hausdorff_distance(feet, self._streets.plane(middle.point))
        return middle, float(away_m)

    def _point_near_parent(
        self, stretch: NamedStreet, relation_scores: Sequence[RelationScores], nth: int
    ) -> StreetPoint:
        """Return the middle of a street; where it leaves a street that was named, a point there."""
        parents = [
            e
            for e in relation_scores
            if e.relation is Relation.PARENT and e.scores[nth] > UNRELATED
        ]
        if not parents:
            return self._streets.middle(stretch)
        parent = parents[0].shapes[nth]
        away_m = float(shapely.distance(stretch.shape, parent)) + MOUTH_M
        mouth = shapely.intersection(stretch.shape, shapely.buffer(parent, away_m))
        return self._streets.at(stretch, shapely.get_geometry(mouth, 0).centroid)

    def _at_houses(
        self, stretch: NamedStreet, number: str, score: float, reasons: Sequence[Reason]
    ) -> Iterator[ScoredPoint]:
        for house in self._houses.find(stretch, number) if number else ():
            street = main_name(self._streets.network.segment(house.snap.segment_id))
            evidence = Reason.HOUSE_ESTIMATED if house.estimated else Reason.HOUSE
            share = HOUSE_GUESSED if house.estimated else 1.0
            yield ScoredPoint(
                score * share,
                house.snap,
                house.point,
                f"{street} {house.number}",
                "address",
                (*reasons, evidence),
                frozenset(),
                house.uncertain_m,
            )

    def _at_places(self, parse: AddressParse, hit: Hit) -> Iterator[ScoredPoint]:
        for place in self._index.names[hit.name].places:
            wide = place.kind in WIDE
            score = parse.share * hit.quality * (WIDE_PLACE if wide else PLACE_SECOND)
            score *= HOUSE_UNKNOWN if parse.number else 1.0
            for mention, relation in parse.relations:
                score *= float(self._relations.of_place(mention, relation, place).scores[0])
            reasons = (hit.reason, Reason.WIDE) if wide else (hit.reason,)
            yield from self._at_gates(place, score, reasons) or self._at_middle(
                place, score, reasons
            )

    def _at_gates(
        self, place: Place, score: float, reasons: tuple[Reason, ...]
    ) -> list[ScoredPoint]:
        """Return the point of a street before each gate of a place."""
        network = self._streets.network
        snaps = [snap for gate in place.gates if (snap := network.nearest(gate, SNAP_M))]
        return [
            ScoredPoint(
                score,
                snap,
                network.point_at(snap.segment_id, snap.offset_m),
                title(place.names, network.segment(snap.segment_id).names) or place.kind,
                place.kind,
                (*reasons, Reason.GATE),
                frozenset(),
                0.0,
                titles(place.names, network.segment(snap.segment_id).names),
            )
            for snap in snaps
        ]

    def _at_middle(
        self, place: Place, score: float, reasons: tuple[Reason, ...]
    ) -> list[ScoredPoint]:
        snap = self._streets.network.nearest(place.location, SNAP_M + place.reach_m)
        if snap is None:
            return []
        return [
            ScoredPoint(
                score,
                snap,
                place.location,
                title(place.names) or place.kind,
                place.kind,
                reasons,
                frozenset(),
                place.reach_m,
                titles(place.names),
            )
        ]

    def _spelled(self, stretch: NamedStreet, text: str) -> NamedStreet | None:
        """Return the part of a street whose name on the map is spelled as in the text, if any."""
        segments = self._streets.network.segments
        indexes = [index for index in stretch.indexes if text in _texts(segments[index])]
        if not indexes:
            return None
        lines = self._streets.network.lines[indexes]
        return NamedStreet(tuple(indexes), shapely.multilinestrings(list(lines)))

    def _is_main(self, stretch: NamedStreet, core: Sequence[str]) -> bool:
        """Whether a name is all of a street's main name, or in other letters than that."""
        main = _text(main_name(self._streets.network.segments[stretch.indexes[0]]))
        return is_persian(main) != is_persian(core[0]) or set(core) <= set(main.split())

    def _size(self, stretch: NamedStreet) -> float:
        road = self._streets.network.segments[stretch.indexes[0]].road_class
        return _LARGE.get(road, 0.98)


def _texts(segment: Segment) -> set[str]:
    return {_text(each) for several in segment.names.values() for each in several}


@cache
def _text(name: str) -> str:
    return " ".join(token.text for token in name_tokens(name))
