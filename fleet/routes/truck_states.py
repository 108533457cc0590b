"""What each truck does now, pure: by its positions and the evidence of its work, not by taps.

This is the only place that decides it; lists, panels, the wall and the map show what it says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from data.model import (
    LegKind,
    MachineOut,
    OutReason,
    Route,
    Shift,
    ShiftId,
    ShiftState,
    VehicleId,
)
from fleet.routes.plan_vs_actual import SERVED, LegState, RouteCheck
from fleet.shifts.shift_handover import is_past
from fleet.tracking.geofences import Geofence, site_at
from fleet.tracking.live_fleet import SILENT_AFTER, VehicleLive, VehicleState

STILL_AT_WORK = timedelta(minutes=5)
"""A truck without sensors that proved work so shortly ago, and moves, is at work."""


class TruckState(StrEnum):
    """State of a truck. `OFF_DUTY` is before its shift, `SHIFT_OVER` after its last one."""

    WORKING = "working"
    DRIVING = "driving"
    STOPPED = "stopped"
    SILENT = "silent"
    RELOADING = "reloading"
    IN_YARD = "in_yard"
    OFF_ROUTE = "off_route"
    BROKEN = "broken"
    OUT = "out"
    OFF_DUTY = "off_duty"
    SHIFT_OVER = "shift_over"


_MOVING = frozenset({TruckState.WORKING, TruckState.DRIVING, TruckState.OFF_ROUTE})


@dataclass(frozen=True, slots=True)
class TruckEvidence:
    """What is known of a truck: its last fix, current shift, and route of the published plan.

    `off_route` says whether it was off its route for so long that an alert tells of it, and the
    other two what `TruckStatus` says of rests.
    """

    vehicle_id: VehicleId
    seen: VehicleLive | None
    shift: Shift | None = None
    route: Route | None = None
    check: RouteCheck | None = None
    out: MachineOut | None = None
    off_route: bool = False
    resting_until: datetime | None = None
    rest_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TruckStatus:
    """The state of a truck, its current shift, and that shift's state by evidence.

    The driver told that he rests, at least until `resting_until`; a rest is due soon, or overdue,
    at `rest_due_at`. Or he was `called_back` to the yard.
    """

    vehicle_id: VehicleId
    state: TruckState
    shift_id: ShiftId | None
    shift: ShiftState | None
    resting_until: datetime | None = None
    rest_due_at: datetime | None = None
    called_back: bool = False


def truck_status(truck: TruckEvidence, sites: Sequence[Geofence], now: datetime) -> TruckStatus:
    """Return the state of a truck and of its shift; `sites` are yards and reload sites."""
    site = site_at(sites, truck.seen.location) if truck.seen else None
    moves = _movement(truck, site, now)
    shift = truck.shift
    phase = None if shift is None else shift_phase(truck, shift, site, now)
    state = _state(truck, moves, phase, now)
    return TruckStatus(
        truck.vehicle_id,
        state,
        shift.id if shift else None,
        phase,
        truck.resting_until,
        truck.rest_due_at,
    )


def shift_phase(
    truck: TruckEvidence, shift: Shift, site: Geofence | None, now: datetime
) -> ShiftState:
    """Return the state of a truck's shift, by what was seen of it.

    A shift whose truck works, or is out of the yard in its hours, has begun, whether its driver
    tapped or not; one whose hours are past has ended.
    """
    if shift.over:
        return shift.state
    if is_past(shift, now):
        return ShiftState.ENDED
    seen = truck.seen
    outside = site is None or not site.yard
    if seen is not None and seen.fixed_at >= shift.starts_at and outside:
        return ShiftState.DRIVING
    worked = _worked_at(truck)
    return ShiftState.DRIVING if worked and worked >= shift.starts_at else shift.state


def shift_states(
    shifts: Iterable[Shift], trucks: Iterable[TruckStatus], now: datetime
) -> dict[ShiftId, ShiftState]:
    """Return the state of each shift by evidence, that of others than current ones by the clock.

    One that is over stays so, whatever was seen before.
    """
    seen = {one.shift_id: one.shift for one in trucks}
    return {
        one.id: one.state
        if one.over
        else seen.get(one.id) or (ShiftState.ENDED if is_past(one, now) else one.state)
        for one in shifts
    }


def on_the_road(
    shifts: Iterable[Shift], trucks: Iterable[TruckStatus], now: datetime
) -> set[VehicleId]:
    """Return the machines that drive in one of these shifts, by evidence."""
    known = tuple(shifts)
    states = shift_states(known, trucks, now)
    return {one.vehicle_id for one in known if states[one.id] is ShiftState.DRIVING}


def done_m(route: Route, check: RouteCheck) -> float:
    """Return the length of a route's work that nobody has to come for any more, in metres."""
    legs = zip(route.legs, check.legs, strict=True)
    return sum(
        leg.length_m for leg, one in legs if leg.kind is LegKind.WORK and one.state in SERVED
    )


_BY_ITSELF = frozenset({LegState.DONE, LegState.OUT_OF_ORDER})


def _state(
    truck: TruckEvidence, moves: TruckState, phase: ShiftState | None, now: datetime
) -> TruckState:
    if truck.out is not None:
        return TruckState.BROKEN if truck.out.reason is OutReason.BROKEN else TruckState.OUT
    if moves in _MOVING:
        return moves
    if phase in (ShiftState.ENDED, ShiftState.CANCELLED):
        return TruckState.SHIFT_OVER
    if phase is ShiftState.PLANNED and truck.shift is not None and truck.shift.starts_at > now:
        return TruckState.OFF_DUTY
    return moves


def _movement(truck: TruckEvidence, site: Geofence | None, now: datetime) -> TruckState:
    """Return what a truck does by its last fix, whatever its shift."""
    seen = truck.seen
    if seen is None or now - seen.fixed_at > SILENT_AFTER:
        return TruckState.SILENT
    if seen.state is VehicleState.STOPPED:
        return _stop(truck, site)
    if truck.off_route and site is None:
        return TruckState.OFF_ROUTE
    if seen.state is VehicleState.WORKING:
        return TruckState.WORKING
    worked = _worked_at(truck) if seen.blade is None else None
    return TruckState.WORKING if worked and now - worked <= STILL_AT_WORK else TruckState.DRIVING


def _stop(truck: TruckEvidence, site: Geofence | None) -> TruckState:
    """Return why a truck stands: a yard with a reload site is one while its route reloads next."""
    if site is None:
        return TruckState.STOPPED
    if site.reload and (not site.yard or _reloads_next(truck)):
        return TruckState.RELOADING
    return TruckState.IN_YARD if site.yard else TruckState.STOPPED


def _reloads_next(truck: TruckEvidence) -> bool:
    if truck.route is None or truck.check is None:
        return False
    ahead = truck.route.legs[truck.check.next_leg :]
    return next((leg.kind for leg in ahead if leg.kind is not LegKind.DRIVE), None) is (
        LegKind.RELOAD
    )


def _worked_at(truck: TruckEvidence) -> datetime | None:
    """Return when a truck last did a leg of its route, by evidence."""
    legs = truck.check.legs if truck.check else ()
    return max((one.at for one in legs if one.at and one.state in _BY_ITSELF), default=None)
