"""What a driver's "done" proves of each street of a leg, pure.

Where the machine's own sensor spoke and is believed, the sensor decides. A tap counts where there
is no sensor, where it is dead or broken and positions show the machine on the street, and where
positions cannot tell: on the last metres of a short dead end, or in a silence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import pairwise

from data.evidence_rules import EvidenceRules
from data.model import DirectedSegment, EvidenceKind, Pass, Treatment
from fleet.coverage import counting, union, visits, whole_m

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

SENSED = frozenset({EvidenceKind.BLADE, EvidenceKind.SPREADER})

Silences = Callable[[datetime, datetime], timedelta]
"""Says for how long nothing was heard, at the most, between two moments."""


class Sensor(Enum):
    """What is known of the sensor that should tell of a leg.

    `UNPROVED` has said nothing but "at work" ever since the tap before: it may be stuck.
    """

    SILENT = auto()
    ALIVE = auto()
    UNPROVED = auto()
    DEAD = auto()


@dataclass(frozen=True, slots=True)
class Look:
    """What positions show of the machine's visit to a street.

    `worked_m` by a sensor that is believed; `hinted` where something tells of work that proves
    nothing by itself: its speed, or a sensor on a street that the matching is not sure of.
    `missing_m` was not seen.
    """

    began_at: datetime
    ended_at: datetime
    missing_m: float
    worked_m: float
    hinted: bool

    @property
    def worked(self) -> bool:
        """Whether a sensor that is believed told of work."""
        return self.worked_m > 0.0


@dataclass(frozen=True, slots=True)
class Street:
    """A street of a route, in a direction; `told` where the tap is about it."""

    directed: DirectedSegment
    length_m: float
    told: bool
    look: Look | None

    @property
    def missing_m(self) -> float:
        """Metres that positions do not show."""
        return self.length_m if self.look is None else self.look.missing_m

    @property
    def missing(self) -> bool:
        """Whether positions do not show the whole street, and nothing speaks against work there."""
        if self.look is None:
            return True
        return self.look.worked and self.length_m - self.missing_m < whole_m(self.length_m)


@dataclass(frozen=True, slots=True)
class Told:
    """A street that counts as worked on because its driver says so."""

    directed: DirectedSegment
    length_m: float
    began_at: datetime
    ended_at: datetime
    confidence: float


def look_at(
    passes: Sequence[Pass],
    length_m: float,
    treatment: Treatment,
    since: datetime,
    until: datetime,
    rules: EvidenceRules,
) -> Look | None:
    """Return what a machine's passes show of a visit in a time; `None` without any.

    Of several the last on which a sensor tells of work all along; without one, the last whole one
    or the one that shows most. A truck that stands at the end of a street comes to its last metres
    a second time, and one that has worked may drive through again before its driver taps.
    """
    sensed = [
        one
        for one in passes
        if one.evidence.kind in {*SENSED, EvidenceKind.SPEED}
        and one.ended_at >= since
        and one.started_at <= until
    ]
    if not sensed:
        return None
    looks = [_look(visit, length_m, treatment, rules) for visit in visits(sensed)]
    return max(looks, key=lambda look: _shows(look, length_m))


def _look(
    visit: Sequence[Pass], length_m: float, treatment: Treatment, rules: EvidenceRules
) -> Look:
    work = [one for one in visit if one.treatment is treatment]
    good = counting(work, rules)
    return Look(
        began_at=min(one.started_at for one in visit),
        ended_at=max(one.ended_at for one in visit),
        missing_m=max(length_m - _covered_m(visit), 0.0),
        worked_m=_covered_m(one for one in good if one.evidence.kind in SENSED),
        hinted=len(good) < len(work),
    )


def _shows(look: Look, length_m: float) -> tuple[bool, float, datetime]:
    """Return by what a visit is the one that a driver means: the greatest is."""
    whole = whole_m(length_m)
    return look.worked_m >= whole, min(length_m - look.missing_m, whole), look.ended_at


def _covered_m(passes: Iterable[Pass]) -> float:
    return sum(end - start for start, end in union((one.from_m, one.to_m) for one in passes))


def told_by(
    sensor: Sensor,
    streets: Sequence[Street],
    began_at: datetime,
    ended_at: datetime,
    silences: Silences,
) -> Iterator[Told]:
    """Yield the streets that a tap proves, each with the time of it and how sure it is.

    `streets` are those of the leg with their neighbors on the route, in order; `began_at` and
    `ended_at` bound the work where positions say nothing.
    """
    sure = {i: _confidence(sensor, street) for i, street in enumerate(streets) if street.told}
    for i, confidence in sure.items():
        street = streets[i]
        times = (street.look.began_at, street.look.ended_at) if street.look else None
        if confidence:
            yield Told(
                street.directed, street.length_m, *(times or (began_at, ended_at)), confidence
            )
    if sensor is not Sensor.SILENT:
        yield from _between(streets, sure, silences)


def _confidence(sensor: Sensor, street: Street) -> float:
    """Return how sure a tap is of a street by what was seen there; 0 where it proves nothing."""
    if sensor is Sensor.SILENT:
        return SEEN if street.look else UNSEEN
    if street.look is None:
        return 0.0
    if sensor is Sensor.DEAD:
        return AGAINST_SENSOR
    look = street.look
    agreed = look.worked and sensor is Sensor.UNPROVED
    return AGAINST_SENSOR if agreed or look.hinted or _moved_at_an_end(street, look) else 0.0


def _moved_at_an_end(street: Street, look: Look) -> bool:
    """Whether the blade moved so near to the end of a street that it may as well be the end."""
    idle_m = street.length_m - look.missing_m - look.worked_m
    most = street.length_m / 2 < look.worked_m < whole_m(street.length_m)
    return most and idle_m <= NOISE_M


def _between(
    streets: Sequence[Street], sure: Mapping[int, float], silences: Silences
) -> Iterator[Told]:
    """Yield streets that positions do not show between two that they do, where they cannot."""
    shown = [i for i, one in enumerate(streets) if sure.get(i) or not one.missing]
    for first, last in pairwise(shown):
        hidden = [one for one in streets[first + 1 : last] if one.told]
        a, b = streets[first].look, streets[last].look
        if not hidden or a is None or b is None or a.ended_at > b.began_at:
            continue
        worked = a.worked or b.worked or bool(sure.get(first) or sure.get(last))
        missing_m = sum(one.missing_m for one in streets[first + 1 : last])
        passed_s = (b.began_at - a.ended_at).total_seconds()
        quiet_s = silences(a.ended_at, b.began_at).total_seconds()
        hidden_m = min(passed_s * SILENCE_MPS, HIDDEN_M)
        if worked and missing_m <= max(SHORT_M, hidden_m, quiet_s * SILENCE_MPS):
            for one in hidden:
                yield Told(one.directed, one.length_m, a.ended_at, b.began_at, UNSEEN)
