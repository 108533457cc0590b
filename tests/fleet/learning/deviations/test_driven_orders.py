"""Orders of streets that drivers prefer to those of their routes, drawn in the village."""

from datetime import timedelta
from itertools import product

import pytest

from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    JobId,
    LegKind,
    Pass,
    Route,
    ShiftId,
    StormId,
    Treatment,
    VehicleId,
)
from fleet.learning.deviations.driven_orders import LEAST_TIMES, driven_orders, learned_orders
from fleet.learning.deviations.driven_routes import DrivenRoutes, DutyTime, PublishedRoute
from fleet.learning.street_drives import DrivenOrder, RouteStreet, StormFacts
from fleet.learning.stretches import rows_of
from tests import village as v
from tests.village_plan import a_leg

VILLAGE = v.village()
SHIFT, TRUCK = ShiftId(1), VehicleId(1)
MINUTE = timedelta(minutes=1)
DRIVEN_FROM = 15
"""Minutes after the plan was published from which on drivers are taken to follow it."""


def named(segment_id):
    return VILLAGE.segment(segment_id).main_name


def work(segment_id, minute, *, to=1.0, forward=True):
    """A street plowed from a minute on, for a share of its length."""
    begun = v.NOW + minute * MINUTE
    length_m = VILLAGE.segment(segment_id).length_m
    seen = Evidence(EvidenceKind.BLADE, 0.9)
    return Pass(
        segment_id, forward, 0.0, to * length_m, TRUCK, begun, begun + MINUTE, Treatment.PLOW, seen
    )


def a_route(*streets, begins=0, apart=2):
    """A route that plows streets in this order, forward where nothing else is said."""
    ways = [one if isinstance(one, tuple) else (one, True) for one in streets]
    at = [v.NOW + (begins + apart * n) * MINUTE for n in range(len(streets))]
    legs = (
        a_leg(
            LegKind.WORK,
            path=(DirectedSegment(*one),),
            starts_at=since,
            ends_at=since + MINUTE,
            job_ids=(JobId(one[0]),),
        )
        for one, since in zip(ways, at, strict=True)
    )
    return Route(SHIFT, TRUCK, tuple(legs))


def orders(done, *published, shut=(), until=600):
    """In which order streets were done; routes are published at minutes."""
    facts = StormFacts(StormId(1), VILLAGE, {TRUCK: v.a_vehicle(1)})
    known = [
        PublishedRoute(v.NOW + minute * MINUTE, route, frozenset(*skipped))
        for minute, route, *skipped in published
    ]
    duty = DutyTime("ali", [(v.NOW, v.NOW + until * MINUTE)])
    led = DrivenRoutes({TRUCK: known}, {SHIFT: duty}, lambda way, _: way.segment_id in shut)
    return list(driven_orders(rows_of(done, {TRUCK}), facts, led))


PLAN = a_route(v.MILL, v.TULIP)
TURNED = [work(v.TULIP, DRIVEN_FROM), work(v.MILL, DRIVEN_FROM + 5)]
AS_PLANNED = [work(v.MILL, DRIVEN_FROM), work(v.TULIP, DRIVEN_FROM + 5)]


@pytest.mark.parametrize(("done", "turned"), [(TURNED, True), (AS_PLANNED, False)])
def test_two_streets_are_done_as_planned_or_the_other_way_round(done, turned):
    (found,) = orders(done, (0, PLAN))
    assert (found.first.name, found.then.name) == (named(v.MILL), named(v.TULIP))
    assert (found.machine, found.driver, found.turned) == ("dump_truck", "ali", turned)
    assert found.first.segments == {v.MILL}


@pytest.mark.parametrize(
    ("published", "changes"),
    [
        ([(0, PLAN), (DRIVEN_FROM + 2, a_route(v.TULIP, v.MILL))], {}),
        ([(DRIVEN_FROM - 1, PLAN)], {}),
        ([(0, PLAN, {0})], {}),
        ([(0, PLAN)], {"shut": (v.MILL,)}),
        ([(0, PLAN)], {"until": DRIVEN_FROM + 1}),
        ([(0, a_route(v.MILL, v.TULIP, apart=90))], {}),
        ([(0, a_route(v.MILL))], {}),
    ],
    ids=[
        "planned anew between",
        "planned a moment before",
        "skipped",
        "closed",
        "after the shift",
        "far apart in the plan",
        "one street alone",
    ],
)
def test_what_was_not_clearly_asked_says_nothing(published, changes):
    assert orders(TURNED, *published, **changes) == []


