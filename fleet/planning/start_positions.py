"""Start positions of machines in a new plan: by their trackers, else by their plan.

Pure: fixes, the driven plan and streets in, starts out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.model import (
    DirectedSegment,
    Leg,
    LegKind,
    Position,
    Route,
    SegmentId,
    Shift,
    ShiftId,
    ShiftState,
    TruckStart,
    Vehicle,
)
from data.streets.network import StreetNetwork
from fleet.routes.plan_vs_actual import LegTimes, RouteCheck, expected_times
from fleet.routes.route_progress import PlanCheck
from fleet.shifts.shift_handover import current_shift_by_vehicle
from fleet.tracking.geofences import Geofence, site_at
from fleet.tracking.live_fleet import SILENT_AFTER

ON_STREET_M = 40.0
"""So near to a street a machine is on it: a receiver's error and a lane."""

NEAR_STREET_M = 400.0
"""From farther away nobody knows which street a machine comes back to."""

AHEAD_LEGS = 3
"""Legs from the next one on over whose streets a machine is likeliest to be."""


@dataclass(frozen=True, slots=True)
class MovementArea:
    """Where machines move: streets, and the geofences of yards and reload sites."""

    network: StreetNetwork
    sites: Sequence[Geofence]


@dataclass(frozen=True, slots=True)
class DrivenRoute:
    """A route and its progress."""

    route: Route
    check: RouteCheck

    @property
    def next_leg(self) -> Leg | None:
        """The next leg; `None` at the end of the route."""
        return None if self.check.over else self.route.legs[self.check.next_leg]

    def steps_ahead(self) -> dict[DirectedSegment, int]:
        """Return the streets of the next legs, with how many legs lie before each."""
        first = self.check.next_leg
        found: dict[DirectedSegment, int] = {}
        for i, leg in enumerate(self.route.legs[first : first + AHEAD_LEGS]):
            for step in leg.path:
                found.setdefault(step, i)
        return found


def driven_routes(check: PlanCheck | None) -> dict[ShiftId, DrivenRoute]:
    """Return the routes of a plan with their progress, by shift."""
    if check is None:
        return {}
    pairs = zip(check.plan.routes, check.routes, strict=True)
    return {route.shift_id: DrivenRoute(route, one) for route, one in pairs}


def truck_starts(
    shifts: Iterable[Shift],
    vehicles: Iterable[Vehicle],
    fixes: Iterable[Position],
    check: PlanCheck | None,
    area: MovementArea,
    now: datetime,
) -> dict[ShiftId, TruckStart]:
    """Return the starts of machines on the road; all others start in their depots.

    A later shift of the same machine starts in the depot too, where the one before ends.

    `fixes` are the last ones of the storm. Where a tracker is silent, its machine is where the plan
    says, as late as it was seen to be; without a plan where it was seen last.
    """
    machines = {one.id: one for one in vehicles}
    seen = {fix.vehicle_id: fix for fix in fixes}
    driven = driven_routes(check)
    found = {}
    for shift in current_shift_by_vehicle(shifts, now).values():
        machine = machines[shift.vehicle_id]
        truck = _Truck(shift, machine, seen.get(machine.id), driven.get(shift.id), area, now)
        start = truck.start()
        if start is not None:
            found[shift.id] = start
    return found


@dataclass(frozen=True, slots=True)
class _Truck:
    """Shift, route and latest fix of one machine."""

    shift: Shift
    machine: Vehicle
    fix: Position | None
    driven: DrivenRoute | None
    area: MovementArea
    now: datetime

    def start(self) -> TruckStart | None:
        """Return the start of the machine; `None` where it has not left its depot."""
        fix, out = self.fix, self.shift.state is ShiftState.DRIVING
        if fix is not None and self.now - fix.fixed_at <= SILENT_AFTER:
            return self._seen(fix)
        if out and self.driven is not None and not self.driven.check.over:
            return _where_planned(self.driven, self._load_kg(), self.now)
        return self._seen(fix) if out and fix is not None else None

    def _seen(self, fix: Position) -> TruckStart | None:
        """Return the start of a machine by its tracker."""
        driven, ready_at = self.driven, max(self.now, self.shift.starts_at)
        site = site_at(self.area.sites, fix.location)
        if site is not None and site.yard:
            idle = driven is None or driven.check.next_leg == 0
            return None if idle else TruckStart(None, ready_at, self._load_kg())
        place = street_of(fix, driven, self.area.network)
        if place is None:
            return TruckStart(None, ready_at, self._load_kg(), underway=True)
        at, left = place
        leg = None if driven is None else driven.next_leg
        if leg is not None and leg.kind is LegKind.WORK and at in leg.path:
            return _finishing(leg, left, self._load_kg(), self.now)
        segment = self.area.network.segment(at.segment_id)
        rest = timedelta(seconds=left * segment.length_m / segment.drive_speed_mps)
        return TruckStart(at, ready_at + rest, self._load_kg(), underway=True)

    def _load_kg(self) -> float:
        """Return the load of the hopper by the plan; full without one."""
        return self.machine.hopper_kg if self.driven is None else load_kg(self.driven, self.machine)


