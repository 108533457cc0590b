"""Scores how well streets and places agree with where a second name says they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.geocode.places.areas import DISTRICT
from data.geocode.places.candidate import Reason
from data.geocode.places.house_numbers import SNAP_M
from data.geocode.places.name_chain import Mention
from data.geocode.places.name_index import Hit, NameIndex
from data.geocode.places.parse import WIDE, Relation
from data.geocode.places.street_shapes import NamedStreet, NamedStreets
from data.geocode.places.titles import Names
from data.model import Place

WITHIN_M = 600.0
"""Streets nearer than this to the point of a neighborhood are taken to be in it."""

REACHES: dict[Relation, tuple[tuple[float, float], ...]] = {
    Relation.CROSS: ((30.0, 1.0), (90.0, 0.95)),
    Relation.BESIDE: ((30.0, 1.0), (90.0, 0.94), (400.0, 0.8), (1000.0, 0.6)),
    Relation.BETWEEN: ((90.0, 1.0), (400.0, 0.8)),
    Relation.PARENT: ((30.0, 1.0), (150.0, 0.85), (400.0, 0.75), (1000.0, 0.55)),
    Relation.WITHIN: ((WITHIN_M, 1.0), (1500.0, 0.85)),
}
"""Score of a relation up to each distance in metres; within 30 m, streets at a roundabout cross."""

MET: dict[Relation, float] = {
    Relation.CROSS: 0.95,
    Relation.BESIDE: 0.94,
    Relation.BETWEEN: 0.8,
    Relation.PARENT: 0.85,
    Relation.WITHIN: 1.0,
}
"""Score of `REACHES` from which on a street is where the relation says."""

RELATION_REASONS: dict[Relation, Reason] = {
    Relation.CROSS: Reason.CROSSING,
    Relation.BESIDE: Reason.BESIDE,
    Relation.BETWEEN: Reason.BETWEEN,
    Relation.PARENT: Reason.OFF,
    Relation.WITHIN: Reason.WITHIN,
}

UNRELATED = 0.35
"""Score of a relation beyond all distances of `REACHES`."""

FRONT_M = 60.0
"""Distance up to which something is opposite, beside or behind a place."""

RELATION_HITS = 6
"""Names that a second name may mean, at most."""


@dataclass(frozen=True, slots=True)
class RelationScores:
    """Scores float64[N] of N streets for one relation, and for each the nearest shape.

    `met` bool[N] is whether a street is where the relation says, not only somewhat near.
    """

    relation: Relation
    mention: Mention
    scores: NDArray[np.float64]
    met: NDArray[np.bool_]
    shapes: tuple[shapely.Geometry, ...]
    names: Names


@dataclass(frozen=True, slots=True)
class _Related:
    """What is related to a second name: shapes object[N], and the districts that each is in."""

    shapes: NDArray[np.object_]
    districts: tuple[frozenset[str], ...]


class RelationScorer:
    """Scores streets and places of a city by second names."""

    def __init__(self, streets: NamedStreets, index: NameIndex) -> None:
        self._streets = streets
        self._index = index

    def of_streets(
        self, mention: Mention, relation: Relation, streets: Sequence[NamedStreet]
    ) -> RelationScores:
        """Return the scores of streets, each by the best hit of the second name."""
        segments = self._streets.network.segments
        shapes = np.array([street.shape for street in streets], dtype=object)
        districts = (
            frozenset(segments[at].district for at in street.indexes) for street in streets
        )
        return self._scores(mention, relation, _Related(shapes, tuple(districts)))

    def of_place(self, mention: Mention, relation: Relation, place: Place) -> RelationScores:
        """Return the score of a place, which is in the district of the nearest street."""
        network = self._streets.network
        near = network.nearest(place.location, SNAP_M + place.reach_m)
        own = frozenset({network.segment(near.segment_id).district} if near else ())
        shapes = np.array([self._streets.plane(place.location)], dtype=object)
        return self._scores(mention, relation, _Related(shapes, (own,)))

    def _scores(self, mention: Mention, relation: Relation, related: _Related) -> RelationScores:
        count = len(related.shapes)
        scores, met = np.zeros(count), np.zeros(count, dtype=bool)
        nearest = [related.shapes[0]] * count
        names: Names = {}
        for hit in mention.hits[:RELATION_HITS]:
            shape = self._shape(hit)
            reached = _reached(relation, self._away_m(hit, shape, related))
            fits = hit.quality * reached
            met = np.where(fits > scores, reached >= MET[relation], met)
            for nth in np.flatnonzero(fits > scores).tolist():
                nearest[nth] = shape
            if fits.max() > scores.max():
                names = self._names(hit)
            scores = np.maximum(scores, fits)
        return RelationScores(relation, mention, scores, met, tuple(nearest), names)

    def _shape(self, hit: Hit) -> shapely.Geometry:
        name = self._index.names[hit.name]
        if name.segments:
            stretches = self._streets.of(name.segments)
            return shapely.geometrycollections([stretch.shape for stretch in stretches])
        spots = [at for place in name.places for at in (*place.gates, place.location)]
        return shapely.multipoints([self._streets.plane(spot) for spot in spots])

    def _away_m(self, hit: Hit, shape: shapely.Geometry, related: _Related) -> NDArray[np.float64]:
        """Return how far streets are from a name; a district ends with its own streets."""
        away_m: NDArray[np.float64] = shapely.distance(related.shapes, shape) - self._reach_m(hit)
        places = self._index.names[hit.name].places
        called = {place.names[""][0] for place in places if place.kind == DISTRICT}
        if called:
            outside = np.array([called.isdisjoint(own) for own in related.districts])
            away_m[outside] = np.maximum(away_m[outside], WITHIN_M)
        return away_m

    def _reach_m(self, hit: Hit) -> float:
        """Return the metres around a place's point within which its outline or street may be."""
        places = self._index.names[hit.name].places
        reaches_m = (
            max(place.reach_m - WITHIN_M, 0.0) if place.kind in WIDE else FRONT_M + place.reach_m
            for place in places
        )
        return max(reaches_m, default=0.0)

    def _names(self, hit: Hit) -> Names:
        name = self._index.names[hit.name]
        if name.segments:
            return self._streets.network.segments[name.segments[0]].names
        return name.places[0].names


def _reached(relation: Relation, away_m: NDArray[np.float64]) -> NDArray[np.float64]:
    scores = np.full(len(away_m), UNRELATED)
    for reach_m, score in reversed(REACHES[relation]):
        scores[away_m < reach_m] = score
    return scores


def relation_reasons(relation_scores: Sequence[RelationScores], nth: int) -> Iterator[Reason]:
    """Yield what is said for or against one of the streets."""
    yield from dict.fromkeys(_relation_reason(each, nth) for each in relation_scores)


def _relation_reason(found: RelationScores, nth: int) -> Reason:
    if found.scores[nth] <= UNRELATED:
        return Reason.APART
    return RELATION_REASONS[found.relation] if found.met[nth] else Reason.FARTHER
