"""Alert conditions, pure: what is wrong with trucks and targets now, as alert signs.

Signs are about the present. A fix that came late, or came twice, raises none about the past.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from data.model import AlertFacts, AlertKind, LegKind, LonLat, Route, VehicleId
from data.policy.alert_rules import AlertRules
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.coverage.pass_detection import at_work_mps
from fleet.routes.off_route import ON_STREET_M, Corridor, Whereabouts
from fleet.routes.plan_vs_actual import RouteCheck
from fleet.routes.route_compliance import (
    MissedReload,
    driven_unplowed,
    may_plow,
    missed_reload,
    plow_speed_mps,
    plows_soon,
    plows_yet,
    worked_at,
)
from fleet.tracking.geofences import Geofence, site_at
from fleet.tracking.live_fleet import VehicleLive
from fleet.tracking.tracker_clocks import ClockDisagreement

OLD = timedelta(minutes=5)
"""A fix older than this says nothing about what its truck does now, and not how it got on."""

STANDS_M = 60.0
"""Within this a truck stands where it stood, whatever its receiver says."""

CREEPS_MPS = 0.5
"""Slower than this a truck stands, and may hold its blade up."""

BETWEEN = timedelta(minutes=3)
"""A drive of so long between two places of work leaves it open whether the blade was up at both."""

KMH = 3.6
"""Kilometres an hour of a metre a second."""

MANY, MANY_SHARE = 5, 0.25
"""So many trucks, and such a share, are not silent by chance: one alert tells of all."""

HALF_KM = 500.0
"""Steps in which an alert tells how far a blade was down."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something wrong now, since a time; `facts` change seldom, so that pages need not."""

    kind: AlertKind
    vehicle_id: VehicleId | None
    since: datetime
    location: LonLat | None = None
    facts: AlertFacts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TruckNow:
    """A truck with a shift, its latest fix and route, and how old what is known of its work is."""

    vehicle_id: VehicleId
    seen: VehicleLive | None
    driving: bool
    route: Route | None = None
    check: RouteCheck | None = None
    shift_starts_at: datetime | None = None
    shift_ends_at: datetime | None = None
    corridor: Corridor | None = None
    rests: bool = False
    called_back: bool = False
    evidence_behind: timedelta = timedelta(0)

    @property
    def at_work(self) -> bool:
        """Whether its plan still wants it on the road."""
        return self.check is not None and not self.check.over


