"""Whether a truck plows, reloads and ends in time: routes whose truth is drawn by hand."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.model import Leg, LegKind, Route, ShiftId, VehicleId
from data.policy.alert_rules import AlertRules
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml, toml_from_policy
from data.policy.message_rules import FROM_DRIVER, MessageRules, words_of
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.routes.route_compliance import (
    driven_unplowed,
    hours_left,
    may_plow,
    missed_reload,
    plow_speed_mps,
)
from tests import village as v
from tests.village_plan import a_leg

MINUTE = timedelta(minutes=1)
RULES = AlertRules()
EARLY = v.NOW - 60 * MINUTE


def a_spreading_leg(minute: float, load_kg: float, **facts: object) -> Leg:
    times = {"starts_at": v.NOW + minute * MINUTE, "ends_at": v.NOW + (minute + 1) * MINUTE}
    return replace(a_leg(segment_id=v.MAIN_EAST), load_kg=load_kg, **times, **facts)


def route_of(*legs: Leg) -> Route:
    return Route(ShiftId(1), VehicleId(1), legs)


ROUTE = route_of(
    a_spreading_leg(0, 300.0),
    a_spreading_leg(10, 3000.0, kind=LegKind.RELOAD, path=(), job_ids=()),
    a_spreading_leg(12, 2600.0),
    a_spreading_leg(13, 2200.0),
)
"""Work, a reload that takes until minute 11, and work that needs 400 kg a leg."""


def checked(done: int, route: Route = ROUTE) -> RouteCheck:
    """A route whose first legs were done as planned; a reload counts as passed."""
    legs = tuple(
        LegCheck(LegState.AHEAD)
        if i >= done
        else LegCheck(LegState.PASSED)
        if leg.kind is not LegKind.WORK
        else LegCheck(LegState.DONE, leg.ends_at, VehicleId(1))
        for i, leg in enumerate(route.legs)
    )
    end = route.legs[-1].ends_at
    return RouteCheck(ShiftId(1), VehicleId(1), legs, done, 0 * MINUTE, end, end, 1.0)


def missed(done: int, minute: float, loaded_at: datetime | None = None, since: datetime = EARLY):
    return missed_reload(ROUTE, checked(done), since, loaded_at, RULES, v.NOW + minute * MINUTE)


def test_a_reload_that_is_needed_is_missed_a_while_after_it_was_due() -> None:
    assert missed(1, 20) is None, "it was due at minute 11, and 15 minutes are nobody's fault"
    found = missed(1, 27)
    assert found is not None
    assert (found.since, found.load_kg) == (v.NOW + 11 * MINUTE, 300.0)


def test_a_truck_that_works_on_past_its_reload_has_missed_it() -> None:
    found = missed(3, 30)
    assert found is not None
    assert found.load_kg == 0.0


@pytest.mark.parametrize(
    ("done", "facts"),
    [
        (1, {"loaded_at": v.NOW + 12 * MINUTE}),
        (1, {"since": v.NOW + 5 * MINUTE}),
        (0, {}),
    ],
    ids=["it was there", "nobody watched it since", "the work before is not done"],
)
def test_no_reload_is_missed_where(done: int, facts: dict[str, datetime]) -> None:
    assert missed(done, 60, **facts) is None


def test_a_reload_without_need_is_not_missed() -> None:
    full = route_of(a_spreading_leg(0, 3000.0), *ROUTE.legs[1:])
    assert missed_reload(full, checked(1, full), EARLY, None, RULES, v.NOW + 60 * MINUTE) is None


def test_a_blade_belongs_down_on_the_next_work_and_not_on_the_way_there() -> None:
    plow = a_leg(segment_id=v.MAIN_EAST)
    plow = replace(plow, blade=True)
    way = a_leg(LegKind.DRIVE, v.MAIN_EAST)
    route = route_of(way, plow, replace(plow, blade=False))
    check = checked(0, route)
    assert plow_speed_mps(route, check, {1})
    assert not plow_speed_mps(route, check, {0, 1}), "it may just drive along here"
    assert may_plow(route, check, {0, 1}), "or plow"
    assert not plow_speed_mps(route, check, {2}), "it spreads there"
    assert not may_plow(route, check, {0, 2})
    assert not plow_speed_mps(route, check, set())
    assert not plow_speed_mps(route, checked(2, route), {1}), "it is done"


TULIP, DRIVE_ON_TULIP = a_leg(segment_id=v.TULIP), a_leg(LegKind.DRIVE, v.TULIP)
MILL = a_leg(segment_id=v.MILL)


def at(*minutes: float) -> tuple[datetime, ...]:
    return tuple(v.NOW + minute * MINUTE for minute in minutes)


def told(minute: float, *driven: float) -> LegCheck:
    return LegCheck(LegState.TOLD, v.NOW + minute * MINUTE, VehicleId(1), driven=at(*driven))


def ahead(*driven: float) -> LegCheck:
    return LegCheck(LegState.AHEAD, driven=at(*driven))


UNPROVED = LegCheck(LegState.UNPROVED, *at(3))
DONE = LegCheck(LegState.DONE, *at(4))


@pytest.mark.parametrize(
    ("legs", "checks", "following", "times"),
    [
        ([TULIP, MILL, TULIP], [told(3, 2), UNPROVED, ahead()], 2, (2, 3)),
        ([TULIP, MILL, TULIP], [told(3, 2), DONE, told(6, 5)], 3, (5,)),
        ([TULIP, MILL, TULIP], [told(3, 2, 5), told(4, 3), told(6, 2, 5)], 3, (2, 3, 5)),
        ([TULIP, TULIP], [told(3, 2), told(3, 2)], 2, (2,)),
        ([TULIP, MILL], [told(3), LegCheck(LegState.SKIPPED, *at(2))], 2, ()),
        ([TULIP, MILL, TULIP], [ahead(2), ahead(3), ahead()], 0, (2, 3)),
        ([TULIP, MILL], [ahead(), ahead(3)], 0, ()),
        ([TULIP, MILL], [replace(ahead(2), state=LegState.BEGUN), ahead(3)], 0, (3,)),
        ([DRIVE_ON_TULIP, TULIP], [ahead(), ahead(2)], 0, ()),
        ([DRIVE_ON_TULIP, TULIP, MILL], [ahead(), ahead(2), ahead(3)], 0, (3,)),
        ([TULIP, MILL, TULIP], [ahead(3), ahead(2.5), ahead(4)], 0, (3, 2.5, 4)),
        ([TULIP, TULIP], [ahead(2), ahead(2)], 0, (2,)),
    ],
    ids=[
        "reported or passed by",
        "since the last one that is proved",
        "each drive for one leg",
        "one drive for one leg",
        "not driven",
        "the next ones without a tap",
        "only where the next one is among them",
        "not what was plowed in part",
        "not where it was to drive along before",
        "but behind that",
        "a moment out of order, as on a roundabout",
        "one drive for one of the next legs",
    ],
)
def test_a_truck_has_driven_unplowed(
    legs: list[Leg], checks: list[LegCheck], following: int, times: tuple[float, ...]
) -> None:
    route = route_of(*legs)
    check = replace(checked(0, route), legs=tuple(checks), next_leg=following)
    found = driven_unplowed(route, check, v.NOW + MINUTE)
    if not times:
        assert found is None
        return
    assert found is not None
    assert (found.since, found.until) == at(times[0], max(times))
    assert found.length_m == pytest.approx(len(times) * TULIP.length_m)
    assert driven_unplowed(route, check, v.NOW + 30 * MINUTE) is None, "that was before"


def test_hours_are_told_where_work_is_left_or_the_shift_is_over() -> None:
    ends_at = v.NOW + 60 * MINUTE
    late = replace(checked(1), ends_at=ends_at + MINUTE)
    assert hours_left(late, ends_at, RULES, ends_at - 31 * MINUTE) is None
    assert hours_left(late, ends_at, RULES, ends_at - 23 * MINUTE) == 20 * MINUTE
    assert hours_left(checked(1), ends_at, RULES, ends_at - 5 * MINUTE) is None
    assert hours_left(None, ends_at, RULES, ends_at + 7 * MINUTE) == -10 * MINUTE


def test_ready_texts_are_written_and_read_again() -> None:
    usual = policy_from_toml(DEFAULT_POLICY)
    assert usual.messages == MessageRules()
    own = MessageRules(({"fa": "بیا", "en": "Come"},), ())
    again = policy_from_toml(toml_from_policy(replace(usual, messages=own)))
    assert again.messages == own
    assert words_of("I need help.", FROM_DRIVER)["fa"] == "کمک لازم دارم."
    assert words_of("by the oak", FROM_DRIVER) == {"": "by the oak"}
