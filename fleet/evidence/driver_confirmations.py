"""Driver taps ("done") as evidence, for machines whose sensors report nothing.

A tap counts once it can no longer be taken back. What it proves then is decided in
`fleet.coverage.tap_rules`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Leg,
    LegKind,
    LegOutcome,
    LegProgress,
    Pass,
    PlanId,
    Position,
    Route,
    ShiftId,
    Storm,
    Treatment,
    VehicleId,
)
from data.policy.city_policy import Policy
from data.store.coverage.coverage import (
    list_denied,
    list_reported,
    list_sensed_of,
    list_work_and_drives,
)
from data.store.database.engine import Tx
from data.store.database.vehicle_parts import ALL_PARTS, Parts
from data.store.planning.plans import find_route
from data.store.setup.machines import get_vehicle
from data.store.shifts.shifts import list_progress, list_proved, list_unproved, mark_proved
from data.store.tracking.positions import fix_times, list_between, sensor_reports
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.context import CityContext
from fleet.coverage.coverage_cache import CoverageCache
from fleet.coverage.pass_detection import at_work_mps
from fleet.coverage.route_expectations import USUAL_MPS
from fleet.coverage.tap_rules import (
    NOISE_M,
    ConfirmedStreet,
    SensorKnowledge,
    TappedStreet,
    confirmed_streets,
)
from fleet.coverage.visits import street_visits, visits_in_order
from fleet.evidence.proof_store import Proof, store_evidence
from fleet.evidence.refuted_taps import without_refuted
from fleet.shifts.shift_progress import UNDO_WITHIN

AT_ONCE = 200
"""Legs looked at in one transaction."""

DEAD_AFTER = timedelta(minutes=20)
"""A sensor that has said nothing but "up" for so long of work, as its driver taps it, is dead."""

PACED_M, PACED = 2000.0, 0.8
"""So much of tapped work, this share of it at work's pace, is enough as well: nobody crawls along
the streets of his route with the blade up, and taps them."""

LATE = timedelta(minutes=1)
"""So late a driver may tap that a leg is done: the next one has begun meanwhile."""

LONGEST = timedelta(minutes=30)
"""A tap tells of what was done since the one before, but of no more than this."""


BESIDE, AROUND = 10, timedelta(minutes=10)
"""So many streets before and after a leg, and so long before, are looked at to find its own."""

FAR = timedelta(minutes=5)
"""So long before and after a time the fixes next to it are looked for."""


def taps_wait(tx: Tx, storm: Storm, now: datetime, parts: Parts = ALL_PARTS) -> bool:
    """Whether there are taps past their undo time, of vehicles in some parts, to be proved."""
    return bool(list_unproved(tx, storm.id, LegOutcome.DONE, now - UNDO_WITHIN, 1, parts))


def prove_taps(
    city: CityContext,
    storm: Storm,
    cache: CoverageCache | None = None,
    parts: Parts = ALL_PARTS,
    heard_until: datetime | None = None,
) -> Proof:
    """Store the passes that drivers of vehicles in some parts confirmed; return what changed.

    `heard_until` is when the last position came of which is known where the vehicle was; now, where
    none waits.
    """
    until = (heard_until or city.now) - UNDO_WITHIN
    ripe = list_unproved(city.tx, storm.id, LegOutcome.DONE, until, AT_ONCE, parts)
    passes: list[Pass] = []
    for driver, taps in _drivers(city.tx, storm, city.network, city.policy, ripe):
        passes += driver.passes(taps)
    mark_proved(city.tx, ripe)
    return store_evidence(city, storm, without_refuted(city.tx, storm, passes), cache=cache)


def late_since(fixes: Iterable[Position]) -> dict[VehicleId, datetime]:
    """Return, by vehicle, since when fixes arrived too late for taps that were judged meanwhile."""
    late: dict[VehicleId, datetime] = {}
    for fix in fixes:
        if fix.received_at - fix.fixed_at > UNDO_WITHIN:
            late[fix.vehicle_id] = min(fix.fixed_at, late.get(fix.vehicle_id, fix.fixed_at))
    return late


def judge_again(city: CityContext, storm: Storm, late: Mapping[VehicleId, datetime]) -> Proof:
    """Judge the taps of vehicles with `late` fixes again; return what changed.

    All taps from the first such fix on: what a sensor is worth shows only later.
    """
    passes, gone = list[Pass](), list[Pass]()
    for vehicle_id, since in late.items():
        counted = list_proved(city.tx, storm.id, vehicle_id, LegOutcome.DONE, since - UNDO_WITHIN)
        for driver, taps in _drivers(city.tx, storm, city.network, city.policy, counted):
            passes += driver.passes(taps)
            gone += driver.stored(taps)
    if not gone and not passes:
        return Proof()
    return store_evidence(city, storm, without_refuted(city.tx, storm, passes), instead_of=gone)


def _drivers(
    tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, taps: Iterable[LegProgress]
) -> Iterator[tuple["_Driver", list[LegProgress]]]:
    """Yield the drivers of these taps, each with their own taps."""
    by_route: dict[tuple[PlanId, ShiftId], list[LegProgress]] = defaultdict(list)
    for tap in taps:
        by_route[tap.plan_id, tap.shift_id].append(tap)
    for (plan_id, shift_id), mine in by_route.items():
        route = find_route(tx, plan_id, shift_id)
        if route is not None:
            known = [tap for tap in list_progress(tx, plan_id, shift_id) if not tap.at_end]
            yield _Driver(tx, storm, network, policy, route, known), mine


@dataclass(frozen=True, slots=True)
class _Driver:
    """A route with all taps of its driver so far."""

    tx: Tx
    storm: Storm
    network: StreetNetwork
    policy: Policy
    route: Route
    taps: Sequence[LegProgress]

    def passes(self, taps: Iterable[LegProgress]) -> Iterator[Pass]:
        """Yield a pass for every street of work legs that no sensor reports.

        Once a sensor has turned out to be dead, the taps that it had outweighed are judged again.
        """
        for tap in taps:
            leg = self.route.legs[tap.leg]
            if leg.kind is not LegKind.WORK or tap.ended_at is None:
                continue
            sensor, since = self._sensor(leg, tap.ended_at)
            yield from self._proved(tap.leg, tap.ended_at, sensor)
            for number, at in self._overruled(leg, since) if sensor is SensorKnowledge.DEAD else ():
                yield from self._proved(number, at, sensor)

    def stored(self, taps: Iterable[LegProgress]) -> Iterator[Pass]:
        """Yield the stored passes that came from these taps."""
        spans: dict[DirectedSegment, list[tuple[datetime, datetime]]] = defaultdict(list)
        for tap in taps:
            leg = self.route.legs[tap.leg]
            if leg.kind is not LegKind.WORK or tap.ended_at is None:
                continue
            span = self._began_at(leg, tap.ended_at) - LATE, tap.ended_at + UNDO_WITHIN
            for step in leg.path:
                spans[step].append(span)
        known = list_reported(self.tx, self.storm.id, {way.segment_id for way in spans})
        for way, times in spans.items():
            for one in known.get(way, ()):
                mine = one.vehicle_id == self.route.vehicle_id
                by_driver = one.evidence.kind is EvidenceKind.DRIVER
                work = one.treatment is not None
                if mine and by_driver and work and any(a <= one.ended_at <= b for a, b in times):
                    yield one
        times = [span for some in spans.values() for span in some]
        if times:
            since, until = min(a for a, _ in times), max(b for _, b in times)
            for one in list_denied(self.tx, self.storm.id, self.route.vehicle_id, since, until):
                if any(a <= one.ended_at <= b for a, b in times):
                    yield one

    def _overruled(self, alike: Leg, since: datetime) -> Iterator[tuple[int, datetime]]:
        """Yield the legs that did not count before a sensor was known to be dead."""
        proved = {tap.leg for tap in self.taps if tap.proved}
        for number, at in self._tapped(alike):
            if number in proved and since <= at < since + DEAD_AFTER:
                yield number, at

    def _tapped(self, alike: Leg) -> Iterator[tuple[int, datetime]]:
        """Yield number and time of the legs of one kind of work that were tapped as done."""
        for tap in self.taps:
            leg = self.route.legs[tap.leg]
            same = leg.kind is LegKind.WORK and leg.blade == alike.blade
            if same and tap.state is LegOutcome.DONE and tap.ended_at is not None:
                yield tap.leg, tap.ended_at

    def _proved(self, number: int, ended_at: datetime, sensor: SensorKnowledge) -> Iterator[Pass]:
        """Yield a pass for every street of a leg that a tap proves."""
        leg, began_at = self.route.legs[number], self._began_at(self.route.legs[number], ended_at)
        streets = self._streets(number, began_at, ended_at)
        asked = (self._silence, self._alongside)
        for confirmed in confirmed_streets(sensor, streets, began_at, ended_at, *asked):
            if confirmed.along:
                yield from self._elsewhere(confirmed)
            yield Pass(
                segment_id=confirmed.directed.segment_id,
                forward=confirmed.directed.forward,
                from_m=0.0,
                to_m=confirmed.length_m,
                vehicle_id=self.route.vehicle_id,
                started_at=confirmed.began_at,
                ended_at=confirmed.ended_at,
                treatment=_treatment(leg),
                evidence=Evidence(EvidenceKind.DRIVER, confirmed.confidence),
            )

    def _elsewhere(self, confirmed: ConfirmedStreet) -> Iterator[Pass]:
        """Yield denials of passes on other streets where positions show the vehicle then.

        They came along the way that he tells of as well, and it was on one way only.
        """
        span = confirmed.began_at, confirmed.ended_at
        for one in list_sensed_of(self.tx, self.storm.id, self.route.vehicle_id, *span):
            if DirectedSegment(one.segment_id, one.forward) not in confirmed.along:
                word = Evidence(EvidenceKind.DRIVER, confirmed.confidence)
                yield replace(one, treatment=None, evidence=word, material_kg=0.0)

    def _streets(self, number: int, began_at: datetime, ended_at: datetime) -> list[TappedStreet]:
        """Return the streets of a leg and its neighbors, with the best visit to each.

        To the leg itself those count that were since the tap before.
        """
        leg, since, until = self.route.legs[number], began_at - LATE, ended_at + UNDO_WITHIN
        treatment, rules = _treatment(leg), self.policy.evidence
        ways = list(self._around(number))
        seen = list_work_and_drives(
            self.tx,
            self.storm.id,
            {way.segment_id for way, _, _ in ways},
            since - LONGEST,
            self.route.vehicle_id,
        )
        found = [
            street_visits(
                seen.get(way, ()),
                length_m,
                treatment,
                since if mine else since - AROUND,
                until,
                rules,
            )
            for way, length_m, mine in ways
        ]
        chosen = visits_in_order(found, [length_m for _, length_m, _ in ways])
        return [
            TappedStreet(way, length_m, mine, visit)
            for (way, length_m, mine), visit in zip(ways, chosen, strict=True)
        ]

    def _around(self, number: int) -> Iterator[tuple[DirectedSegment, float, bool]]:
        """Yield the streets of a leg and its neighbors: direction, length, whether of the leg.

        A newer file may not have a street any more.
        """
        legs = self.route.legs
        first, last = number, number + 1
        while first > 0 and sum(len(leg.path) for leg in legs[first:number]) < BESIDE:
            first -= 1
        while last < len(legs) and sum(len(leg.path) for leg in legs[number + 1 : last]) < BESIDE:
            last += 1
        for i in range(first, last):
            for way in legs[i].path:
                segment = self.network.find(way.segment_id)
                if segment is not None:
                    yield way, segment.length_m, i == number

    def _silence(self, since: datetime, until: datetime) -> timedelta:
        """Return the longest gap without fixes of the vehicle that touches a time."""
        times = fix_times(self.tx, self.route.vehicle_id, since - FAR, until + FAR)
        first = max((at for at in times if at <= since), default=since)
        last = min((at for at in times if at >= until), default=until)
        inside = (at for at in times if since < at < until)
        return max(b - a for a, b in pairwise((first, *inside, last)))

    def _alongside(self, since: datetime, until: datetime, ways: Sequence[DirectedSegment]) -> bool:
        """Whether all fixes of a time are near consecutive streets and pass those between."""
        fixes = list_between(self.tx, self.route.vehicle_id, since, until)
        places, network = [fix.location for fix in fixes], self.network
        middles = [
            network.point_at(way.segment_id, network.segment(way.segment_id).length_m / 2)
            for way in ways[1:-1]
        ]
        near = all(
            any(network.away_m(way.segment_id, place) <= NOISE_M for way in ways)
            for place in places
        )
        return near and all(
            any(distance_m(middle, place) <= 2 * NOISE_M for place in places) for middle in middles
        )

    def _sensor(self, leg: Leg, until: datetime) -> tuple[SensorKnowledge, datetime]:
        """Return what is known of the sensor of a leg, and since when."""
        since = self._began_at(leg, until)
        spoke, was_at_work, was_up = self._sensor_reports(leg, since, until)
        if spoke is None:
            return SensorKnowledge.SILENT, since
        if not was_up:
            return SensorKnowledge.UNPROVED, since
        if was_at_work:  # most are: nothing of the night before has to be read
            return SensorKnowledge.ALIVE, since
        first, at_work, _ = self._sensor_reports(leg, self.storm.started_at, until)
        if at_work or first is None:
            return SensorKnowledge.ALIVE, since
        dead = until - first >= DEAD_AFTER or self._at_pace(leg, until)
        return (SensorKnowledge.DEAD, first) if dead else (SensorKnowledge.ALIVE, since)

    def _at_pace(self, alike: Leg, until: datetime) -> bool:
        """Whether positions show working speed along most of what was tapped."""
        speeds = get_vehicle(self.tx, self.route.vehicle_id).work_speed_mps
        limit_mps = at_work_mps(speeds.get(_treatment(alike)) or USUAL_MPS)
        seen_m = paced_m = 0.0
        for number, at in self._tapped(alike):
            began_at = self._began_at(self.route.legs[number], at)
            for street in self._streets(number, began_at, at) if at <= until else ():
                if street.tapped and street.visit is not None:
                    lasted = street.visit.ended_at - street.visit.began_at
                    metres = street.length_m - street.missing_m
                    seen_m += metres
                    paced_m += metres * (metres <= limit_mps * lasted.total_seconds())
        return seen_m >= PACED_M and paced_m >= PACED * seen_m

    def _sensor_reports(
        self, leg: Leg, since: datetime, until: datetime
    ) -> tuple[datetime | None, bool, bool]:
        return sensor_reports(self.tx, self.route.vehicle_id, since, until, of_blade=leg.blade)

    def _began_at(self, leg: Leg, ended_at: datetime) -> datetime:
        """Return the earliest begin of the work of a tap: the tap before it.

        A tap that came so shortly before that the leg does not fit between was a late one.
        """
        latest = ended_at - (leg.ends_at - leg.starts_at) / 2
        moments = (tap.ended_at for tap in self.taps)
        before = [moment for moment in moments if moment is not None and moment <= latest]
        return max([self.storm.started_at, ended_at - LONGEST, *before])


def _treatment(leg: Leg) -> Treatment:
    return Treatment.PLOW if leg.blade else Treatment.SALT