def test_a_new_plan_that_only_leaves_out_what_is_done_keeps_the_order():
    rest = (DRIVEN_FROM + 2, a_route(v.MILL))
    (found,) = orders(TURNED, (0, a_route(v.SCHOOL, v.MILL, v.TULIP)), rest)
    assert found.turned


def test_a_street_that_another_machine_was_to_do_by_then_says_nothing():
    rest = (DRIVEN_FROM + 2, a_route(v.SCHOOL))
    assert orders(TURNED, (0, a_route(v.MILL, v.TULIP, v.SCHOOL)), rest) == []


def test_half_a_street_is_not_done():
    half = [work(v.TULIP, DRIVEN_FROM, to=0.5), work(v.MILL, DRIVEN_FROM + 5)]
    assert orders(half, (0, PLAN)) == []


def test_a_street_is_done_when_half_of_it_is():
    """Of two-way streets one direction is often done long before the other."""
    there_and_back = a_route(v.MILL, v.TULIP, (v.MILL, False))
    later = [work(v.MILL, DRIVEN_FROM + 9, forward=False)]
    (found,) = orders([*TURNED, *later], (0, there_and_back))
    assert found.turned


def test_of_streets_done_in_turns_neither_is_before_the_other():
    imam = (v.MAIN_WEST, True), (v.MAIN_EAST, True), (v.MAIN_EAST, False)
    tulip = (v.TULIP, True), (v.TULIP, False)
    turns = (imam[0], tulip[0], imam[1], tulip[1], imam[2])
    done = [work(way, DRIVEN_FROM + n, forward=to) for n, (way, to) in enumerate(turns)]
    assert orders(done, (0, a_route(*imam, *tulip))) == []
    assert orders(done, (0, a_route(*tulip, *imam))) == []


def often(first, then, times, *, turned=True, drivers="ab", storms=(1, 2)):
    """Orders of two streets by name, spread over drivers and storms."""
    spread = [*product(storms, drivers)] * times
    return [
        DrivenOrder(
            StormId(storm),
            "grader",
            driver,
            RouteStreet(first, frozenset({ord(first)})),
            RouteStreet(then, frozenset({ord(then)})),
            turned,
        )
        for storm, driver in spread[:times]
    ]


def found(*driven):
    return [
        (chr(one.sooner[0]), chr(one.later[0]), one.times, one.chances)
        for one in learned_orders([order for some in driven for order in some])
    ]


def test_what_several_drivers_do_in_several_storms_is_proposed():
    (order,) = learned_orders(often("A", "B", 7) + often("A", "B", 1, turned=False))
    assert (order.machine, order.sooner, order.later) == ("grader", (ord("B"),), (ord("A"),))
    assert (order.times, order.chances, order.drivers, order.storms) == (7, 8, 2, 2)


@pytest.mark.parametrize(
    "driven",
    [
        often("A", "B", LEAST_TIMES - 1),
        often("A", "B", 9, drivers="a"),
        often("A", "B", 9, drivers=["", "a"]),
        often("A", "B", 9, storms=(1,)),
        often("A", "B", 6) + often("A", "B", 1, turned=False),
        often("A", "B", 6) + often("B", "A", 6),
        often("A", "B", 9, turned=False),
    ],
    ids=[
        "few times",
        "one driver",
        "unknown drivers",
        "one storm",
        "mixed",
        "the other way where planned so",
        "as planned",
    ],
)
def test_what_is_not_consistent_is_not_proposed(driven):
    assert learned_orders(driven) == []


def test_what_follows_from_two_others_is_left_out():
    chain = often("A", "B", 6), often("B", "C", 6), often("A", "C", 6)
    assert found(*chain) == [("B", "A", 6, 6), ("C", "B", 6, 6)]


def test_of_a_circle_the_surest_orders_stay():
    circle = often("A", "B", 8), often("B", "C", 7), often("C", "A", 6)
    assert found(*circle) == [("B", "A", 8, 8), ("C", "B", 7, 7)]


def test_machines_of_another_type_do_not_speak_for_these():
    other = [one._replace(machine="loader") for one in often("A", "B", 3)]
    assert found(often("A", "B", 3), other) == []