@dataclass(slots=True)
class Course:
    """A truck's recent movement: since when it stands, is off its route, or drives too fast.

    Every fix since `raised_since` says that its blade is up, and `up` is since when and how far it
    was where it is to plow, on the route `up_on`, once that is too far. `up_m` is how far it drove
    so by its places alone, where it was surely to plow, there last at `up_at`, `up_fast` of
    `up_fixes` faster than it plows. `was_down` is whether its sensor has said "down" in the shift
    that began at `shift_starts_at`; where it never has, it is doubted since `doubted_since`. It was
    at a place to load at `loaded_at`, and is followed since `first_at`. `wanted_at` is when we
    first waited for a truck that was never heard of.
    """

    last: VehicleLive | None = None
    anchor: LonLat | None = None
    stands_since: datetime | None = None
    off_since: datetime | None = None
    off: bool = False
    down_since: datetime | None = None
    down_m: float = 0.0
    raised_since: datetime | None = None
    up: tuple[datetime, float] | None = None
    up_on: Route | None = None
    up_since: datetime | None = None
    up_at: datetime | None = None
    up_m: float = 0.0
    up_fixes: int = 0
    up_fast: int = 0
    was_down: bool | None = None
    shift_starts_at: datetime | None = None
    doubted_since: datetime | None = None
    first_at: datetime | None = None
    loaded_at: datetime | None = None
    fast_since: datetime | None = None
    fast_fixes: int = 0
    fastest_kmh: float = 0.0
    limit_kmh: float = 0.0
    wanted_at: datetime | None = None

    def follow(self, truck: TruckNow, network: StreetNetwork, rules: AlertRules) -> None:
        """Add the truck's latest fix, unless it was added before."""
        seen, last = truck.seen, self.last
        if truck.shift_starts_at != self.shift_starts_at:
            self.shift_starts_at = truck.shift_starts_at
            self.was_down, self.doubted_since = None, None
            self._forget_blade()
        if seen is None or (last is not None and seen.fixed_at <= last.fixed_at):
            return
        if last is not None and seen.fixed_at - last.fixed_at > OLD:
            self.off_since, self.down_since, self.fast_since = None, None, None
            self.off, self.down_m, self.fast_fixes = False, 0.0, 0
            self._forget_blade()
            last = None
        self._stand(seen)
        self._leave(truck, seen)
        self._lower(truck, seen, last)
        self._raise(truck, seen, last)
        self._leave_unplowed(truck, seen, rules)
        self._speed(seen, network, rules)
        self.first_at = self.first_at or seen.fixed_at
        self.last = seen

    def off_route_since(self, rules: AlertRules, now: datetime) -> datetime | None:
        """Return since when the truck is off its route, once that is long enough to tell."""
        since = self.off_since
        return since if since and self.off and now - since >= rules.off_route else None

    def _stand(self, seen: VehicleLive) -> None:
        if self.anchor is None or distance_m(self.anchor, seen.location) > STANDS_M:
            self.anchor, self.stands_since = seen.location, seen.fixed_at

    def _leave(self, truck: TruckNow, seen: VehicleLive) -> None:
        if truck.corridor is None or truck.check is None or not truck.at_work:
            self.off, self.off_since = False, None
            return
        where = truck.corridor.where(seen.location, truck.check.next_leg)
        if where is Whereabouts.AWAY:
            return
        self.off = where is Whereabouts.OFF
        if self.off:
            self.off_since = self.off_since or seen.fixed_at
        else:
            self.off_since = None

    def _lower(self, truck: TruckNow, seen: VehicleLive, last: VehicleLive | None) -> None:
        if not seen.blade or truck.corridor is None or truck.corridor.at_work(seen.location):
            self.down_since, self.down_m = None, 0.0
            return
        if self.down_since is None or last is None:
            self.down_since = seen.fixed_at
            return
        self.down_m += distance_m(last.location, seen.location)

    def _raise(self, truck: TruckNow, seen: VehicleLive, last: VehicleLive | None) -> None:
        if seen.blade:
            self.was_down, self.doubted_since = True, None
        plows, plow_mps = _plowing_here(truck, seen.location)
        if seen.blade is not False or not (plows or self._drives_between(truck, seen)):
            self._lowered()
            return
        if plows:
            self.up_at = seen.fixed_at
        if plow_mps is None:  # it may as well drive along here: that says nothing
            return
        if not self.up_m and seen.speed_mps is not None and seen.speed_mps < CREEPS_MPS:
            self._lowered()
            return
        self.up_fixes += 1
        self.up_fast += (seen.speed_mps or 0.0) > at_work_mps(plow_mps)
        if self.up_since is None or last is None:
            self.up_since = seen.fixed_at
            return
        self.up_m += distance_m(last.location, seen.location)

    def _leave_unplowed(self, truck: TruckNow, seen: VehicleLive, rules: AlertRules) -> None:
        """Note that the blade is up where it is to plow, until that is over or it comes down."""
        self.raised_since = (self.raised_since or seen.fixed_at) if seen.blade is False else None
        if self.raised_since is None or truck.route is None or truck.check is None:
            self.up = None
            return
        ways = [(self.up_since, self.up_m), *([self.up] if self.up and self._plows(truck) else [])]
        found = driven_unplowed(truck.route, truck.check, self.raised_since)
        if found is not None and seen.fixed_at - found.until <= OLD + truck.evidence_behind:
            ways.append((found.since, found.length_m))
        far = [(since, way_m) for since, way_m in ways if since and way_m >= rules.blade_up_m]
        self.up, self.up_on = max(far, key=lambda way: way[1], default=None), truck.route

    def _plows(self, truck: TruckNow) -> bool:
        """Whether a truck goes on along the route on which its blade was up, with work to plow."""
        route, check = truck.route, truck.check
        if route is None or check is None or route is not self.up_on:
            return False
        return truck.driving and not truck.called_back and plows_yet(route, check)

    def _forget_blade(self) -> None:
        self._lowered()
        self.raised_since, self.up = None, None

    def _drives_between(self, truck: TruckNow, seen: VehicleLive) -> bool:
        """Whether a truck whose blade was up at work drives on to the next, as machines do."""
        if not self.up_m or self.up_at is None or seen.fixed_at - self.up_at > BETWEEN:
            return False
        route, check = truck.route, truck.check
        return route is not None and check is not None and plows_soon(route, check)

    def _lowered(self) -> None:
        self.up_since, self.up_at = None, None
        self.up_m, self.up_fixes, self.up_fast = 0.0, 0, 0

    @property
    def sensor_is_doubted(self) -> bool:
        """Whether a sensor has never said "down" though the truck drives like a plow."""
        return self.was_down is False and 2 * self.up_fast <= self.up_fixes

    def _speed(self, seen: VehicleLive, network: StreetNetwork, rules: AlertRules) -> None:
        kmh = (seen.speed_mps or 0.0) * KMH
        limit_kmh = _limit_kmh(network, seen.location) if kmh > rules.speed_over_kmh else None
        if limit_kmh is None or kmh <= limit_kmh + rules.speed_over_kmh:
            self.fast_since, self.fast_fixes, self.fastest_kmh = None, 0, 0.0
            return
        self.fast_since = self.fast_since or seen.fixed_at
        self.fast_fixes += 1
        if kmh > self.fastest_kmh:
            self.fastest_kmh, self.limit_kmh = kmh, limit_kmh


