"""Track windows: half hours of one vehicle's positions, each processed by itself.

What a half hour proves follows from its fixes and those around it, and from nothing else: so the
stream, a late fix, a restart and a recomputation of a whole storm all come to the same.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from data.coverage import merged
from data.model import DirectedSegment, Match, Pass, Position, VehicleId
from data.streets.network import StreetNetwork
from fleet.coverage.pass_detection import Sighted, WorkingVehicle, proofs, too_fast_mps
from fleet.coverage.reversing import without_backing
from fleet.coverage.route_expectations import FleetExpectations
from fleet.coverage.sensor_state import SensorPair, SensorReading, Switch
from fleet.matching.driven_paths import DrivenStretch, reverse
from fleet.matching.map_matching import Matcher, Trail
from fleet.tracking.fix_filters import filtered

LENGTH = timedelta(minutes=30)
"""How much of a track one window proves."""

BEFORE = timedelta(minutes=2)
"""Earlier fixes looked at, so that the matching is sure of the street when the window begins."""

AFTER = timedelta(minutes=6)
"""Later fixes looked at: longer than any gap that is bridged."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def number_at(moment: datetime) -> int:
    """Return the number of the window that holds a moment."""
    return (moment - _EPOCH) // LENGTH


def begins_at(number: int) -> datetime:
    """Return when a window begins."""
    return _EPOCH + number * LENGTH


def fix_span(number: int) -> tuple[datetime, datetime]:
    """Return the span (start, end excluded) whose fixes a window reads; longer than the window."""
    return begins_at(number) - BEFORE, begins_at(number + 1) + AFTER


def windows_reading(moment: datetime) -> Iterator[int]:
    """Yield the numbers of the windows that read a fix of this moment, oldest first."""
    middle = number_at(moment)
    gone = moment - begins_at(middle)
    if gone < AFTER:
        yield middle - 1
    yield middle
    if gone >= LENGTH - BEFORE:
        yield middle + 1


Parts = dict[DirectedSegment, list[Pass]]
"""Parts of passes by direction, in the order in which they were proved."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A stretch between two fixes: what was driven, and the confidence of its match."""

    before: Sighted
    after: Sighted
    stretches: Sequence[DrivenStretch]
    confidence: float

    def without(self, broken: frozenset[Switch]) -> "_Step":
        """Return the same without readings of sensors that were broken all along."""
        if not broken:
            return self
        return replace(self, before=self.before.without(broken), after=self.after.without(broken))


