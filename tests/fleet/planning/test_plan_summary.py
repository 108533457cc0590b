from datetime import timedelta

import pytest

from data.model import JobId, LegKind, Plan, ServiceClass, Unserved
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from fleet.planning.plan_summary import PlanFigures, figures_of
from tests import village as v
from tests.village_plan import a_leg, a_plan

POLICY = policy_from_toml(DEFAULT_POLICY)
JOBS = [
    v.a_job(1, v.MAIN_WEST, due_at=v.NOW + timedelta(minutes=2)),
    v.a_job(2, v.TULIP, service_class=ServiceClass("P3")),
]
MAIN_KM, TULIP_KM = (v.village().segment(each).length_m / 1000 for each in (v.MAIN_WEST, v.TULIP))


def figures(plan: Plan) -> PlanFigures:
    return figures_of(plan, JOBS, [v.a_vehicle(1), v.a_vehicle(2)], v.village(), POLICY)


def test_every_direction_counts_and_only_what_is_done_by_the_deadline_is_in_time() -> None:
    late = v.NOW + timedelta(minutes=30)
    plan = a_plan(a_leg(), a_leg(forward=False, starts_at=late))
    main = figures(plan).classes[0]
    assert main.length_km == pytest.approx(2 * MAIN_KM)
    assert main.done_km == pytest.approx(2 * MAIN_KM)
    assert main.in_time_km == pytest.approx(MAIN_KM)
    assert main.in_time_share == pytest.approx(0.5)
    assert main.worst_lateness == timedelta(minutes=29)
    assert main.done_at == late + timedelta(minutes=1)


def test_the_same_pass_twice_counts_once() -> None:
    main = figures(a_plan(a_leg(), a_leg())).classes[0]
    assert main.done_km == pytest.approx(MAIN_KM)


def test_a_class_that_nobody_serves_has_nothing_done() -> None:
    tulip = figures(a_plan(a_leg())).classes[1]
    assert (tulip.service_class, tulip.done_km, tulip.done_at) == (ServiceClass("P3"), 0.0, None)
    assert tulip.length_km == pytest.approx(2 * TULIP_KM)


def test_a_vehicle_has_its_work_deadhead_hours_and_reloads() -> None:
    home = a_leg(LegKind.DRIVE, v.TULIP, starts_at=v.NOW + timedelta(minutes=59))
    fill = a_leg(LegKind.RELOAD, path=(), length_m=0.0)
    (truck,) = figures(a_plan(a_leg(), fill, home)).vehicles
    assert (truck.name, truck.reloads) == ("Truck 1", 1)
    assert truck.work_km == pytest.approx(MAIN_KM)
    assert truck.deadhead_km == pytest.approx(TULIP_KM)
    assert truck.hours == pytest.approx(1.0)


def test_what_is_left_undone_says_why() -> None:
    left = (
        Unserved(JobId(2), "time"),
        Unserved(JobId(2), "time"),
        Unserved(JobId(1), "no_vehicle"),
    )
    found = figures(a_plan(unserved=left)).left_undone
    assert [(each.service_class, each.reason, each.jobs) for each in found] == [
        ("P1", "no_vehicle", 1),
        ("P3", "time", 1),
    ]