def load_kg(driven: DrivenRoute, machine: Vehicle) -> float:
    """Return the load of a hopper after the last leg that its machine has passed."""
    legs, following = driven.route.legs, driven.check.next_leg
    if following > 0:
        return legs[following - 1].load_kg
    if legs and legs[0].kind is LegKind.DRIVE:
        return legs[0].load_kg
    return machine.hopper_kg


def street_of(
    fix: Position, driven: DrivenRoute | None, network: StreetNetwork
) -> tuple[DirectedSegment, float] | None:
    """Return the street and direction that a machine is on, and the share of it ahead.

    Of all streets in reach, one of its next legs comes before the nearest one; of both ways that of
    its heading, and without one the way of its next legs.
    """
    near = network.nearby(fix.location, ON_STREET_M) or network.nearby(fix.location, NEAR_STREET_M)
    if not near:
        return None
    ahead = driven.steps_ahead() if driven else {}
    streets = {step.segment_id for step in ahead}
    snap = next((one for one in near if one.segment_id in streets), near[0])
    ways = [way for way in _both(snap.segment_id) if network.arc(way) is not None]
    along_deg = network.heading_at(snap.segment_id, snap.offset_m)
    at = min(ways, key=lambda way: (_against(fix, way, along_deg), ahead.get(way, len(ahead))))
    gone = snap.offset_m / network.segment(snap.segment_id).length_m
    return at, 1.0 - gone if at.forward else gone


def _against(fix: Position, way: DirectedSegment, along_deg: float) -> bool:
    """Whether a machine heads against a way along a street; `along_deg` from its start on."""
    if fix.heading_deg is None:
        return False
    way_deg = along_deg if way.forward else along_deg + 180.0
    return abs((fix.heading_deg - way_deg + 180.0) % 360.0 - 180.0) > 90.0


def _finishing(leg: Leg, left: float, before_kg: float, now: datetime) -> TruckStart:
    """Return the start of a machine at work on a street with the share `left` ahead."""
    whole = leg.ends_at - leg.starts_at
    ends_at = now + whole * left
    begun = replace(leg, starts_at=ends_at - whole, ends_at=ends_at)
    after_kg = min(before_kg, leg.load_kg) if leg.spreader else before_kg
    return TruckStart(leg.path[-1], ends_at, after_kg, underway=True, finishing=begun)


def _where_planned(driven: DrivenRoute, before_kg: float, now: datetime) -> TruckStart:
    """Return the start of a machine by its plan and delay."""
    legs = driven.route.legs
    times = expected_times(driven.route, driven.check)
    number = next((i for i, each in times.items() if each.ends_at > now), len(legs) - 1)
    leg = legs[number]
    whole = leg.ends_at - leg.starts_at
    left = _share_left(times[number], now) if number in times else 0.0
    if leg.kind is LegKind.WORK:
        return _finishing(leg, left, before_kg, now)
    if leg.kind is LegKind.DRIVE:
        at = leg.path[min(int((1.0 - left) * len(leg.path)), len(leg.path) - 1)]
        return TruckStart(at, now + whole * left / len(leg.path), leg.load_kg, underway=True)
    place = _last_step(legs[:number])
    return TruckStart(place, now + whole * left, leg.load_kg, underway=True)


def _share_left(times: LegTimes, now: datetime) -> float:
    """Return the share of a leg that is still ahead."""
    whole = times.ends_at - times.starts_at
    return min(max((times.ends_at - now) / whole, 0.0), 1.0) if whole else 0.0


def _last_step(legs: Sequence[Leg]) -> DirectedSegment | None:
    """Return the street that legs end on; `None` where they leave no yard."""
    return next((leg.path[-1] for leg in reversed(legs) if leg.path), None)


def _both(segment_id: SegmentId) -> tuple[DirectedSegment, DirectedSegment]:
    return DirectedSegment(segment_id, True), DirectedSegment(segment_id, False)
