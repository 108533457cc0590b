"""Simulated callers, pure: what they say, and the address that the operator notes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import numpy as np
from numpy.random import Generator

from data.model import (
    LonLat,
    NodeId,
    Place,
    RequestKind,
    RoadClass,
    Segment,
    SegmentId,
)
from data.training import PLACE
from fleet.simulation.callers_speech import ENGLISH, OFF, Speech, speech_of

AGAIN = 0.25
"""Share of callers who ask for a street that somebody has asked for lately."""

LATELY = 12
"""Streets that are talked about."""

VAGUE = 0.03
"""Share of callers who do not say where."""

NUMBERED = 0.4
"""Share of callers who give a house number."""

FROM_STREET = 0.6
"""Share of callers from an alley who say first which street it leaves."""

AT_CORNER = 0.12
"""Share of callers from a larger street who name a crossing instead of a house."""

ALLEYS = frozenset({RoadClass.RESIDENTIAL, RoadClass.LIVING_STREET, RoadClass.ALLEY})

OFF_A_STREET = ("کوچه", "بن‌بست", "کوی")
"""How names begin that say little without a street; "Baharan 12" says enough."""

NOBODY_LIVES = frozenset({RoadClass.MOTORWAY, RoadClass.TRUNK})
"""Roads that nobody calls about."""


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """A caller's words, the address that the operator notes, and where that is, on which street."""

    at: datetime
    kind: RequestKind
    text: str
    address: str
    location: LonLat
    segment_id: SegmentId


type Later = Callable[[datetime, float], datetime | None]
"""The time of the next call, so many mean waits after the last one; `None` where none follows."""


type Likely = Callable[[Segment, datetime], float]
"""How likely, from 0 to 1, who lives on a street calls at a time, beside the others."""

TRIES = 30
"""Streets that are drawn, at most, until one of them is likely enough."""


def steadily(per_hour: float) -> Later:
    """Return the times of callers who never become more or fewer."""
    return lambda at, waits: at + timedelta(hours=waits / per_hour)


def calls(
    segments: Sequence[Segment],
    houses: Iterable[Place],
    starts_at: datetime,
    later: Later,
    seed: int,
    likely: Likely | None = None,
    language: str = ENGLISH,
) -> Iterator[SimulatedCall]:
    """Yield calls by time; none where no street has a name.

    Callers give a house number only where the city has it: `houses` are places with a number. They
    call from all streets alike, or as `likely` says, and speak the language of their streets' names
    or the city's.
    """
    callers = _Callers.of(segments, houses, language)
    chance, at = np.random.default_rng([seed, 7]), later(starts_at, 0.0)
    talked_about: list[Segment] = []
    while callers.streets and at is not None:
        at = later(at, float(chance.exponential()))
        if at is None:
            return
        street = callers.any_street(chance, at, likely)
        if talked_about and chance.random() < AGAIN:
            street = talked_about[int(chance.integers(len(talked_about)))]
        talked_about = [*talked_about, street][-LATELY:]
        place, here = callers.place(street, chance)
        speech = speech_of(spoken_name(street), language)
        said = int(chance.integers(len(speech.sentences)))
        if chance.random() < VAGUE:
            yield SimulatedCall(at, RequestKind.PLOW, speech.vague, "", here, street.id)
        else:
            kind, sentence = speech.sentences[said]
            yield SimulatedCall(at, kind, sentence.format(place=place), place, here, street.id)


def written_calls(
    segments: Sequence[Segment],
    houses: Iterable[Place],
    written: Iterable[tuple[datetime, RequestKind, str]],
    seed: int,
    language: str = ENGLISH,
) -> Iterator[SimulatedCall]:
    """Yield calls with given times and words, in which `{place}` is a street that is drawn."""
    callers, chance = _Callers.of(segments, houses, language), np.random.default_rng([seed, 8])
    for at, kind, words in written if callers.streets else ():
        street = callers.any_street(chance, at)
        place, here = callers.place(street, chance)
        yield SimulatedCall(at, kind, words.replace(PLACE, place), place, here, street.id)


@dataclass(frozen=True, slots=True)
class _Callers:
    """Where callers live: streets with a name, those that meet at a node, their house numbers.

    `language` is the city's.
    """

    streets: Sequence[Segment]
    meeting: Mapping[NodeId, Sequence[Segment]]
    numbers: Mapping[str, Sequence[str]]
    language: str

    @classmethod
    def of(cls, segments: Iterable[Segment], houses: Iterable[Place], language: str) -> Self:
        named = [s for s in segments if spoken_name(s) and s.road_class not in NOBODY_LIVES]
        return cls(named, _meeting(named), _numbers(houses), language)

    def any_street(self, chance: Generator, at: datetime, likely: Likely | None = None) -> Segment:
        for _ in range(TRIES):
            street = self.streets[int(chance.integers(len(self.streets)))]
            if likely is None or chance.random() < likely(street, at):
                break
        return street

    def place(self, street: Segment, chance: Generator) -> tuple[str, LonLat]:
        """Return how a caller says where that is, and where."""
        speech = speech_of(spoken_name(street), self.language)
        said = _place(street, self.meeting, self.numbers, chance, speech)
        return said, street.geometry[len(street.geometry) // 2]


def _place(
    street: Segment,
    meeting: Mapping[NodeId, Sequence[Segment]],
    numbers: Mapping[str, Sequence[str]],
    chance: Generator,
    speech: Speech,
) -> str:
    """Return a spoken place: a house, a crossing, or an alley off its street."""
    name = spoken_name(street)
    others = [
        spoken_name(other)
        for node in (street.start, street.end)
        for other in meeting[node]
        if spoken_name(other) != name and other.road_class not in ALLEYS
    ]
    other = others[int(chance.integers(len(others)))] if others else ""
    alley = street.road_class in ALLEYS
    if other and not alley and chance.random() < AT_CORNER:
        return speech.corner.format(street=name, other=other)
    if other and name.startswith(OFF_A_STREET) and chance.random() < FROM_STREET:
        name = OFF.format(street=name, other=other)
    known = numbers.get(spoken_name(street), ())
    if not known or chance.random() >= NUMBERED:
        return name
    number = known[int(chance.integers(len(known)))]
    return speech.numbered(name, number)


def _meeting(segments: Sequence[Segment]) -> Mapping[NodeId, Sequence[Segment]]:
    found: dict[NodeId, list[Segment]] = {}
    for segment in segments:
        for node in (segment.start, segment.end):
            found.setdefault(node, []).append(segment)
    return found


def _numbers(houses: Iterable[Place]) -> Mapping[str, Sequence[str]]:
    """Return the house numbers of each street."""
    found: dict[str, list[str]] = {}
    for house in houses:
        if house.street and house.number:
            found.setdefault(house.street, []).append(house.number)
    return found


def spoken_name(segment: Segment) -> str:
    """Return what people call a street, empty for one without a name."""
    spellings = segment.names.get("") or segment.names.get("fa") or ()
    return spellings[0] if spellings else ""
