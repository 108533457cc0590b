"""What fixes tell of a blade that is up: from when it counts, and over which drives it goes on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import Leg, LegKind, Position, VehicleId
from data.policy.alert_rules import AlertRules
from fleet.alerts.alert_conditions import Course, TruckNow
from fleet.routes.off_route import Corridor
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.tracking.live_fleet import LiveFleet
from tests import village as v
from tests.fleet.drives import Metres, a_drive, a_fix
from tests.village_plan import a_leg, a_plan

MINUTE = timedelta(minutes=1)
RULES = AlertRules()
EAST_ON_MAIN: tuple[Metres, ...] = ((0, 0), (400, 0))


def followed(fixes: Iterable[Position], legs: Sequence[Leg]) -> Iterator[Course]:
    """Yield the course of a truck after each fix, of whose legs none is known to be done."""
    route = replace(a_plan().routes[0], legs=tuple(legs))
    checks = tuple(LegCheck(LegState.AHEAD) for _ in legs)
    check = RouteCheck(route.shift_id, route.vehicle_id, checks, 0, 0 * MINUTE, None, None, 1.0)
    live, course = LiveFleet(), Course()
    live.meet([v.a_vehicle(1)])
    for fix in fixes:
        live.see([fix], fix.fixed_at)
        seen, corridor = live.picture()[VehicleId(1)], Corridor(route, v.village())
        truck = TruckNow(VehicleId(1), seen, True, route, check, corridor=corridor)
        course.follow(truck, v.village(), RULES)
        yield course


TO_ROSE = a_drive(*EAST_ON_MAIN, (400, 150), blade=False)
WORK_ALONG_MAIN = a_leg(segment_id=v.MAIN_WEST), a_leg(segment_id=v.MAIN_EAST)
DRIVE_ON_MAIN, WORK_ON_ROSE = a_leg(LegKind.DRIVE, v.MAIN_EAST), a_leg(segment_id=v.ROSE)


@pytest.mark.parametrize("work", [WORK_ALONG_MAIN, WORK_ALONG_MAIN[:1]])
def test_a_place_that_a_truck_drives_along_says_nothing_of_its_blade(work) -> None:
    legs = [*work, DRIVE_ON_MAIN, WORK_ON_ROSE]
    up_m = [course.up_m for course in followed(TO_ROSE, legs)]
    assert 100 < max(up_m[: len(up_m) // 2]) < 300, "on the first street alone it is sure"
    assert up_m == sorted(up_m), "what was driven on the first street still counts on the last"
    assert up_m[-1] > up_m[len(up_m) // 2]


def test_a_long_drive_ends_what_is_known_of_a_blade() -> None:
    slow = a_drive(*EAST_ON_MAIN, (400, 150), blade=False, speed_mps=0.6)
    legs = [*WORK_ALONG_MAIN[:1], DRIVE_ON_MAIN, WORK_ON_ROSE]
    up_m = [course.up_m for course in followed(slow, legs)]
    assert up_m != sorted(up_m)


def test_a_truck_that_stands_with_its_blade_up_has_not_begun_to_drive_so() -> None:
    stands = [a_fix(v.at_m(0, 0), at_s, speed_mps=0.0, blade=False) for at_s in (0, 60, 120)]
    later = a_drive(*EAST_ON_MAIN, start_s=180, blade=False)
    legs = [*WORK_ALONG_MAIN, WORK_ON_ROSE]
    since = [course.up_since for course in followed([*stands, *later], legs)]
    assert since[: len(stands)] == [None] * len(stands)
    assert since[-1] is not None
    assert since[-1] >= later[0].fixed_at
