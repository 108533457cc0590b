"""The geocoder: finds the place that a caller's words mean, with a confidence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from math import inf
from typing import NamedTuple

from data.geocode.areas import districts
from data.geocode.candidate import Candidate, Reason
from data.geocode.confidence import CONFIDENT, Mismatch, confidence
from data.geocode.house_numbers import SNAP_M, HouseNumbers
from data.geocode.name_index import NameIndex
from data.geocode.name_spans import Mention, MentionFinder
from data.geocode.numbered_alleys import with_numbered_alleys
from data.geocode.parse import AddressParse, AddressParser, unmatched_names
from data.geocode.reverse import Address, ReverseGeocoder
from data.geocode.scoring import PointScorer, ScoredPoint
from data.geocode.street_shapes import NamedStreets, main_name
from data.geocode.text.coordinates import coordinates, gives_coordinates
from data.geocode.text.lexicon import WordRole
from data.geocode.text.tokens import Token, query_tokens
from data.model import LonLat, Place
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m

SAME_PLACE_M = 60.0
"""Answers nearer to each other than this are one answer."""

LEAST_SCORE = 0.2
SURE_SCORE = 0.9
"""Least agreement (0-1) of an answer; and that from which last words count as finished."""

NEAR_M = {
    Reason.HOUSE_UNKNOWN: 60.0,
    Reason.HOUSES_UNMAPPED: 60.0,
    Reason.HOUSE_ESTIMATED: 120.0,
}
"""Metres of uncertainty up to which the place of a house number is as sure as its street. Beyond,
it may be anywhere within them; one between two known numbers is off by half of them as a rule."""

SHORT_M = 300.0
"""Metres of uncertainty up to which a number is placed unasked where its street is sure: whoever
calls could say no more, and the truck sees the house."""

RIVALS = 50

MAX_LETTERS = 1000
"""Letters of a text that are read; an address at the end of a longer text is not found."""


_GUESSES = frozenset({Reason.TYPO, Reason.SOUND})
_PROOFS = frozenset({Reason.HOUSE, Reason.CROSSING, Reason.BESIDE, Reason.BETWEEN})


class _Match(NamedTuple):
    scored: ScoredPoint
    parse: AddressParse
    mentions: tuple[Mention, ...]


class Geocoder:
    """Finds streets, house numbers and points of interest of a city by name; immutable."""

    def __init__(self, network: StreetNetwork, places: Iterable[Place]) -> None:
        places = (*places, *districts(network))
        self._network = network
        self._index = NameIndex(network.segments, places)
        self._finder = MentionFinder(self._index)
        self._parser = AddressParser(self._index)
        self._reverse = ReverseGeocoder(network)
        self._streets = NamedStreets(network)
        houses = HouseNumbers(self._streets, places)
        self._scorer = PointScorer(self._streets, self._index, houses)

    def candidates(self, text: str, limit: int = 5, near: LonLat | None = None) -> list[Candidate]:
        """Return the candidates, likeliest first; at most the first is confident.

        The last word may be unfinished, as while typing. Of equally likely answers, those nearest
        to `near` come first.
        """
        text = text[:MAX_LETTERS]
        if gives_coordinates(text):
            return list(self._at_coordinates(text))
        tokens = query_tokens(text)
        found = self._matches(tokens, self._finder.find(tokens))
        if max((each.scored.score for each in found), default=0.0) < SURE_SCORE:
            found += self._matches(tokens, self._finder.find_unfinished(tokens))
        return self._ranked(tokens, found, limit, near)

    def spoken_address(self, point: LonLat, language: str) -> Address | None:
        """Return the spoken address of a point; `None` far from every street."""
        return self._reverse.address(point, language)

    def _matches(self, tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[_Match]:
        mentions = with_numbered_alleys(self._index, tokens, mentions)
        return [
            _Match(scored, parse, tuple(mentions))
            for parse in self._parser.parses(tokens, mentions)
            for scored in self._scorer.points(parse)
            if scored.score >= LEAST_SCORE
        ]

    def _ranked(
        self, tokens: Sequence[Token], found: list[_Match], limit: int, near: LonLat | None
    ) -> list[Candidate]:
        found.sort(key=lambda each: (-round(each.scored.score, 3), _away_m(each.scored, near)))
        chosen = _distinct(found)
        scores = [each.scored.score for each in chosen[:RIVALS]]
        chosen = [self._with_uncertainty(each) for each in chosen[:limit]]
        rated = [
            _with_confidence(
                tokens, each, max(scores[:nth] + scores[nth + 1 :], default=0.0), best=not nth
            )
            for nth, each in enumerate(chosen)
        ]
        falling = accumulate((each.confidence for each in rated), min)  # none surer than a better
        return [each._replace(confidence=c) for each, c in zip(rated, falling, strict=True)]

    def _with_uncertainty(self, match: _Match) -> _Match:
        """Return a match with its `uncertain_m`: where nothing says more, all of its street."""
        scored = match.scored
        if scored.uncertain_m is not None:
            return match
        uncertain_m = self._streets.farthest_m(scored.street_indexes, scored.point)
        return match._replace(scored=replace(scored, uncertain_m=uncertain_m))

    def _at_coordinates(self, text: str) -> Iterator[Candidate]:
        point = coordinates(text, self._network.bounds)
        snap = None if point is None else self._network.nearest(point, SNAP_M)
        if point is None or snap is None:
            return
        name = main_name(self._network.segment(snap.segment_id))
        reasons = (Reason.COORDINATES,)
        scored = ScoredPoint(1.0, snap, point, name, "coordinates", reasons, frozenset(), 0.0)
        yield _candidate(scored, 1.0, text.strip(), reasons, confident=True)


def _with_confidence(
    tokens: Sequence[Token], match: _Match, rival: float, *, best: bool
) -> Candidate:
    scored, parse = match.scored, match.parse
    target, others = parse.target, [mention for mention, _ in parse.relations]
    left = unmatched_names(tokens, match.mentions)
    mismatch = Mismatch(
        unmatched=sum(mention.unmatched for mention in (target, *others)),
        missing_streets=left.missing_streets,
        missing_alley=left.missing_alley,
        missing_house=Reason.HOUSE_UNKNOWN in scored.reasons,
        guessed=_guessed(scored.reasons),
        announced=target.announced or bool(others) or _is_whole_query(tokens, target),
    )
    of_street = confidence(scored.score, rival, mismatch)
    near_m = _near_m(scored.reasons)
    uncertain_m = scored.uncertain_m or 0.0
    sure = of_street * min(near_m / max(uncertain_m, 1.0), 1.0)
    confident = best and of_street >= CONFIDENT and (near_m == inf or uncertain_m <= SHORT_M)
    reasons = (*scored.reasons, Reason.ALLEY_UNKNOWN) if left.missing_alley else scored.reasons
    matched = " ".join(mention.text for mention in match.mentions)
    return _candidate(scored, sure, matched, reasons, confident=confident)


def _candidate(
    scored: ScoredPoint, sure: float, matched: str, reasons: Sequence[Reason], *, confident: bool
) -> Candidate:
    return Candidate(
        scored.snap.segment_id,
        scored.name,
        scored.kind,
        scored.point,
        scored.snap.side,
        confident,
        scored.snap.offset_m,
        round(sure, 3),
        matched,
        tuple(dict.fromkeys(reasons)),
        round(scored.uncertain_m or 0.0, 1),
    )


def _near_m(reasons: Sequence[Reason]) -> float:
    """Return up to which uncertainty a place is as sure as its street; any without a number."""
    return min((away_m for reason, away_m in NEAR_M.items() if reason in reasons), default=inf)


def _guessed(reasons: Sequence[Reason]) -> bool:
    """Whether a name was found by spelling or sound only, without a relation or house number."""
    return not _GUESSES.isdisjoint(reasons) and _PROOFS.isdisjoint(reasons)


def _is_whole_query(tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether a sentence has nothing but this name and words of the grammar."""
    rest = (*tokens[: mention.first], *tokens[mention.last :])
    return not any(token.role in (None, WordRole.KIND) and not token.digits for token in rest)


def _away_m(scored: ScoredPoint, near: LonLat | None) -> float:
    return 0.0 if near is None else distance_m(scored.point, near)


def _distinct(found: Iterable[_Match]) -> list[_Match]:
    """Return the answers without those at the place or on the street of a better one."""
    kept: list[_Match] = []
    for match in found:
        if not any(_same(match.scored, other.scored) for other in kept):
            kept.append(match)
    return kept


def _same(one: ScoredPoint, other: ScoredPoint) -> bool:
    if one.street_indexes & other.street_indexes and one.kind == other.kind:
        return True
    return distance_m(one.point, other.point) < SAME_PLACE_M
