"""Plans made in the middle of a storm: from where machines are, for what is left."""

from datetime import timedelta

from data.model import (
    DirectedSegment,
    JobId,
    LegKind,
    Present,
    SegmentId,
    ShiftId,
    Treatment,
    TruckStart,
    VehicleId,
    WorkPass,
)
from routing.planning.problem_mapping import plan_from, problem_from
from routing.planning.running_plan import remaining_stops
from routing.problem.stopping import MaxIterations
from routing.search.solver import solve
from tests import village as v
from tests.routing.planning.test_problem_mapping import Situation, planned, work_of
from tests.village_plan import a_leg

BOTH_TRUCKS = (v.a_shift(1, 1), v.a_shift(2, 2))
SOON = v.NOW + timedelta(minutes=5)


def way(segment_id, *, forward=True):
    return DirectedSegment(SegmentId(segment_id), forward)


def closed(*segment_ids):
    return frozenset(way(each, forward=f) for each in segment_ids for f in (True, False))


def streets_of(plan, shift=0):
    legs = plan.routes[shift].legs
    return {step.segment_id for leg in legs for step in leg.path if leg.kind is LegKind.WORK}


def test_a_truck_begins_where_it_is_and_comes_home_to_its_depot():
    start = TruckStart(way(v.MAIN_WEST, forward=False), SOON, 500.0, underway=True)
    plan = planned(v.a_job(1, v.TULIP), present=Present(starts={ShiftId(1): start}))
    legs = plan.routes[0].legs
    assert legs[0].kind is LegKind.WORK
    assert (legs[0].path, legs[0].starts_at) == ((way(v.TULIP),), SOON)
    last = legs[-1].path[-1]
    assert (last.segment_id, last.forward) == (v.DEPOT_ROAD, True)


def test_a_truck_that_is_out_drives_home_although_nothing_is_left_to_do():
    start = TruckStart(way(v.TULIP), SOON, 500.0, underway=True)
    plan = planned(present=Present(starts={ShiftId(1): start}))
    assert [leg.kind for leg in plan.routes[0].legs] == [LegKind.DRIVE]


def test_a_truck_has_the_load_it_has_and_reloads_before_it_salts_more():
    job = v.a_job(1, v.MILL, treatment=Treatment.SALT)
    start = TruckStart(way(v.MAIN_WEST), SOON, 0.0, underway=True)
    empty = planned(job, present=Present(starts={ShiftId(1): start}))
    kinds = [leg.kind for leg in empty.routes[0].legs if leg.kind is not LegKind.DRIVE]
    assert kinds[0] is LegKind.RELOAD


def test_a_leg_that_was_begun_stays_the_first_of_its_route():
    begun = a_leg(segment_id=v.MILL, starts_at=v.NOW - timedelta(seconds=20))
    start = TruckStart(way(v.MILL), begun.ends_at, 500.0, underway=True, finishing=begun)
    present = Present(starts={ShiftId(1): start}, done=frozenset(begun.works))
    plan = planned(v.a_job(1, v.MILL), present=present)
    first, *rest = plan.routes[0].legs
    assert first == begun
    assert rest[0].starts_at == begun.ends_at
    assert [leg.path for leg in work_of(plan)] == [(way(v.MILL),), (way(v.MILL, forward=False),)]
    assert plan.unserved == ()


def test_passes_that_are_done_are_not_planned_again():
    done = {WorkPass(JobId(1), True, 0), WorkPass(JobId(1), False, 0), WorkPass(JobId(1), False, 1)}
    plan = planned(v.a_job(1, v.MILL, passes=2), present=Present(done=frozenset(done)))
    assert [(leg.path[0].forward, leg.pass_index) for leg in work_of(plan)] == [(True, 1)]
    assert plan.unserved == ()


def test_nobody_drives_over_a_closed_street_or_works_there():
    jobs = [v.a_job(i, i) for i in (v.MAIN_WEST, v.TULIP)]
    plan = planned(*jobs, present=Present(closed=closed(v.MAIN_WEST)))
    driven = {step.segment_id for leg in plan.routes[0].legs for step in leg.path}
    assert v.MAIN_WEST not in driven
    assert v.TULIP in driven
    assert [(left.job_id, left.reason) for left in plan.unserved] == [(v.MAIN_WEST, "closed")]


def test_a_street_behind_a_closed_one_is_unreachable():
    plan = planned(v.a_job(1, v.MILL), present=Present(closed=closed(v.DEPOT_ROAD)))
    assert [left.reason for left in plan.unserved] == ["unreachable"]


def test_a_truck_leaves_a_street_that_is_closed_under_it():
    start = TruckStart(way(v.MAIN_WEST), SOON, 500.0, underway=True)
    present = Present(starts={ShiftId(1): start}, closed=closed(v.MAIN_WEST))
    assert streets_of(planned(v.a_job(1, v.ROSE), present=present)) == {v.ROSE}


def test_a_truck_that_is_cut_off_from_its_depot_works_and_ends_where_it_is():
    start = TruckStart(way(v.MAIN_WEST), SOON, 500.0, underway=True)
    present = Present(starts={ShiftId(1): start}, closed=closed(v.DEPOT_ROAD))
    plan = planned(v.a_job(1, v.ROSE), present=present)
    assert (streets_of(plan), plan.unserved) == ({v.ROSE}, ())


def test_a_truck_is_kept_off_streets_that_are_forbidden_to_it():
    forbidden = frozenset({(VehicleId(1), SegmentId(v.MILL))})
    jobs = [v.a_job(i, i, passes=4) for i in (v.MILL, v.TULIP, v.ORCHARD)]
    plan = planned(*jobs, shifts=BOTH_TRUCKS, present=Present(forbidden=forbidden))
    assert v.MILL not in streets_of(plan, 0)
    assert v.MILL in streets_of(plan, 1)


def test_locked_legs_come_first_and_a_full_shift_gets_no_more():
    first = planned(*(v.a_job(i, i) for i in range(1, 10)), shifts=BOTH_TRUCKS[:1])
    locked = tuple(
        leg for leg in first.routes[0].legs if v.ORCHARD in {s.segment_id for s in leg.path}
    )
    jobs = [v.a_job(i, i) for i in range(1, 10)]
    present = Present(locked={ShiftId(2): locked}, full=frozenset({ShiftId(2)}))
    plan = planned(*jobs, shifts=BOTH_TRUCKS, present=present)
    kept = [leg.works for leg in locked if leg.works]
    assert [leg.works for leg in plan.routes[1].legs if leg.works] == kept
    assert v.ORCHARD not in streets_of(plan, 0)


def test_what_is_left_of_a_driven_plan_is_found_again_with_its_reloads():
    small = v.a_vehicle(hopper_kg=60.0)
    jobs = [v.a_job(i, i, treatment=Treatment.SALT) for i in (2, 4, 6)]
    mapped = problem_from(Situation(tuple(jobs), vehicles=(small,)))
    solution = solve(mapped.problem, MaxIterations(400))
    plan = plan_from(mapped, solution)
    number = mapped.number
    assert remaining_stops(mapped.situation, number, plan, {ShiftId(1): 0}) == solution.routes
    past = next(i for i, leg in enumerate(plan.routes[0].legs) if leg.works) + 1
    rest = remaining_stops(mapped.situation, number, plan, {ShiftId(1): past})[0]
    assert rest == solution.routes[0][-len(rest) :]
    assert len(rest) < len(solution.routes[0])
