"""Finds the place that a caller's words mean; says whether it is sure."""

from collections.abc import Iterable, Iterator, Sequence

from data.geocode.candidate import Candidate, Reason
from data.geocode.confidence import CONFIDENT, confidence
from data.geocode.coordinates import coordinates
from data.geocode.houses import SNAP_M, HouseBook
from data.geocode.mentions import Mention, MentionFinder
from data.geocode.names import NameBook
from data.geocode.placing import Placed, Placer
from data.geocode.reading import Reader, Reading, remarks
from data.geocode.reverse import Address, Sayer
from data.geocode.sentence import Token, tokens
from data.geocode.stretches import Streets, main_name
from data.model import LonLat, Place
from data.network import StreetNetwork
from data.projection import distance_m

SAME_PLACE_M = 60.0
"""Answers nearer than this are one answer."""

LEAST_SCORE = 0.2


class Geocoder:
    """Streets, house numbers and points of interest of a city by name, immutable."""

    def __init__(self, network: StreetNetwork, places: Iterable[Place]) -> None:
        places = tuple(places)
        self._network = network
        self._book = NameBook(network.segments, places)
        self._finder = MentionFinder(self._book)
        self._reader = Reader(self._book)
        self._sayer = Sayer(network)
        streets = Streets(network)
        self._placer = Placer(streets, self._book, HouseBook(streets, places))

    def candidates(self, text: str, limit: int = 5, near: LonLat | None = None) -> list[Candidate]:
        """Return what the words may mean, likeliest first; at most the first is confident.

        Of answers that are equally likely, those nearest to `near` come first.
        """
        pin = self._at_coordinates(text)
        if pin is not None:
            return [pin]
        words = tokens(text)
        mentions = self._finder.find(words) or self._finder.begun(words)
        return self._meant(words, mentions, limit, near)

    def suggest(self, prefix: str, limit: int = 8) -> list[Candidate]:
        """Return what an address that is still being typed may become, likeliest first."""
        words = tokens(prefix)
        whole = self.candidates(prefix, limit)
        begun = self._meant(words, self._finder.begun(words), limit, None)
        proposed = [*(each for each in whole if each.confident), *begun, *whole]
        once = {(each.segment_id, each.kind): each for each in reversed(proposed)}
        return list(reversed(once.values()))[:limit]

    def say(self, point: LonLat, language: str) -> Address | None:
        """Return an address of a point that can be said, `None` far from every street."""
        return self._sayer.say(point, language)

    def _meant(
        self, words: Sequence[Token], mentions: Sequence[Mention], limit: int, near: LonLat | None
    ) -> list[Candidate]:
        found = [
            (placed, reading)
            for reading in self._reader.readings(words, mentions)
            for placed in self._placer.place(reading)
            if placed.score >= LEAST_SCORE
        ]
        found.sort(key=lambda pair: (-round(pair[0].score, 3), _away_m(pair[0], near)))
        chosen = _distinct(found)
        return list(self._judged(words, mentions, chosen, limit))

    def _judged(
        self,
        words: Sequence[Token],
        mentions: Sequence[Mention],
        chosen: Sequence[tuple[Placed, Reading]],
        limit: int,
    ) -> Iterator[Candidate]:
        left = remarks(words, mentions)
        scores = [placed.score for placed, _ in chosen]
        for nth, (placed, reading) in enumerate(chosen[:limit]):
            rival = max((s for i, s in enumerate(scores) if i != nth), default=0.0)
            target, others = reading.target, [mention for mention, _ in reading.ties]
            sure = confidence(
                placed.score,
                rival,
                strays=sum(mention.stray for mention in (target, *others)),
                missing_streets=left.missing_streets,
                missing_alley=left.missing_alley,
                told=target.told or bool(others) or _whole(words, target),
            )
            reasons = placed.reasons
            if left.missing_alley:
                reasons = (*reasons, Reason.ALLEY_UNKNOWN)
            matched = " ".join(mention.text for mention in mentions)
            yield _candidate(placed, sure, matched, reasons, confident=nth == 0)

    def _at_coordinates(self, text: str) -> Candidate | None:
        point = coordinates(text, self._network.bounds)
        snap = None if point is None else self._network.nearest(point, SNAP_M)
        if point is None or snap is None:
            return None
        name = main_name(self._network.segment(snap.segment_id))
        reasons = (Reason.COORDINATES,)
        placed = Placed(1.0, snap, point, name, "coordinates", reasons, frozenset())
        return _candidate(placed, 1.0, text.strip(), reasons, confident=True)


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


def _whole(words: Sequence[Token], mention: Mention) -> bool:
    """Whether a name is all that was said, but for what names nothing."""
    rest = (*words[: mention.first], *words[mention.last :])
    return not any(token.role is None and not token.digits for token in rest)


def _away_m(placed: Placed, near: LonLat | None) -> float:
    return 0.0 if near is None else distance_m(placed.point, near)


def _distinct(found: Iterable[tuple[Placed, Reading]]) -> list[tuple[Placed, Reading]]:
    """Return the answers without those that are at the place, or on the street, of a better one."""
    kept: list[tuple[Placed, Reading]] = []
    for placed, reading in found:
        if not any(_same(placed, other) for other, _ in kept):
            kept.append((placed, reading))
    return kept


def _same(one: Placed, other: Placed) -> bool:
    if one.whole & other.whole and one.kind == other.kind:
        return True
    return distance_m(one.point, other.point) < SAME_PLACE_M