def truck_signs(
    truck: TruckNow, course: Course, sites: Sequence[Geofence], rules: AlertRules, now: datetime
) -> Iterator[Sign]:
    """Yield what is wrong with a truck whose tracker reports; silence is `silent_signs`.

    On the grounds of `sites`, yards and places to load, a truck may stand and drive about.
    """
    seen = truck.seen
    if seen is None or now - seen.fixed_at > OLD:
        return
    here = seen.location

    def sign(kind: AlertKind, since: datetime, **facts: int | float | str) -> Sign:
        return Sign(kind, truck.vehicle_id, since, here, facts)

    site = site_at(sites, here)
    in_yard = site is not None
    if site is not None and site.reload:
        course.loaded_at = seen.fixed_at
    stands = None if in_yard else _stands_since(truck, course, rules, now)
    if stands is not None:
        yield sign(AlertKind.LONG_STOP, stands)
    off = course.off_route_since(rules, now)
    if off and not in_yard:
        yield sign(AlertKind.OFF_ROUTE, off)
    if course.down_since and course.down_m >= rules.blade_down_m:
        km = course.down_m // HALF_KM * HALF_KM / 1000
        yield sign(AlertKind.BLADE_DOWN, course.down_since, km=km)
    yield from _blade_up_signs(course, sign)
    missed = None if in_yard else _missed_reload(truck, course, rules, now)
    if missed is not None:
        yield sign(AlertKind.RELOAD_OVERDUE, missed.since, load_kg=missed.load_kg)
    if course.fast_since and course.fast_fixes >= 2:
        kmh, limit_kmh = round(course.fastest_kmh), round(course.limit_kmh)
        yield sign(AlertKind.SPEEDING, course.fast_since, kmh=kmh, limit_kmh=limit_kmh)


def _blade_up_signs(course: Course, sign: Callable[..., Sign]) -> Iterator[Sign]:
    """Yield that a blade is up where it is to plow, or that its sensor is to be checked.

    A sensor that has not said "down" since the shift began may be dead; one notice says so until
    it does, in place of an alert for each street.
    """
    up = course.up
    if up is not None:
        since, way_m = up
        if not course.sensor_is_doubted:
            km = way_m // HALF_KM * HALF_KM / 1000
            yield sign(AlertKind.BLADE_UP, since, km=km)
            return
        course.doubted_since = course.doubted_since or since
    if course.doubted_since is not None:
        yield sign(AlertKind.BLADE_SENSOR, course.doubted_since)


