"""In which order machines did two streets of their routes, and what drivers prefer by that, pure.

A street is done by the time when half of its length is: of two-way streets one direction is often
done long before the other. Only what is clear counts: the route has one street half done while at
most a quarter of the other is, and that one soon after; the machine did most of both while it had
this route, and one as clearly before the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

from data.model import DirectedSegment, LegKind, Route, SegmentId, ShiftId
from data.model.planning.paces import Movement
from data.streets.network import StreetNetwork
from fleet.learning.deviations.driven_routes import DrivenRoutes, PublishedRoute
from fleet.learning.deviations.untaken_ways import count_drivers
from fleet.learning.street_drives import WHOLE, DrivenOrder, RouteStreet, StormFacts
from fleet.learning.stretches import Rows, Stretch
from fleet.shifts.order_preferences import LearnedOrder

CLOSE = timedelta(hours=1)
"""Of streets with more planned time between them nobody chooses which comes first."""

HALF, LITTLE = 0.5, 0.25
"""Shares of a street: so much of one is done when no more than that of the other is."""

ROUNDING = 1e-9

SETTLED = timedelta(minutes=10)
"""For so long after a new route was published, a driver may still follow the one before."""

FOREVER = datetime.max.replace(tzinfo=UTC)

LEAST_TIMES = 5
"""So often streets were done the other way round before anybody is asked about it, ..."""

LEAST_SHARE = 7 / 8
"""... of all times that routes had one of the two orders: whoever tosses a coin each time does
that in one case of thirty, ..."""

LEAST_DRIVERS = 2
"""... by so many drivers: one alone may have a habit, ..."""

LEAST_STORMS = 2
"""... in so many storms: in one alone there may have been a reason."""

type _Pair = tuple[str, str, str]
"""Type of machine, the street done sooner, and the one done later."""


def driven_orders(rows: Rows, facts: StormFacts, led: DrivenRoutes) -> Iterator[DrivenOrder]:
    """Yield pairs of streets that machines did one after the other, as planned or turned."""
    for vehicle_id, row in rows.items():
        machine = facts.machines[vehicle_id].type
        work = [one for one in row if _is_work(one, facts.network)]
        for held in _held(led.routes.get(vehicle_id, ())):
            route = held.order.route
            mine = [
                one
                for one in work
                if held.since + SETTLED <= one.started_at < held.until
                and led.on_duty(route, one.started_at)
            ]
            streets = sorted(_done(_streets(held.order, facts.network), mine), key=_name)
            for one, other in combinations(streets, 2):
                pair = _planned_apart(one, other)
                turned = None if pair is None else _turned(*pair)
                if pair is None or turned is None:
                    continue
                first, then = pair
                if _was_asked(led, held, *((then, first) if turned else pair)):
                    driver = led.driver_of(route)
                    yield DrivenOrder(
                        facts.storm_id, machine, driver, first.named, then.named, turned
                    )


@dataclass(frozen=True, slots=True)
class _HeldRoute:
    """A route, from when until when a machine had it, and its later versions of the same order."""

    order: PublishedRoute
    since: datetime
    until: datetime
    versions: Sequence[PublishedRoute]


@dataclass(slots=True)
class _Street:
    """A street of a route: its directions, and when work on each of them was to begin or began."""

    name: str
    length_m: Mapping[DirectedSegment, float]
    planned_at: Mapping[DirectedSegment, datetime]
    done_at: Mapping[DirectedSegment, datetime] = field(default_factory=dict)

    @property
    def named(self) -> RouteStreet:
        return RouteStreet(self.name, frozenset(way.segment_id for way in self.planned_at))

    def share(self, times: Mapping[DirectedSegment, datetime], until: datetime) -> float:
        """Return which share of the street is begun at these times until a moment."""
        begun_m = sum(self.length_m[way] for way, at in times.items() if at <= until)
        return begun_m / sum(self.length_m.values())

    def half_at(self, times: Mapping[DirectedSegment, datetime]) -> datetime:
        """Return when half of the street is begun."""
        return next(at for at in sorted(times.values()) if self.share(times, at) >= HALF - ROUNDING)


def _name(street: _Street) -> str:
    return street.name


def _is_work(one: Stretch, network: StreetNetwork) -> bool:
    whole_m = network.segment(one.directed.segment_id).length_m
    return one.movement is not Movement.DRIVE and one.length_m >= WHOLE * whole_m


def _held(orders: Iterable[PublishedRoute]) -> Iterator[_HeldRoute]:
    """Yield the routes of a machine; one that only leaves out what was done is the same route."""
    by_shift: defaultdict[ShiftId, list[PublishedRoute]] = defaultdict(list)
    for one in orders:
        by_shift[one.route.shift_id].append(one)
    for known in by_shift.values():
        begun = [0, *(i for i in range(1, len(known)) if not _goes_on(known[i - 1], known[i]))]
        for i, end in pairwise([*begun, len(known)]):
            until = known[end].since if end < len(known) else FOREVER
            yield _HeldRoute(known[i], known[i].since, until, known[i:end])


def _goes_on(before: PublishedRoute, after: PublishedRoute) -> bool:
    left = iter(_works(before.route))
    return all(work in left for work in _works(after.route))


def _works(route: Route) -> Iterator[object]:
    return (work for leg in route.legs for work in leg.works)


def _streets(order: PublishedRoute, network: StreetNetwork) -> Iterator[_Street]:
    """Yield the streets with a name that a route works on, without skipped ones."""
    planned: defaultdict[str, dict[DirectedSegment, datetime]] = defaultdict(dict)
    skipped = {""}
    for i, leg in enumerate(order.route.legs):
        for way in leg.path if leg.kind is LegKind.WORK else ():
            segment = network.find(way.segment_id)
            name = "" if segment is None else segment.main_name
            planned[name].setdefault(way, leg.starts_at)
            if i in order.skipped:
                skipped.add(name)
    for name in planned.keys() - skipped:
        lengths_m = {way: network.segment(way.segment_id).length_m for way in planned[name]}
        yield _Street(name, lengths_m, planned[name])


def _done(streets: Iterable[_Street], work: Sequence[Stretch]) -> Iterator[_Street]:
    """Yield the streets of which most was done, with when that was."""
    for street in streets:
        times: dict[DirectedSegment, datetime] = {}
        for one in work:
            if one.directed in street.length_m:
                times.setdefault(one.directed, one.started_at)
        street.done_at = times
        if times and street.share(times, max(times.values())) >= WHOLE:
            yield street


def _planned_apart(one: _Street, other: _Street) -> tuple[_Street, _Street] | None:
    """Return which of two streets a route clearly has first, and the other one, if it is close."""
    if _is_before(one, other, one.planned_at, other.planned_at):
        first, then = one, other
    elif _is_before(other, one, other.planned_at, one.planned_at):
        first, then = other, one
    else:
        return None
    apart = then.half_at(then.planned_at) - first.half_at(first.planned_at)
    return (first, then) if apart <= CLOSE else None


def _turned(first: _Street, then: _Street) -> bool | None:
    """Whether streets were done the other way round; `None` where neither way is clear."""
    if _is_before(first, then, first.done_at, then.done_at):
        return False
    return True if _is_before(then, first, then.done_at, first.done_at) else None


def _is_before(
    one: _Street,
    other: _Street,
    times: Mapping[DirectedSegment, datetime],
    others: Mapping[DirectedSegment, datetime],
) -> bool:
    half_at = one.half_at(times)
    return other.share(others, half_at) <= LITTLE and half_at < other.half_at(others)


def _was_asked(led: DrivenRoutes, held: _HeldRoute, sooner: _Street, later: _Street) -> bool:
    """Whether the later street was open when the sooner one was done, and still to be done then."""
    done_at, due_at = sooner.half_at(sooner.done_at), later.half_at(later.done_at)
    if any(led.shut(way, done_at) for way in later.planned_at):
        return False
    version = [one for one in held.versions if one.since <= due_at][-1]
    works = {way for leg in version.route.legs for way in leg.path if leg.job_ids}
    return not works.isdisjoint(later.planned_at)


def segments_of(streets: Iterable[RouteStreet]) -> tuple[SegmentId, ...]:
    """Return all parts of streets, in order."""
    return tuple(sorted({one for street in streets for one in street.segments}))


def learned_orders(driven: Iterable[DrivenOrder]) -> list[LearnedOrder]:
    """Return which streets types of machines do before which others, oftenest first.

    What follows from two others is left out, and so is what contradicts surer ones.
    """
    turned: defaultdict[_Pair, list[DrivenOrder]] = defaultdict(list)
    kept: defaultdict[_Pair, int] = defaultdict(int)
    for one in driven:
        if one.turned:
            turned[one.machine, one.then.name, one.first.name].append(one)
        else:
            kept[one.machine, one.then.name, one.first.name] += 1
    found: dict[_Pair, LearnedOrder] = {}
    for pair, seen in turned.items():
        machine, sooner, later = pair
        against = kept[pair] + len(turned.get((machine, later, sooner), ()))
        order = _learned(seen, len(seen) + against)
        if order is not None:
            found[pair] = order
    return _without_implied(found)


def _learned(seen: Sequence[DrivenOrder], chances: int) -> LearnedOrder | None:
    drivers = count_drivers(one.driver for one in seen)
    storms = len({one.storm_id for one in seen})
    consistent = len(seen) >= max(LEAST_TIMES, LEAST_SHARE * chances)
    if not consistent or drivers < LEAST_DRIVERS or storms < LEAST_STORMS:
        return None
    return LearnedOrder(
        seen[0].machine,
        segments_of(one.then for one in seen),
        segments_of(one.first for one in seen),
        len(seen),
        chances,
        drivers,
        storms,
    )


def _without_implied(found: dict[_Pair, LearnedOrder]) -> list[LearnedOrder]:
    """Return orders without circles, and without those between which another street lies."""
    behind: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    held: list[_Pair] = []
    for pair in sorted(found, key=lambda one: (-found[one].times, found[one].chances, one)):
        machine, sooner, later = pair
        if sooner not in _reached(behind, machine, later):
            behind[machine, sooner].add(later)
            held.append(pair)
    return [
        found[pair]
        for pair in held
        for machine, sooner, later in (pair,)
        if not any(
            later in _reached(behind, machine, between)
            for between in behind[machine, sooner] - {later}
        )
    ]


def _reached(behind: defaultdict[tuple[str, str], set[str]], machine: str, street: str) -> set[str]:
    """Return the streets that come behind one, by any number of orders."""
    found: set[str] = set()
    ahead = [street]
    while ahead:
        new = behind[machine, ahead.pop()] - found
        found |= new
        ahead += new
    return found
