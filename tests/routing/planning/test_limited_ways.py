"""Streets and turns that are impossible for a type of machines, as plans heed them."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from data.model import DirectedSegment, Present, Treatment
from data.model.machines import WayLimit
from routing.check.referee import violations
from routing.network.route_timing import routes_timed_afresh
from routing.planning.limited_ways import LimitedWays, limited_ways
from routing.planning.problem_mapping import plan_from, problem_from
from routing.planning.warm_start import no_later_than
from routing.problem.stopping import MaxIterations
from routing.search.solver import solve
from tests import village as v
from tests.routing.planning.test_problem_mapping import Situation, planned, work_of

GRADER = frozenset({"grader"})
FLEET = (v.a_vehicle(type="grader"), v.a_vehicle(2, type="plow"))
BOTH = (v.a_shift(), v.a_shift(2, vehicle_id=2))


def there(segment_id, *, forward=True):
    return DirectedSegment(segment_id, forward)


def street(segment_id):
    return {WayLimit(GRADER, there(segment_id, forward=way)) for way in (True, False)}


def a_turn(came, goes):
    return {WayLimit(GRADER, goes, came)}


def limits(*sets):
    return Present(limits=frozenset().union(*sets))


def steps(plan):
    return [step for route in plan.routes for leg in route.legs for step in leg.path]


def test_without_limits_nothing_changes():
    assert limited_ways(Situation(())) == LimitedWays()


def test_a_machine_of_the_type_neither_works_on_its_street_nor_drives_through():
    jobs = (v.a_job(1, v.MAIN_WEST), v.a_job(2, v.SCHOOL))
    present = limits(street(v.MILL))
    assert v.MILL in {step.segment_id for step in steps(planned(*jobs, vehicles=FLEET))}
    around = planned(*jobs, vehicles=FLEET, present=present)
    assert v.MILL not in {step.segment_id for step in steps(around)}
    assert around.unserved == ()


def test_another_type_works_there_and_where_there_is_none_nobody_does():
    mill = v.a_job(1, v.MILL)
    present = limits(street(v.MILL))
    plan = planned(mill, vehicles=FLEET, shifts=BOTH, present=present)
    assert [route.vehicle_id for route in plan.routes if route.legs] == [2]
    assert len(work_of(plan)) == 2
    alone = planned(mill, vehicles=FLEET, present=present)
    assert [left.reason for left in alone.unserved] == ["no_vehicle"]


def test_limits_of_machines_that_are_not_in_service_do_not_count():
    plows = (v.a_shift(vehicle_id=2),)
    found = limited_ways(Situation((), plows, FLEET, present=limits(street(v.MILL))))
    assert found == LimitedWays()


@pytest.mark.parametrize("doer", [1, 2])
def test_only_machines_of_the_type_are_led_around(doer):
    """Both are in service, one can plow, and Mill Street is impossible for the grader."""
    jobs = (v.a_job(1, v.MAIN_WEST), v.a_job(2, v.SCHOOL))
    fleet = tuple(
        replace(one, capabilities=(Treatment.PLOW if one.id == doer else Treatment.SALT,))
        for one in FLEET
    )
    situation = Situation(jobs, BOTH, fleet, present=limits(street(v.MILL)))
    mapped = problem_from(situation)
    solution = solve(mapped.problem, MaxIterations(400))
    assert mapped.unlimited is not None
    assert mapped.unlimited.broken(mapped.problem, solution.routes) == []
    plan = plan_from(mapped, solution)
    assert [route.vehicle_id for route in plan.routes if route.legs] == [doer]
    assert plan.unserved == ()
    assert (v.MILL in {step.segment_id for step in steps(plan)}) is (doer == 2)
    searched = routes_timed_afresh(mapped.problem, solution.routes)
    ends_at = max(leg.ends_at for route in plan.routes for leg in route.legs)
    saved = v.NOW + timedelta(seconds=max(one.ends_s for one in searched)) - ends_at
    assert (saved > timedelta(seconds=1)) is (doer == 2)
    kept = no_later_than(mapped, plan)
    assert violations(kept, replace(solution, bound=0.0)) == []


def test_nobody_makes_a_turn_that_a_machine_in_service_cannot_make():
    came, goes = there(v.MAIN_EAST, forward=False), there(v.MILL)
    jobs = (v.a_job(1, v.MILL),)
    plan = planned(*jobs, vehicles=FLEET, present=limits(a_turn(came, goes)))
    way = steps(plan)
    assert (came, goes) not in pairwise(way)
    assert len(work_of(plan)) == 2


def test_where_a_limit_would_cut_streets_off_they_are_only_barred_to_its_machines():
    """Depot Road is the only way to the yard: without it no machine would come out."""
    network = v.village()
    found = limited_ways(Situation((), BOTH, FLEET, present=limits(street(v.DEPOT_ROAD))))
    assert found.through == frozenset()
    barred = {network.directed(arc).segment_id for arc in found.barred["grader"]}
    assert {v.DEPOT_ROAD, v.MAIN_EAST, v.MILL} <= barred


@pytest.mark.parametrize("unknown", [there(999), there(v.ROSE, forward=False)])
def test_ways_that_a_newer_file_does_not_have_are_passed_over(unknown):
    present = limits({WayLimit(GRADER, unknown)})
    found = limited_ways(Situation((), vehicles=FLEET, present=present))
    assert found == LimitedWays()


def test_machines_of_one_type_are_one_kind_and_those_of_others_another():
    both = (v.a_shift(), v.a_shift(2, vehicle_id=2))
    fleet = (v.a_vehicle(type="grader"), v.a_vehicle(2, type="grader"))
    mill, present = v.a_job(1, v.MILL), limits(street(v.MILL))
    problem = problem_from(Situation((mill,), both, fleet, present=present)).problem
    assert np.isinf(problem.service_s).all()
    assert problem.vehicle_type.tolist() == [0, 0]