def clock_signs(off: ClockDisagreement | None) -> Iterator[Sign]:
    """Yield that the clocks of several trackers agree, and not with the server's."""
    if off is not None:
        minutes = round(off.ahead.total_seconds() / 60)
        facts = {"ahead_min": minutes, "count": off.trackers}
        yield Sign(AlertKind.CLOCK, None, off.since, facts=facts)


def silent_signs(
    trucks: Iterable[TruckNow],
    courses: Mapping[VehicleId, Course],
    sites: Sequence[Geofence],
    began_at: datetime,
    rules: AlertRules,
    now: datetime,
) -> list[Sign]:
    """Return the trucks whose trackers should report and do not; one sign for all where many are.

    Heard of should be who drives, and who was heard of since the storm began and still has work. A
    tracker may sleep in a yard or at a place to load until its truck is late for the next leg.
    """
    heard: list[datetime] = []
    silent: list[Sign] = []
    for truck in trucks:
        seen = truck.seen if truck.seen and truck.seen.fixed_at >= began_at else None
        if not truck.driving and not (seen and truck.at_work):
            continue
        since = seen.fixed_at if seen else courses[truck.vehicle_id].wanted_at or now
        heard.append(since)
        if now - since > rules.silent and not _sleeps(truck, seen, sites, rules):
            place = seen.location if seen else None
            silent.append(Sign(AlertKind.SILENT, truck.vehicle_id, since, place))
    if len(silent) >= MANY and len(silent) > MANY_SHARE * len(heard):
        since = max(one.since for one in silent)
        return [Sign(AlertKind.SILENT, None, since, facts={"count": len(silent)})]
    return silent


def _sleeps(
    truck: TruckNow, seen: VehicleLive | None, sites: Sequence[Geofence], rules: AlertRules
) -> bool:
    """Whether a truck stands where no report is expected, and is not missed on its route."""
    if seen is None or site_at(sites, seen.location) is None:
        return False
    return truck.check is None or truck.check.over or truck.check.late <= rules.silent


def _plowing_here(truck: TruckNow, place: LonLat) -> tuple[bool, float | None]:
    """Return whether the truck may have to plow here, and how fast where it surely has to."""
    if truck.route is None or truck.check is None or truck.corridor is None or truck.check.over:
        return False, None
    legs = truck.corridor.legs_at(place)
    plows = may_plow(truck.route, truck.check, legs)
    return plows, plow_speed_mps(truck.route, truck.check, legs) if plows else None


def _missed_reload(
    truck: TruckNow, course: Course, rules: AlertRules, now: datetime
) -> MissedReload | None:
    if truck.route is None or truck.check is None or truck.check.over:
        return None
    return missed_reload(truck.route, truck.check, course.first_at, course.loaded_at, rules, now)


def _stands_since(
    truck: TruckNow, course: Course, rules: AlertRules, now: datetime
) -> datetime | None:
    """Return since when a truck stands for too long; its driver does not rest, nor does it reload.

    One that works on around a small square stays near one place, but does not stand.
    """
    since, route, check = course.stands_since, truck.route, truck.check
    if since is None or now - since < rules.stop or route is None or check is None or check.over:
        return None
    if truck.rests or route.legs[check.next_leg].kind in (LegKind.RELOAD, LegKind.REST):
        return None
    since = max(since, worked_at(check) or since)
    return since if now - since >= rules.stop else None


def _limit_kmh(network: StreetNetwork, place: LonLat) -> float | None:
    """Return how fast the fastest of the streets here may be driven; `None` off every street."""
    fastest_mps = network.fastest_mps(place, ON_STREET_M)
    return None if fastest_mps is None else fastest_mps * KMH
