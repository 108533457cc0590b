"""What a truck does, by where it was seen and what it proved, whatever its driver tapped."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.model import (
    LegKind,
    LonLat,
    MachineOut,
    OutReason,
    Route,
    Shift,
    ShiftId,
    ShiftState,
    VehicleId,
)
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck, check_route
from fleet.routes.truck_states import TruckEvidence, TruckState, done_m, truck_status
from fleet.tracking.geofences import Geofence
from fleet.tracking.live_fleet import VehicleLive, VehicleState
from tests import village as v
from tests.village_plan import a_leg

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = v.NOW + HOUR
ROAD, YARD, SALT = v.at_m(200, 0), v.at_m(-500, 0), v.at_m(900, 0)
SITES = (
    Geofence("yard", YARD, 50.0, yard=True),
    Geofence("salt", SALT, 50.0, reload=True),
)
ONE_SITE = (Geofence("yard with salt", YARD, 50.0, yard=True, reload=True),)


def seen(
    state: VehicleState, place: LonLat = ROAD, blade: bool | None = True, at: datetime = NOW
) -> VehicleLive:
    return VehicleLive(VehicleId(1), "Truck 1", "plow", place, None, 5.0, state, at, blade)


def truck(live: VehicleLive | None, shift: Shift | None = None, **more: object) -> TruckEvidence:
    return replace(TruckEvidence(VehicleId(1), live, shift or v.a_shift()), **more)


def driven(*states: LegState, reload_at: int | None = None) -> tuple[Route, RouteCheck]:
    """Return a route of as many legs as states, done one a minute up to now."""
    legs = tuple(
        a_leg(LegKind.RELOAD if i == reload_at else LegKind.WORK, segment_id=v.MAIN_WEST)
        for i in range(len(states))
    )
    route = Route(ShiftId(1), VehicleId(1), legs)
    first = NOW - len(states) * MINUTE
    checks = [LegCheck(one, first + i * MINUTE) for i, one in enumerate(states)]
    return route, check_route(route, checks, (), NOW)


def state_of(evidence: TruckEvidence) -> TruckState:
    return truck_status(evidence, SITES, NOW).state


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (seen(VehicleState.WORKING), TruckState.WORKING),
        (seen(VehicleState.DRIVING, blade=False), TruckState.DRIVING),
        (seen(VehicleState.STOPPED), TruckState.STOPPED),
        (seen(VehicleState.STOPPED, SALT), TruckState.RELOADING),
        (seen(VehicleState.STOPPED, YARD), TruckState.IN_YARD),
        (seen(VehicleState.DRIVING, at=NOW - 11 * MINUTE), TruckState.SILENT),
        (None, TruckState.SILENT),
    ],
)
def test_a_truck_does_what_its_positions_show(
    live: VehicleLive | None, expected: TruckState
) -> None:
    assert state_of(truck(live)) is expected


def test_a_truck_off_its_route_is_off_route_but_not_while_it_loads() -> None:
    assert state_of(truck(seen(VehicleState.WORKING), off_route=True)) is TruckState.OFF_ROUTE
    assert state_of(truck(seen(VehicleState.DRIVING, SALT), off_route=True)) is TruckState.DRIVING


def test_who_stands_in_a_yard_with_salt_reloads_when_the_route_says_so() -> None:
    live = seen(VehicleState.STOPPED, YARD)
    route, check = driven(LegState.DONE, LegState.AHEAD, LegState.AHEAD, reload_at=1)
    loading = truck_status(truck(live, route=route, check=check), ONE_SITE, NOW)
    assert loading.state is TruckState.RELOADING
    assert truck_status(truck(live), ONE_SITE, NOW).state is TruckState.IN_YARD


def test_a_truck_without_sensors_is_at_work_while_it_proves_work() -> None:
    route, check = driven(LegState.DONE, LegState.AHEAD)
    live = seen(VehicleState.DRIVING, blade=None)
    assert state_of(truck(live, route=route, check=check)) is TruckState.WORKING
    assert state_of(truck(live)) is TruckState.DRIVING


def test_what_is_out_of_service_is_so_wherever_it_is() -> None:
    out = MachineOut(VehicleId(1), OutReason.BROKEN, "gearbox", NOW, "dispatcher")
    assert state_of(truck(seen(VehicleState.DRIVING), out=out)) is TruckState.BROKEN
    away = replace(out, reason=OutReason.MAINTENANCE)
    assert state_of(truck(None, out=away)) is TruckState.OUT


def test_a_working_truck_has_begun_its_shift_whatever_its_driver_tapped() -> None:
    status = truck_status(truck(seen(VehicleState.WORKING)), SITES, NOW)
    assert (status.state, status.shift) == (TruckState.WORKING, ShiftState.DRIVING)


def test_a_truck_that_proved_work_and_is_back_in_its_yard_has_begun_its_shift() -> None:
    route, check = driven(LegState.DONE, LegState.AHEAD)
    back = truck(seen(VehicleState.STOPPED, YARD), route=route, check=check)
    assert truck_status(back, SITES, NOW).shift is ShiftState.DRIVING
    waits = truck(seen(VehicleState.STOPPED, YARD))
    assert truck_status(waits, SITES, NOW).shift is ShiftState.PLANNED


def test_positions_from_before_a_shift_do_not_begin_it() -> None:
    old = seen(VehicleState.SILENT, at=v.NOW - HOUR)
    assert truck_status(truck(old), SITES, NOW).shift is ShiftState.PLANNED


@pytest.mark.parametrize("live", [None, seen(VehicleState.STOPPED, YARD)])
def test_a_shift_is_over_when_its_hours_are_past_and_not_yet_begun_before_them(
    live: VehicleLive | None,
) -> None:
    past = v.a_shift(ends_at=NOW - MINUTE)
    status = truck_status(truck(live, past), SITES, NOW)
    assert (status.state, status.shift) == (TruckState.SHIFT_OVER, ShiftState.ENDED)
    later = v.a_shift(starts_at=NOW + HOUR, ends_at=NOW + 9 * HOUR)
    status = truck_status(truck(live, later), SITES, NOW)
    assert (status.state, status.shift) == (TruckState.OFF_DUTY, ShiftState.PLANNED)


def test_who_still_plows_after_the_shift_plows() -> None:
    past = v.a_shift(ends_at=NOW - MINUTE)
    assert state_of(truck(seen(VehicleState.WORKING), past)) is TruckState.WORKING


def test_a_cancelled_shift_is_cancelled() -> None:
    taken_back = v.a_shift(state=ShiftState.CANCELLED)
    assert truck_status(truck(None, taken_back), SITES, NOW).shift is ShiftState.CANCELLED


def test_progress_counts_work_that_is_proved_or_done_by_another_truck() -> None:
    route, check = driven(LegState.DONE, LegState.BY_OTHER, LegState.SKIPPED, LegState.AHEAD)
    assert done_m(route, check) == pytest.approx(2 * route.legs[0].length_m)
