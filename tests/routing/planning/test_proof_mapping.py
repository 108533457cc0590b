from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import PlanProof, ServiceClass
from data.store.database.engine import transaction
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.storms.storm_start import start_storm
from routing.planning.problem_mapping import problem_from
from routing.planning.proof_mapping import SHOWN_STREETS, proved
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_village_database

P1 = ServiceClass("P1")


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    with transaction(a_village_database()) as tx:
        storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
        return prepare(tx, storm.id, v.village(), v.NOW)


def due_after(prepared: Prepared, minutes: float, passes: int = 1) -> Prepared:
    """Return the situation with all P1 streets due so soon, with so many passes."""
    due_at = v.NOW + timedelta(minutes=minutes)
    jobs = (
        replace(job, due_at=due_at, passes=passes) if job.service_class == P1 else job
        for job in prepared.jobs
    )
    return replace(prepared, jobs=tuple(jobs))


def of_p1(prepared: Prepared) -> list[PlanProof]:
    return [one for one in proved(problem_from(prepared)) if one.classes == (P1,)]


def test_nothing_is_proved_of_what_can_be_done(prepared: Prepared) -> None:
    assert proved(problem_from(prepared)) == ()


def test_a_class_that_is_too_much_for_the_machines_is_proved_with_times(prepared: Prepared) -> None:
    whole, *_ = of_p1(due_after(prepared, 40.0, passes=40))
    due_at = v.NOW + timedelta(minutes=40)
    assert (whole.argument, whole.vehicles, whole.due_at) == ("work", 2, due_at)
    assert whole.work_s > whole.free_s
    assert whole.earliest_at is not None
    assert whole.earliest_at > due_at
    alone = replace(prepared, shifts=prepared.shifts[:1])
    later, *_ = of_p1(due_after(alone, 40.0, passes=40))
    assert later.vehicles == 1
    assert later.earliest_at is None or later.earliest_at > whole.earliest_at


def test_a_street_that_is_too_far_is_named(prepared: Prepared) -> None:
    far, *_ = of_p1(due_after(prepared, 1.0))
    assert far.argument == "distance"
    assert far.earliest_at is not None
    assert len(far.segment_ids) == 1


def test_single_passes_are_told_together_by_reason(prepared: Prepared) -> None:
    wide = tuple(replace(each, min_street_m=60.0) for each in prepared.vehicles)
    found = proved(problem_from(replace(prepared, vehicles=wide)))
    assert {one.argument for one in found} == {"no_vehicle"}
    (streets,) = [one for one in found if one.classes == (P1,)]
    assert (streets.earliest_at, streets.work_s) == (None, 0.0)
    assert 0 < len(streets.segment_ids) <= SHOWN_STREETS
    assert streets.passes >= len(streets.segment_ids)


def test_without_work_there_is_nothing_to_prove(prepared: Prepared) -> None:
    assert proved(problem_from(replace(prepared, jobs=()))) == ()
