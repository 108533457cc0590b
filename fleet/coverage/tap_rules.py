"""What a driver's "done" proves of each street of a leg, by positions and sensors, pure.

Where the machine's own sensor spoke and is believed, the sensor decides. A tap counts where there
is no sensor, where it is dead or broken and positions show the machine on the street, and where
positions cannot tell: on the last metres of a short dead end, or in a silence.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import pairwise

from data.model import DirectedSegment
from fleet.coverage.street_coverage import whole_m
from fleet.coverage.visits import StreetVisit

SEEN, UNSEEN, AGAINST_SENSOR = 0.9, 0.5, 0.6
"""Confidence in a tap where positions show the machine on the street, where they do not, and where
they do but its sensor is broken."""

SHORT_M = 100.0
"""So little, there and back, may lie between two fixes of a machine at work."""

HIDDEN_M = 200.0
"""So much positions may have put on another street, if there was the time for it."""

SILENCE_MPS = 10.0
"""What was driven unseen was driven no faster than this."""

NOISE_M = 30.0
"""So far from where a blade really moved positions may show that it did, on half of a street."""

ADJOINING = timedelta(seconds=15)
"""So soon after one street a machine is on the next one without anything between."""

Silences = Callable[[datetime, datetime], timedelta]
"""Says how long the longest silence is that has any of the time between two moments in it."""

Alongside = Callable[[datetime, datetime, Sequence[DirectedSegment]], bool]
"""Says whether all positions between two moments are so near to some streets that they may be on
them, and come by each."""


class SensorKnowledge(Enum):
    """What is known of the sensor that a leg's work should be seen by.

    `UNPROVED` has said nothing but "at work" ever since the tap before: it may be stuck.
    """

    SILENT = auto()
    ALIVE = auto()
    UNPROVED = auto()
    DEAD = auto()


@dataclass(frozen=True, slots=True)
class TappedStreet:
    """A street of a route, in a direction; `tapped` where the driver's tap covers it."""

    directed: DirectedSegment
    length_m: float
    tapped: bool
    visit: StreetVisit | None

    @property
    def missing_m(self) -> float:
        """Metres that positions do not show."""
        return self.length_m if self.visit is None else self.visit.missing_m

    @property
    def missing(self) -> bool:
        """Whether positions do not show the whole street, and nothing contradicts the tap."""
        if self.visit is None:
            return True
        return self.visit.worked and self.length_m - self.missing_m < whole_m(self.length_m)


@dataclass(frozen=True, slots=True)
class ConfirmedStreet:
    """A street that counts as worked on because its driver confirmed it.

    `along` are all streets of the way that the vehicle was on then, where positions came along it.
    """

    directed: DirectedSegment
    length_m: float
    began_at: datetime
    ended_at: datetime
    confidence: float
    along: frozenset[DirectedSegment] = frozenset()


def confirmed_streets(
    sensor: SensorKnowledge,
    streets: Sequence[TappedStreet],
    began_at: datetime,
    ended_at: datetime,
    silences: Silences,
    alongside: Alongside,
) -> Iterator[ConfirmedStreet]:
    """Yield the streets that a tap proves, each with its time and confidence.

    `streets` are those of the leg with their neighbors on the route, in order; `began_at` and
    `ended_at` bound the work where positions say nothing.
    """
    sure = {i: _confidence(sensor, street) for i, street in enumerate(streets) if street.tapped}
    for i in _at_a_switch(streets) if sensor is not SensorKnowledge.SILENT else ():
        sure[i] = sure[i] or UNSEEN
    for i, confidence in sure.items():
        street = streets[i]
        times = (street.visit.began_at, street.visit.ended_at) if street.visit else None
        if confidence:
            yield ConfirmedStreet(
                street.directed, street.length_m, *(times or (began_at, ended_at)), confidence
            )
    if sensor is not SensorKnowledge.SILENT:
        yield from _between(streets, sure, silences, alongside)


def _confidence(sensor: SensorKnowledge, street: TappedStreet) -> float:
    """Return the confidence (0-1) of a tap for one street; 0 where it proves nothing."""
    if sensor is SensorKnowledge.SILENT:
        return SEEN if street.visit else UNSEEN
    if street.visit is None:
        return 0.0
    if sensor is SensorKnowledge.DEAD:
        return AGAINST_SENSOR
    visit = street.visit
    agreed = visit.worked and sensor is SensorKnowledge.UNPROVED
    return AGAINST_SENSOR if agreed or visit.hinted or _moved_at_an_end(street, visit) else 0.0


def _moved_at_an_end(street: TappedStreet, visit: StreetVisit) -> bool:
    """Whether the blade moved so near the end of a street that it may be the end itself."""
    most = street.length_m / 2 < visit.worked_m < whole_m(street.length_m)
    return most and _idle_m(street, visit) <= NOISE_M


def _at_a_switch(streets: Sequence[TappedStreet]) -> Iterator[int]:
    """Yield streets just before or after work, short enough that the blade moved there.

    Together they are no longer than a receiver's error.
    """
    for way in (range(len(streets)), range(len(streets) - 1, -1, -1)):
        beside, idle_m = None, 0.0
        for i in way:
            street, visit = streets[i], streets[i].visit
            if visit is None:
                beside = None
            elif visit.worked or visit.hinted:
                beside, idle_m = visit, _idle_m(street, visit)
            elif beside is not None and _adjoin(beside, visit):
                beside, idle_m = visit, idle_m + street.length_m
                if street.tapped and idle_m <= NOISE_M:
                    yield i
            else:
                beside = None


def _idle_m(street: TappedStreet, visit: StreetVisit) -> float:
    return max(street.length_m - visit.missing_m - visit.worked_m - visit.hinted_m, 0.0)


def _adjoin(a: StreetVisit, b: StreetVisit) -> bool:
    return a.began_at <= b.ended_at + ADJOINING and b.began_at <= a.ended_at + ADJOINING


def _between(
    streets: Sequence[TappedStreet],
    sure: Mapping[int, float],
    silences: Silences,
    alongside: Alongside,
) -> Iterator[ConfirmedStreet]:
    """Yield unseen streets between two seen ones where positions have a gap."""
    shown = [i for i, one in enumerate(streets) if sure.get(i) or not one.missing]
    for first, last in pairwise(shown):
        hidden = [one for one in streets[first + 1 : last] if one.tapped]
        a, b = streets[first].visit, streets[last].visit
        if not hidden or a is None or b is None:
            continue
        worked = a.worked or b.worked or bool(sure.get(first) or sure.get(last))
        since, until = min(a.ended_at, b.began_at), max(a.ended_at, b.began_at)
        missing_m = sum(one.missing_m for one in streets[first + 1 : last])
        gone_m = (b.began_at - a.ended_at).total_seconds() * SILENCE_MPS
        quiet_m = silences(since, until).total_seconds() * SILENCE_MPS
        ways = [one.directed for one in streets[first : last + 1]]
        along = missing_m <= gone_m + 2 * NOISE_M and alongside(since, until, ways)
        if worked and (along or missing_m <= max(SHORT_M, min(gone_m, HIDDEN_M), quiet_m)):
            there = frozenset(ways) if along else frozenset()
            for one in hidden:
                yield ConfirmedStreet(one.directed, one.length_m, since, until, UNSEEN, there)
