from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError
from data.model import (
    JobId,
    PlanOptions,
    Route,
    ServiceClass,
    ShiftId,
    ShiftState,
    Storm,
    VehicleId,
    WorkPass,
)
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.planning.plans import add_plan, get_plan
from data.store.shifts.shifts import list_shifts, set_shift_state
from fleet.planning.plan_lifecycle import ask_for_plan, publish
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_scope import EVERYTHING, scope_of, works_of
from fleet.planning.remaining_routes import routes_ahead
from tests import village as v
from tests.village_database import DISPATCHER, estimates
from tests.village_plan import a_leg, a_plan

LATER = v.NOW + timedelta(seconds=30)


@pytest.fixture
def prepared(tx: Tx, storm: Storm) -> Prepared:
    return prepare(tx, storm.id, v.village(), LATER)


def job_of(prepared: Prepared, service_class: ServiceClass) -> JobId:
    return next(job.id for job in prepared.jobs if job.service_class == service_class)


def a_route(shift: int, *jobs: JobId) -> Route:
    legs = tuple(a_leg(job_ids=(job,)) for job in jobs)
    return Route(ShiftId(shift), VehicleId(shift), legs)


def test_without_options_everything_is_planned(prepared: Prepared) -> None:
    scope = scope_of(prepared, EVERYTHING, [a_route(1, JobId(1))])
    assert (scope.prepared, scope.unchanged, scope.aside) == (prepared, (), {})


def test_a_plan_for_a_class_leaves_the_others_aside_and_counts_them(prepared: Prepared) -> None:
    first = min(job.service_class for job in prepared.jobs)
    scope = scope_of(prepared, PlanOptions(classes=(first,)), [])
    assert {job.service_class for job in scope.prepared.jobs} == {first}
    assert first not in scope.aside
    assert sum(scope.aside.values()) == len(prepared.jobs) - len(scope.prepared.jobs) > 0


def test_what_trucks_have_ahead_stays_in_a_plan_for_another_class(prepared: Prepared) -> None:
    first, *_, last = sorted({job.service_class for job in prepared.jobs})
    carried = job_of(prepared, last)
    scope = scope_of(prepared, PlanOptions(classes=(first,)), [a_route(1, carried)])
    assert carried in {job.id for job in scope.prepared.jobs}


def test_machines_that_were_not_chosen_keep_their_routes(prepared: Prepared) -> None:
    staying = a_route(2, JobId(3))
    scope = scope_of(prepared, PlanOptions(vehicles=(VehicleId(1),)), [a_route(1), staying])
    assert [shift.vehicle_id for shift in scope.prepared.shifts] == [1]
    assert WorkPass(JobId(3), True, 0) in scope.prepared.present.done
    whole = scope.whole(a_plan(a_leg(), routes=(a_route(1, JobId(1)),)))
    assert [route.shift_id for route in whole.routes] == [1, 2]
    assert whole.routes[1] == staying
    assert whole.options == PlanOptions(vehicles=(VehicleId(1),))
    assert scope.aside == {}


def test_a_job_whose_passes_all_stay_on_another_machine_is_not_planned_again(
    prepared: Prepared,
) -> None:
    works = works_of(prepared.jobs[0])
    legs = tuple(
        a_leg(job_ids=(work.job_id,), forward=work.forward, pass_index=work.pass_index)
        for work in works
    )
    staying = Route(ShiftId(2), VehicleId(2), legs)
    scope = scope_of(prepared, PlanOptions(vehicles=(VehicleId(1),)), [staying])
    assert prepared.jobs[0] not in scope.prepared.jobs
    assert len(scope.prepared.jobs) == len(prepared.jobs) - 1


def test_nothing_chosen_is_no_plan(prepared: Prepared) -> None:
    with pytest.raises(ConflictError, match="no open job"):
        scope_of(prepared, PlanOptions(districts=("Nowhere",)), [])


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (PlanOptions(districts=("Nowhere",)), "districts"),
        (PlanOptions(vehicles=(VehicleId(9),)), "vehicles"),
        (PlanOptions(vehicles=(VehicleId(1),)), "vehicles"),
    ],
)
def test_options_that_name_what_there_is_not_are_refused(
    tx: Tx, storm: Storm, options: PlanOptions, field: str
) -> None:
    set_shift_state(tx, ShiftId(1), ShiftState.ENDED)
    with pytest.raises(InvalidError, match=field):
        ask_for_plan(tx, DISPATCHER, storm.id, 30.0, LATER, options)


def test_options_are_kept_with_the_run_and_the_plan(tx: Tx, storm: Storm) -> None:
    options = PlanOptions((ServiceClass("P1"),), (), (VehicleId(2),))
    run = ask_for_plan(tx, DISPATCHER, storm.id, 30.0, LATER, options)
    assert run.options == {"classes": ["P1"], "districts": [], "vehicles": [2]}
    aside = {ServiceClass("P3"): 4}
    stored = add_plan(tx, replace(a_plan(a_leg()), options=options, aside=aside))
    again = get_plan(tx, stored.id)
    assert (again.options, again.aside) == (options, aside)


def test_no_job_is_taken_off_a_truck_unsaid(tx: Tx, storm: Storm) -> None:
    both = a_plan(a_leg(), a_leg(segment_id=2, job_ids=(JobId(2),)))
    driven = add_plan(tx, both)
    publish(tx, DISPATCHER, driven.id, estimates(), v.NOW)
    less = add_plan(tx, replace(a_plan(a_leg()), parent_id=driven.id))
    with pytest.raises(ConflictError, match="take 1 jobs off"):
        publish(tx, DISPATCHER, less.id, estimates(), LATER)
    publish(tx, DISPATCHER, less.id, estimates(), LATER, dropping=True)
    (event,) = [one for one in list_events(tx, f"plan:{less.id}") if one.verb == "plan.published"]
    assert event.after == {"state": "published", "jobs_dropped": 1, "in_place_of": 1}


def test_routes_of_shifts_that_are_over_are_nobodys(tx: Tx, storm: Storm) -> None:
    publish(tx, DISPATCHER, add_plan(tx, a_plan(a_leg())).id, estimates(), v.NOW)
    driven = estimates().check(tx, storm.id, LATER)
    ahead = routes_ahead(driven, list_shifts(tx, storm.id), LATER)
    assert [len(route.legs) for route in ahead] == [1, 0]
    set_shift_state(tx, ShiftId(1), ShiftState.ENDED)
    ahead = routes_ahead(driven, list_shifts(tx, storm.id), LATER)
    assert [route.shift_id for route in ahead] == [2]
