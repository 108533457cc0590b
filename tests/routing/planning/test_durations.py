"""How long the village's plans take: as assumed, and as storms taught."""

import numpy as np
import pytest

from data.model import DirectedSegment, Present, RoadClass, Treatment
from data.model.planning.paces import AS_ASSUMED, Movement, Pace
from data.streets.turn_costs import TURN_COST_S, TurnKind
from routing.planning.problem_mapping import problem_from
from tests import village as v
from tests.routing.planning.test_problem_mapping import Situation, planned, work_of

JOBS = (v.a_job(1, v.MILL), v.a_job(2, v.TULIP))


def kinds(movement, times):
    return {(movement, "dump_truck", road): times for road in RoadClass}


def problem(pace=AS_ASSUMED, **changes):
    return problem_from(Situation(JOBS, pace=pace, **changes)).problem


def test_a_street_that_takes_twice_as_long_is_planned_so():
    twice = Pace(kinds=kinds(Movement.PLOW, 1.5), streets={(Movement.PLOW, v.MILL): 2.0})
    before, after = problem().service_s, problem(twice).service_s
    assert (after / before)[:, 0] == pytest.approx([3.0, 3.0, 1.5, 1.5])


def test_stops_make_all_that_a_machine_does_longer():
    stops = Pace(kinds=kinds(Movement.PLOW, 1.0), stops={"dump_truck": 0.1})
    before, after = problem(), problem(stops)
    assert (after.service_s / before.service_s)[:, 0] == pytest.approx([1.1] * 4)
    assert after.pace[0] * after.drive_s == pytest.approx(1.1 * before.pace[0] * before.drive_s)


def test_deadheads_are_slow_where_they_were_slow():
    slow = Pace(kinds=kinds(Movement.DRIVE, 1.0), streets={(Movement.DRIVE, v.MILL): 3.0})
    before, after = problem(), problem(slow)
    village = v.village()
    mill = village.arc_segment == village.index_of(v.MILL)
    ratio = (after.pace[0] * after.drive_s)[: len(mill)] / village.arc_drive_s
    assert ratio[mill] == pytest.approx(3.0)
    assert ratio[~mill] == pytest.approx(1.0)
    assert before.pace[0] == 1.0


def test_machines_of_two_types_take_their_own_time():
    grader = v.a_vehicle(2, type="grader")
    pace = Pace(
        kinds=kinds(Movement.PLOW, 1.0)
        | {(Movement.PLOW, "grader", road): 2.0 for road in RoadClass}
    )
    shifts = (v.a_shift(), v.a_shift(2, vehicle_id=2))
    found = problem(pace, vehicles=(v.a_vehicle(), grader), shifts=shifts)
    assert (found.service_s[:, 1] / found.service_s[:, 0]) == pytest.approx([2.0] * 4)
    assert (
        len(np.unique(problem(vehicles=(v.a_vehicle(), grader), shifts=shifts).vehicle_type)) == 1
    )


def test_turns_and_loading_take_what_was_seen():
    pace = Pace(turns_s={"left": 20.0}, fills_s={v.a_reload_site().id: 900.0})
    found = problem(pace)
    assert found.fill_s.tolist() == [900.0]
    assert 20.0 in found.turn_s
    assert 8.0 not in found.turn_s
    assert 8.0 in problem().turn_s


def test_turning_around_before_a_closure_takes_what_was_seen():
    shut = frozenset(DirectedSegment(v.MILL, way) for way in (True, False))
    present = Present(closed=shut)
    learned = problem(Pace(turns_s={"u_turn": 77.0}), present=present)
    assert 77.0 in learned.turn_s
    assert TURN_COST_S[TurnKind.U_TURN] not in learned.turn_s


def test_a_plan_of_slow_streets_ends_later():
    slow = Pace(kinds=kinds(Movement.PLOW, 2.0) | kinds(Movement.DRIVE, 2.0))
    usual, later = planned(*JOBS), planned(*JOBS, pace=slow)
    seconds = [
        sum((leg.ends_at - leg.starts_at).seconds for leg in work_of(one)) for one in (usual, later)
    ]
    assert 1.7 < seconds[1] / seconds[0] < 2.1


def test_a_machine_that_cannot_salt_is_not_taught_to():
    plow = v.a_vehicle(capabilities=(Treatment.PLOW,))
    salt = v.a_job(1, v.MILL, treatment=Treatment.SALT)
    found = problem_from(
        Situation((salt,), vehicles=(plow,), pace=Pace(kinds=kinds(Movement.SALT, 0.5)))
    )
    assert np.isinf(found.problem.service_s).all()
