from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import JobId, LegKind, Plan, Route, ServiceClass, ShiftId, Unserved, VehicleId
from fleet.planning.plan_comparison import Comparison, compared
from fleet.planning.plan_summary import class_outcomes
from tests import village as v
from tests.village_database import POLICY
from tests.village_plan import a_leg, a_plan

P1, P3 = ServiceClass("P1"), ServiceClass("P3")
JOBS = [
    v.a_job(1, v.MAIN_WEST, due_at=v.NOW + timedelta(minutes=2)),
    v.a_job(2, v.TULIP, service_class=P3),
]
VEHICLES = [v.a_vehicle(1), v.a_vehicle(2)]
BOTH_WAYS = (a_leg(), a_leg(forward=False))


def against(first: Plan, second: Plan) -> Comparison:
    return compared(first, second, JOBS, VEHICLES, v.village(), POLICY)


def shifted(plan: Plan, later: timedelta) -> Plan:
    """Return the same plan, made and driven later."""

    def leg_later(leg):
        return replace(leg, starts_at=leg.starts_at + later, ends_at=leg.ends_at + later)

    routes = tuple(replace(route, legs=tuple(map(leg_later, route.legs))) for route in plan.routes)
    return replace(plan, made_at=plan.made_at + later, routes=routes)


def test_a_plan_against_itself_changes_nothing() -> None:
    plan = a_plan(*BOTH_WAYS)
    found = against(plan, plan)
    assert found.first == found.second
    assert (found.changes.moved, found.changes.trucks) == (0, 0)


def test_a_class_is_finished_when_its_last_pass_ends_and_never_where_one_is_left() -> None:
    late = a_plan(a_leg(), a_leg(forward=False, starts_at=v.NOW + timedelta(minutes=9)))
    half = a_plan(a_leg(), unserved=(Unserved(JobId(1), "time"),))
    found = against(late, half)
    assert found.first.classes[P1].finish_at == v.NOW + timedelta(minutes=10)
    assert found.first.classes[P1].worst_lateness == timedelta(minutes=8)
    assert found.second.classes[P1].finish_at is None
    assert (found.first.unserved, found.second.unserved) == ({}, {"time": 1})


def test_what_no_machine_can_do_holds_up_no_class() -> None:
    jobs = [*JOBS, v.a_job(3, v.MILL)]
    plan = a_plan(*BOTH_WAYS, unserved=(Unserved(JobId(3), "unreachable"),))
    outcome = class_outcomes(plan, jobs, v.village())[P1]
    assert outcome.finish_at == v.NOW + timedelta(minutes=1)
    assert outcome.in_time_share < 1.0


def test_what_only_one_plan_is_for_is_measured_by_its_own_work() -> None:
    small = a_plan(*BOTH_WAYS)
    tulip = (a_leg(segment_id=v.TULIP, job_ids=(JobId(2),)),)
    found = against(small, a_plan(*BOTH_WAYS, *tulip))
    assert found.first.classes.keys() == {P1}
    assert found.second.classes.keys() == {P1, P3}
    assert (found.changes.only_first, found.changes.only_second) == (0, 1)


def test_the_earlier_plan_counts_from_when_the_later_one_was_made() -> None:
    early = a_plan(*BOTH_WAYS, a_leg(LegKind.DRIVE, v.TULIP))
    found = against(early, shifted(a_plan(*BOTH_WAYS), timedelta(hours=1)))
    assert found.since == v.NOW + timedelta(hours=1)
    assert (found.first.work_km, found.first.machines) == (0.0, 0)
    assert found.second.work_km > 0.0


def test_a_street_that_another_truck_clears_is_a_change() -> None:
    first = a_plan(*BOTH_WAYS)
    second = replace(
        first,
        routes=(Route(ShiftId(1), VehicleId(1), ()), Route(ShiftId(2), VehicleId(2), BOTH_WAYS)),
    )
    changes = against(first, second).changes
    assert (changes.moved, changes.trucks) == (1, 2)


def test_sums_are_of_routes_that_leave_the_yard() -> None:
    first = a_plan(*BOTH_WAYS, a_leg(LegKind.DRIVE, v.TULIP))
    found = against(first, a_plan(*BOTH_WAYS))
    assert found.first.deadhead_share == pytest.approx(
        found.first.deadhead_km / (found.first.deadhead_km + found.first.work_km)
    )
    assert found.second.deadhead_km == 0.0
    assert found.first.spread_h == 0.0
    assert found.first.last_home_at == v.NOW + timedelta(minutes=1)
