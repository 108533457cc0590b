"""Half hours of one vehicle's positions, each a thing of its own.

What a half hour proves follows from its fixes and those around it, and from nothing else: so the
stream, a late fix, a restart and a recomputation of a whole storm all come to the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from data.model import DirectedSegment, Match, Pass, Position, VehicleId
from data.network import StreetNetwork
from data.passes import merged
from fleet.equipment import Claim, Equipment
from fleet.matching import Matcher, Trail
from fleet.orders import Orders
from fleet.proving import Sighted, proofs, too_fast_mps
from fleet.steps import filtered

LENGTH = timedelta(minutes=30)
"""How much of a track one window proves."""

BEFORE = timedelta(minutes=2)
"""Earlier fixes looked at, so that the matching is sure of the street when the window begins."""

AFTER = timedelta(minutes=6)
"""Later fixes looked at: longer than any gap that is bridged."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def number_at(moment: datetime) -> int:
    """Return the number of the window that a moment lies in."""
    return (moment - _EPOCH) // LENGTH


def begins_at(number: int) -> datetime:
    """Return when a window begins."""
    return _EPOCH + number * LENGTH


def looks_at(number: int) -> tuple[datetime, datetime]:
    """Return from when until when (not included) the fixes of a window are looked at."""
    return begins_at(number) - BEFORE, begins_at(number + 1) + AFTER


def looked_at_by(moment: datetime) -> Iterator[int]:
    """Yield the windows that look at a fix of this moment, oldest first."""
    middle = number_at(moment)
    for number in (middle - 1, middle, middle + 1):
        since, until = looks_at(number)
        if since <= moment < until:
            yield number


@dataclass(slots=True, eq=False)
class Window:
    """A vehicle's half hour that is being followed; fixes come in order of their times.

    `changed` are the directions whose `passes` are not stored yet; `anew` says that all of them
    replace what was stored. `tail` is what the last fixes prove if nothing comes any more.
    """

    vehicle_id: VehicleId
    number: int
    anew: bool = True
    trail: Trail = field(default_factory=Trail)
    waiting: dict[datetime, Position] = field(default_factory=dict)
    newest: Position | None = None
    heard_at: datetime | None = None
    last: tuple[Sighted, Match] | None = None
    equipment: Equipment = field(default_factory=Equipment)
    parts: dict[DirectedSegment, list[Pass]] = field(default_factory=lambda: defaultdict(list))
    tail: dict[DirectedSegment, list[Pass]] = field(default_factory=dict)
    settled: bool = False
    changed: set[DirectedSegment] = field(default_factory=set)

    @property
    def key(self) -> tuple[VehicleId, int]:
        """What tells it from others."""
        return self.vehicle_id, self.number

    def feed(
        self,
        matcher: Matcher,
        network: StreetNetwork,
        orders: Orders,
        fixes: Sequence[Position],
    ) -> Counter[str]:
        """Follow the vehicle on with later fixes; return why how many of its own were dropped."""
        if not fixes:
            return Counter()
        self.heard_at = fixes[-1].fixed_at
        self.changed |= self.tail.keys()
        self.tail, self.settled = {}, False
        newest = self.newest
        kept, dropped = filtered(fixes, newest)
        if kept:
            self.newest = kept[-1]
            self.waiting |= {fix.fixed_at: fix for fix in kept}
            self._walk(matcher, network, orders, matcher.match(self.trail, kept))
        return self.dropped(fixes, newest) if dropped else Counter()

    def settle(self, matcher: Matcher, network: StreetNetwork, orders: Orders) -> None:
        """Find what the last fixes prove if nothing comes any more; more may come nevertheless."""
        end = Window(
            self.vehicle_id,
            self.number,
            trail=deepcopy(self.trail),
            waiting=dict(self.waiting),
            last=self.last,
            equipment=deepcopy(self.equipment),
        )
        end._walk(matcher, network, orders, matcher.settle(end.trail))
        self.tail, self.settled = dict(end.parts), True
        self.changed |= self.tail.keys()

    def passes(self, directed: DirectedSegment) -> list[Pass]:
        """Return what this half hour proves of a direction so far."""
        return merged([*self.parts.get(directed, ()), *self.tail.get(directed, ())])

    def dropped(self, fixes: Sequence[Position], newest: Position | None = None) -> Counter[str]:
        """Return why how many of the fixes of this very half hour are not looked at."""
        return filtered([f for f in fixes if number_at(f.fixed_at) == self.number], newest)[1]

    def _walk(
        self,
        matcher: Matcher,
        network: StreetNetwork,
        orders: Orders,
        matches: Iterable[Match],
    ) -> None:
        """Turn settled matches into parts of passes, from each fix to the next."""
        limit_mps = too_fast_mps(orders.work_mps(self.vehicle_id))
        for match in matches:
            position, claim = self.waiting[match.fixed_at], Claim(None, None)
            for passed in [at for at in self.waiting if at <= match.fixed_at]:
                fix = self.waiting.pop(passed)  # fixes of a standing vehicle share one match
                claim = self.equipment.hear(fix, limit_mps)
            sighted = Sighted(position, claim)
            if self.last is not None:
                before, start = self.last
                self._prove(network, orders, before, sighted, start, match, matcher)
            self.last = (sighted, match)

    def _prove(
        self,
        network: StreetNetwork,
        orders: Orders,
        before: Sighted,
        after: Sighted,
        start: Match,
        end: Match,
        matcher: Matcher,
    ) -> None:
        stretches = matcher.between(start, end)
        order = orders.at(self.vehicle_id, before.fix.fixed_at)
        if order is not None:
            drives = (one for one in stretches if one.directed in order.drive)
            self.equipment.drive(sum(one.to_m - one.from_m for one in drives))
        if number_at(before.fix.fixed_at) != self.number:
            return
        confidence = min(start.confidence, end.confidence)
        work_mps, plows = orders.work_mps(self.vehicle_id), orders.plows(self.vehicle_id)
        for part in proofs(
            network, before, after, stretches, confidence, order, work_mps, plows=plows
        ):
            directed = DirectedSegment(part.segment_id, part.forward)
            self.parts[directed].append(part)
            self.changed.add(directed)