@dataclass(slots=True, eq=False)
class TrackWindow:
    """A vehicle's half hour in processing; fixes come in order of their times.

    `changed` are the directions whose `passes` are not stored yet; `recomputed` says that all of
    them replace what was stored. `ended` is what is proved if no fix follows, once it was settled.
    `steps_so_far` are all steps while a sensor has yet to report "up": should it turn out to be
    stuck, they are proved again without it.
    """

    vehicle_id: VehicleId
    number: int
    recomputed: bool = True
    trail: Trail = field(default_factory=Trail)
    waiting: dict[datetime, Position] = field(default_factory=dict)
    newest: Position | None = None
    heard_at: datetime | None = None
    last: tuple[Sighted, Match] | None = None
    equipment: SensorPair = field(default_factory=SensorPair)
    parts: Parts = field(default_factory=dict)
    steps_so_far: list[_Step] | None = field(default_factory=list)
    stuck: frozenset[Switch] = frozenset()
    ended: Parts | None = None
    changed: set[DirectedSegment] = field(default_factory=set)

    @property
    def key(self) -> tuple[VehicleId, int]:
        """Vehicle and number of the window."""
        return self.vehicle_id, self.number

    @property
    def settled(self) -> bool:
        """Whether its last fixes are matched and counted."""
        return self.ended is not None

    @property
    def proved(self) -> Parts:
        """The passes, with those of its last fixes once these are settled."""
        return self.parts if self.ended is None else self.ended

    def feed(
        self,
        matcher: Matcher,
        network: StreetNetwork,
        orders: FleetExpectations,
        fixes: Sequence[Position],
    ) -> Counter[str]:
        """Add later fixes; return how many of its own were dropped, by reason."""
        if not fixes:
            return Counter()
        self.heard_at = fixes[-1].fixed_at
        self.changed |= _differing(self.proved, self.parts)
        self.ended = None
        newest = self.newest
        kept, dropped = filtered(fixes, newest)
        if kept:
            self.newest = kept[-1]
            self.waiting |= {fix.fixed_at: fix for fix in kept}
            self._walk(matcher, network, orders, matcher.match(self.trail, kept))
        return self.dropped(fixes, newest) if dropped else Counter()

    def settle(self, matcher: Matcher, network: StreetNetwork, orders: FleetExpectations) -> None:
        """Match and count the last fixes as if none followed; more may come nevertheless."""
        end = TrackWindow(
            self.vehicle_id,
            self.number,
            trail=deepcopy(self.trail),
            waiting=dict(self.waiting),
            last=self.last,
            equipment=deepcopy(self.equipment),
            parts={way: list(parts) for way, parts in self.parts.items()},
            steps_so_far=None if self.steps_so_far is None else list(self.steps_so_far),
            stuck=self.stuck,
        )
        end._walk(matcher, network, orders, matcher.settle(end.trail))
        self.changed |= _differing(self.proved, end.parts)
        self.ended = end.parts

    def finish(self, matcher: Matcher, network: StreetNetwork, orders: FleetExpectations) -> None:
        """Match and count the last fixes and end the window."""
        self._walk(matcher, network, orders, matcher.settle(self.trail))
        self.ended = self.parts

    def passes(self, directed: DirectedSegment) -> list[Pass]:
        """Return the passes of a direction so far."""
        known = self.proved
        return merged(without_backing(known.get(directed, ()), known.get(reverse(directed), ())))

    def dropped(self, fixes: Sequence[Position], newest: Position | None = None) -> Counter[str]:
        """Return how many of the window's own fixes are dropped, by reason."""
        return filtered([f for f in fixes if number_at(f.fixed_at) == self.number], newest)[1]

    def _walk(
        self,
        matcher: Matcher,
        network: StreetNetwork,
        orders: FleetExpectations,
        matches: Iterable[Match],
    ) -> None:
        """Turn settled matches into parts of passes, from each fix to the next."""
        limit_mps = too_fast_mps(orders.work_mps(self.vehicle_id))
        for match in matches:
            position, claim = self.waiting[match.fixed_at], SensorReading(None, None)
            for passed in _until(match.fixed_at, self.waiting):
                fix = self.waiting.pop(passed)  # fixes of a standing vehicle share one match
                claim = self.equipment.read(fix, limit_mps, match.segment)
            sighted = Sighted(position, claim)
            if self.last is not None:
                before, start = self.last
                sure = min(start.confidence, match.confidence)
                step = _Step(before, sighted, matcher.between(start, match), sure)
                self._go(network, orders, step)
            self.last = (sighted, match)

    def _go(self, network: StreetNetwork, orders: FleetExpectations, step: _Step) -> None:
        step = step.without(self.stuck & self.equipment.stuck)
        order = orders.at(self.vehicle_id, step.before.fix.fixed_at)
        if order is not None:
            drives = (one for one in step.stretches if one.directed in order.drive)
            self.equipment.drive(sum(one.to_m - one.from_m for one in drives))
        if number_at(step.before.fix.fixed_at) == self.number:
            if self.steps_so_far is not None:
                self.steps_so_far.append(step)
            self._prove(network, orders, step)
        if self.steps_so_far is not None and self.equipment.stuck > self.stuck:
            self.stuck = self.equipment.stuck
            self._prove_again(network, orders, self.steps_so_far)
        if not self.equipment.unproved:
            self.steps_so_far = None

    def _prove(self, network: StreetNetwork, orders: FleetExpectations, step: _Step) -> None:
        """Add the parts of passes of a step."""
        order = orders.at(self.vehicle_id, step.before.fix.fixed_at)
        work_mps, plows = orders.work_mps(self.vehicle_id), orders.plows(self.vehicle_id)
        vehicle = WorkingVehicle(order, work_mps, plows)
        for part in proofs(
            network, step.before, step.after, step.stretches, step.confidence, vehicle
        ):
            directed = DirectedSegment(part.segment_id, part.forward)
            self.parts.setdefault(directed, []).append(part)
            self.changed |= _both({directed}, self.parts)

    def _prove_again(
        self,
        network: StreetNetwork,
        orders: FleetExpectations,
        steps: Sequence[_Step],
    ) -> None:
        """Prove all steps so far without the sensors that turned out to be stuck."""
        self.changed |= self.parts.keys()
        self.parts, self.steps_so_far = {}, [step.without(self.stuck) for step in steps]
        for step in self.steps_so_far:
            self._prove(network, orders, step)


def _until(moment: datetime, times: Iterable[datetime]) -> list[datetime]:
    """Return the first of some times in order, up to a moment."""
    return list(takewhile(lambda at: at <= moment, times))


def _differing(before: Parts, after: Parts) -> set[DirectedSegment]:
    known = before.keys() | after.keys()
    return _both({way for way in known if before.get(way) != after.get(way)}, known)


def _both(ways: set[DirectedSegment], known: Container[DirectedSegment]) -> set[DirectedSegment]:
    """Return directions with the opposite ones of their streets: reversing is judged from both."""
    return ways | {other for other in map(reverse, ways) if other in known}
