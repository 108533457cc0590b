"""What fixes tell of a blade that is up, and of a stop: since when, and over what it goes on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from data.model import AlertKind, Leg, LegKind, Position, VehicleId
from data.policy.alert_rules import AlertRules
from fleet.alerts.alert_conditions import Course, Sign, TruckNow, truck_signs
from fleet.routes.off_route import Corridor
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.tracking.live_fleet import LiveFleet
from tests import village as v
from tests.fleet.drives import Metres, a_drive, a_fix
from tests.village_plan import a_leg, a_plan

MINUTE = timedelta(minutes=1)
RULES = AlertRules()
EAST_ON_MAIN: tuple[Metres, ...] = ((0, 0), (400, 0))


def looks(
    fixes: Iterable[Position],
    legs: Sequence[Leg],
    behind: Sequence[LegCheck] = (),
    evidence_behind: timedelta = 0 * MINUTE,
) -> Iterator[tuple[TruckNow, Course]]:
    """Yield a truck and its course after each fix; nothing is known of its other legs."""
    route = replace(a_plan().routes[0], legs=tuple(legs))
    following = len(behind)
    checks = (*behind, *(LegCheck(LegState.AHEAD) for _ in legs[following:]))
    facts = (following, 0 * MINUTE, None, None, 1.0)
    check = RouteCheck(route.shift_id, route.vehicle_id, checks, *facts, last_leg=following - 1)
    live, course = LiveFleet(), Course()
    live.meet([v.a_vehicle(1)])
    for fix in fixes:
        live.see([fix], fix.fixed_at)
        seen, corridor = live.picture()[VehicleId(1)], Corridor(route, v.village())
        truck = TruckNow(
            VehicleId(1),
            seen,
            True,
            route,
            check,
            corridor=corridor,
            evidence_behind=evidence_behind,
        )
        course.follow(truck, v.village(), RULES)
        yield truck, course


def followed(fixes: Iterable[Position], legs: Sequence[Leg]) -> Iterator[Course]:
    return (course for _, course in looks(fixes, legs))


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


def told(
    fixes: Sequence[Position],
    legs: Sequence[Leg],
    behind: Sequence[LegCheck],
    evidence_behind: timedelta = 0 * MINUTE,
) -> list[Sign]:
    """Return what is wrong with a truck after its last fix."""
    *_, (truck, course) = looks(fixes, legs, behind, evidence_behind)
    return list(truck_signs(truck, course, (), RULES, fixes[-1].fixed_at))


def fixes_on_main(*minutes: float, **facts: Any) -> list[Position]:
    """Return fixes at one place, on a street that the truck only drives along there."""
    return [a_fix(v.at_m(350, 0), 60 * minute, **facts) for minute in minutes]


FAR = replace(WORK_ON_ROSE, length_m=300.0)
SCATTERED = (FAR, DRIVE_ON_MAIN, FAR, DRIVE_ON_MAIN, FAR)
"""Short work with drives between, over streets beside it."""


def reported(*minutes: float) -> list[LegCheck]:
    """Return the legs of `SCATTERED` reported a minute after each was driven, without proof."""
    times = [v.NOW + minute * MINUTE for minute in minutes]
    done = [LegCheck(LegState.TOLD, at + MINUTE, VehicleId(1), driven=(at,)) for at in times]
    return [done[0], *(one for leg in done[1:] for one in (LegCheck(LegState.PASSED), leg))]


def test_a_blade_is_up_also_where_short_work_lies_between_drives() -> None:
    [sign] = told(fixes_on_main(0, 2, 4, blade=False), SCATTERED, reported(1, 3))
    assert (sign.kind, sign.since) == (AlertKind.BLADE_UP, v.NOW + MINUTE)


def test_a_blade_is_up_also_where_evidence_is_behind() -> None:
    fixes = fixes_on_main(0, 4, 9, blade=False)
    found = told(fixes, SCATTERED, reported(1, 3), 5 * MINUTE)
    up = [sign.since for sign in found if sign.kind is AlertKind.BLADE_UP]
    assert up == [v.NOW + MINUTE]


UP = fixes_on_main(0, 2, 4, 8, 12, 16, blade=False)
"""A truck that drove its work with the blade up, and goes on so for long."""


def ups(course: Course, truck: TruckNow) -> list[Sign]:
    signs = truck_signs(truck, course, (), RULES, v.NOW + 17 * MINUTE)
    return [sign for sign in signs if sign.kind is AlertKind.BLADE_UP]


def gone_on(**changes: Any) -> list[Sign]:
    """Return what is told of a blade that stays up once something else has changed."""
    *_, (truck, course) = looks(UP, SCATTERED, reported(1, 3))
    assert [sign.since for sign in ups(course, truck)] == [v.NOW + MINUTE]
    [later] = fixes_on_main(17, blade=False)
    live = LiveFleet()
    live.meet([v.a_vehicle(1)])
    live.see([later], later.fixed_at)
    changed = replace(truck, seen=live.picture()[VehicleId(1)], **changes)
    course.follow(changed, v.village(), RULES)
    return ups(course, changed)


def test_that_a_blade_is_up_is_told_as_long_as_its_truck_has_to_plow() -> None:
    assert [sign.since for sign in gone_on()] == [v.NOW + MINUTE]


def test_that_a_blade_was_up_is_told_no_more_of_who_has_not_to_plow() -> None:
    *_, (truck, _) = looks(UP, SCATTERED, reported(1, 3))
    assert truck.route is not None
    assert truck.check is not None
    spreads = [replace(leg, blade=False) for leg in truck.route.legs]
    assert gone_on(driving=False) == []
    assert gone_on(called_back=True) == []
    assert gone_on(shift_starts_at=v.NOW + 30 * MINUTE) == []
    assert gone_on(check=replace(truck.check, next_leg=len(SCATTERED))) == []
    assert gone_on(route=replace(truck.route, legs=tuple(spreads))) == []


def test_that_a_blade_is_up_is_told_no_more_once_it_came_down_or_was_not_heard_of_for_long() -> (
    None
):
    lowered = [*UP, *fixes_on_main(17, blade=True), *fixes_on_main(18, blade=False)]
    unheard = [*UP, *fixes_on_main(30, blade=False)]
    for fixes in (lowered, unheard):
        *_, (truck, course) = looks(fixes, SCATTERED, reported(1, 3))
        assert ups(course, truck) == []


@pytest.mark.parametrize(
    ("fixes", "drives"),
    [
        (fixes_on_main(0, 2, 4, blade=True), (1, 3)),
        (fixes_on_main(0, 2, 4, blade=None), (1, 3)),
        ([*fixes_on_main(0, blade=True), *fixes_on_main(2, 4, blade=False)], (1, 3)),
        (fixes_on_main(9, 10, blade=False), (1, 3)),
        (fixes_on_main(0, 2, 4, blade=False), (1,)),
    ],
    ids=[
        "it is down",
        "nobody knows",
        "it was down before",
        "before it was heard",
        "not far enough",
    ],
)
def test_no_blade_is_up_where(fixes: Sequence[Position], drives: Sequence[float]) -> None:
    kinds = [sign.kind for sign in told(fixes, SCATTERED, reported(*drives))]
    assert AlertKind.BLADE_UP not in kinds


@pytest.mark.parametrize(("worked", "stands"), [(0, True), (4, False)])
def test_who_works_on_around_one_place_does_not_stand(worked: float, stands: bool) -> None:
    done = LegCheck(LegState.DONE, v.NOW + worked * MINUTE)
    fixes = fixes_on_main(*range(12), blade=True)
    kinds = [sign.kind for sign in told(fixes, SCATTERED, [done])]
    assert (AlertKind.LONG_STOP in kinds) is stands
