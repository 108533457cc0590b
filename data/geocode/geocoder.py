"""The geocoder: finds the place that a caller's words mean, with a confidence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from data.geocode.certainty.confidence import confidence, is_sure
from data.geocode.certainty.evidence import evidence
from data.geocode.certainty.namesakes import namesakes, share
from data.geocode.certainty.reading import Reading
from data.geocode.places.areas import districts, with_district_numbers
from data.geocode.places.candidate import Candidate, Reason
from data.geocode.places.house_numbers import SNAP_M, HouseNumbers
from data.geocode.places.name_chain import Mention
from data.geocode.places.name_index import NameIndex
from data.geocode.places.name_spans import MentionFinder
from data.geocode.places.numbered_alleys import with_numbered_alleys
from data.geocode.places.parse import AddressParser
from data.geocode.places.scoring import PointScorer, ScoredPoint
from data.geocode.places.street_shapes import NamedStreets, main_name
from data.geocode.question import question, said, spoken_numbers
from data.geocode.reverse import Address, ReverseGeocoder
from data.geocode.text.coordinates import coordinates, gives_coordinates
from data.geocode.text.copula import without_is
from data.geocode.text.everyday_talk import load_talk
from data.geocode.text.finglish import heard_tokens, load_sounds, with_plain_letters
from data.geocode.text.spacing import without_owners
from data.geocode.text.tokens import Token, query_tokens
from data.model import LonLat, Place, SegmentId
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m

SAME_PLACE_M = 60.0
"""Answers nearer to each other than this are one answer."""

LEAST_SCORE = 0.2
SURE_SCORE = 0.9
"""Least agreement (0-1) of an answer; and that from which last words count as finished."""

SHORT_M = 300.0
"""Metres of uncertainty up to which a number is placed unasked where its street is sure: whoever
calls could say no more, and the truck sees the house."""

UNPLACED = frozenset({Reason.HOUSE_UNKNOWN, Reason.HOUSES_UNMAPPED, Reason.HOUSE_ESTIMATED})
"""Reasons of a number that the map lacks."""

RIVALS = 50
"""Readings of a sentence that are compared, at most."""

MAX_LETTERS = 1000
"""Letters of a text that are read; an address at the end of a longer text is not found."""


class Geocoder:
    """Finds streets, house numbers and points of interest of a city by name; immutable."""

    def __init__(self, network: StreetNetwork, places: Iterable[Place]) -> None:
        places = (*places, *districts(network))
        self._network = network
        self._index = NameIndex(network.segments, places)
        load_talk()
        if self._index.persian:
            load_sounds()
        self._finder = MentionFinder(self._index)
        self._parser = AddressParser(self._index)
        self._reverse = ReverseGeocoder(network)
        self._streets = NamedStreets(network)
        self._houses = HouseNumbers(self._streets, places)
        self._scorer = PointScorer(self._streets, self._index, self._houses)

    def candidates(self, text: str, limit: int = 5, near: LonLat | None = None) -> list[Candidate]:
        """Return the candidates, likeliest first; at most the first is confident.

        The last word may be unfinished, as while typing. Of equally likely answers, those nearest
        to `near` come first.
        """
        text = text[:MAX_LETTERS]
        if gives_coordinates(text):
            return list(self._at_coordinates(text))
        tokens = self._tokens(text)
        found = self._matches(tokens, self._finder.find(tokens))
        if max((each.scored.score for each in found), default=0.0) < SURE_SCORE:
            found += self._matches(tokens, self._finder.find_unfinished(tokens))
        return self._ranked(found, limit, near)

    def question(self, found: Sequence[Candidate], language: str) -> str:
        """Return what to ask the caller before the best candidate is taken, "" where it is sure."""
        return question(found, self._address, language)

    def said(self, candidate: Candidate, language: str) -> str:
        """Return a candidate in words to say: a street with the streets around it."""
        return said(candidate, self._address, language)

    def spoken_address(self, point: LonLat, language: str) -> Address | None:
        """Return the spoken address of a point; `None` far from every street."""
        return self._reverse.address(point, language)

    def address_on(self, segment_id: SegmentId, offset_m: float, language: str) -> Address | None:
        """Return the spoken address of a point of a street; it names that street."""
        return self._reverse.address_on(segment_id, offset_m, language)

    def _address(self, candidate: Candidate, language: str) -> Address | None:
        number = candidate.number if candidate.kind == "address" else ""
        (spoken,) = spoken_numbers((number,), language)
        return self._reverse.address_on(candidate.segment_id, candidate.offset_m, language, spoken)

    def _houses_near(self, reading: Reading) -> tuple[str, ...]:
        """Return the nearest numbers of a reading's street, where it lacks the one said."""
        reasons = {Reason.HOUSE_UNKNOWN, Reason.HOUSE_ESTIMATED}
        if reasons.isdisjoint(reading.scored.reasons):
            return ()
        own = reading.scored.snap.segment_id
        segments = self._network.segments
        streets = self._streets.of(self._index.names[reading.hit.name].segments)
        street = next(
            (each for each in streets if any(segments[at].id == own for at in each.indexes)), None
        )
        return self._houses.nearest(street, reading.parse.number) if street else ()

    def _tokens(self, text: str) -> list[Token]:
        plain = without_owners(text, self._index.ends_so)
        if self._index.persian:
            heard = heard_tokens(query_tokens(with_plain_letters(plain)))
            return with_district_numbers(without_is(heard, self._index.is_name))
        return query_tokens(plain)

    def _matches(self, tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[Reading]:
        mentions = with_numbered_alleys(self._index, tokens, mentions)
        return [
            Reading(tokens, mentions, parse, hit, scored)
            for parse in self._parser.parses(tokens, mentions)
            for hit, scored in self._scorer.points(parse)
            if scored.score >= LEAST_SCORE
        ]

    def _ranked(self, found: list[Reading], limit: int, near: LonLat | None) -> list[Candidate]:
        found.sort(key=lambda each: (-round(each.scored.score, 3), _away_m(each.scored, near)))
        chosen = _distinct(found)[:RIVALS]
        groups = namesakes(self._index, chosen)
        rated: list[Candidate] = []
        left = 1.0  # at most one of them is right, and none is surer than a better one
        for nth, group in enumerate(groups[:limit]):
            reading = self._with_uncertainty(chosen[nth])
            others = (each.scored.score for at, each in enumerate(chosen) if at not in group)
            one = self._rated(
                reading, max(others, default=0.0), share(chosen, nth, group), best=not nth
            )
            most = min(left, rated[-1].confidence if rated else 1.0)
            rated.append(one._replace(confidence=round(min(one.confidence, most), 3)))
            left -= rated[-1].confidence
        return rated

    def _with_uncertainty(self, reading: Reading) -> Reading:
        """Return a reading with its `uncertain_m`: where nothing says more, all of its street."""
        scored = reading.scored
        if scored.uncertain_m is not None:
            return reading
        uncertain_m = self._streets.farthest_m(scored.street_indexes, scored.point)
        return replace(reading, scored=replace(scored, uncertain_m=uncertain_m))

    def _rated(self, reading: Reading, rival: float, part: float, *, best: bool) -> Candidate:
        """Return a candidate with its confidence.

        `rival` is the best score of another name elsewhere, `part` its share of its own name.
        """
        signs = evidence(self._index, reading, rival, part)
        reasons = reading.scored.reasons
        if signs["missing_alley"]:
            reasons = (*reasons, Reason.ALLEY_UNKNOWN)
        matched = " ".join(mention.text for mention in reading.mentions)
        found = _candidate(reading.scored, matched, reasons)
        numbered = not UNPLACED.isdisjoint(reasons)
        placed = not numbered or (reading.scored.uncertain_m or 0.0) <= SHORT_M
        return found._replace(
            confident=best and placed and is_sure(signs),
            confidence=confidence(signs),
            evidence=signs,
            number=reading.parse.number,
            houses_near=self._houses_near(reading),
        )

    def _at_coordinates(self, text: str) -> Iterator[Candidate]:
        point = coordinates(text, self._network.bounds)
        snap = None if point is None else self._network.nearest(point, SNAP_M)
        if point is None or snap is None:
            return
        name = main_name(self._network.segment(snap.segment_id))
        reasons = (Reason.COORDINATES,)
        scored = ScoredPoint(1.0, snap, point, name, "coordinates", reasons, frozenset(), 0.0)
        yield _candidate(scored, text.strip(), reasons)


def _candidate(scored: ScoredPoint, matched: str, reasons: Sequence[Reason]) -> Candidate:
    """Return a candidate that is sure."""
    return Candidate(
        segment_id=scored.snap.segment_id,
        name=scored.name,
        kind=scored.kind,
        point=scored.point,
        side=scored.snap.side,
        confident=True,
        offset_m=scored.snap.offset_m,
        confidence=1.0,
        matched=matched,
        reasons=tuple(dict.fromkeys(reasons)),
        uncertain_m=round(scored.uncertain_m or 0.0, 1),
        evidence={},
        names=scored.names,
    )


def _away_m(scored: ScoredPoint, near: LonLat | None) -> float:
    return 0.0 if near is None else distance_m(scored.point, near)


def _distinct(found: Iterable[Reading]) -> list[Reading]:
    """Return the answers without those at the place or on the street of a better one."""
    kept: list[Reading] = []
    for match in found:
        if not any(_same(match.scored, other.scored) for other in kept):
            kept.append(match)
    return kept


def _same(one: ScoredPoint, other: ScoredPoint) -> bool:
    if one.street_indexes & other.street_indexes and one.kind == other.kind:
        return True
    if one.kind == other.kind == "street":
        return False  # where two streets meet, either may be meant
    return distance_m(one.point, other.point) < SAME_PLACE_M
