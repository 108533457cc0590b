"""The geocoder: finds the place that a caller's words mean, with a confidence."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from data.geocode.areas import districts
from data.geocode.candidate import Candidate, Reason
from data.geocode.confidence import CONFIDENT, Mismatch, confidence
from data.geocode.house_numbers import SNAP_M, HouseNumbers
from data.geocode.name_index import NameIndex
from data.geocode.name_spans import Mention, MentionFinder
from data.geocode.numbered_alleys import with_numbered_alleys
from data.geocode.parse import AddressParse, Reader, remarks
from data.geocode.reverse import Address, Sayer
from data.geocode.scoring import Placed, Placer
from data.geocode.street_shapes import NamedStreets, main_name
from data.geocode.text.coordinates import coordinates, gives_coordinates
from data.geocode.text.lexicon import WordRole
from data.geocode.text.tokens import Token, tokens
from data.model import LonLat, Place
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m

SAME_PLACE_M = 60.0
"""Answers nearer to each other than this are one answer."""

LEAST_SCORE = 0.2
SURE_SCORE = 0.9
"""Least agreement (0-1) of an answer; and that from which last words count as finished."""

RIVALS = 50

MAX_LETTERS = 1000
"""Letters of a text that are read; an address at the end of a longer text is not found."""


_GUESSES = frozenset({Reason.TYPO, Reason.SOUND})
_PROOFS = frozenset({Reason.HOUSE, Reason.CROSSING, Reason.BESIDE, Reason.BETWEEN})


class _Answer(NamedTuple):
    placed: Placed
    reading: AddressParse
    mentions: tuple[Mention, ...]


class Geocoder:
    """Finds streets, house numbers and points of interest of a city by name; immutable."""

    def __init__(self, network: StreetNetwork, places: Iterable[Place]) -> None:
        places = (*places, *districts(network))
        self._network = network
        self._book = NameIndex(network.segments, places)
        self._finder = MentionFinder(self._book)
        self._reader = Reader(self._book)
        self._sayer = Sayer(network)
        streets = NamedStreets(network)
        self._placer = Placer(streets, self._book, HouseNumbers(streets, places))

    def candidates(self, text: str, limit: int = 5, near: LonLat | None = None) -> list[Candidate]:
        """Return the candidates, likeliest first; at most the first is confident.

        The last word may be unfinished, as while typing. Of equally likely answers, those nearest
        to `near` come first.
        """
        text = text[:MAX_LETTERS]
        if gives_coordinates(text):
            return list(self._at_coordinates(text))
        words = tokens(text)
        found = self._answers(words, self._finder.find(words))
        if max((each.placed.score for each in found), default=0.0) < SURE_SCORE:
            found += self._answers(words, self._finder.begun(words))
        return self._ranked(words, found, limit, near)

    def say(self, point: LonLat, language: str) -> Address | None:
        """Return the spoken address of a point; `None` far from every street."""
        return self._sayer.say(point, language)

    def _answers(self, words: Sequence[Token], mentions: Sequence[Mention]) -> list[_Answer]:
        mentions = with_numbered_alleys(self._book, words, mentions)
        return [
            _Answer(placed, reading, tuple(mentions))
            for reading in self._reader.readings(words, mentions)
            for placed in self._placer.place(reading)
            if placed.score >= LEAST_SCORE
        ]

    def _ranked(
        self, words: Sequence[Token], found: list[_Answer], limit: int, near: LonLat | None
    ) -> list[Candidate]:
        found.sort(key=lambda each: (-round(each.placed.score, 3), _away_m(each.placed, near)))
        chosen = _distinct(found)
        scores = [each.placed.score for each in chosen[:RIVALS]]
        judged = [
            _judged(words, each, max(scores[:nth] + scores[nth + 1 :], default=0.0), best=not nth)
            for nth, each in enumerate(chosen[:limit])
        ]
        falling = accumulate((each.confidence for each in judged), min)  # none surer than a better
        return [each._replace(confidence=c) for each, c in zip(judged, falling, strict=True)]

    def _at_coordinates(self, text: str) -> Iterator[Candidate]:
        point = coordinates(text, self._network.bounds)
        snap = None if point is None else self._network.nearest(point, SNAP_M)
        if point is None or snap is None:
            return
        name = main_name(self._network.segment(snap.segment_id))
        reasons = (Reason.COORDINATES,)
        placed = Placed(1.0, snap, point, name, "coordinates", reasons, frozenset())
        yield _candidate(placed, 1.0, text.strip(), reasons, confident=True)


def _judged(words: Sequence[Token], answer: _Answer, rival: float, *, best: bool) -> Candidate:
    placed, reading = answer.placed, answer.reading
    target, others = reading.target, [mention for mention, _ in reading.ties]
    left = remarks(words, answer.mentions)
    mismatch = Mismatch(
        strays=sum(mention.stray for mention in (target, *others)),
        missing_streets=left.missing_streets,
        missing_alley=left.missing_alley,
        missing_house=Reason.HOUSE_UNKNOWN in placed.reasons,
        guessed=_guessed(placed.reasons),
        told=target.told or bool(others) or _whole(words, target),
    )
    sure = confidence(placed.score, rival, mismatch)
    reasons = (*placed.reasons, Reason.ALLEY_UNKNOWN) if left.missing_alley else placed.reasons
    matched = " ".join(mention.text for mention in answer.mentions)
    return _candidate(placed, sure, matched, reasons, confident=best)


def _candidate(
    placed: Placed, sure: float, matched: str, reasons: Sequence[Reason], *, confident: bool
) -> Candidate:
    return Candidate(
        placed.snap.segment_id,
        placed.name,
        placed.kind,
        placed.point,
        placed.snap.side,
        confident and sure >= CONFIDENT,
        placed.snap.offset_m,
        round(sure, 3),
        matched,
        tuple(dict.fromkeys(reasons)),
    )


def _guessed(reasons: Sequence[Reason]) -> bool:
    """Whether a name was found by similar spelling or sound only, without a tie or house number."""
    return not _GUESSES.isdisjoint(reasons) and _PROOFS.isdisjoint(reasons)


def _whole(words: Sequence[Token], mention: Mention) -> bool:
    """Whether a sentence has nothing but this name and words of the grammar."""
    rest = (*words[: mention.first], *words[mention.last :])
    return not any(token.role in (None, WordRole.KIND) and not token.digits for token in rest)


def _away_m(placed: Placed, near: LonLat | None) -> float:
    return 0.0 if near is None else distance_m(placed.point, near)


def _distinct(found: Iterable[_Answer]) -> list[_Answer]:
    """Return the answers without those at the place or on the street of a better one."""
    kept: list[_Answer] = []
    for answer in found:
        if not any(_same(answer.placed, other.placed) for other in kept):
            kept.append(answer)
    return kept


def _same(one: Placed, other: Placed) -> bool:
    if one.whole & other.whole and one.kind == other.kind:
        return True
    return distance_m(one.point, other.point) < SAME_PLACE_M
