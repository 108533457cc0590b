from dataclasses import replace
from datetime import timedelta

from data.model import LegKind, Plan
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import solve_prepared
from fleet.what_if.class_limits import FAR, LimitKind, class_limits
from tests import village as v

TYPE = v.a_vehicle(1).type


def solved(prepared: Prepared) -> Plan:
    return solve_prepared(prepared, 1.0, 1, lambda *_: None, lambda: True)


def test_the_last_street_of_a_class_is_named(prepared) -> None:
    plan = solved(prepared)
    limits = class_limits(plan, prepared)
    jobs = {job.id: job for job in prepared.jobs}
    for name, limit in limits.items():
        ends = {
            leg.ends_at: jobs[job_id].segment_id
            for route in plan.routes
            for leg in route.legs
            for job_id in leg.job_ids
            if jobs[job_id].service_class == name
        }
        assert limit.segment_id == ends[max(ends)]
        assert (limit.kind, limit.types) == (LimitKind.ORDER, (TYPE,))


def test_machines_that_do_not_fit_the_last_street_hold_up_its_class(prepared) -> None:
    plan = solved(prepared)
    wide = replace(v.a_vehicle(3), type="grader", min_street_m=99.0)
    with_wide = replace(
        prepared,
        vehicles=(*prepared.vehicles, wide),
        shifts=(*prepared.shifts, replace(prepared.shifts[0], vehicle_id=wide.id)),
    )
    kinds = {one.kind for one in class_limits(plan, with_wide, {"grader"}).values()}
    assert kinds == {LimitKind.MACHINES}
    assert LimitKind.MACHINES not in {
        one.kind for one in class_limits(plan, with_wide, {TYPE}).values()
    }


def test_a_machine_that_works_to_the_end_of_its_shift_holds_up_a_class(prepared) -> None:
    plan = solved(prepared)
    end = max(route.legs[-1].ends_at for route in plan.routes if route.legs)
    short = [replace(shift, ends_at=end) for shift in prepared.shifts]
    limits = class_limits(plan, replace(prepared, shifts=tuple(short)))
    assert LimitKind.SHIFT in {one.kind for one in limits.values()}
    assert {one.shift_ends_at for one in limits.values()} == {end}


def test_a_long_way_without_work_makes_the_last_street_far(prepared) -> None:
    plan = solved(prepared)
    routes = []
    for route in plan.routes:
        legs = []
        for leg in route.legs:
            if leg.kind is LegKind.WORK:
                begins = leg.starts_at
                legs.append(replace(leg, kind=LegKind.DRIVE, job_ids=(), starts_at=begins - FAR))
                legs[-1] = replace(legs[-1], ends_at=begins)
            legs.append(leg)
        routes.append(replace(route, legs=tuple(legs)))
    limits = class_limits(replace(plan, routes=tuple(routes)), prepared)
    assert {one.kind for one in limits.values()} == {LimitKind.FAR}
    assert all(one.drive_min >= FAR / timedelta(minutes=1) for one in limits.values())
